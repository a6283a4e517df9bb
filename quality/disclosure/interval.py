"""What a reader can work out of a number that is held back: its least and greatest value by linear programming (R4).

Belongs here: the attack, and the tables that fit what is published: two of them that are far enough apart in a cell prove that
nobody can work it out. Does not: defence (complementary). Counts are solved in whole numbers where a corner is not whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from quality.disclosure.system import Mask, System, Vector

WHOLE = 1e-6
SECONDS_EACH = 10.0


class Unsolved(Exception):
    """A programme was not solved: nothing is proved, so nothing is released."""


@dataclass(frozen=True)
class Wanted:
    """How uncertain a number must stay: greatest less least at least `width`, and at least so far below and above its value."""

    width: float
    below: float = 0.0
    above: float = 0.0

    def held(self, value: float, low: float, high: float) -> bool:
        """Whether a number between `low` and `high` is uncertain enough."""
        slack = WHOLE * (1 + abs(value))
        spread = high - low + slack >= self.width
        return spread and value - low + slack >= self.below and high - value + slack >= self.above


class Seen:
    """The least and greatest value of every number over the tables known to fit what is published; the true one fits."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.low, self.high = system.values.copy(), system.values.copy()

    def add(self, point: Vector) -> None:
        """Take in a table, if it fits: every sum, every bound, and whole numbers where they are counts."""
        if self.system.whole:
            near = np.round(point)
            if np.abs(point - near).max(initial=0.0) > WHOLE:
                return
            point = near
        slack = WHOLE * (1 + np.abs(self.system.values).max(initial=0.0))
        fits = np.abs(self.system.sums @ point).max(initial=0.0) <= slack
        if fits and (point >= self.system.low - slack).all() and (point <= self.system.high + slack).all():
            np.minimum(self.low, point, out=self.low)
            np.maximum(self.high, point, out=self.high)

    def span(self, place: int) -> tuple[float, float]:
        """Return the least and greatest value of one number so far."""
        return float(self.low[place]), float(self.high[place])

    def proves(self, place: int, need: Wanted) -> bool:
        """Whether tables that fit are far enough apart in one number."""
        return need.held(float(self.system.values[place]), *self.span(place))


class Attack:
    """A reader who knows every number but the hidden ones.

    Parameters
    ----------
    system
        The equations.
    hidden
        Which numbers are held back.
    seen
        Tables known to fit, whose moved numbers are all hidden; the attack adds those that it finds.
    until
        The moment (`time.monotonic`) after which nothing is solved any more.
    """

    def __init__(self, system: System, hidden: Mask, seen: Seen | None = None, until: float = np.inf) -> None:
        self.system, self.until, self.seen = system, until, seen or Seen(system)
        self.places = np.flatnonzero(hidden)
        sums = system.sums[:, self.places]
        rows = np.flatnonzero(np.diff(sums.tocsr().indptr))
        self.sums = sums[rows]
        self.right = -(system.sums[rows][:, np.flatnonzero(~hidden)] @ system.values[~hidden])
        self.bounds = np.column_stack([system.low[self.places], system.high[self.places]])

    def interval(self, place: int) -> tuple[float, float]:
        """Return least and greatest value of one hidden number."""
        return self._end(place, 1.0), self._end(place, -1.0)

    def unproved(self, wanted: dict[int, Wanted]) -> list[int]:
        """Return the numbers that a reader can work out too closely."""
        return [place for place, need in wanted.items() if not self._proved(place, need)]

    def _proved(self, place: int, need: Wanted) -> bool:
        if self.seen.proves(place, need):
            return True
        high = self._end(place, -1.0)
        if self.seen.proves(place, need):
            return True
        return need.held(float(self.system.values[place]), self._end(place, 1.0), high)

    def _end(self, place: int, sign: float) -> float:
        if monotonic() > self.until:
            raise Unsolved
        where = int(np.searchsorted(self.places, place))
        aim = np.zeros(len(self.places))
        aim[where] = sign
        found = linprog(aim, A_eq=self.sums, b_eq=self.right, bounds=self.bounds, method="highs")
        if found.status == 3:  # noqa: PLR2004 - unbounded: nothing is known in this direction
            return -np.inf if sign > 0 else np.inf
        if found.status != 0:
            raise Unsolved
        point: Vector = np.asarray(found.x, dtype=float)
        if self.system.whole and np.abs(point - np.round(point)).max(initial=0.0) > WHOLE:
            point = self._whole(aim)
        table = self.system.values.copy()
        table[self.places] = point
        self.seen.add(table)
        return float(point[where])

    def _whole(self, aim: Vector) -> Vector:
        found = milp(
            aim,
            constraints=LinearConstraint(self.sums, self.right, self.right),
            bounds=Bounds(self.bounds[:, 0], self.bounds[:, 1]),
            integrality=np.ones(len(aim)),
            options={"time_limit": SECONDS_EACH},
        )
        if found.status != 0:
            raise Unsolved
        return np.asarray(found.x, dtype=float)


def recoverable(system: System, hidden: Mask, wanted: dict[int, Wanted]) -> list[int]:
    """Return which of the wanted numbers a reader can work out too closely."""
    return Attack(system, hidden).unproved(wanted)


def intervals(system: System, hidden: Mask, places: Iterable[int]) -> dict[int, tuple[float, float]]:
    """Return what a reader knows of each of some numbers: the evidence of a release."""
    attack = Attack(system, hidden)
    return {place: attack.interval(place) for place in places}
