"""What an Excel cell says as text: 3 and not 3.0, ISO dates, and numbers that lost digits shown as such.

Belongs here: one cell. Does not: sheets and headers (workbook).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

EXACT = 10**15
"""Excel keeps 15 significant digits: a larger number is shown in scientific notation so that an id check can see it."""

CERTAIN_FROM = dt.date(1900, 3, 1)
"""Excel counts a 29 February 1900 that did not exist; the days before are ambiguous."""


def cell_text(cell: Any) -> str | None:  # noqa: ANN401
    """Return what a cell says, canonically; None when it is empty.

    >>> [cell_text(value) for value in (3.0, 3.5, True, "007", "", 1.10101199003077e17)]
    ['3', '3.5', 'true', '007', None, '1.10101199003077E+17']
    """
    if cell is None or isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return number_text(float(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def column_text(cells: list[Any]) -> list[str | None]:
    """Return `cell_text` of many cells; texts and whole numbers, which most are, without a call each."""
    return [
        (cell or None)
        if (kind := cell.__class__) is str
        else str(int(cell))
        if kind is float and -EXACT < cell < EXACT and cell == int(cell)
        else cell_text(cell)
        for cell in cells
    ]


def column_letters(position: int) -> str:
    """Return the letters that a spreadsheet shows over the column at `position` (from 0).

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def number_text(value: float) -> str:
    """Return a number as a careful person would type it; beyond fifteen digits in scientific notation.

    >>> number_text(-1000.3), number_text(0.1), number_text(1e15)
    ('-1000.3', '0.1', '1E+15')
    """
    if abs(value) < EXACT:
        return str(int(value)) if value == int(value) else repr(value)
    return _scientific(value)


def is_early(cell: Any) -> bool:  # noqa: ANN401
    """Whether a cell is a date that Excel's calendar does not tell for certain."""
    if isinstance(cell, dt.datetime):
        return cell.date() < CERTAIN_FROM
    return isinstance(cell, dt.date) and cell < CERTAIN_FROM


def _scientific(value: float) -> str:
    digits = repr(value) if "e" in repr(value) else f"{value:.16e}"
    mantissa, exponent = digits.split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}E{int(exponent):+d}"
