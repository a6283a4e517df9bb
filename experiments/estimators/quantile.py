"""`quantile`: quantile regression: where in the distribution an effect falls.

When: effects on the low or the high end are the question (hours of the longest wait, earnings of the poorest). Not when: a mean
is asked for, or quantiles lie where the outcome has ties (a share of zeros): the estimate is then not unique. Koenker & Bassett
(1978); variance by the sandwich with a uniform kernel, within clusters Parente & Santos Silva (2016).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.estimators.linear import INTERCEPT
from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method, check_cluster_vcov
from experiments.estimators.options import Option
from experiments.estimators.options import numbers as listed
from experiments.estimators.regression import covariate_columns
from experiments.estimators.rows import arms
from experiments.messages import refusal, warning
from experiments.result import Estimate, EstimateResult
from experiments.sample import Codes, Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

VCOV = ("HC1", "CR1")
OPTIONS: dict[str, Option] = {"q": listed(0, 1, inside=True)}


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the coefficients at each quantile of the option `q` (default 0.5); `group` is the quantile.

    Parameters
    ----------
    spec
        `treatment` and/or `covariates`; with `cluster`, errors go together within clusters (CR1), else HC1.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Collinear columns, no degrees of freedom, one cluster.
    """
    kind = spec.vcov or ("CR1" if spec.cluster else "HC1")
    check_cluster_vcov(spec, kind, VCOV)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    if np.ptp(outcome) == 0:
        raise refusal("E-EST-13", column=spec.outcome, n=sample.size)
    columns = _design(spec, sample)
    notes: dict[str, Any] = arms(columns[spec.treatment], outcome, None) if spec.treatment is not None else {}
    x = np.column_stack(list(columns.values()))
    codes = sample.codes(spec.cluster[0]) if spec.cluster else None
    asked = spec.options.get("q", 0.5)
    rows: list[Estimate] = []
    warned = []
    for q in asked if isinstance(asked, list) else [asked]:
        beta = fitted(x, outcome, float(q))
        variance, df = variance_of(x, outcome - x @ beta, float(q), codes)
        if np.mean(outcome == np.quantile(outcome, q)) > 1 / 20:
            warned.append(warning("W-QR-01", q=q, column=spec.outcome))
        rows += [
            row_of(name, float(beta[k]), float(variance[k, k] ** 0.5), spec.alpha, df, float(q))
            for k, name in enumerate(columns)
        ]
    count = int(codes.max()) + 1 if codes is not None else None
    notes |= {
        "vcov": kind,
        "kernel": "uniform, bandwidth of Hall and Sheather",
        "df_rule": "G - 1" if count else "n - K",
    }
    return made(spec, sample, data_sha256, Found(rows, notes, warned, count))


def _design(spec: AnalysisSpec, sample: Sample) -> dict[str, Vector]:
    """Return the columns of the regression, which can be told apart and are fewer than the rows."""
    columns = {INTERCEPT: np.ones(sample.size)}
    if spec.treatment is not None:
        columns[spec.treatment] = numbers(sample.frame, spec.treatment, "treatment")
    columns |= covariate_columns(spec, sample)
    x = np.column_stack(list(columns.values()))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise refusal("E-EST-02", columns=", ".join(columns))
    if x.shape[0] <= x.shape[1]:
        raise refusal("E-EST-07", n=x.shape[0], k=x.shape[1])
    return columns


def fitted(x: Matrix, y: Vector, q: float) -> Vector:
    """Return the coefficients that minimise the tilted absolute residuals, by linear programming (its dual, interior point).

    >>> fitted(np.ones((5, 1)), np.array([1.0, 2.0, 3.0, 4.0, 90.0]), 0.5).tolist()
    [3.0]
    """
    from scipy import optimize, sparse

    n = len(y)
    scale = np.maximum(np.abs(x).max(axis=0), 1e-300)
    spread = float(np.abs(y).max()) or 1.0
    # dual: max y'd with X'd = (1 - q) X'1 and 0 <= d <= 1; its multipliers are the coefficients
    found = optimize.linprog(
        -y / spread,
        A_eq=sparse.csr_matrix((x / scale).T),
        b_eq=(1 - q) * (x / scale).sum(axis=0),
        bounds=np.column_stack([np.zeros(n), np.ones(n)]),
        method="highs",
    )
    if not found.success:
        raise refusal("E-EST-17", estimator="quantile", rounds=int(found.nit))
    beta: Vector = -found.eqlin.marginals * spread / scale
    return beta


def variance_of(x: Matrix, residual: Vector, q: float, codes: Codes | None) -> tuple[Matrix, float]:
    """Return the sandwich variance and its df."""
    from scipy import stats

    n, k = x.shape
    reach = float(stats.norm.ppf(q))
    density = float(stats.norm.pdf(reach))
    width = n ** (-1 / 3) * stats.norm.ppf(0.975) ** (2 / 3) * (1.5 * density**2 / (2 * reach**2 + 1)) ** (1 / 3)
    low, high = max(q - width, 1 / n), min(q + width, 1 - 1 / n)
    spread = min(float(residual.std(ddof=1)), float(np.subtract(*np.percentile(residual, [75, 25])) / 1.34) or np.inf)
    h = spread * float(stats.norm.ppf(high) - stats.norm.ppf(low))
    near = np.abs(residual) <= h
    middle = (x * near[:, None]).T @ x / (2 * h)
    scores = x * (q - (residual < 0))[:, None]
    if codes is None:
        meat, factor, df = scores.T @ scores, n / (n - k), float(n - k)
    else:
        count = int(codes.max()) + 1
        if count == 1:
            raise refusal("E-EST-04", column="cluster", n=1)
        sums = np.column_stack([np.bincount(codes, weights=column) for column in scores.T])
        meat, factor, df = sums.T @ sums, count / (count - 1) * (n - 1) / (n - k), float(count - 1)
    bread = np.linalg.pinv(middle)
    found: Matrix = factor * bread @ meat @ bread
    return found, df


METHOD = Method(
    name="quantile",
    run=run,
    uses=frozenset({"treatment", "covariates", "cluster", "unit"}),
    needs=(frozenset({"treatment", "covariates"}),),
    vcov=VCOV,
    options=OPTIONS,
)
