"""Cells held back so that others do not follow from the rest: the cheapest that leave a reader uncertain enough, with proof (R4).

Belongs here: the defence. One programme for each number that is not safe yet moves one fitting table down and another one up, at
the least cost of shown cells that would move; those are held back. Afterwards the attack of `interval` proves the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from quality.disclosure.interval import Attack, Seen, Wanted
from quality.disclosure.outputs import Key
from quality.disclosure.policy import Policy
from quality.disclosure.system import Mask, System, Vector

MOVES = 1e-7
EASE = 1.5
LITTLE = 1e-4
"""What moving a number costs that is held back already: little, so that tables move no more than they must."""


@dataclass(frozen=True)
class Pattern:
    """What is held back. `whole`: nothing less than the whole table was safe. `rounds`: how often the proof failed before.

    `ranges` are the evidence: for each primary cell, values between which tables lie that fit everything published.
    """

    hidden: frozenset[Key]
    added: frozenset[Key]
    whole: bool
    rounds: int
    ranges: Mapping[Key, tuple[float, float]]


def pattern(system: System, primary: Mapping[Key, Wanted], policy: Policy) -> Pattern:
    """Return what must be held back with the primary cells.

    Parameters
    ----------
    system
        The table with its margins, and whatever else of the same numbers is published.
    primary
        The cells that are held back for themselves, and how uncertain each must stay.

    Returns
    -------
    Pattern
        Proved by `interval.Attack` for every primary cell, or the whole table.

    Raises
    ------
    Unsolved
        The solver failed, or time ran out.
    """
    wanted = {system.place(key): need for key, need in primary.items()}
    if any(system.stays[place] for place in wanted):
        return _everything(system, primary, 0)
    cover, until = Cover(system, wanted), monotonic() + policy.seconds
    left = sorted(wanted, key=lambda place: -wanted[place].width)
    for turn in range(policy.rounds):
        if not all(cover.extend(place, wanted[place], EASE**turn) for place in left):
            return _everything(system, primary, turn)
        left = Attack(system, cover.hidden, cover.seen, until).unproved(wanted)
        if not left:
            keys = frozenset(system.keys[place] for place in np.flatnonzero(cover.hidden))
            ranges = {key: cover.seen.span(system.place(key)) for key in primary}
            return Pattern(keys, keys - set(primary), whole=False, rounds=turn, ranges=ranges)
    return _everything(system, primary, policy.rounds)


def _everything(system: System, primary: Mapping[Key, Wanted], rounds: int) -> Pattern:
    keys = frozenset(system.keys)
    return Pattern(keys, keys - set(primary), whole=True, rounds=rounds, ranges={})


class Cover:
    """What is held back so far, and the tables known to fit the rest."""

    def __init__(self, system: System, primary: Iterable[int]) -> None:
        self.system, self.seen = system, Seen(system)
        self.hidden: Mask = np.zeros(len(system.keys), dtype=bool)
        self.hidden[list(primary)] = True
        self.free = np.flatnonzero(~system.stays)
        sums = system.sums[:, self.free]
        self.sums = sparse.block_diag([sparse.hstack([sums, -sums])] * 2, format="csr")
        up, down = system.high - system.values, system.values - system.low
        room = [up[self.free], down[self.free]] * 2
        self.bounds = np.column_stack([np.zeros(4 * len(self.free)), np.concatenate(room)])

    def extend(self, place: int, need: Wanted, ease: float) -> bool:
        """Hold back the shown numbers that move in the cheapest pair of fitting tables far enough apart at `place`.

        Returns False where there is no such pair. `ease` > 1 asks for tables further apart than needed, where a proof in whole
        numbers failed before.
        """
        if ease == 1 and self.seen.proves(place, need):
            return True
        n, where = len(self.free), int(np.searchsorted(self.free, place))
        apart, first, second = (np.zeros(4 * n) for _ in range(3))
        apart[[where, 3 * n + where]], apart[[n + where, 2 * n + where]] = -1.0, 1.0
        first[where], first[n + where] = -1.0, 1.0
        second[2 * n + where], second[3 * n + where] = 1.0, -1.0
        found = linprog(
            np.tile(np.where(self.hidden[self.free], LITTLE, self.system.cost[self.free]), 4),
            A_eq=self.sums,
            b_eq=np.zeros(self.sums.shape[0]),
            A_ub=np.vstack([apart, first, second]),
            b_ub=-np.array([need.width * ease, need.above, need.below]),
            bounds=self.bounds,
            method="highs",
        )
        if found.status == 0:
            self._take(np.asarray(found.x, dtype=float).reshape(4, n))
        return bool(found.status == 0)

    def _take(self, moves: Vector) -> None:
        self.hidden[self.free[moves.max(axis=0) > MOVES]] = True
        for up, down in (moves[:2], moves[2:]):
            table = self.system.values.copy()
            table[self.free] += up - down
            self.seen.add(table)
