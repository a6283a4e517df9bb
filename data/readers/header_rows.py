"""Which rows are the header: the one that knows most of the contract's labels, else the first that looks like labels.

Belongs here: the header's choice, headers of several rows (merged cells, groups over names), and saying that there is none.
Does not: how labels compare (header).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_high

from data.contracts.model import Contract
from data.readers.header import fold, known_labels, tidy
from data.readers.raw import Note
from data.readers.refusals import refuse

DEPTH = 25
"""Rows looked at for a header: title blocks above tables are shorter than this."""

NUMBER = re.compile(r"^[+-]?[\d.,/:% -]+$")
VALUE = re.compile(r"^(\d{11,}[\dXx]?|[0-9a-f]{32,})$")
"""What no column is called: a telephone number, an identity number, a digest."""

YEAR = re.compile(r"^(18|19|20|21)\d\d$")
JOIN = " / "
Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged area, from 0."""

Row = Sequence[str]


@dataclass(frozen=True)
class Header:
    """The rows `first` to `last` (from 0) name the columns: `labels`, one per column, empty where there is none."""

    first: int
    last: int
    labels: tuple[str, ...]

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the sender should know about where the header was found."""
        found = [Note("W-HEAD-01", {"row": self.first + 1, "n": self.first})] if self.first else []
        if self.last > self.first:
            found.append(Note("W-HEAD-02", {"first": self.first + 1, "last": self.last + 1}))
        return tuple(found)


def choose_header(rows: Sequence[Row], contract: Contract | None, merged: Sequence[Merged] = ()) -> Header:
    """Return the header among the first `rows` of a file or sheet (as text, from its first row).

    The row with the most labels of the contract wins, the first of equals. When no row knows any label: the first row with
    two or more cells that read as names, or the fullest row of the title block that it opens; else the first row with text.
    Merged areas that reach over several rows, and a row of names under a row of groups, make a header of several rows.

    Raises
    ------
    Refused
        E-HEAD-01: what stands where the header should be are values.
    """
    known = known_labels(contract)
    head = rows[:DEPTH]
    scores = [known_count(row, known) for row in head]
    recognised = max(scores, default=0) > 0
    place = scores.index(max(scores)) if recognised else _first_names(head)
    if not recognised:
        grouped = {row for area in merged for row in range(area[0], area[2] + 1)}  # years over columns are merged cells
        values = [n for n, row in enumerate(head[: place + 1]) if n not in grouped and is_values(row)]
        if values:
            raise refuse("E-HEAD-01", row=values[0] + 1)
    first, last = _block(head, place, merged)
    return Header(first, last, _labels(head, first, last, merged, known))


def known_count(row: Row, known: frozenset[str]) -> int:
    """Return how many cells of a row are labels that a contract knows."""
    return sum(1 for cell in row if cell and fold(cell) in known) if known else 0


def is_values(row: Row) -> bool:
    """Whether a row is mostly numbers that are no run of years, or holds what no column is called.

    >>> is_values(["1", "null", "0", "0"]), is_values(["Year", "2019", "2020", "2021"])
    (True, False)
    """
    filled = _filled(row)
    numbers = [cell for cell in filled if NUMBER.match(cell)]
    if any(VALUE.match(cell) for cell in filled):
        return True
    return len(filled) > 1 and 2 * len(numbers) > len(filled) and not _are_years(numbers)


def _filled(row: Row) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()]


def _are_years(numbers: Sequence[str]) -> bool:
    return len(numbers) > 2 and all(YEAR.match(cell) for cell in numbers) and sorted(set(numbers)) == list(numbers)  # noqa: PLR2004


def _names(row: Row) -> int:
    """Return how many cells of a row read as names: text, or years in their order."""
    filled = _filled(row)
    numbers = [cell for cell in filled if NUMBER.match(cell)]
    return len(filled) if _are_years(numbers) else len(filled) - len(numbers)


def _first_names(head: Sequence[Row]) -> int:
    place = next((position for position, row in enumerate(head) if _names(row) > 1), None)
    if place is None:
        return next((position for position, row in enumerate(head) if _filled(row)), 0)
    below = [len(_filled(row)) for row in head[place + 1 :] if _filled(row)]
    if not below or 2 * len(_filled(head[place])) > median_high(below):
        return place
    end = next((place + 1 + n for n, row in enumerate(head[place + 1 :]) if is_values(row) or _mixed(row)), place)
    return max(range(place, end), key=lambda n: (len(set(_filled(head[n]))), n), default=place)


def _mixed(row: Row) -> bool:
    """Whether a row holds a number among texts, as data rows do and rows of names do not."""
    return _names(row) < len(_filled(row))


def _block(head: Sequence[Row], place: int, merged: Sequence[Merged]) -> tuple[int, int]:
    """Return the first and last row of the header that row `place` belongs to."""
    first = last = place
    tall = [area for area in merged if area[2] > area[0] and area[2] < len(head)]
    for _ in tall:
        touching = [area for area in tall if area[0] <= last and area[2] >= first]
        first = min([first, *(area[0] for area in touching)])
        last = max([last, *(area[2] for area in touching)])
    if first == last and _goes_on(head, place):
        last = place + 1
    return first, last


def _goes_on(head: Sequence[Row], place: int) -> bool:
    """Whether the row below holds names too: of what this row left blank, or under this row's groups."""
    if place + 2 >= len(head) or not _mixed(head[place + 2]):
        return False
    row, below = head[place], head[place + 1]
    names = _filled(below)
    if len(names) < 2 or _mixed(below) or len(set(names)) < len(names):  # noqa: PLR2004
        return False
    pairs = [(row[n].strip() if n < len(row) else "", below[n].strip()) for n in range(len(below))]
    fills_blanks = not any(above and under for above, under in pairs)
    gaps = sum(1 for above, under in pairs if under and not above)
    return fills_blanks or (gaps > 1 and all(above or under for above, under in pairs))


def _labels(
    head: Sequence[Row], first: int, last: int, merged: Sequence[Merged], known: frozenset[str]
) -> tuple[str, ...]:
    if first == last:
        return tuple(tidy(cell) for cell in head[first]) if head else ()
    width = max(len(row) for row in head[first : last + 1])
    grid = [[tidy(row[n]) if n < len(row) else "" for n in range(width)] for row in head[first : last + 1]]
    _spread(grid, first, merged)
    return tuple(_joined([row[n] for row in grid], known) for n in range(width))


def _spread(grid: list[list[str]], first: int, merged: Sequence[Merged]) -> None:
    """Write the text of each merged area into all its cells, and a group over the names to its right in rows without any."""
    inside = [area for area in merged if area[0] >= first and area[2] < first + len(grid)]
    wide = {row - first for area in inside if area[3] > area[1] for row in range(area[0], area[2] + 1)}
    for top, left, bottom, right in inside:
        text = grid[top - first][left]
        for row in grid[top - first : bottom - first + 1]:
            row[left : right + 1] = [text] * (min(right + 1, len(row)) - left)
    for number, row in enumerate(grid[:-1]):
        for place in range(1, len(row) if number not in wide else 0):
            if not row[place] and grid[-1][place] and grid[-1][place - 1]:
                row[place] = row[place - 1] if grid[-1][place - 1] != row[place - 1] else ""


def _joined(parts: Sequence[str], known: frozenset[str]) -> str:
    """Return one label of a column's header cells: all of them, unless the contract knows one alone."""
    distinct = [part for n, part in enumerate(parts) if part and part not in parts[:n]]
    whole = JOIN.join(distinct)
    if known and fold(whole) not in known:
        return next((part for part in reversed(distinct) if fold(part) in known), whole)
    return whole
