"""`interrupted_time_series`: one series, a step and a change of slope at a known time, seasons and serial correlation.

When: one zone (or one sensor) with many periods before and after, and nothing else that changed then. Not when: a comparison
series exists (difference-in-differences, synthetic control). A test with a made-up interruption earlier is worth more than a
small p. Wagner et al. (2002); Lopez Bernal, Cummins & Gasparrini (2017).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from experiments.estimators.likelihood import Family, LikelihoodFit, fit_likelihood, lagged, model_variance
from experiments.estimators.linear import INTERCEPT
from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method
from experiments.estimators.options import Option, choice, column, flag, number, shaped
from experiments.estimators.regression import covariate_columns
from experiments.estimators.variance import Covariance
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample, Vector, numbers
from experiments.spec import AnalysisSpec

LEAST = 2
_SEASON = re.compile(r"^(none|month|harmonics\([1-6]\))$")


def _is_errors(value: Any) -> bool:  # noqa: ANN401 - an option's value can be anything
    return (
        isinstance(value, dict)
        and len(value) == 1
        and next(iter(value)) in ("hac_lags", "ar")
        and type(next(iter(value.values()))) is int
        and next(iter(value.values())) >= 0
    )


OPTIONS: dict[str, Option] = {
    "interruption": number(),
    "slope": flag(),
    "season": shaped(
        "none, month, harmonics(1) to harmonics(6)", lambda v: isinstance(v, str) and bool(_SEASON.match(v))
    ),
    "period": number(above=1),
    "errors": shaped("{hac_lags: periods} or {ar: order}", _is_errors),
    "family": choice("gaussian", "poisson", "quasipoisson"),
    "offset": column(),
}


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `level` and `slope`, then the trend and the seasons.

    Parameters
    ----------
    spec
        `time` is a number, one row each. Options: `interruption` (the first time after the change), `slope` (true: the trend may
        change too, `slope` is by how much per period), `season` (`month`: an indicator for each place in the period;
        `harmonics(k)`: k pairs of sine and cosine), `period` (12), `errors` (`{hac_lags: 12}`, or `{ar: 1}` for gaussian),
        `family`, `offset` (a column of exposures above 0, whose log is added). `covariates` are added.
    sample
        Complete cases, in any order.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        No interruption or one outside the series, two rows at one time, autoregressive errors of a count.
    """
    if "interruption" not in spec.options:
        raise refusal("E-SPEC-05", estimator="interrupted_time_series", fields="options.interruption")
    time = numbers(sample.frame, str(spec.time), "time")
    order = np.argsort(time, kind="stable")
    if len(np.unique(time)) < len(time):
        raise refusal("E-ITS-01", column=spec.time, n=len(time) - len(np.unique(time)))
    columns = {name: values[order] for name, values in _columns(spec, sample, time).items()}
    outcome = numbers(sample.frame, spec.outcome, "outcome")[order]
    offset = _offset(spec, sample)
    family = spec.options.get("family", "gaussian")
    x = np.column_stack(list(columns.values()))
    errors = spec.options.get("errors", {})
    if "ar" in errors and errors["ar"] > 0:
        if family != "gaussian":
            raise refusal("E-ITS-02")
        found = _autoregressive(spec, columns, outcome - (0.0 if offset is None else offset[order]), errors["ar"])
        return made(spec, sample, data_sha256, found)
    kind: Family = "gaussian" if family == "gaussian" else "poisson"
    fit = fit_likelihood(tuple(columns), x, outcome, kind, offset=None if offset is None else offset[order])
    variance = _variance(fit, family, errors.get("hac_lags"))
    rows = [
        row_of(name, float(fit.beta[k]), float(variance.matrix[k, k] ** 0.5), spec.alpha, variance.df)
        for k, name in enumerate(columns)
        if name != INTERCEPT
    ]
    notes = {**variance.description, "family": family, **_shape(spec, time), **_remaining(fit)}
    return made(spec, sample, data_sha256, Found(rows, notes))


