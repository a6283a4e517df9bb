"""`meta_analysis`: estimates of several zones or studies pooled; what to expect in a new one.

When: zones estimated separately (a row each: effect and standard error), possibly with columns that explain differences. Not
when: microdata can be pooled and the question is one effect (a regression with zone effects is more precise). With few zones
take `hartung_knapp: true`, and read the prediction interval, not the interval of the mean, for a new zone. DerSimonian & Laird
(1986); Paule & Mandel (1982); REML, Viechtbauer (2005); Hartung & Knapp (2001); Higgins, Thompson & Spiegelhalter (2009).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimators.linear import INTERCEPT
from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method
from experiments.estimators.options import Option, choice, column, flag
from experiments.estimators.regression import covariate_columns
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.sample import Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

OPTIONS: dict[str, Option] = {
    "std_error": column(),
    "method": choice("fixed", "dl", "pm", "reml"),
    "hartung_knapp": flag(),
}
ROUNDS = 500
CLOSE = 1e-12
FEW = 5
POOLED = "pooled"


@dataclass(frozen=True)
class Pooled:
    """A pooled model at one between-variance: coefficients, (X'WX)⁻¹, and the weighted residual sum of squares."""

    tau2: float
    beta: Vector
    inverse: Matrix
    squares: float


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `pooled`, or with `covariates` the coefficients of the meta-regression.

    Parameters
    ----------
    spec
        `outcome` holds the estimates. Options: `std_error` (their standard errors), `method` (reml by default), `hartung_knapp`.
    sample
        Complete cases, a row per zone.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Standard errors not above 0, fewer zones than coefficients and one more, collinear columns, no convergence.
    """
    if "std_error" not in spec.options:
        raise refusal("E-SPEC-05", estimator="meta_analysis", fields="options.std_error")
    y, error = (
        numbers(sample.frame, spec.outcome, "outcome"),
        numbers(sample.frame, spec.options["std_error"], "weights"),
    )
    if (error <= 0).any():
        raise refusal("E-EST-05", column=spec.options["std_error"], n=int((error <= 0).sum()))
    more = covariate_columns(spec, sample)
    x = np.column_stack([np.ones(len(y)), *more.values()])
    k, p = x.shape
    if k <= p:
        raise refusal("E-EST-07", n=k, k=p)
    if np.linalg.matrix_rank(x) < p:
        raise refusal("E-EST-02", columns=", ".join(more))
    method = spec.options.get("method", "reml")
    found = pooled(y, error**2, x, between(y, error**2, x, method))
    knapp = bool(spec.options.get("hartung_knapp", False))
    matrix = found.inverse * (found.squares / (k - p) if knapp else 1.0)
    df = float(k - p) if knapp else math.inf
    names = [INTERCEPT, *more] if more else [POOLED]
    rows = [
        row_of(name, float(found.beta[place]), float(matrix[place, place] ** 0.5), spec.alpha, df)
        for place, name in enumerate(names)
    ]
    notes = _notes(spec, y, error**2, x, found, method) | _prediction(
        spec, rows[0].std_error, found, k, p, single=not more
    )
    warned = [warning("W-META-01", n=k)] if k < FEW and not knapp else []
    return made(spec, sample, data_sha256, Found(rows, notes, warned))


def pooled(y: Vector, variance: Vector, x: Matrix, tau2: float) -> Pooled:
    """Return the model at a between-variance."""
    weights = 1 / (variance + tau2)
    inverse: Matrix = np.linalg.inv(x.T @ (x * weights[:, None])).astype(np.float64)
    beta: Vector = inverse @ (x.T @ (weights * y))
    residual = y - x @ beta
    return Pooled(tau2, beta, inverse, float(weights @ residual**2))


def between(y: Vector, variance: Vector, x: Matrix, method: str) -> float:
    """Return the variance between zones.

    >>> between(np.array([1.0, 2.0, 3.0]), np.full(3, 0.5), np.ones((3, 1)), "dl")
    0.5
    """
    if method == "fixed":
        return 0.0
    free = len(y) - x.shape[1]
    if method == "dl":
        weights = 1 / variance
        fixed = pooled(y, variance, x, 0.0)
        spent = weights.sum() - np.trace(fixed.inverse @ (x.T @ (x * (weights**2)[:, None])))
        return max(0.0, float((fixed.squares - free) / spent))
    if method == "pm":
        return _paule_mandel(y, variance, x, free)
    return _reml(y, variance, x)


def _paule_mandel(y: Vector, variance: Vector, x: Matrix, free: int) -> float:
    from scipy import optimize

    def gap(tau2: float) -> float:
        return pooled(y, variance, x, tau2).squares - free

    if gap(0.0) <= 0:
        return 0.0
    high = float(variance.max())
    while gap(high) > 0:
        high *= 2
    return float(optimize.brentq(gap, 0.0, high, xtol=1e-14, rtol=1e-13))


def _reml(y: Vector, variance: Vector, x: Matrix) -> float:
    """Return the restricted maximum likelihood by Fisher scoring, halved where a step would leave zero."""
    tau2 = between(y, variance, x, "dl")
    for _ in range(ROUNDS):
        weights = 1 / (variance + tau2)
        now = pooled(y, variance, x, tau2)
        project = np.diag(weights) - weights[:, None] * (x @ now.inverse @ x.T) * weights
        score = project @ y
        step = float(score @ score - np.trace(project)) / float((project**2).sum())
        fresh = max(0.0, tau2 + step)
        if abs(fresh - tau2) <= CLOSE * max(1.0, tau2):
            return fresh
        tau2 = fresh
    raise refusal("E-EST-17", estimator="meta_analysis", rounds=ROUNDS)


def _notes(spec: AnalysisSpec, y: Vector, variance: Vector, x: Matrix, found: Pooled, method: str) -> dict[str, Any]:
    from scipy import stats

    k, p = x.shape
    fixed = pooled(y, variance, x, 0.0)
    weights = 1 / variance
    spent = weights.sum() - np.trace(fixed.inverse @ (x.T @ (x * (weights**2)[:, None])))
    typical = (k - p) / float(spent)
    share = found.tau2 / (found.tau2 + typical) if method != "fixed" else max(0.0, 1 - (k - p) / fixed.squares)
    return {
        "method": method,
        "hartung_knapp": bool(spec.options.get("hartung_knapp", False)),
        "df_rule": "k - p" if spec.options.get("hartung_knapp") else "normal",
        "k": k,
        "tau2": found.tau2,
        "i2": 100 * share,
        "h2": found.tau2 / typical + 1,
        "q": fixed.squares,
        "q_p_value": float(stats.chi2.sf(fixed.squares, k - p)),
        "weights": (1 / (variance + found.tau2) / (1 / (variance + found.tau2)).sum()).tolist(),
    }


def _prediction(spec: AnalysisSpec, error: float, found: Pooled, k: int, p: int, *, single: bool) -> dict[str, Any]:
    """Return where a new zone's effect is expected: t with k − 2 df, variance τ² + se² (Higgins et al. 2009)."""
    from scipy import stats

    if not single or k - p < 2:  # noqa: PLR2004 - k - 2 df
        return {"prediction": None}
    reach = float(stats.t.ppf(1 - spec.alpha / 2, k - 2)) * (found.tau2 + error**2) ** 0.5
    middle = float(found.beta[0])
    return {"prediction": {"low": middle - reach, "high": middle + reach, "df": k - 2}}


METHOD = Method(
    name="meta_analysis",
    run=run,
    uses=frozenset({"covariates", "unit"}),
    options=OPTIONS,
)
