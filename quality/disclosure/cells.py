"""Which cells of a table are held back for what they are: too few units, zeros, lines that tell of everybody (R1, R2, R13).

Belongs here: rules on a table's own cells. Does not: cells that would give them away (complementary), sums (dominance).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from quality.disclosure.outputs import TOTAL, About, Cell, Key
from quality.disclosure.policy import Policy


def with_margins(cells: Mapping[Key, Cell], *, apart: bool = True) -> dict[Key, Cell]:
    """Return the cells and every margin that is not given, made of its parts.

    `apart`: no unit is in two cells. If units may be, a made margin counts as many units as its greatest part: too few, never too
    many.

    >>> table = {("a", "x"): Cell(12, 12), ("a", "y"): Cell(3, 3)}
    >>> with_margins(table)[("a", TOTAL)].count
    15
    """
    found = dict(cells)
    width = len(next(iter(cells), ()))
    for size in range(width):
        for kept in combinations(range(width), size):
            groups: dict[Key, list[Cell]] = {}
            for key, cell in cells.items():
                if TOTAL not in key:
                    margin = tuple(name if place in kept else TOTAL for place, name in enumerate(key))
                    groups.setdefault(margin, []).append(cell)
            found |= {key: _joined(parts, apart=apart) for key, parts in groups.items() if key not in cells}
    return found


def _joined(parts: list[Cell], *, apart: bool) -> Cell:
    def over(numbers: list[int | None]) -> int | None:
        known = [number for number in numbers if number is not None]
        return max(known) if known else None

    sets = [part.members for part in parts if part.members is not None]
    units = [part.units for part in parts]
    return Cell(
        count=sum(part.count for part in parts),
        units=sum(units) if apart else max(units),
        organisations=over([part.organisations for part in parts]),
        least_wave=over([part.least_wave for part in parts]),
        structural=all(part.structural for part in parts),
        members=frozenset().union(*sets) if len(sets) == len(parts) else None,
    )


def small(cell: Cell, about: About, policy: Policy) -> str | None:
    """Return the rule by which a cell is held back, or None: R1, R2 (a zero that nothing declares structural), R13.

    Examples
    --------
    >>> from quality.disclosure.policy import load_policy
    >>> about = About("people", "panel_individual_wave")
    >>> [small(cell, about, load_policy()) for cell in (Cell(9, 9), Cell(0, 0), Cell(40, 40, least_wave=4), Cell(40, 40))]
    ['R1', 'R2', 'R13', None]
    """
    if about.unit == "nobody" or (cell.structural and cell.count == 0):
        return None
    if cell.units == 0:
        return "R2"
    if cell.units < policy.threshold:
        return "R1"
    least = policy.threshold if about.unit == "organisation" else policy.reporting_organisations
    if cell.organisations is not None and cell.organisations < least:
        return "R1"
    if cell.least_wave is not None and cell.least_wave < policy.threshold:
        return "R13"
    return None


def lines(keys: Mapping[Key, Cell]) -> Iterator[list[Key]]:
    """Yield the lines of a table, margins among them: the cells that differ in one dimension, without their total."""
    width = len(next(iter(keys), ()))
    for place in range(width):
        groups: dict[Key, list[Key]] = {}
        for key in keys:
            if key[place] != TOTAL:
                groups.setdefault((*key[:place], TOTAL, *key[place + 1 :]), []).append(key)
        yield from groups.values()


def telling(cells: Mapping[Key, Cell], share: float) -> set[Key]:
    """Return the cells of all lines in which one cell holds more than `share` of the units (R2)."""
    found: set[Key] = set()
    for line in lines(cells):
        total = sum(cells[key].units for key in line)
        if len(line) > 1 and total and max(cells[key].units for key in line) > share * total:
            found |= set(line)
    return found
