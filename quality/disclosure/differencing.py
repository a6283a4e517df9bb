"""Comparing a table with those released before (R5): what two numbers tell together that neither tells alone.

Belongs here: sizes of differences of unit sets, what is held or noised for them. Does not: keeping earlier tables (ledger), noise
(noise). A table that changes by few units waits as a whole: were only the changed cell held back, its dot would tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from quality.disclosure.noise import cell_key, noise_of
from quality.disclosure.outputs import TOTAL, Cell, CountTable, Key, MagnitudeTable
from quality.disclosure.policy import Policy

MOST_DRAWS = 2
"""How often nearly the same population may be drawn anew: the mean of many draws would be the number."""


@dataclass(frozen=True)
class Past:
    """One number released before: its units that are left, how many of them withdrew since, what was printed, with what noise."""

    members: frozenset[int]
    erased: int
    printed: float | None
    noise: int | None = None


@dataclass(frozen=True)
class PastTable:
    """One table released before."""

    release_id: str
    measure: str
    cells: Mapping[Key, Past]

    @property
    def everyone(self) -> frozenset[int]:
        """All units of the table that are left."""
        return frozenset().union(*(past.members for past in self.cells.values()))

    @property
    def erased(self) -> int:
        """How many units of it withdrew since."""
        return max((past.erased for past in self.cells.values()), default=0)


@dataclass(frozen=True)
class Earlier:
    """Tables released before of the same measure, and the study's key of noise."""

    tables: tuple[PastTable, ...]
    key: bytes


@dataclass(frozen=True)
class Change:
    """What follows from earlier releases: the table waits, noise by cell, cells whose number is known from before."""

    holds: bool = False
    noise: Mapping[Key, int] = field(default_factory=dict)
    known: frozenset[Key] = frozenset()
    evidence: Mapping[str, Any] = field(default_factory=dict)


def compared(
    output: CountTable | MagnitudeTable, cells: Mapping[Key, Cell], policy: Policy, earlier: Earlier | None
) -> Change:
    """Compare a table with all earlier ones of its measure; without any, and without noise, nothing follows.

    A table whose units are not known cannot be compared, so it waits.
    """
    if earlier is None:
        return Change(holds=policy.differencing == "noise", evidence={"units": "unknown"})
    sets = {key: cell.members for key, cell in cells.items() if cell.members is not None}
    if len(sets) < len(cells):
        return Change(holds=True, evidence={"units": "unknown"})
    past = [table for table in earlier.tables if table.measure == output.about.measure]
    everyone = frozenset[int]().union(*sets.values())
    near = sum(0 < _apart(everyone, item) < policy.threshold for item in past)
    close = sum(_is_close(sets, table, policy.threshold) for table in past)
    evidence = {"tables": len(past), "close": close}
    if policy.differencing == "hold":
        known = frozenset(key for key, found in sets.items() if any(_printed(found, table) for table in past))
        return Change(holds=close > 0, known=known, evidence=evidence)
    plain = any(_is_close(sets, table, policy.threshold) and not _is_noised(table) for table in past)
    if plain or near >= MOST_DRAWS:
        return Change(holds=True, evidence=evidence | {"drawn": near})
    return Change(noise=_noise(cells, sets, past, earlier.key), evidence=evidence)


def _noise(
    cells: Mapping[Key, Cell], sets: Mapping[Key, frozenset[int]], past: list[PastTable], key: bytes
) -> dict[Key, int]:
    """Return noise by cell: that of before where population and cell are the same, else drawn by both."""
    everyone = frozenset[int]().union(*sets.values())
    population = cell_key(key, everyone)
    same = [table for table in past if table.erased == 0 and table.everyone == everyone]
    found = {}
    for place, cell in cells.items():
        if cell.structural and cell.count == 0:
            continue
        before = next((old for table in same for old in table.cells.values() if old.members == sets[place]), None)
        drawn = noise_of(key, cell_key(key, sets[place]), population, cell.count)
        found[place] = drawn if before is None or before.noise is None else before.noise
    return found


def _is_noised(table: PastTable) -> bool:
    return all(past.noise is not None for past in table.cells.values() if past.printed is not None)


def _printed(found: frozenset[int], table: PastTable) -> bool:
    return any(past.printed is not None and past.erased == 0 and past.members == found for past in table.cells.values())


def _apart(found: frozenset[int], table: PastTable) -> int:
    return len(found ^ table.everyone) + table.erased


def _is_close(sets: Mapping[Key, frozenset[int]], table: PastTable, threshold: int) -> bool:
    """Whether any number differs from one that the earlier table offers by 1 to `threshold` - 1 units."""
    for members, erased in _offered(table):
        for found in sets.values():
            if abs(len(found) - len(members)) <= threshold and 0 < len(found ^ members) + erased < threshold:
                return True
    return False


def _offered(table: PastTable) -> Iterator[tuple[frozenset[int], int]]:
    """Yield the unit sets that a reader has numbers of: cells, everybody else, and two cells together."""
    shown = {key: past for key, past in table.cells.items() if past.printed is not None}
    everyone = table.everyone
    for past in shown.values():
        yield past.members, past.erased
        if 0 < len(past.members) < len(everyone):
            yield everyone - past.members, max(0, table.erased - past.erased)
    for one, two in combinations([past for key, past in shown.items() if TOTAL not in key], 2):
        yield one.members | two.members, one.erased + two.erased
