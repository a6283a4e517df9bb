"""`iv_2sls`: two-stage least squares: the effect of treatment on those whose treatment the instrument moves (LATE).

When: assignment was randomised but compliance is partial; the instrument is the assignment. Not when: the instrument acts on
the outcome other than by the treatment, or is weak: the result gives the first-stage F, the partial R², and the Anderson-Rubin
test and set, which hold however weak the instrument is. Angrist, Imbens & Rubin (1996); Anderson & Rubin (1949); Wu (1973),
Hausman (1978).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.estimators.bias_reduced import f_test
from experiments.estimators.linear import Design, Fit, fit_linear
from experiments.estimators.method import Method, check_cluster_vcov
from experiments.estimators.options import Option, choice
from experiments.estimators.regression import Regression, covariance, covariate_columns, report
from experiments.estimators.rows import arms
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.sample import Matrix, Sample, Vector, design_columns, numbers
from experiments.spec import AnalysisSpec

VCOV = ("nonrobust", "HC1", "CR1", "HAC")
OPTIONS: dict[str, Option] = {"cluster_count": choice("min", "conventional")}
WEAK = 10.0
"""First-stage F below which an instrument counts as weak (Staiger & Stock 1997)."""


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the treatment's coefficient and those of the covariates; first stage and tests in `diagnostics`.

    Parameters
    ----------
    spec
        `treatment` (endogenous), `instrument` (one or more columns outside the outcome's equation), `covariates` and
        `fixed_effects` in both stages; `vcov` defaults to CR1 with `cluster`, else HC1.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        An instrument that fixed effects or covariates explain, or that does not move the treatment at all.
    """
    kind = spec.vcov or ("CR1" if spec.cluster else "HC1")
    check_cluster_vcov(spec, kind, VCOV)
    outcome, term = numbers(sample.frame, spec.outcome, "outcome"), str(spec.treatment)
    treatment = numbers(sample.frame, term, "treatment")
    if np.ptp(treatment) == 0:
        raise refusal("E-EST-03", column=term, n=sample.size)
    columns, fixed = covariate_columns(spec, sample), tuple(dict.fromkeys(spec.fixed_effects))
    outside = {name: column for one in spec.instrument for name, column in design_columns(sample.frame, one).items()}
    first = fit_linear(Design(term, treatment, {**outside, **columns}, fixed), sample)
    design = Design(spec.outcome, outcome, {term: treatment, **columns}, fixed)
    least = fit_linear(design, sample)
    fit = _second_stage(least, first, term, tuple(outside))
    regression = Regression(design, kind, spec.cluster, None, arms(treatment, outcome, sample.weights))
    notes = _diagnostics(spec, sample, regression, first, least, fit, tuple(outside))
    weak = notes["first_stage"]["f"] < WEAK
    warned = (warning("W-IV-01", f=notes["first_stage"]["f"]),) if weak else ()
    regression = replace(regression, notes=regression.notes | notes, warnings=warned, least_squares=False)
    return report(spec, sample, data_sha256, regression, fit)


def _projected(basis: Matrix, values: Matrix) -> Matrix:
    orthogonal = np.linalg.qr(basis)[0]
    found: Matrix = orthogonal @ (orthogonal.T @ values)
    return found


def _second_stage(least: Fit, first: Fit, term: str, outside: tuple[str, ...]) -> Fit:
    """Return the fit whose design is the treatment as the first stage predicts it, its residuals those of the treatment as it is.

    `least` is the regression by least squares, of which the absorbed columns and outcome are taken.
    """
    y = least.x @ least.beta + least.residual
    place = least.names.index(term)
    fitted = first.x @ first.beta
    x = least.x.copy()
    x[:, place] = fitted
    if np.linalg.norm(fitted - _projected(np.delete(least.x, place, axis=1), fitted[:, None])[:, 0]) <= (
        1e-9 * np.linalg.norm(least.x[:, place])
    ):
        raise refusal("E-IV-01", columns=", ".join(outside), treatment=term)
    orthogonal, triangle = np.linalg.qr(x)
    beta: Vector = np.linalg.solve(triangle, orthogonal.T @ y)
    residual = y - least.x @ beta
    return replace(
        least, beta=beta, x=x, residual=residual, bread=np.linalg.inv(triangle.T @ triangle),
        r_squared=float("nan"), within_r_squared=None if least.absorber is None else float("nan"),
    )  # fmt: skip


