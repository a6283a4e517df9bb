"""`ipw`: an effect adjusted for measured reasons of treatment, or of staying in the panel (`weights_for: response`).

When: treatment was chosen, or outcomes of a randomised one were lost, and the reasons were measured before. Not when: they were
not (lee_bounds for attrition), or some people had no chance of one arm or of being seen (refused; near it, the result warns).
Standard errors stack the equations of the model of treatment (or response) with that of the effect. Robins, Hernán & Brumback
(2000); Lunceford & Davidian (2004); Stefanski & Boos (2002); Wooldridge (2007) for attrition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimators.lee_bounds import seen_of
from experiments.estimators.likelihood import fit_likelihood
from experiments.estimators.linear import INTERCEPT
from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method
from experiments.estimators.options import Option, choice, column
from experiments.estimators.options import columns as named
from experiments.estimators.regression import covariate_columns
from experiments.estimators.rows import arms, two_arms
from experiments.messages import refusal, warning
from experiments.result import Estimate, EstimateResult
from experiments.sample import Flags, Matrix, Sample, Vector, design_columns, numbers
from experiments.spec import AnalysisSpec

OPTIONS: dict[str, Option] = {
    "method": choice("ipw", "standardisation", "aipw"),
    "estimand": choice("ate", "att"),
    "interactions": named(),
    "weights_for": choice("treatment", "response"),
    "selection": column(),
}
WITH_RESPONSE = "only with weights_for: response"
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
        the outcome regression. `weights_for: response` weights those who are seen by their chance of it, given treatment,
        covariates and their interactions; `selection` names who is (0/1; else whoever has an outcome). With one `cluster`,
        influences are summed within clusters.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Another treatment value; chances of 0 or 1; collinear columns; separation; one cluster.
    """
    if spec.options.get("weights_for") == "response":
        return _of_the_seen(spec, sample, data_sha256)
    treatment = two_arms(spec, sample)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    method, estimand = _asked(spec)
    columns = {INTERCEPT: np.ones(sample.size), **covariate_columns(spec, sample)}
    chances = _chances(columns, treatment)
    if method == "ipw":
        estimate, influence, known = _weighted(outcome, treatment, chances, estimand)
    else:
        estimate, influence = _standardised(
            spec, sample, outcome, treatment, columns, chances if method == "aipw" else None
        )
        known = None
    row, count, about = _row(spec, sample, estimate, influence)
    notes: dict[str, Any] = {
        "method": method,
        "estimand": estimand,
        **about,
        **arms(treatment, outcome, None),
        **({} if method == "standardisation" else {"weights": _weights(treatment, chances.chance)}),
        **({} if known is None else {"se_weights_known": _error(spec, sample, known)[0]}),
    }
    slim = int(((chances.chance < SLIM) | (chances.chance > 1 - SLIM)).sum())
    warned = [warning("W-IPW-01", n=slim)] if slim and method != "standardisation" else []
    return made(spec, sample, data_sha256, Found([row], notes, warned, count))


def _asked(spec: AnalysisSpec) -> tuple[str, str]:
    """Return method and estimand; refuse what does not go together."""
    method, estimand = spec.options.get("method", "ipw"), spec.options.get("estimand", "ate")
    refused = {
        "selection": ("selection" in spec.options, WITH_RESPONSE),
        "estimand": (estimand == "att" and method != "ipw", "ate (for att: method ipw)"),
        "interactions": (method == "ipw" and "interactions" in spec.options, "standardisation, aipw"),
    }
    for option, (is_refused, known) in refused.items():
        if is_refused:
            raise refusal("E-SPEC-11", estimator="ipw", option=option, value=spec.options[option], known=known)
    return method, estimand


