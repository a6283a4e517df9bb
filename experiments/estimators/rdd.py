"""`rdd`: regression discontinuity: the jump of an outcome where a running variable crosses the threshold of treatment.

When: treatment follows a threshold that nobody could place themselves about precisely; `fuzzy: true` where the threshold moves
only some: the outcome's jump over that of take-up, the effect on those who are moved. Not when: the running variable takes few
values (errors of specification go together within them: name it as `cluster`). Local linear, Hahn, Todd & van der Klaauw (2001);
bandwidth of Imbens & Kalyanaraman (2012); interval and p-value corrected for the bias of that bandwidth by a local quadratic,
Calonico, Cattaneo & Titiunik (2014), a fuzzy one by linearising the ratio.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.estimators.linear import Design, fit_linear
from experiments.estimators.made import Found, made
from experiments.estimators.method import Method, check_cluster_vcov
from experiments.estimators.options import Option, choice, column, flag, number
from experiments.estimators.regression import Regression, covariance
from experiments.estimators.rows import estimate_row
from experiments.messages import refusal, warning
from experiments.result import Estimate, EstimateResult
from experiments.sample import Flags, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

VCOV = ("HC1", "HC2", "HC3", "CR1")
TERM = "effect"
OPTIONS: dict[str, Option] = {
    "running": column(),
    "cutoff": number(),
    "bandwidth": number(above=0),
    "kernel": choice("triangular", "uniform", "epanechnikov"),
    "fuzzy": flag(),
}
CONSTANT = {"triangular": 3.4375, "uniform": 5.4, "epanechnikov": 3.1999}
"""Of Imbens & Kalyanaraman's rule: for the boundary kernel of a local linear regression."""
LEAST = 10
ALARM = 0.05
STRONG = 10.0
"""First-stage F below which the ratio of jumps is not to be trusted (Feir, Lemieux & Marmer 2016)."""


