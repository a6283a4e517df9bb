"""Effects by cohort and period, ATT(g, t): each cohort against units not treated, one comparison at a time.

Callaway & Sant'Anna (2021). Belongs here: base periods, comparison groups, the comparisons that can be made, their influence
functions scaled to all n units. Does not: one comparison's arithmetic (two_by_two), averages over cohorts and periods
(aggregate). Reproduces `did` 2.1.2 (its varying and universal base periods, both control groups).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.estimators.did.panel import Panel
from experiments.estimators.did.two_by_two import METHODS, Comparison, Effect, Unsolvable
from experiments.messages import refusal, warning
from experiments.sample import Flags, Matrix, Vector

Control = Literal["never", "not_yet"]


@dataclass(frozen=True)
class Choices:
    """How ATT(g, t) is found.

    Parameters
    ----------
    control
        Compared with units that are never treated, or with all that are not treated yet in both periods.
    method
        dr, reg or ipw; without covariates they are one.
    base
        Before treatment: `varying` compares with the period before, `universal` with the last untreated one throughout.
    anticipation
        Units of time before the start in which effects may already show; the base period lies before them.
    """

    control: Control = "never"
    method: str = "dr"
    base: Literal["varying", "universal"] = "varying"
    anticipation: float = 0.0


@dataclass(frozen=True)
class Cell:
    """One comparison: cohort, period, base period (places in `periods`); `fixed` marks a universal base period itself."""

    cohort: float
    time: float
    at: int
    base: int

    @property
    def is_base(self) -> bool:
        """Return whether the period is its own base: the effect is 0 by construction."""
        return self.at == self.base


@dataclass(frozen=True)
class GroupTime:
    """K effects ATT(g, t): cohort, time, estimate of each; `influence` is n × K, its mean square over n the variance.

    `span` is the time from the base period to the period: 0 where the effect is 0 by construction.
    """

    cohort: Vector
    time: Vector
    estimate: Vector
    influence: Matrix
    span: Vector
    warnings: tuple[dict[str, object], ...] = ()


def cells(periods: Vector, cohorts: Vector, choices: Choices) -> list[Cell]:
    """Return the comparisons of each cohort with each period that has a base period.

    >>> [(cell.cohort, cell.time, cell.base) for cell in cells(np.array([1.0, 2, 3]), np.array([3.0]), Choices())]
    [(3.0, 2.0, 0), (3.0, 3.0, 1)]
    """
    found = []
    for cohort in cohorts:
        before = np.flatnonzero(periods + choices.anticipation < cohort)
        if not len(before):
            continue
        start = 1 if choices.base == "varying" else 0
        for at in range(start, len(periods)):
            is_long = choices.base == "universal" or periods[at] >= cohort
            base = int(before[-1]) if is_long else at - 1
            found.append(Cell(float(cohort), float(periods[at]), at, base))
    return found


def group_time(panel: Panel, choices: Choices) -> GroupTime:
    """Return every ATT(g, t) that the panel can answer.

    Raises
    ------
    Refused
        No never-treated unit where they are asked for, no comparison at all, covariates that separate or are collinear.
    """
    if choices.control == "never" and np.isfinite(panel.cohort).all():
        raise refusal("E-DID-04", column="cohort")
    made, effects, lost = [], [], []
    for cell in cells(panel.periods, panel.cohorts, choices):
        effect = _effect(panel, cell, choices)
        if effect is None:
            lost.append(f"{cell.cohort:g}:{cell.time:g}")
        else:
            made.append(cell)
            effects.append(effect)
    if not any(cell.time >= cell.cohort for cell in made):
        raise refusal("E-DID-05")
    told = (warning("W-DID-05", n=len(lost), cells=", ".join(lost)),) if lost else ()
    return GroupTime(
        np.array([cell.cohort for cell in made]),
        np.array([cell.time for cell in made]),
        np.array([effect.estimate for effect in effects]),
        np.column_stack([effect.influence for effect in effects]),
        np.array([panel.periods[cell.at] - panel.periods[cell.base] for cell in made]),
        told,
    )


def comparison_units(cohort: Vector, cell: Cell, periods: Vector, choices: Choices) -> Flags:
    """Return which units a cell's cohort is compared with."""
    never: Flags = np.isinf(cohort)
    if choices.control == "never":
        return never
    latest = max(periods[cell.at], periods[cell.base]) + choices.anticipation
    found: Flags = never | ((cohort > latest) & (cohort != cell.cohort))
    return found


def _effect(panel: Panel, cell: Cell, choices: Choices) -> Effect | None:
    """Return one effect with its influence spread over all units; None where there is nobody to compare."""
    if cell.is_base:
        return Effect(0.0, np.zeros(panel.size))
    change = panel.outcome[:, cell.at] - panel.outcome[:, cell.base]
    treated = panel.cohort == cell.cohort
    covariates = panel.covariates[:, min(cell.at, cell.base)]
    known = ~np.isnan(change) & ~np.isnan(covariates).any(axis=1)
    used = known & (treated | comparison_units(panel.cohort, cell, panel.periods, choices))
    if not (used & treated).any() or not (used & ~treated).any():
        return None
    count = int(used.sum())
    design = np.column_stack([np.ones(count), covariates[used]])
    data = Comparison(change[used], treated[used], design, panel.weights[used])
    method = METHODS[choices.method] if covariates.shape[1] else METHODS["reg"]
    try:
        found = method(data)
    except Unsolvable as error:
        code = "E-DID-06" if error.reason == "separated" else "E-DID-07"
        controls = int((used & ~treated).sum())
        raise refusal(code, cohort=f"{cell.cohort:g}", time=f"{cell.time:g}", n=controls) from error
    influence = np.zeros(panel.size)
    influence[used] = found.influence * (panel.size / count)
    return Effect(found.estimate, influence)
