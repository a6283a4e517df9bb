"""How labels are shown and compared, and which of them a contract knows.

Belongs here: label comparison. Does not: which rows are the header (header_rows), which column of the contract a header means
(quality.columns).
"""

from __future__ import annotations

import re
import unicodedata

from data.contracts.model import Contract

INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff\u00ad]+")


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
