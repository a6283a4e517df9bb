"""`lee_bounds`: bounds on an effect when treatment changes who has an outcome (attrition, employment, survival).

When: outcomes are seen for a selected part of each arm, and treatment moves selection one way only (nobody would be seen only
without it). Not when: that may fail in both directions: Manski's bounds, in `diagnostics.manski`, need a range of the outcome
and nothing else. The bounds are about those who would be seen in either arm. Lee (2009), proposition 3 for the variance; Imbens
& Manski (2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method
from experiments.estimators.options import Option, choice, column, interval
from experiments.estimators.rows import two_arms, zero_one
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.sample import Flags, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

OPTIONS: dict[str, Option] = {"selection": column(), "support": interval(), "ties": choice("kept", "split")}
Pair = tuple[float, float]
"""An estimate and its standard error."""


@dataclass(frozen=True)
class Trimmed:
    """One trimmed mean, the value at which it was cut, and the variance among those kept."""

    mean: float
    cut: float
    variance: float


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `lower` and `upper`.

    Parameters
    ----------
    spec
        `treatment` 0/1; the option `selection` names a 0/1 column (1: the outcome is seen); where it is left out, an outcome
        that is missing was not seen. Option `support`: least and greatest possible outcome, for Manski's bounds. Option
        `ties`: values equal to the one at the cut are all `kept` (default, as Lee and all software) or `split`, which is
        sharp when the outcome has masses (both stand in `diagnostics`).
    sample
        Rows may lack the outcome.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        An arm in which nobody, or a single row, is seen; a seen row without an outcome.
    """
    treatment = two_arms(spec, sample)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    seen = seen_of(spec, sample, outcome)
    treated = treatment == 1
    for arm in (treated, ~treated):
        if (seen & arm).sum() <= 1:
            raise refusal("E-LEE-02", n=int((seen & arm).sum()))
    shares = [float(seen[arm].mean()) for arm in (treated, ~treated)]
    flipped = shares[0] < shares[1]
    arm = ~treated if flipped else treated  # the arm in which more are seen is trimmed
    ties = spec.options.get("ties", "kept")
    low, high = _signed(_bounds(outcome, seen, arm, ties), flipped=flipped)
    apart = [pair[0] for pair in _signed(_bounds(outcome, seen, arm, "split"), flipped=flipped)]
    rows = [row_of("lower", *low, spec.alpha), row_of("upper", *high, spec.alpha)]
    notes = _notes(spec, outcome, seen, treated, shares, flipped=flipped)
    notes |= {"ties": ties, "split_ties": {"lower": apart[0], "upper": apart[1]}}
    notes["imbens_manski"] = _imbens_manski(low, high, spec.alpha)
    moved = max(abs(apart[0] - low[0]), abs(apart[1] - high[0]))
    warned = [warning("W-LEE-01", moved=moved)] if moved > min(low[1], high[1]) / 10 else []
    return made(spec, sample, data_sha256, Found(rows, notes, warned))


def _signed(bounds: tuple[Pair, Pair], *, flipped: bool) -> tuple[Pair, Pair]:
    """Return the bounds on treated less control, where they were computed the other way round."""
    low, high = bounds
    return ((-high[0], high[1]), (-low[0], low[1])) if flipped else bounds


def seen_of(spec: AnalysisSpec, sample: Sample, outcome: Vector) -> Flags:
    """Return who has an outcome: by the option `selection`, or because it is there."""
    if "selection" not in spec.options:
        found: Flags = np.isfinite(outcome)
        return found
    seen: Flags = zero_one(spec, sample, spec.options["selection"]) == 1
    if (seen & ~np.isfinite(outcome)).any():
        raise refusal("E-LEE-01", n=int((seen & ~np.isfinite(outcome)).sum()), column=spec.outcome)
    return seen