def _columns(spec: AnalysisSpec, sample: Sample, time: Vector) -> dict[str, Vector]:
    start = float(spec.options["interruption"])
    after = (time >= start).astype(float)
    if min(after.sum(), (1 - after).sum()) < LEAST:
        raise refusal("E-ITS-03", before=int((1 - after).sum()), after=int(after.sum()))
    found = {"level": after}
    if spec.options.get("slope", True):
        found["slope"] = after * (time - start)
    found |= {"trend": time, INTERCEPT: np.ones(len(time))}
    return found | _season(spec, time) | covariate_columns(spec, sample)


def _season(spec: AnalysisSpec, time: Vector) -> dict[str, Vector]:
    season, period = spec.options.get("season", "none"), float(spec.options.get("period", 12))
    if season == "none":
        return {}
    if season == "month":
        place = np.mod(time, period)
        return {f"month[{one:g}]": (place == one).astype(float) for one in np.unique(place)[1:]}
    found: dict[str, Vector] = {}
    for k in range(1, int(season[10]) + 1):
        found[f"sin{k}"] = np.sin(2 * np.pi * k * time / period)
        found[f"cos{k}"] = np.cos(2 * np.pi * k * time / period)
    return found


def _offset(spec: AnalysisSpec, sample: Sample) -> Vector | None:
    if "offset" not in spec.options:
        return None
    exposure = numbers(sample.frame, spec.options["offset"], "weights")
    if (exposure <= 0).any():
        raise refusal("E-EST-05", column=spec.options["offset"], n=int((exposure <= 0).sum()))
    found: Vector = np.log(exposure)
    return found


def _variance(fit: LikelihoodFit, family: str, lags: int | None) -> Covariance:
    if lags is not None:
        return lagged(fit, lags)
    if family == "poisson":
        return model_variance(fit)
    found = model_variance(fit, dispersion=fit.dispersion)
    if family == "gaussian":
        n, k = fit.scores.shape
        return Covariance(found.matrix, n - k, found.description | {"df_rule": "n - K"})
    return found


def _shape(spec: AnalysisSpec, time: Vector) -> dict[str, Any]:
    after = time >= float(spec.options["interruption"])
    return {"n_before": int((~after).sum()), "n_after": int(after.sum()), "season": spec.options.get("season", "none")}


def _remaining(fit: LikelihoodFit) -> dict[str, Any]:
    """Return what serial correlation is left: the first autocorrelation and Durbin & Watson's statistic of the residuals."""
    residual = fit.pearson
    total = float(residual @ residual)
    return {
        "pearson_dispersion": fit.dispersion,
        "autocorrelation": float(residual[1:] @ residual[:-1]) / total,
        "durbin_watson": float((np.diff(residual) ** 2).sum()) / total,
    }


def _autoregressive(spec: AnalysisSpec, columns: dict[str, Vector], outcome: Vector, order: int) -> Found:
    """Return the regression with autoregressive errors by exact maximum likelihood (statsmodels' ARIMA, trend scaled)."""
    from statsmodels.tsa.arima.model import ARIMA

    scale = {name: float(np.abs(column).max()) or 1.0 for name, column in columns.items()}
    x = np.column_stack([column / scale[name] for name, column in columns.items()])
    fitted = ARIMA(outcome, exog=x, order=(order, 0, 0), trend="n").fit()
    rows = [
        row_of(name, float(fitted.params[k]) / scale[name], float(fitted.bse[k]) / scale[name], spec.alpha)
        for k, name in enumerate(columns)
        if name != INTERCEPT
    ]
    ar = [float(value) for value in fitted.params[len(columns) : len(columns) + order]]
    return Found(rows, {"family": "gaussian", "df_rule": "normal", "ar": ar, "loglik": float(fitted.llf)})


METHOD = Method(
    name="interrupted_time_series",
    run=run,
    uses=frozenset({"time", "covariates", "unit"}),
    needs=(frozenset({"time"}),),
    options=OPTIONS,
)
