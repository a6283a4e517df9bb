"""Which row is the header: the one that knows most of the contract's labels, else the first that looks like labels.

Belongs here: label comparison and the header's choice. Does not: which column of the contract a header means (quality.columns).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from data.contracts.model import Contract

DEPTH = 25
"""Rows looked at for a header: title blocks above tables are shorter than this."""

INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff\u00ad]+")
NUMBER = re.compile(r"^[+-]?[\d.,/:% -]+$")


def tidy(text: str) -> str:
    r"""Return a header for display: NFKC, invisible characters and line breaks as one space, trimmed.

    >>> tidy(" 等候\n时间（分）")
    '等候 时间(分)'
    """
    return INVISIBLE.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def fold(text: str) -> str:
    """Return a header for comparison: NFKC, case folded, without white space or invisible characters.

    >>> fold("Wait Min") == fold("ｗａｉｔｍｉｎ")
    True
    """
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold())


def known_labels(contract: Contract | None) -> frozenset[str]:
    """Return every folded text by which a file may call a column of `contract`."""
    if contract is None:
        return frozenset()
    found: set[str] = set()
    for column in contract.columns:
        found.update(
            map(fold, (column.name, column.label.en, column.label.zh, column.heading, *column.aliases, *column.parts))
        )
    return frozenset(found)


def find_header(rows: Sequence[Sequence[str]], contract: Contract | None) -> int:
    """Return the position of the header among `rows` (as text, from the first row of the file).

    The row with the most labels of the contract wins, the first of equals. Without a contract, or when no row knows any
    label: the first row with two or more cells that are text and not numbers, else the first row with any text.
    """
    known = known_labels(contract)
    head = rows[:DEPTH]
    scores = [sum(1 for cell in row if cell and fold(cell) in known) for row in head]
    if scores and max(scores) > 0:
        return scores.index(max(scores))
    for position, row in enumerate(head):
        if sum(1 for cell in row if cell.strip() and not NUMBER.match(cell.strip())) > 1:
            return position
    return next((position for position, row in enumerate(head) if any(cell.strip() for cell in row)), 0)
