"""The upload template: a workbook that a contract writes and that our own readers take back as it is.

Belongs here: one header row in both languages, drop-downs, ranges, text columns (ids and dates that a spreadsheet must not
rewrite), and the hidden sheet that says which contract it was made from. Does not: reading a filled one (data.readers), telling
what changed since (data.readers.template_stamp).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from data.contracts.model import Column, Contract
from data.contracts.shape import shape, shape_digest

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

META, LISTS = "_meta", "_codes"
LAST_ROW = 20_001
"""Drop-downs and ranges reach this far; rows below are checked at the gate like all others."""

CELL = 30_000
"""Excel cuts a cell at 32,767 characters: a longer text goes on in the next cell."""

YES_NO = ("是", "否", "yes", "no")
WIDTH, PROMPT, PROMPT_TITLE, SHEET_NAME = 22, 255, 32, 31


def template_bytes(contract: Contract) -> bytes:
    """Return the template of a contract as an .xlsx.

    The zone is left out (it comes from who submits), and so is what other columns say: the list of a select-multiple question
    and the text of a location.
    """
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = contract.name[:SHEET_NAME]
    lists, meta = book.create_sheet(LISTS), book.create_sheet(META)
    lists.sheet_state = meta.sheet_state = "hidden"
    for place, column in enumerate(template_columns(contract), start=1):
        _write_column(sheet, lists, column, place)
    sheet.row_dimensions[1].height = 48
    sheet.freeze_panes = "A2"
    for row in _meta_rows(contract):
        meta.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def template_columns(contract: Contract) -> list[Column]:
    """Return the columns that a template asks for, in the contract's order."""
    told = {column.split.of for column in contract.columns if column.split is not None}
    return [
        column
        for column in contract.columns
        if column.source != "zone" and not (column.name in told and not column.required)
    ]


def _write_column(sheet: Worksheet, lists: Worksheet, column: Column, place: int) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(place)
    head = sheet.cell(row=1, column=place, value=column.heading)
    head.data_type = "s"  # a label that begins with = is a label
    head.font = Font(bold=True)
    head.alignment = Alignment(wrap_text=True, vertical="top")
    head.fill = PatternFill("solid", fgColor="FFE699" if column.required else "DDEBF7")
    head.comment = Comment(_explained(column), "zonelab", width=360, height=200)
    sheet.column_dimensions[letter].width = WIDTH
    if column.type in ("string", "date", "timestamp") or column.codes:
        sheet.column_dimensions[letter].number_format = "@"
    rule = _validation(lists, column, place)
    if rule is not None:
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{LAST_ROW}")


def _validation(lists: Worksheet, column: Column, place: int) -> DataValidation | None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    allowed = [*(column.codes or (YES_NO if column.type == "boolean" else ())), *column.missing_codes]
    found: dict[str, Any] = {}
    if column.codes or column.type == "boolean":
        for row, code in enumerate(allowed, start=1):
            cell = lists.cell(row=row, column=place, value=code)
            cell.data_type, cell.number_format = "s", "@"
        letter = get_column_letter(place)
        found = {"type": "list", "formula1": f"{LISTS}!${letter}$1:${letter}${len(allowed)}"}
    elif column.type in ("integer", "number") and not column.missing_codes:
        found = _range(column)
    if not found:
        return None
    rule = DataValidation(allow_blank=True, showErrorMessage=True, showInputMessage=True, **found)
    rule.promptTitle, rule.prompt = column.label.zh[:PROMPT_TITLE], _explained(column)[:PROMPT]
    rule.errorTitle, rule.error = "zonelab", "请按提示填写。 See the note on the header cell."
    return rule


def _range(column: Column) -> dict[str, Any]:
    low, high = (None if bound is None else f"{bound:.15g}" for bound in (column.minimum, column.maximum))
    if low is None and high is None:
        return {}
    kind = {"type": "whole" if column.type == "integer" else "decimal"}
    if low is None:
        return {**kind, "operator": "lessThanOrEqual", "formula1": high}
    if high is None:
        return {**kind, "operator": "greaterThanOrEqual", "formula1": low}
    return {**kind, "operator": "between", "formula1": low, "formula2": high}


def _explained(column: Column) -> str:
    """Return what the note on a header cell says: both languages, unit, form, codes."""
    lines = [f"{column.name}" + (" · 必填 required" if column.required else "")]
    if column.description is not None:
        lines += [column.description.zh, column.description.en]
    if column.type in ("date", "timestamp"):
        lines.append("2026-03-04" if column.type == "date" else "2026-03-04 15:00:00")
    lines += [f"单位 unit: {column.unit}"] if column.unit else []
    lines += [f"{code} = {label.zh} / {label.en}" for code, label in (column.codes or {}).items()]
    lines += [f"{code} = {reason}" for code, reason in column.missing_codes.items()]
    return "\n".join(lines)


def _meta_rows(contract: Contract) -> Iterator[list[str]]:
    yield ["contract", contract.name]
    yield ["version", contract.version]
    yield ["shape_sha256", shape_digest(contract)]
    for name, cells in shape(contract).items():
        text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
        yield ["column", name, *(text[start : start + CELL] for start in range(0, len(text), CELL))]
