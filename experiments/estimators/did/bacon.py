"""What a staggered two-way coefficient is made of: every comparison of two cohorts with its weight and its own estimate.

Goodman-Bacon (2021), theorem 1. Belongs here: the decomposition of a balanced panel without covariates or weights; weights sum to
1, and weights times estimates to the coefficient. Does not: the coefficient (twfe). Units treated from the first period on count
as a comparison group of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.sample import Codes, Flags, Matrix, Vector

KINDS = ("treated_vs_never", "earlier_vs_later", "later_vs_earlier", "treated_vs_always")


@dataclass(frozen=True)
class Cohorts:
    """K groups of units: how many, the place of their first treated period (T for never, 0 for always), means K × T."""

    count: Vector
    start: Codes
    mean: Matrix


@dataclass(frozen=True)
class Part:
    """One comparison: its kind, cohorts by place, weight, estimate."""

    kind: str
    treated: int
    control: int
    weight: float
    estimate: float


@dataclass(frozen=True)
class Rows:
    """Rows of a two-way regression: unit and period by number, outcome, whether treated, for how many rows each stands."""

    unit: Codes
    period: Codes
    outcome: Vector
    treated: Flags
    copies: Vector


def cohorts_of(rows: Rows) -> Cohorts | None:
    """Return the groups of units by start; None where a unit misses a period or has two rows in one, or treatment ends."""
    units, width = int(rows.unit.max()) + 1, int(rows.period.max()) + 1
    if (
        len(rows.unit) != units * width
        or (np.bincount(rows.unit * width + rows.period, minlength=units * width) != 1).any()
    ):
        return None
    table, path = np.zeros((units, width)), np.zeros((units, width), dtype=bool)
    table[rows.unit, rows.period], path[rows.unit, rows.period] = rows.outcome, rows.treated
    if (path[:, :-1] & ~path[:, 1:]).any():
        return None
    each = np.zeros(units)
    each[rows.unit] = rows.copies
    start = np.where(path.any(axis=1), path.argmax(axis=1), width)
    places, own = np.unique(start, return_inverse=True)
    count = np.bincount(own, weights=each).astype(np.float64)
    sums = np.zeros((len(places), width))
    np.add.at(sums, own, table * each[:, None])
    return Cohorts(count, places.astype(np.int64), sums / count[:, None])


def decompose(cohorts: Cohorts) -> tuple[Part, ...]:
    """Return the comparisons that a two-way coefficient averages, heaviest first."""
    width = cohorts.mean.shape[1]
    moving = np.flatnonzero((cohorts.start > 0) & (cohorts.start < width)).tolist()
    still = np.flatnonzero((cohorts.start == 0) | (cohorts.start >= width)).tolist()
    parts = []
    for treated in moving:
        for control in still:
            kind = KINDS[0] if cohorts.start[control] >= width else KINDS[3]
            parts.append(_part(cohorts, kind, (treated, control), np.ones(width, dtype=bool)))
        for other in moving:
            first, second = cohorts.start[treated], cohorts.start[other]
            at = np.arange(width)
            if first < second:
                parts.append(_part(cohorts, KINDS[1], (treated, other), at < second))
            elif first > second:
                parts.append(_part(cohorts, KINDS[2], (treated, other), at >= second))
    total = sum(part.weight for part in parts)
    shared = [Part(part.kind, part.treated, part.control, part.weight / total, part.estimate) for part in parts]
    return tuple(sorted(shared, key=lambda part: (-round(part.weight, 9), part.treated, part.control)))


def _part(cohorts: Cohorts, kind: str, pair: tuple[int, int], window: Flags) -> Part:
    """Return one difference in differences within a window of periods; its weight is not yet scaled."""
    treated, control = pair
    after = window & (np.arange(len(window)) >= cohorts.start[treated])
    before = window & ~after
    gap = cohorts.mean[treated] - cohorts.mean[control]
    share, size = after.sum() / window.sum(), cohorts.count[treated] + cohorts.count[control]
    own = cohorts.count[treated] / size
    weight = (size * window.mean()) ** 2 * own * (1 - own) * share * (1 - share)
    return Part(kind, treated, control, float(weight), float(gap[after].mean() - gap[before].mean()))


def notes(parts: tuple[Part, ...], names: list[str]) -> dict[str, Any]:
    """Return weight and mean estimate by kind, and every comparison by the names of its cohorts."""
    kinds = {}
    for kind in KINDS:
        own = [part for part in parts if part.kind == kind]
        weight = sum(part.weight for part in own)
        if own:
            mean = sum(part.weight * part.estimate for part in own) / weight
            kinds[kind] = {"weight": weight, "estimate": mean}
    listed = [
        {
            "kind": part.kind,
            "treated": names[part.treated],
            "control": names[part.control],
            "weight": part.weight,
            "estimate": part.estimate,
        }
        for part in parts
    ]
    return {"by_kind": kinds, "comparisons": listed}
