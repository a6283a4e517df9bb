"""When treatment starts, stops and for whom: what a reader of a two-way fixed effects coefficient must know.

Belongs here: staggered starts, reversals, always-treated units, the weights with which effects enter (de Chaisemartin &
D'Haultfœuille 2020). Does not: the regression (twfe).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.messages import warning
from experiments.sample import Codes, Sample, Vector
from experiments.spec import AnalysisSpec

NOISE = 1e-12


@dataclass(frozen=True)
class Timing:
    """Diagnostics and warnings about the timing of treatment."""

    notes: dict[str, Any]
    warnings: tuple[dict[str, Any], ...]


def describe(spec: AnalysisSpec, sample: Sample, treatment: Vector, shares: Vector) -> Timing:
    """Return what the timing of treatment means for the coefficient.

    Parameters
    ----------
    spec
        Names `unit` and `time`; text periods are ordered as text.
    sample
        Complete cases.
    treatment
        Dummy or dose, one a row.
    shares
        Each row's weight in the coefficient as an average of effects; they sum to 1, some may be negative.

    Returns
    -------
    Timing
        Counts of units and starts; the share of treated rows with a negative weight and the sum of those weights.
    """
    unit, time = sample.codes(str(spec.unit)), sample.codes(str(spec.time))
    count, late = int(unit.max()) + 1, int(time.max()) + 1
    first = _extreme(np.minimum, unit, time, count, late)
    started = treatment != 0
    starts = _extreme(np.minimum, unit[started], time[started], count, late)
    ever = starts < late
    early = time < starts[unit]
    before = _extreme(np.maximum, unit[early], time[early], count, -1)
    negative = started & (shares < -NOISE)
    rows = np.ones(sample.size) if sample.copies is None else sample.copies
    units = sample.copies_of(str(spec.unit))
    units = np.ones(count) if units is None else units
    notes = {
        "n_periods": late,
        "n_starts": distinct_starts(before[ever].astype(float), starts[ever].astype(float)),
        "n_ever_treated": _meant(units[ever]),
        "n_never_treated": _meant(units[~ever]),
        "n_always_treated": _meant(units[ever & (starts == first)]),
        "n_reverting": _meant(units[_reverting(unit, time, treatment)]),
        "negative_weight_share": float(rows[negative].sum() / rows[started].sum()),
        "negative_weight_sum": float(shares[negative].sum()),
    }
    return Timing(notes, _warnings(notes))


def _extreme(choose: np.ufunc, unit: Codes, time: Codes, count: int, none: int) -> Codes:
    """Return the first (or last) time of each unit among the rows given; `none` where it has no row."""
    found = np.full(count, none, dtype=np.int64)
    choose.at(found, unit, time)
    return found


def _meant(copies: Vector) -> int:
    """Return for how many units the chosen ones stand."""
    return round(float(copies.sum()))


def _reverting(unit: Codes, time: Codes, treatment: Vector) -> Codes:
    """Return the units that have a treatment that goes down at some time."""
    order = np.lexsort((time, unit))
    own, path = unit[order], treatment[order]
    falls = (own[1:] == own[:-1]) & (path[1:] < path[:-1])
    return np.unique(own[1:][falls])


def distinct_starts(last_before: Vector, first_treated: Vector) -> int:
    """Return the fewest starting times that agree with every unit: each started after `last_before`, by `first_treated`.

    A unit that misses its first treated period is seen treated one period late; that is no start of its own.

    >>> distinct_starts(np.array([2.0, 2.0, 3.0]), np.array([3, 4, 4]))
    2
    """
    found, latest = 0, -np.inf
    for place in np.argsort(first_treated, kind="stable"):
        if last_before[place] >= latest:
            found, latest = found + 1, float(first_treated[place])
    return found


def _warnings(notes: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    found = []
    if notes["n_starts"] > 1:
        found.append(
            warning(
                "W-TWFE-01",
                n=notes["n_starts"],
                share=notes["negative_weight_share"],
                total=notes["negative_weight_sum"],
            )
        )
    if notes["n_reverting"]:
        found.append(warning("W-TWFE-02", n=notes["n_reverting"]))
    if notes["n_always_treated"]:
        found.append(warning("W-TWFE-03", n=notes["n_always_treated"]))
    if not notes["n_never_treated"]:
        found.append(warning("W-TWFE-04"))
    return tuple(found)