def _of_the_seen(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the difference of the arms' means among those who are seen, each weighted by one over its chance of being so."""
    treatment, outcome = two_arms(spec, sample), numbers(sample.frame, spec.outcome, "outcome")
    seen, shares = _seen(spec, sample, treatment, outcome)
    slopes = {f"{spec.treatment}:{name}": treatment * column for name, column in _interactions(spec, sample).items()}
    covariates = covariate_columns(spec, sample)
    columns = {INTERCEPT: np.ones(sample.size), str(spec.treatment): treatment, **covariates, **slopes}
    chances = _chances(columns, seen.astype(float), most=1.0)
    weights = [np.where(seen & (treatment == arm), 1 / chances.chance, 0.0) for arm in (1, 0)]
    pushed = [-weight * (1 - chances.chance) for weight in weights]
    y = np.where(seen, outcome, 0.0)
    estimate, influence, known = _differences(y, weights, pushed, chances)
    row, count, about = _row(spec, sample, estimate, influence)
    plain = y[seen & (treatment == 1)].mean() - y[seen & (treatment == 0)].mean()
    notes = {
        "method": "ipw",
        "weights_for": "response",
        **about,
        "n_seen": int(seen.sum()),
        "share_treated": shares[0],
        "share_control": shares[1],
        "naive": float(plain),
        "weights": {"largest": float(max(weight.max() for weight in weights)), **_effective(weights)},
        "se_weights_known": _error(spec, sample, known)[0],
    }
    slim = int((chances.chance[seen] < SLIM).sum())
    warned = [warning("W-IPW-02", n=slim)] if slim else []
    return made(spec, sample, data_sha256, Found([row], notes, warned, count))


def _seen(spec: AnalysisSpec, sample: Sample, treatment: Vector, outcome: Vector) -> tuple[Flags, list[float]]:
    """Return who is seen, and the share of them in the treated and the control arm; refuse what the weights do not mean."""
    for name, default in (("method", "ipw"), ("estimand", "ate")):
        if spec.options.get(name, default) != default:
            raise refusal("E-SPEC-11", estimator="ipw", option=name, value=spec.options[name], known=default)
    seen = seen_of(spec, sample, outcome)
    shares = [float(seen[treatment == arm].mean()) for arm in (1, 0)]
    if seen.all() or min(shares) == 0:
        raise refusal("E-IPW-02", n=int(seen.sum()), total=sample.size)
    return seen, shares


def _row(
    spec: AnalysisSpec, sample: Sample, estimate: float, influence: Vector
) -> tuple[Estimate, int | None, dict[str, Any]]:
    """Return the row of an effect by its influences, the number of clusters, and notes on the variance."""
    error, count = _error(spec, sample, influence)
    row = row_of(str(spec.treatment), estimate, error, spec.alpha, float(count - 1) if count else np.inf)
    about = {
        "vcov": "stacked estimating equations" + (", by cluster" if count else ""),
        "df_rule": "G - 1" if count else "normal",
    }
    return row, count, about


def _chances(columns: dict[str, Vector], treatment: Vector, most: float = 1 - NO_CHANCE) -> Chances:
    x = np.column_stack(list(columns.values()))
    scale = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0)  # powers of raw columns are badly scaled
    fit = fit_likelihood(tuple(columns), x / scale, treatment, "binomial")
    low, high = float(fit.mean.min()), float(fit.mean.max())
    if low < NO_CHANCE or high > most:
        raise refusal("E-IPW-01", low=low, high=high)
    return Chances(fit.mean, x / scale, len(treatment) * fit.scores @ fit.bread)


def _weighted(y: Vector, a: Vector, chances: Chances, estimand: str) -> tuple[float, Vector, Vector]:
    """Return the difference of weighted means, its influences, and those that take the weights as known."""
    e = chances.chance
    if estimand == "ate":
        weights, slopes = (a / e, (1 - a) / (1 - e)), (-a * (1 - e) / e, (1 - a) * e / (1 - e))
    else:
        weights, slopes = (a, (1 - a) * e / (1 - e)), (0 * a, (1 - a) * e / (1 - e))
    return _differences(y, weights, slopes, chances)


def _differences(
    y: Vector, weights: Sequence[Vector], slopes: Sequence[Vector], chances: Chances
) -> tuple[float, Vector, Vector]:
    """Return the difference of two weighted means, its influences, and those that take the weights as known.

    `slopes`: how each row's weight moves with the linear predictor of its chance.
    """
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
    extra = _interactions(spec, sample)
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


def _interactions(spec: AnalysisSpec, sample: Sample) -> dict[str, Vector]:
    """Return the columns whose slopes differ by arm."""
    listed = spec.options.get("interactions", [])
    return {
        name: column
        for one in ([listed] if isinstance(listed, str) else listed)
        for name, column in design_columns(sample.frame, one).items()
    }


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
    return {
        "mean": float(plain.mean()),
        "largest": float(plain.max()),
        "stabilised_mean": float(stable.mean()),
        "stabilised_largest": float(stable.max()),
        **_effective([plain[a == arm] for arm in (1, 0)]),
    }


def _effective(weights: Sequence[Vector]) -> dict[str, float]:
    """Return how many equally weighted rows the weights of each arm are worth (Kish)."""
    named = zip(("treated", "control"), weights, strict=True)
    return {f"effective_{name}": float(w.sum() ** 2 / (w @ w)) for name, w in named}


METHOD = Method(
    name="ipw",
    run=run,
    uses=frozenset({"treatment", "covariates", "cluster", "unit"}),
    needs=(frozenset({"treatment"}), frozenset({"covariates"})),
    options=OPTIONS,
    partial=frozenset({"outcome"}),
    partial_if=lambda spec: spec.options.get("weights_for") == "response",
)
