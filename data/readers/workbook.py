"""XLSX by python-calamine: sheet, header row, cells as text.

Belongs here: what an Excel cell says as text (3 and not 3.0, ISO dates) and which sheet is read. Does not: error cells' places
(workbook_xml), which calamine returns as empty.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from typing import Any

import pyarrow as pa

from data.contracts.model import Contract
from data.readers.header import find_header, tidy
from data.readers.raw import Note, RawTable, without_blank
from data.readers.refusals import refuse, unreadable
from data.readers.workbook_xml import check_extent, error_cells

EXPANDED_MB = 2048
EXACT = 10**15
"""Excel keeps 15 significant digits: a larger number is shown in scientific notation so that an id check can see it."""


def read_workbook(content: bytes, contract: Contract | None) -> RawTable:
    """Read the first visible sheet that has cells; row 1 is the sheet's first row, filled or not.

    Raises
    ------
    Refused
        E-FILE-01 for a zip that is no workbook, a damaged one, one with macros or one that expands too far (in bytes, or in
        cells between its corners); E-FILE-02 when the sheet has no rows below its header.
    """
    _check_archive(content)
    check_extent(content)
    name, grid, others = _sheet(content)
    found = error_cells(content, name)
    for (row, column), text in found.items():
        if row < len(grid) and column < len(grid[row]):
            grid[row][column] = text
    texts = [[cell_text(cell) or "" for cell in row] for row in grid[:25]]
    position = find_header(texts, contract)
    headers = [tidy(cell) for cell in texts[position]]
    body = grid[position + 1 :]
    if not body:
        raise refuse("E-FILE-02")
    columns = [
        pa.chunked_array([pa.array([cell_text(row[place]) for row in body], pa.string())])
        for place in range(len(headers))
    ]
    rows = pa.chunked_array([pa.array(range(position + 2, position + 2 + len(body)), pa.int64())])
    kept, table = without_blank(headers, columns, rows)
    return RawTable(
        columns=tuple(kept),
        table=table,
        format="xlsx",
        header_row=position + 1,
        sheet=name,
        notes=_notes(name, others, position, found),
    )


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
        return _number_text(float(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def _number_text(value: float) -> str:
    if abs(value) < EXACT:
        return str(int(value)) if value == int(value) else repr(value)
    return _scientific(value)


def _scientific(value: float) -> str:
    digits = repr(value) if "e" in repr(value) else f"{value:.16e}"
    mantissa, exponent = digits.split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}E{int(exponent):+d}"


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            size = sum(entry.file_size for entry in archive.infolist())
            types = archive.open("[Content_Types].xml").read(1 << 20) if "[Content_Types].xml" in names else b""
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, OSError) as error:
        raise unreadable("damaged", kind="ZIP") from error
    if not any(name.lower().startswith(("xl/", "xl\\")) for name in names):
        raise unreadable("format", kind="ZIP")
    if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
        raise unreadable("macro")
    if size > EXPANDED_MB * 1024 * 1024:
        raise unreadable("expands", limit=EXPANDED_MB)


def _sheet(content: bytes) -> tuple[str, list[list[Any]], list[str]]:
    """Return name and cells of the sheet to read, and the names of the other visible sheets that hold cells."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        filled = [name for name in visible if workbook.get_sheet_by_name(name).height]
        if not filled:
            raise unreadable("sheet")
        grid = workbook.get_sheet_by_name(filled[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise unreadable("damaged", kind="XLSX") from error
    return filled[0], grid, filled[1:]


def _notes(name: str, others: list[str], position: int, found: dict[tuple[int, int], str]) -> tuple[Note, ...]:
    from openpyxl.utils import get_column_letter

    notes = [Note("W-HEAD-01", {"row": position + 1, "n": position})] if position else []
    if others:
        notes.append(Note("W-SHEET-01", {"sheet": name, "others": ", ".join(others)}))
    if found:
        places = [f"{get_column_letter(column + 1)}{row + 1}" for row, column in sorted(found)]
        shown = ", ".join(places[:5]) + (" …" if len(places) > 5 else "")  # noqa: PLR2004
        notes.append(Note("W-CELL-01", {"n": len(found), "cells": shown}))
    return tuple(notes)