@dataclass(frozen=True)
class Window:
    """The rows within a bandwidth: their distances from the cutoff, kernel weights, and the sample of them."""

    distance: Vector
    weights: Vector
    inside: Flags
    sample: Sample


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `effect`: the jump at the cutoff, with the robust bias-corrected p-value and interval.

    Parameters
    ----------
    spec
        Options `running` (treated from `cutoff` on; 0 by default), `bandwidth` (else by rule), `kernel` (triangular). A
        `treatment` that is named must be what the threshold says, or with `fuzzy` what people got. With `cluster` CR1, else HC2.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Too few rows on a side, a treatment that does not follow the threshold.
    """
    kind = spec.vcov or ("CR1" if spec.cluster else "HC2")
    check_cluster_vcov(spec, kind, VCOV)
    if "running" not in spec.options:
        raise refusal("E-SPEC-05", estimator="rdd", fields="options.running")
    distance = numbers(sample.frame, spec.options["running"], "time") - float(spec.options.get("cutoff", 0.0))
    above = distance >= 0
    _check_sides(spec, sample, distance, above)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    kernel = str(spec.options.get("kernel", "triangular"))
    width = float(spec.options.get("bandwidth", 0.0)) or bandwidth(distance, outcome, kernel)
    window = _window(sample, distance, width, kernel)
    plain, robust, more = _estimated(spec, sample, window, outcome, kind)
    row = plain.model_copy(
        update={name: getattr(robust, name) for name in ("statistic", "p_value", "conf_low", "conf_high", "df")}
    )
    found = _found(spec, row, plain, robust, window, kind, width, above)
    weak = [warning("W-RDD-02", f=more["first_stage"]["f"])] if more and more["first_stage"]["f"] < STRONG else []
    found = replace(found, notes=found.notes | more, warnings=[*found.warnings, *weak])
    return made(spec, sample, data_sha256, found)


def _estimated(
    spec: AnalysisSpec, sample: Sample, window: Window, outcome: Vector, kind: str
) -> tuple[Estimate, Estimate, dict[str, Any]]:
    """Return the local linear estimate, the bias-corrected one, and what a fuzzy design adds to the notes."""
    jumps = [_fitted(spec, window, outcome, kind, degree) for degree in (1, 2)]
    if not spec.options.get("fuzzy"):
        return jumps[0], jumps[1], {}
    taken = numbers(sample.frame, str(spec.treatment), "treatment")
    if (taken[window.inside] == (window.distance >= 0)).all():
        return jumps[0], jumps[1], {"first_stage": {"jump": 1.0, "std_error": 0.0, "f": np.inf}}
    if np.ptp(taken[window.inside]) == 0:
        raise refusal("E-EST-03", column=spec.treatment, n=int(window.inside.sum()))
    moved = [_fitted(spec, window, taken, kind, degree) for degree in (1, 2)]
    below = moved[0].estimate
    ratio = jumps[0].estimate / below
    centre = ratio + ((jumps[1].estimate - jumps[0].estimate) - ratio * (moved[1].estimate - below)) / below
    left = [_fitted(spec, window, outcome - ratio * taken, kind, degree) for degree in (1, 2)]
    rows = [
        estimate_row(TERM, value, one.std_error / abs(below), one.df, spec.alpha)
        for value, one in zip((ratio, centre), left, strict=True)
    ]
    first = {"jump": below, "std_error": moved[0].std_error, "f": (below / moved[0].std_error) ** 2}
    notes = {"first_stage": first, "reduced_form": jumps[1].model_dump(exclude={"term", "group"})}
    return rows[0], rows[1], notes


def _found(
    spec: AnalysisSpec,
    row: Estimate,
    plain: Estimate,
    robust: Estimate,
    window: Window,
    kind: str,
    width: float,
    above: Flags,
) -> Found:
    sides = [int((window.inside & ~above).sum()), int((window.inside & above).sum())]
    crowd = _crowding(window)
    notes: dict[str, Any] = {
        "vcov": kind,
        "bandwidth": width,
        "bandwidth_rule": "given" if "bandwidth" in spec.options else "Imbens-Kalyanaraman",
        "kernel": spec.options.get("kernel", "triangular"),
        "interval": "robust bias-corrected: local quadratic at the same bandwidth",
        "df_rule": "n - K within the bandwidth" if not spec.cluster else "G - 1",
        "n_left": sides[0],
        "n_right": sides[1],
        "conventional": plain.model_dump(exclude={"term", "group"}),
        "bias_corrected": robust.model_dump(exclude={"term", "group"}),
        "density": crowd,
    }
    warned = [warning("W-RDD-01", p=crowd["p_value"])] if crowd["p_value"] < ALARM else []
    return Found([row], notes, warned, None, int(window.inside.sum()))


def _check_sides(spec: AnalysisSpec, sample: Sample, distance: Vector, above: Flags) -> None:
    for side in (above, ~above):
        if len(np.unique(distance[side])) < LEAST:
            raise refusal("E-RDD-01", n=len(np.unique(distance[side])), least=LEAST)
    if spec.options.get("fuzzy"):
        if spec.treatment is None:
            raise refusal("E-SPEC-05", estimator="rdd (fuzzy)", fields="treatment")
    elif spec.treatment is not None:
        wrong = int((numbers(sample.frame, spec.treatment, "treatment") != above).sum())
        if wrong:
            raise refusal("E-RDD-02", n=wrong, column=spec.treatment)


def kernel_weights(share: Vector, kernel: str) -> Vector:
    """Return weights at distances given as shares of the bandwidth.

    >>> kernel_weights(np.array([0.0, 0.5, 1.0]), "triangular").tolist()
    [1.0, 0.5, 0.0]
    """
    size = np.abs(share)
    shapes = {"triangular": 1 - size, "uniform": np.ones(len(size)), "epanechnikov": 1 - size**2}
    found: Vector = np.where(size <= 1, np.maximum(shapes[kernel], 0.0), 0.0)
    return found


def _window(sample: Sample, distance: Vector, width: float, kernel: str) -> Window:
    weights = kernel_weights(distance / width, kernel)
    inside = weights > 0
    for side in (distance[inside] >= 0, distance[inside] < 0):
        if len(np.unique(distance[inside][side])) < 4:  # noqa: PLR2004 - a quadratic and one more
            raise refusal("E-RDD-01", n=len(np.unique(distance[inside][side])), least=4)
    kept = Sample(sample.frame[inside].reset_index(drop=True), weights[inside], sample.counts)
    return Window(distance[inside], weights[inside], inside, kept)


def _fitted(spec: AnalysisSpec, window: Window, outcome: Vector, kind: str, degree: int) -> Estimate:
    """Return the jump of a local polynomial of a degree, its slopes free on both sides; `outcome` is of all rows."""
    above = (window.distance >= 0).astype(float)
    scaled = window.distance / np.abs(window.distance).max()
    columns = {TERM: above}
    for power in range(1, degree + 1):
        columns |= {f"d{power}": scaled**power, f"{TERM}:d{power}": above * scaled**power}
    design = Design(spec.outcome, outcome[window.inside], columns)
    fit = fit_linear(design, window.sample)
    found = covariance(fit, Regression(design, kind, spec.cluster, None, {}), window.sample, spec)
    place = fit.names.index(TERM)
    return estimate_row(TERM, fit.beta[place], found.matrix[place, place] ** 0.5, found.df_of(place), spec.alpha)


def _crowding(window: Window) -> dict[str, float]:
    """Return whether rows lie evenly on both sides, in the nearest fifth of the bandwidth: binomial (Cattaneo et al. 2017)."""
    from scipy import stats

    near = np.abs(window.distance) <= np.abs(window.distance).max() / 5
    right, total = int((near & (window.distance >= 0)).sum()), int(near.sum())
    p_value = float(stats.binomtest(right, total, 0.5).pvalue) if total else 1.0
    return {"left": total - right, "right": right, "p_value": p_value}


def bandwidth(distance: Vector, outcome: Vector, kernel: str) -> float:
    """Return Imbens & Kalyanaraman's (2012) bandwidth, in the running variable's unit.

    Parameters
    ----------
    distance, outcome
        (n,) distances from the cutoff, and outcomes.
    """
    n = len(distance)
    pilot = 1.84 * float(distance.std(ddof=1)) * n ** (-1 / 5)
    sides = [(distance < 0) & (distance >= -pilot), (distance >= 0) & (distance <= pilot)]
    if min(int(side.sum()) for side in sides) <= 1:
        raise refusal("E-RDD-01", n=min(int(side.sum()) for side in sides), least=2)
    density = sum(int(side.sum()) for side in sides) / (2 * n * pilot)
    spread = [float(outcome[side].var(ddof=1)) for side in sides]
    middle = [float(np.median(distance[distance < 0])), float(np.median(distance[distance >= 0]))]
    third = _cubic((distance >= middle[0]) & (distance <= middle[1]), distance, outcome)
    curves, rough = [], []
    for side, variance in zip((distance < 0, distance >= 0), spread, strict=True):
        count = int(side.sum())
        reach = 3.56 * (variance / (density * max(third**2, 1e-12))) ** (1 / 7) * count ** (-1 / 7)
        near = side & (np.abs(distance) <= reach)
        if int(near.sum()) <= 3:  # noqa: PLR2004 - a quadratic needs more
            near = side
        x = np.column_stack([np.ones(int(near.sum())), distance[near], distance[near] ** 2])
        curves.append(2 * float(np.linalg.lstsq(x, outcome[near], rcond=None)[0][2]))
        rough.append(2160 * variance / (int(near.sum()) * min(reach, float(np.abs(distance[side]).max())) ** 4))
    below = (curves[1] - curves[0]) ** 2 + sum(rough)
    found = CONSTANT[kernel] * (sum(spread) / (density * below)) ** (1 / 5) * n ** (-1 / 5)
    return float(min(found, np.abs(distance).max()))


def _cubic(near: Flags, distance: Vector, outcome: Vector) -> float:
    """Return the third derivative of a global cubic with a jump, between the medians of both sides."""
    x = distance[near]
    columns = np.column_stack([np.ones(len(x)), x >= 0, x, x**2, x**3])
    return 6 * float(np.linalg.lstsq(columns, outcome[near], rcond=None)[0][4])


METHOD = Method(
    name="rdd",
    run=run,
    uses=frozenset({"treatment", "cluster", "unit"}),
    vcov=VCOV,
    options=OPTIONS,
)
