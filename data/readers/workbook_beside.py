"""What an XLSX sheet holds beside its cells: hidden rows and columns, comments, pictures.

Belongs here: counting them, so that the reader can say what it read although it is hidden and what it did not keep. Does not: the
same in legacy workbooks (workbook_biff), cells.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s(?=[^>]*\bhidden\s*=\s*["'](?:1|true)["'])[^>]*?\br\s*=\s*["'](\d+)["']""")
COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
BOUND = re.compile(rb"""\b(min|max)\s*=\s*["'](\d+)["']""")
AUTHOR = re.compile(rb"<(?:\w+:)?author>([^<]*)</")
COMMENT = re.compile(rb"<(?:\w+:)?comment\s[^>]*")
BY = re.compile(rb"""\bauthorId\s*=\s*["'](\d+)["']""")
OURS = b"zonelab"
"""Author of the comments in templates and marked copies that the platform hands out: they need not come back."""
DRAWN = re.compile(rb"<xdr:(?:pic|graphicFrame|sp|cxnSp)\b")
COLUMNS_END = rb"<sheetData"
DIGITS = 8


@dataclass(frozen=True)
class Beside:
    """Hidden rows (from 0) and hidden ranges of columns (from 0, both ends included); how many comments and pictures."""

    rows: tuple[int, ...] = ()
    columns: tuple[tuple[int, int], ...] = ()
    comments: int = 0
    pictures: int = 0

    def hidden_rows(self, first: int, height: int) -> int:
        """Return how many rows from `first` to the end of the cells are hidden."""
        return sum(1 for row in self.rows if first <= row < height)

    def hidden_columns(self, width: int) -> int:
        """Return how many of the first `width` columns are hidden.

        >>> Beside(columns=((1, 1), (3, 16383))).hidden_columns(5)
        3
        """
        return sum(max(0, min(last, width - 1) - first + 1) for first, last in self.columns)


def beside(archive: zipfile.ZipFile, xml: bytes, relations: Mapping[str, str]) -> Beside:
    """Return what stands beside the cells of a sheet with this XML; `relations` are its parts → their kinds."""
    present = set(archive.namelist())
    comments = pictures = 0
    for part, kind in relations.items():
        if part in present and kind.endswith("/comments"):
            comments += _comments(archive.read(part))
        elif part in present and kind.endswith("/drawing"):
            pictures += len(DRAWN.findall(archive.read(part)))
    rows = tuple(int(number) - 1 for number in HIDDEN_ROW.findall(xml) if len(number) < DIGITS)
    return Beside(rows, _hidden_columns(xml), comments, pictures)


def _comments(xml: bytes) -> int:
    """Count comments that somebody wrote: all but the platform's own."""
    ours = {str(place).encode() for place, author in enumerate(AUTHOR.findall(xml)) if author == OURS}
    written = (BY.search(comment) for comment in COMMENT.findall(xml))
    return sum(by is None or by[1] not in ours for by in written)


def _hidden_columns(xml: bytes) -> tuple[tuple[int, int], ...]:
    head = xml[: max(0, xml.find(COLUMNS_END))] or xml[: 1 << 16]
    found = []
    for attributes in COLUMN.findall(head):
        bounds = {name: int(number) for name, number in BOUND.findall(attributes) if len(number) < DIGITS}
        if HIDDEN.search(attributes) and {b"min", b"max"} <= set(bounds):
            found.append((bounds[b"min"] - 1, bounds[b"max"] - 1))
    return tuple(found)
