"""XLSX and legacy XLS by python-calamine: which sheet, which header, cells as text.

Belongs here: the choice of the sheet, the table below its header, and what a table of text cannot keep of it. Does not: one cell
(workbook_cells), what calamine does not tell (workbook_xml, workbook_biff).
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from data.contracts.model import Contract
from data.readers import workbook_biff, workbook_xml
from data.readers.header import known_labels
from data.readers.header_rows import DEPTH, Header, Merged, choose_header, known_count
from data.readers.numerals import with_points
from data.readers.raw import Format, Note, RawTable, without_blank
from data.readers.refusals import kept_not, refuse, unreadable
from data.readers.workbook_beside import Beside
from data.readers.workbook_cells import cell_text, column_letters, column_text, is_early
from data.readers.workbook_xml import Peculiar

SHOWN = 5
DATES = frozenset([dt.date, dt.datetime])


@dataclass(frozen=True)
class Sheet:
    """A visible sheet with cells: its position among all sheets, its cells from A1 on, its merged areas (from 0)."""

    name: str
    position: int
    grid: list[list[Any]]
    merged: tuple[Merged, ...]

    def head(self) -> list[list[str]]:
        """Return the rows among which the header is, as text."""
        return [[cell_text(cell) or "" for cell in row] for row in self.grid[:DEPTH]]


def read_workbook(content: bytes, contract: Contract | None) -> RawTable:
    """Read one sheet of a workbook; row 1 is the sheet's first row, filled or not.

    The sheet is the visible one whose rows know most labels of the contract, else the first that holds a table (two columns
    and two rows), else the first with cells.

    Raises
    ------
    Refused
        E-FILE-01 for a damaged or locked workbook, one with macros or one that expands too far (in bytes, or in cells between
        its corners); E-FILE-02 when the sheet has no rows below its header; E-HEAD-01 when it has no header.
    """
    kind: Format = "xls" if content.startswith(workbook_biff.MAGIC) else "xlsx"
    (workbook_biff if kind == "xls" else workbook_xml).check_workbook(content)
    sheets = _sheets(content, kind)
    sheet = _chosen(sheets, contract)
    if kind == "xlsx":
        found = workbook_xml.peculiar_cells(content, sheet.name)
    else:
        found = workbook_biff.peculiar_cells(content, sheet.position)
    for (row, column), text in found.errors.items():
        if row < len(sheet.grid) and column < len(sheet.grid[row]):
            sheet.grid[row][column] = text
    header = choose_header(sheet.head(), contract, sheet.merged)
    others = [other.name for other in sheets if other is not sheet]
    return with_points(_table(sheet, header, kind, _notes(sheet, others, header, found)), contract)


def _table(sheet: Sheet, header: Header, kind: Format, notes: tuple[Note, ...]) -> RawTable:
    body = sheet.grid[header.last + 1 :]
    if not body:
        raise refuse("E-FILE-02")
    columns = [
        pa.chunked_array([pa.array(column_text([row[place] for row in body]), pa.string())])
        for place in range(len(header.labels))
    ]
    first = header.last + 2
    rows = pa.chunked_array([pa.array(range(first, first + len(body)), pa.int64())])
    kept, table = without_blank(header.labels, columns, rows)
    return RawTable(
        columns=tuple(kept), table=table, format=kind, header_row=header.last + 1, sheet=sheet.name, notes=notes
    )


def _sheets(content: bytes, kind: Format) -> list[Sheet]:
    """Return the visible worksheets that have cells."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [
            (position, workbook.get_sheet_by_name(sheet.name))
            for position, sheet in enumerate(workbook.sheets_metadata)
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        found = [
            Sheet(sheet.name, position, sheet.to_python(skip_empty_area=False), _merged(sheet.merged_cell_ranges))
            for position, sheet in shown
            if sheet.height
        ]
    except PasswordError as error:
        raise unreadable("locked") from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise unreadable("damaged", kind=kind.upper()) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a panic of calamine reaches Python
            raise
        raise unreadable("damaged", kind=kind.upper()) from None
    if not found:
        raise unreadable("sheet")
    return found


def _merged(areas: list[tuple[tuple[int, int], tuple[int, int]]] | None) -> tuple[Merged, ...]:
    return tuple((top, left, bottom, right) for (top, left), (bottom, right) in areas or ())


def _chosen(sheets: list[Sheet], contract: Contract | None) -> Sheet:
    known = known_labels(contract)

    def score(sheet: Sheet) -> tuple[int, bool]:
        filled = [sum(1 for cell in row if cell.strip()) for row in sheet.head()]
        labels = max((known_count(row, known) for row in sheet.head()), default=0)
        return labels, sum(1 for count in filled if count > 1) > 1

    return max(sheets, key=score)


def _notes(sheet: Sheet, others: list[str], header: Header, found: Peculiar) -> tuple[Note, ...]:
    notes = list(header.notes)
    if others:
        notes.append(Note("W-SHEET-01", {"sheet": sheet.name, "others": ", ".join(others)}))
    if found.errors:
        notes.append(Note("W-CELL-01", {"n": len(found.errors), "cells": _places(found)}))
    if found.formulas:
        notes.append(Note("W-FORM-01", {"n": found.formulas}))
    notes.extend(_beside_notes(sheet, header, found.beside))
    below = [area for area in sheet.merged if area[0] > header.last]
    if below:
        notes.append(Note("W-KEEP-01", kept_not("merged", n=len(below))))
    early = sum(1 for row in sheet.grid for cell in row if cell.__class__ in DATES and is_early(cell))
    if early:
        notes.append(Note("W-KEEP-01", kept_not("early", n=early)))
    return tuple(notes)


def _beside_notes(sheet: Sheet, header: Header, beside: Beside) -> list[Note]:
    """Tell that what is hidden was read, and that comments and pictures were not."""
    rows = beside.hidden_rows(header.first, len(sheet.grid))
    columns = beside.hidden_columns(len(header.labels))
    notes = [Note("W-HIDE-01", {"rows": rows, "columns": columns})] if rows or columns else []
    lost = (("comments", beside.comments), ("pictures", beside.pictures))
    return [*notes, *(Note("W-KEEP-01", kept_not(what, n=n)) for what, n in lost if n)]


def _places(found: Peculiar) -> str:
    places = [f"{column_letters(column)}{row + 1}" for row, column in sorted(found.errors)]
    return ", ".join(places[:SHOWN]) + (" …" if len(places) > SHOWN else "")
