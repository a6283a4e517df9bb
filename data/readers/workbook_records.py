"""Whether the records of a legacy workbook fit together: calamine reads past those that do not, and a cell is empty or moved.

Belongs here: what a damaged record breaks (texts, formats and places that do not exist, lengths, two cells in one place). Does
not: finding the records in the file (workbook_biff), values.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

NEVER_IN_A_SHEET = frozenset([0x31, 0x85, 0xE0, 0xFC, 0xFF])
"""Records of the workbook that no sheet holds: the number of a cell's record with a bit that fell over."""

TEXTS, FORMAT, CELL_FORMAT = 0xFC, 0x41E, 0xE0
LABEL, TEXT, NUMBER, BOOLERR, SMALL, BLANK, FORMULA, SMALLS, BLANKS = (
    0x204, 0xFD, 0x203, 0x205, 0x27E, 0x201, 0x06, 0xBD, 0xBE,
)  # fmt: skip
FIXED = {TEXT: 10, NUMBER: 14, BOOLERR: 8, SMALL: 10, BLANK: 6}
CELLS = frozenset([*FIXED, LABEL, FORMULA, SMALLS, BLANKS, 0xD6])
LISTED = frozenset(
    [
        0x200,
        0x201,
        0x203,
        0x204,
        0x205,
        0x207,
        0x208,
        0x20B,
        0x21A,
        0x218,
        0x221,
        0x223,
        0x225,
        0x231,
        0x236,
        0x23E,
        0x27E,
    ]
)
"""All records whose numbers lie in the range of the cells."""

CELLS_RANGE = 2
"""The upper byte of most cells' record numbers."""

BUILT_IN = 0x3B
"""Formats of numbers below this one need no record of their own."""

LAST_COLUMN = 255
Record = tuple[int, bytes]


@dataclass(frozen=True)
class Common:
    """How many texts and cell formats the workbook has for its cells."""

    texts: int
    formats: int


def check_common(records: Iterable[Record]) -> Common:
    """Return what the workbook's own records offer to cells.

    Raises
    ------
    ValueError
        A cell format names a number format that does not exist.
    """
    texts = 0
    named: set[int] = set()
    used: list[int] = []
    for kind, body in records:
        if kind == TEXTS:
            (texts,) = struct.unpack_from("<I", body, 4)
        elif kind == FORMAT:
            named.add(struct.unpack_from("<H", body)[0])
        elif kind == CELL_FORMAT:
            used.append(struct.unpack_from("<H", body, 2)[0])
    if any(number >= BUILT_IN and number not in named for number in used):
        raise ValueError("format")
    return Common(texts, len(used))


def check_cells(records: Iterable[Record], common: Common) -> None:
    """Check the records of one sheet, without those of charts inside it.

    Raises
    ------
    ValueError
        A record that is none, has the wrong length, or names a text, format or place that does not exist or is taken.
    """
    places: set[tuple[int, int]] = set()
    for kind, body in records:
        if not kind or kind in NEVER_IN_A_SHEET or (kind >> 8 == CELLS_RANGE and kind not in LISTED):
            raise ValueError("no record of a sheet")
        if kind in CELLS:
            _check_cell(kind, body, common, places)


def _check_cell(kind: int, body: bytes, common: Common, places: set[tuple[int, int]]) -> None:
    row, column, look = struct.unpack_from("<3H", body)
    if kind in FIXED and len(body) != FIXED[kind]:
        raise ValueError("length")
    last = column
    if kind in (SMALLS, BLANKS):
        (last,) = struct.unpack_from("<H", body, len(body) - 2)
        if len(body) != 6 + (last - column + 1) * (6 if kind == SMALLS else 2):
            raise ValueError("length")
    elif look >= common.formats:
        raise ValueError("format")
    if kind == TEXT and struct.unpack_from("<I", body, 6)[0] >= common.texts:
        raise ValueError("text")
    cells = {(row, place) for place in range(column, last + 1)}
    if last > LAST_COLUMN or cells & places:
        raise ValueError("place")
    places |= cells
