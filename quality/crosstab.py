"""Counts of units by two codes as far as they may be shown: small cells held back, and what would give them away.

Belongs here: rules R1, R13 and R2 for tables of counts whose margins may be known (domain/trust.md section 5). Does not:
counting, drawing. Not done: the proof by linear programming that nothing follows (R4), comparison with earlier releases (R5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from quality.disclosure import MIN_CELL

Cell = tuple[str, str]
DOMINANT = 0.9
"""Share of a row's units in one cell above which a sensitive row tells of each unit what it did."""


def protected(counts: Mapping[Cell, int]) -> dict[Cell, int | None]:
    """Return the counts with small cells held back, and of each row and column with one of them a second cell at least.

    A zero may be the second cell where there is no other. Repeated until no row and no column hides a single cell, or fewer than
    `MIN_CELL` units.

    >>> protected({("a", "x"): 50, ("a", "y"): 3, ("b", "x"): 40, ("b", "y"): 60})
    {('a', 'x'): None, ('a', 'y'): None, ('b', 'x'): None, ('b', 'y'): None}
    >>> protected({("a", "x"): 50, ("a", "y"): 30})
    {('a', 'x'): 50, ('a', 'y'): 30}
    """
    hidden = {cell for cell, count in counts.items() if 0 < count < MIN_CELL}
    lines = _lines(list(counts))
    while True:
        more = next((cell for line in lines if (cell := _second(line, counts, hidden)) is not None), None)
        if more is None:
            return {cell: None if cell in hidden else count for cell, count in counts.items()}
        hidden.add(more)


def undominated(counts: Mapping[Cell, int]) -> dict[Cell, int | None]:
    """Return protected counts of a sensitive variable: of a row with one dominant cell none is shown.

    >>> undominated({("a", "x"): 95, ("a", "y"): 0, ("b", "x"): 40, ("b", "y"): 60})[("a", "x")] is None
    True
    """
    kept = protected(counts)
    for row in dict.fromkeys(row for row, _ in counts):
        cells = [cell for cell in counts if cell[0] == row]
        total = sum(counts[cell] for cell in cells)
        if total and max(counts[cell] for cell in cells) > DOMINANT * total:
            kept |= dict.fromkeys(cells)
    return kept


def _lines(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Return the rows and the columns."""
    rows = [[cell for cell in cells if cell[0] == row] for row in dict.fromkeys(row for row, _ in cells)]
    columns = [[cell for cell in cells if cell[1] == column] for column in dict.fromkeys(column for _, column in cells)]
    return list(chain(rows, columns))


def _second(line: Sequence[Cell], counts: Mapping[Cell, int], hidden: set[Cell]) -> Cell | None:
    """Return the next cell to hide in a row or column that hides too little; None where nothing has to be, or can be."""
    here = [cell for cell in line if cell in hidden]
    if not here or (len(here) > 1 and sum(counts[cell] for cell in here) >= MIN_CELL):
        return None
    left = sorted(
        (cell for cell in line if cell not in hidden), key=lambda cell: (counts[cell] == 0, counts[cell], cell)
    )
    return left[0] if left else None