def _diagnostics(
    spec: AnalysisSpec,
    sample: Sample,
    regression: Regression,
    first: Fit,
    least: Fit,
    fit: Fit,
    outside: tuple[str, ...],
) -> dict[str, Any]:
    homoskedastic = _wald(first, replace(regression, vcov="nonrobust"), sample, spec, outside)
    robust = _wald(first, regression, sample, spec, outside)
    full = float(first.residual @ first.residual)
    place = least.names.index(str(spec.treatment))
    moved = least.x[:, place]
    rest = np.delete(least.x, place, axis=1)
    short = moved - _projected(rest, moved[:, None])[:, 0] if rest.shape[1] else moved
    found: dict[str, Any] = {
        "first_stage": {
            "f": homoskedastic["statistic"],
            "f_df": [homoskedastic["df1"], homoskedastic["df2"]],
            "f_robust": robust["statistic"],
            "f_robust_p_value": robust["p_value"],
            "partial_r2": 1 - full / float(short @ short),
            "estimate": {name: float(first.beta[first.names.index(name)]) for name in outside},
        },
        "wu_hausman": _wu_hausman(first, least),
        "anderson_rubin": _anderson_rubin(spec, sample, regression, first, least, outside),
    }
    if len(outside) > 1:
        found["sargan"] = _sargan(fit, first, len(outside) - 1)
    return found


def _wald(
    fit: Fit, regression: Regression, sample: Sample, spec: AnalysisSpec, terms: tuple[str, ...]
) -> dict[str, Any]:
    found = covariance(fit, regression, sample, spec)
    places = [fit.names.index(term) for term in terms]
    beta, matrix = fit.beta[places], found.matrix[np.ix_(places, places)]
    wald = float(beta @ np.linalg.solve(matrix, beta)) / len(terms)
    return f_test(wald, len(terms), found.df, f"F, {regression.vcov}")


def _wu_hausman(first: Fit, least: Fit) -> dict[str, Any]:
    """Return the test that least squares would do: the first stage's residual added to the regression (Wu 1973)."""
    x = np.column_stack([least.x, first.residual])
    y = least.x @ least.beta + least.residual
    beta, residual = _solved(x, y)
    df = len(y) - least.parameters - 1
    apart = first.residual - _projected(least.x, first.residual[:, None])[:, 0]
    statistic = float(beta[-1] ** 2 * (apart @ apart) / (residual @ residual) * df)
    return f_test(statistic, 1, df, "F, nonrobust")


def _solved(x: Matrix, y: Vector) -> tuple[Vector, Vector]:
    beta: Vector = np.linalg.lstsq(x, y, rcond=None)[0].astype(np.float64)
    return beta, y - x @ beta


def _sargan(fit: Fit, first: Fit, df: int) -> dict[str, Any]:
    """Return the test that the instruments agree with each other (Sargan 1958); homoskedastic."""
    from scipy import stats

    explained = _projected(first.x, fit.residual[:, None])[:, 0]
    statistic = float(explained @ explained / (fit.residual @ fit.residual) * fit.size)
    return {"statistic": statistic, "df": df, "p_value": float(stats.chi2.sf(statistic, df))}


def _anderson_rubin(
    spec: AnalysisSpec, sample: Sample, regression: Regression, first: Fit, least: Fit, outside: tuple[str, ...]
) -> dict[str, Any]:
    """Return the test of no effect that holds with weak instruments and, with one instrument, the effects it does not reject.

    The reduced form of y − β·treatment has instrument coefficient π_y − βπ_t; with one instrument the set solves a quadratic.
    """
    y = least.x @ least.beta + least.residual
    reduced = _refitted(first, y)
    found = _wald(reduced, regression, sample, spec, outside)
    if len(outside) > 1:
        return found
    from scipy import stats

    place = first.names.index(outside[0])
    total = covariance(_refitted(first, y + first.x @ first.beta + first.residual), regression, sample, spec)
    v_y = covariance(reduced, regression, sample, spec).matrix[place, place]
    v_t = covariance(first, regression, sample, spec).matrix[place, place]
    shared = (total.matrix[place, place] - v_y - v_t) / 2
    bar = float(stats.f.ppf(1 - spec.alpha, 1, total.df))
    p_y, p_t = float(reduced.beta[place]), float(first.beta[place])
    return found | {"set": quadratic_set(p_t**2 - bar * v_t, p_y * p_t - bar * shared, p_y**2 - bar * v_y)}


def quadratic_set(a: float, b: float, c: float) -> dict[str, Any]:
    """Return where aβ² − 2bβ + c ≤ 0: an interval, everything outside one, the whole line or nothing.

    >>> quadratic_set(1.0, 2.0, 3.0)
    {'kind': 'interval', 'low': 1.0, 'high': 3.0}
    """
    room = b**2 - a * c
    if room < 0:
        return {"kind": "everything" if a < 0 else "empty", "low": None, "high": None}
    low, high = sorted(((b - room**0.5) / a, (b + room**0.5) / a))
    return {"kind": "interval" if a > 0 else "outside", "low": low, "high": high}


def _refitted(first: Fit, y: Vector) -> Fit:
    """Return the first stage's regression with another (absorbed) outcome."""
    beta: Vector = first.bread @ (first.x.T @ y)
    return replace(first, beta=beta, residual=y - first.x @ beta)


METHOD = Method(
    name="iv_2sls",
    run=run,
    uses=frozenset({"treatment", "instrument", "covariates", "fixed_effects", "cluster", "weights", "unit", "time"}),
    needs=(frozenset({"treatment"}), frozenset({"instrument"})),
    vcov=VCOV,
    options=OPTIONS,
)
