"""Quotation marks by their places: where records end, and whether marks stand only where a cell begins or ends.

Belongs here: what can be said of a text's marks without parsing it. Does not: splitting (quick, quoted), cutting (blocks).
"""

from __future__ import annotations

import numpy as np

MARK, LINE_END = ord('"'), ord("\n")


def record_ends(content: bytes) -> np.ndarray:
    r"""Return the places of the line feeds outside quotation marks; a carriage return of its own ends no line here.

    >>> record_ends(b'a\n"b\nc"\n').tolist()
    [1, 7]
    """
    letters = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(letters == LINE_END)
    if b'"' not in content:
        return ends
    marks = np.flatnonzero(letters == MARK)
    outside: np.ndarray = ends[np.searchsorted(marks, ends) % 2 == 0]
    return outside


def records_in(content: bytes) -> tuple[int, int]:
    r"""Return how many records end in `content`, and where the last of them does (behind its line feed); 0 and 0 for none.

    >>> records_in(b'a\n"b\nc"\nd'), records_in(b"a")
    ((2, 8), (0, 0))
    """
    marked = content.rfind(b'"') + 1  # behind the last mark every line feed ends a record, if the marks are pairs
    if content.count(b'"', 0, marked) % 2:
        ends = record_ends(content)
        return len(ends), int(ends[-1]) + 1 if len(ends) else 0
    inside = record_ends(content[:marked])
    behind = (
        int(np.count_nonzero(np.frombuffer(content, dtype=np.uint8, offset=marked) == LINE_END))
        if marked < len(content)
        else 0
    )
    last = content.rfind(b"\n") + 1 if behind else int(inside[-1]) + 1 if len(inside) else 0
    return len(inside) + behind, last


def are_sound(content: bytes, delimiter: bytes) -> bool:
    r"""Whether records can be counted by quotation marks alone: each opens at the start of a cell, and line ends agree.

    A stray mark inside a cell would make two records look like one; then only the careful reader of the whole file knows.

    >>> are_sound(b'"a","b""c"\n', b","), are_sound(b'5" pipe,1\n6" pipe,2\n', b",")
    (True, False)
    """
    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return False
    if b'"' not in content:
        return True
    letters = np.frombuffer(content, dtype=np.uint8)
    marks = np.flatnonzero(letters[: content.rfind(b'"') + 1] == MARK)
    if len(marks) % 2:
        return False
    opening, closing = marks[::2], marks[1::2]
    before = letters[opening[opening > 0] - 1]
    after = letters[closing[closing < len(letters) - 1] + 1]
    allowed = np.frombuffer(delimiter + b'"\n\r', dtype=np.uint8)
    return bool(np.isin(before, allowed).all() and np.isin(after, allowed).all())
