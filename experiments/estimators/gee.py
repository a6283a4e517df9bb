"""`gee`: population-averaged effects on repeated measures, a working correlation within units.

When: waves or members of a household, many units, and the average effect (not a unit's own) is the question. Not when: units
are few: under 40 the bias-reduced variance is taken (Mancl & DeRouen 2001), and CR2 on least squares should stand beside it.
Liang & Zeger (1986); by statsmodels' GEE.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from experiments.estimators.linear import INTERCEPT
from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method
from experiments.estimators.options import Option, choice
from experiments.estimators.regression import covariate_columns
from experiments.estimators.variance import FEW_CLUSTERS
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Codes, Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

OPTIONS: dict[str, Option] = {
    "family": choice("gaussian", "binomial", "poisson"),
    "correlation": choice("independence", "exchangeable", "ar1"),
}
ROUNDS = 200


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the coefficients; the working correlation and the scale in `diagnostics`.

    Parameters
    ----------
    spec
        `unit` (or one `cluster`) is what is measured repeatedly; `treatment` and/or `covariates`. Options `family` (gaussian) and
        `correlation` (exchangeable); `ar1` needs `time`, in whole periods.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        One unit, collinear columns, no convergence.
    """
    by = spec.cluster[0] if spec.cluster else str(spec.unit)
    codes = sample.codes(by)
    count = int(codes.max()) + 1
    if count == 1:
        raise refusal("E-EST-04", column=by, n=count)
    columns = {INTERCEPT: np.ones(sample.size)}
    if spec.treatment is not None:
        columns[spec.treatment] = numbers(sample.frame, spec.treatment, "treatment")
    columns |= covariate_columns(spec, sample)
    x = np.column_stack(list(columns.values()))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise refusal("E-EST-02", columns=", ".join(columns))
    order = np.lexsort((_places(spec, sample), codes))
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    few = count < FEW_CLUSTERS
    fitted = _fitted(spec, outcome[order], x[order], codes[order], _places(spec, sample)[order], few=few)
    rows = [row_of(name, float(fitted.params[k]), float(fitted.bse[k]), spec.alpha) for k, name in enumerate(columns)]
    notes = {
        "family": spec.options.get("family", "gaussian"),
        "correlation": spec.options.get("correlation", "exchangeable"),
        "alpha": _alpha(fitted),
        "scale": float(fitted.scale),
        "vcov": "bias reduced (Mancl-DeRouen)" if few else "robust",
        "small_sample": "none; correlation and scale divide by rows and pairs, as geepack",
        "df_rule": "normal",
        "clusters": {by: count},
    }
    return made(spec, sample, data_sha256, Found(rows, notes, (), count))


def _places(spec: AnalysisSpec, sample: Sample) -> Vector:
    if spec.options.get("correlation") != "ar1":
        return np.arange(sample.size, dtype=float)
    if spec.time is None:
        raise refusal("E-SPEC-05", estimator="gee (ar1)", fields="time")
    return numbers(sample.frame, spec.time, "time")


def _fitted(spec: AnalysisSpec, outcome: Vector, x: Matrix, codes: Codes, places: Vector, *, few: bool) -> Any:  # noqa: ANN401 - statsmodels' result
    import statsmodels.api as sm

    families = {"gaussian": sm.families.Gaussian, "binomial": sm.families.Binomial, "poisson": sm.families.Poisson}
    structures = {
        "independence": sm.cov_struct.Independence,
        "exchangeable": sm.cov_struct.Exchangeable,
        "ar1": sm.cov_struct.Autoregressive,
    }
    kind = spec.options.get("correlation", "exchangeable")
    structure = structures[kind](grid=False) if kind == "ar1" else structures[kind]()
    model = sm.GEE(
        outcome,
        x,
        groups=codes,
        time=places if kind == "ar1" else None,
        family=families[spec.options.get("family", "gaussian")](),
        cov_struct=structure,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.fit(maxiter=ROUNDS, cov_type="bias_reduced" if few else "robust", ddof_scale=0)
    if not found.converged:
        raise refusal("E-EST-17", estimator="gee", rounds=ROUNDS)
    return found


def _alpha(fitted: Any) -> float | None:  # noqa: ANN401 - statsmodels' result
    value = fitted.cov_struct.dep_params
    return float(np.atleast_1d(value)[0]) if value is not None and np.size(value) else None


METHOD = Method(
    name="gee",
    run=run,
    uses=frozenset({"treatment", "covariates", "unit", "cluster", "time"}),
    needs=(frozenset({"treatment", "covariates"}), frozenset({"unit", "cluster"})),
    options=OPTIONS,
)