def _trimmed(values: Vector, keep: float, *, lowest: bool, ties: str) -> Trimmed:
    """Return the mean of the lowest (or highest) share `keep` of values.

    `ties`: values equal to the one at the cut are all kept (Lee's E[Y | Y ≤ y]), or split so that the share is exact.
    """
    ordered = np.sort(values) if lowest else -np.sort(-values)
    whole = keep * len(ordered)
    count = min(int(np.floor(whole + 1e-9)), len(ordered))
    cut = float(ordered[min(count, len(ordered) - 1)])
    weights = np.zeros(len(ordered))
    weights[:count] = 1.0
    if ties == "split" and count < len(ordered):
        weights[count] = whole - count
    if ties == "kept":
        weights[ordered <= cut if lowest else ordered >= cut] = 1.0
    mean = float(weights @ ordered / weights.sum())
    return Trimmed(mean, cut, float(weights @ (ordered - mean) ** 2 / weights.sum()))


def _bounds(outcome: Vector, seen: Flags, arm: Flags, ties: str) -> tuple[Pair, Pair]:
    """Return (estimate, standard error) of both bounds on the trimmed arm's mean less the other's."""
    n = len(outcome)
    mine, theirs = outcome[seen & arm], outcome[seen & ~arm]
    s1, s0, share = float(seen[arm].mean()), float(seen[~arm].mean()), float(arm.mean())
    keep = s0 / s1
    base = len(mine) / n * keep
    ratio = keep**2 * ((1 - s1) / (share * s1) + (1 - s0) / ((1 - share) * s0))
    control = float(theirs.var()) / (len(theirs) / n)
    found = []
    for lowest in (True, False):
        cut = _trimmed(mine, keep, lowest=lowest, ties=ties)
        gap = cut.cut - cut.mean
        variance = cut.variance / base + gap**2 * (1 - keep) / base + (gap / keep) ** 2 * ratio + control
        found.append((cut.mean - float(theirs.mean()), (variance / n) ** 0.5))
    return found[0], found[1]


def _imbens_manski(low: Pair, high: Pair, alpha: float) -> dict[str, float]:
    """Return the interval that covers the effect, wherever between the bounds it lies, with 1 − alpha."""
    from scipy import optimize, stats

    width = (high[0] - low[0]) / max(low[1], high[1])
    reach = float(optimize.brentq(lambda c: stats.norm.cdf(c + width) - stats.norm.cdf(-c) - (1 - alpha), 0.0, 10.0))
    return {"low": low[0] - reach * low[1], "high": high[0] + reach * high[1]}


def _notes(
    spec: AnalysisSpec, outcome: Vector, seen: Flags, treated: Flags, shares: list[float], *, flipped: bool
) -> dict[str, Any]:
    more, fewer = max(shares), min(shares)
    notes: dict[str, Any] = {
        "share_treated": shares[0],
        "share_control": shares[1],
        "effect_on_selection": shares[0] - shares[1],
        "trimmed_share": (more - fewer) / more,
        "trimmed_arm": "control" if flipped else "treated",
        "naive": float(outcome[seen & treated].mean() - outcome[seen & ~treated].mean()),
        "n_seen": int(seen.sum()),
        "df_rule": "normal",
    }
    if "support" in spec.options:
        notes["manski"] = _manski(spec.options["support"], outcome, seen, treated)
    return notes


def _manski(support: list[float], outcome: Vector, seen: Flags, treated: Flags) -> dict[str, float]:
    """Return worst-case bounds on the effect for everybody: those not seen have the least or greatest possible outcome."""
    outside = int((seen & ((outcome < support[0]) | (outcome > support[1]))).sum())
    if outside:
        raise refusal("E-LEE-03", n=outside)

    def filled(arm: Flags, value: float) -> float:
        return float(np.where(seen[arm], outcome[arm], value).mean())

    least, greatest = support
    return {
        "lower": filled(treated, least) - filled(~treated, greatest),
        "upper": filled(treated, greatest) - filled(~treated, least),
    }


METHOD = Method(
    name="lee_bounds",
    run=run,
    uses=frozenset({"treatment", "unit"}),
    needs=(frozenset({"treatment"}),),
    options=OPTIONS,
    partial=frozenset({"outcome"}),
)
