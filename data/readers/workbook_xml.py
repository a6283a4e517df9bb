"""What a workbook's XML tells and calamine does not: how far a sheet stretches, and which cells hold an Excel error.

Calamine lays out the whole rectangle between the corner cells before it returns: one stray cell in XFD1048576 asks for 500 GB
and ends the process. It returns error cells (#N/A, #DIV/0!) as empty, which would turn a failed formula into a missing answer.
Belongs here: reading those two things. Does not: any other cell.
"""

from __future__ import annotations

import html
import io
import re
import zipfile

from data.readers.refusals import unreadable

FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>""")
MAXIMUM_CELLS = 20_000_000
"""A million rows of nineteen columns: about 1 GB while calamine reads."""

ERROR_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="e"[^>]*>(.*?)</(?:\w+:)?c>', re.DOTALL)
REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def check_extent(content: bytes) -> None:
    """Refuse a workbook with a sheet whose filled cells span too large a rectangle (E-FILE-01)."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [name for name in archive.namelist() if "worksheets/" in name.lower() and name.lower().endswith(".xml")]
        for part in parts:
            places = FILLED_CELL.findall(archive.read(part))
            widest = max((_column(letters.decode()) + 1 for letters in {letters for letters, _ in places}), default=0)
            deepest = max((int(row) for row in {row for _, row in places}), default=0)
            if widest * deepest > MAXIMUM_CELLS:
                raise unreadable("extent", limit=MAXIMUM_CELLS // 1_000_000)


def error_cells(content: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """Return the error text by (row, column), both from 0, of one sheet; empty when the sheet's part cannot be found."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _part(archive, sheet)
        if part not in archive.namelist():
            return {}
        xml = archive.read(part)
    if b't="e"' not in xml:
        return {}
    found: dict[tuple[int, int], str] = {}
    for match in ERROR_CELL.finditer(xml):
        reference, value = REFERENCE.search(match[0]), VALUE.search(match[1])
        if reference is not None:
            place = (int(reference[2]) - 1, _column(reference[1].decode()))
            found[place] = value[1].decode() if value else "#ERROR!"
    return found


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    if "xl/workbook.xml" not in archive.namelist():
        return ""
    relation = next(
        (tag.get("r:id", "") for tag in _tags(SHEET, archive.read("xl/workbook.xml")) if tag.get("name") == sheet), ""
    )
    if "xl/_rels/workbook.xml.rels" not in archive.namelist():
        return ""
    tags = _tags(RELATION, archive.read("xl/_rels/workbook.xml.rels"))
    target = next((tag.get("Target", "") for tag in tags if tag.get("Id") == relation), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _tags(pattern: re.Pattern[bytes], xml: bytes) -> list[dict[str, str]]:
    return [
        {name.decode(): html.unescape(value.decode("utf-8", "replace")) for name, value in ATTRIBUTE.findall(tag)}
        for tag in pattern.findall(xml)
    ]


def _column(letters: str) -> int:
    """Return the position from 0 of a column's letters.

    >>> _column("A"), _column("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
