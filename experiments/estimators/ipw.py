"""`ipw`: an effect adjusted for measured reasons of treatment: weighting, standardisation, or both (doubly robust).

When: treatment (or staying in the panel) was chosen, and the reasons were measured before it. Not when: they were not, or some
people had no chance of one arm (refused; near it, the result warns). Standard errors stack the equations of the model of
treatment with that of the effect. Robins, Hernán & Brumback (2000); Lunceford & Davidian (2004); Stefanski & Boos (2002).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimators.likelihood import fit_likelihood
from experiments.estimators.linear import INTERCEPT
from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method
from experiments.estimators.options import Option, choice
from experiments.estimators.options import columns as named
from experiments.estimators.regression import covariate_columns
from experiments.estimators.rows import arms
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.sample import Matrix, Sample, Vector, design_columns, numbers
from experiments.spec import AnalysisSpec

OPTIONS: dict[str, Option] = {
    "method": choice("ipw", "standardisation", "aipw"),
    "estimand": choice("ate", "att"),
    "interactions": named(),
}
NO_CHANCE = 1e-6
SLIM = 0.05


@dataclass(frozen=True)
class Chances:
    """The model of treatment: fitted chances, (n,), and each row's influence on its coefficients, (n, k)."""

    chance: Vector
    x: Matrix
    influence: Matrix


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the effect of the treatment.

    Parameters
    ----------
    spec
        `treatment` 0/1, `covariates` (squares as `age:age`). Options: `method` (ipw by default; standardisation of an outcome
        regression; aipw, doubly robust), `estimand` (ate, or att for ipw), `interactions`: columns whose slopes differ by arm in
        the outcome regression. With one `cluster`, influences are summed within clusters.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Another treatment value; chances of 0 or 1; collinear columns; separation; one cluster.
    """
    term, treatment = str(spec.treatment), _treatment(spec, sample)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    method, estimand = spec.options.get("method", "ipw"), spec.options.get("estimand", "ate")
    if estimand == "att" and method != "ipw":
        raise refusal("E-SPEC-11", estimator="ipw", option="estimand", value="att", known="ate (for att: method ipw)")
    if method == "ipw" and "interactions" in spec.options:
        raise refusal("E-SPEC-11", estimator="ipw", option="interactions", value="…", known="standardisation, aipw")
    columns = {INTERCEPT: np.ones(sample.size), **covariate_columns(spec, sample)}
    chances = _chances(columns, treatment)
    if method == "ipw":
        estimate, influence, known = _weighted(outcome, treatment, chances, estimand)
    else:
        estimate, influence = _standardised(
            spec, sample, outcome, treatment, columns, chances if method == "aipw" else None
        )
        known = None
    error, count = _error(spec, sample, influence)
    row = row_of(term, estimate, error, spec.alpha, float(count - 1) if count else np.inf)
    notes: dict[str, Any] = {
        "method": method,
        "estimand": estimand,
        "vcov": "stacked estimating equations" + (", by cluster" if count else ""),
        "df_rule": "G - 1" if count else "normal",
        **arms(treatment, outcome, None),
        **({} if method == "standardisation" else {"weights": _weights(treatment, chances.chance)}),
        **({} if known is None else {"se_weights_known": _error(spec, sample, known)[0]}),
    }
    slim = int(((chances.chance < SLIM) | (chances.chance > 1 - SLIM)).sum())
    warned = [warning("W-IPW-01", n=slim)] if slim and method != "standardisation" else []
    return made(spec, sample, data_sha256, Found([row], notes, warned, count))


def _treatment(spec: AnalysisSpec, sample: Sample) -> Vector:
    treatment = numbers(sample.frame, str(spec.treatment), "treatment")
    other = ~np.isin(treatment, (0.0, 1.0))
    if other.any():
        raise refusal("E-EST-11", column=spec.treatment, estimator="ipw", n=int(other.sum()))
    if np.ptp(treatment) == 0:
        raise refusal("E-EST-03", column=spec.treatment, n=sample.size)
    return treatment


def _chances(columns: dict[str, Vector], treatment: Vector) -> Chances:
    x = np.column_stack(list(columns.values()))
    scale = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0)  # powers of raw columns are badly scaled
    fit = fit_likelihood(tuple(columns), x / scale, treatment, "binomial")
    low, high = float(fit.mean.min()), float(fit.mean.max())
    if low < NO_CHANCE or high > 1 - NO_CHANCE:
        raise refusal("E-IPW-01", low=low, high=high)
    return Chances(fit.mean, x / scale, len(treatment) * fit.scores @ fit.bread)


def _weighted(y: Vector, a: Vector, chances: Chances, estimand: str) -> tuple[float, Vector, Vector]:
    """Return the difference of weighted means, its influences, and those that take the weights as known."""
    e = chances.chance
    if estimand == "ate":
        weights, slopes = (a / e, (1 - a) / (1 - e)), (-a * (1 - e) / e, (1 - a) * e / (1 - e))
    else:
        weights, slopes = (a, (1 - a) * e / (1 - e)), (0 * a, (1 - a) * e / (1 - e))
    found, plain, whole = [], [], []
    for weight, slope in zip(weights, slopes, strict=True):
        mean = float(weight @ y / weight.sum())
        own = weight * (y - mean) / weight.mean()
        push = (chances.x * (slope * (y - mean))[:, None]).mean(axis=0) / weight.mean()
        found.append(mean)
        plain.append(own)
        whole.append(own + chances.influence @ push)
    return found[0] - found[1], whole[0] - whole[1], plain[0] - plain[1]


def _standardised(
    spec: AnalysisSpec, sample: Sample, y: Vector, a: Vector, columns: dict[str, Vector], chances: Chances | None
) -> tuple[float, Vector]:
    """Return the mean difference of predictions, everybody treated less nobody, with influences; `chances` augment it."""
    listed = spec.options.get("interactions", [])
    extra = {
        name: column
        for one in ([listed] if isinstance(listed, str) else listed)
        for name, column in design_columns(sample.frame, one).items()
    }
    base = np.column_stack(list(columns.values()))

    def design(arm: Vector) -> Matrix:
        return np.column_stack([base, arm, *(arm * column for column in extra.values())])

    x = design(a)
    if np.linalg.matrix_rank(x / np.abs(x).max(axis=0)) < x.shape[1]:
        raise refusal("E-EST-02", columns=", ".join([*columns, *(f"{spec.treatment}:{name}" for name in extra)]))
    scale = np.abs(x).max(axis=0)
    orthogonal, triangle = np.linalg.qr(x / scale)
    beta = np.linalg.solve(triangle, orthogonal.T @ y) / scale
    residual = y - x @ beta
    ones = np.ones(len(y))
    gap = (design(ones) - design(0 * ones)) @ beta
    if chances is not None:
        augmented = gap + a / chances.chance * residual - (1 - a) / (1 - chances.chance) * residual
        return float(augmented.mean()), augmented - augmented.mean()
    push = (design(ones) - design(0 * ones)).mean(axis=0) / scale
    root = np.linalg.solve(triangle.T, push)
    return float(gap.mean()), gap - gap.mean() + len(y) * (orthogonal @ root) * residual


def _error(spec: AnalysisSpec, sample: Sample, influence: Vector) -> tuple[float, int | None]:
    n = len(influence)
    if not spec.cluster:
        return float((influence @ influence) ** 0.5 / n), None
    if len(spec.cluster) > 1:
        raise refusal("E-SPEC-13", method="CR1", estimator="ipw")
    codes = sample.codes(spec.cluster[0])
    count = int(codes.max()) + 1
    if count == 1:
        raise refusal("E-EST-04", column=spec.cluster[0], n=count)
    sums = np.bincount(codes, weights=influence)
    return float((count / (count - 1) * (sums @ sums)) ** 0.5 / n), count


def _weights(a: Vector, chance: Vector) -> dict[str, float]:
    """Return what the inverse-probability weights look like, plain and stabilised by the share of each arm."""
    plain = np.where(a == 1, 1 / chance, 1 / (1 - chance))
    stable = plain * np.where(a == 1, a.mean(), 1 - a.mean())
    sizes = {name: plain[a == arm] for name, arm in (("treated", 1), ("control", 0))}
    return {
        "mean": float(plain.mean()),
        "largest": float(plain.max()),
        "stabilised_mean": float(stable.mean()),
        "stabilised_largest": float(stable.max()),
        **{f"effective_{name}": float(w.sum() ** 2 / (w @ w)) for name, w in sizes.items()},
    }


METHOD = Method(
    name="ipw",
    run=run,
    uses=frozenset({"treatment", "covariates", "cluster", "unit"}),
    needs=(frozenset({"treatment"}), frozenset({"covariates"})),
    options=OPTIONS,
)
