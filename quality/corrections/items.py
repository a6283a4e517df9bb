"""The items of a correction: which cell, what stands there, what shall stand there, why.

Belongs here: the item, reading items from a CSV file. Does not: judging them (conditions), storing them (values).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from data.messages import Refused, Text, WrongUsage

COLUMNS = ("row", "variable", "old", "new", "action", "reason")
ACTIONS = ("replace", "drop", "okay")
MOST = 5_000
"""Cells in one correction; a larger change is a file sent again as a correction."""


@dataclass(frozen=True)
class Item:
    """One cell. `row` is the delivered file's, as a spreadsheet shows it; values are text as a file would hold them.

    `replace` puts `new` there, `drop` takes the whole row out, `okay` says that the value is right as it stands.
    """

    row: int
    variable: str
    old: str
    new: str
    action: str
    reason: str


def read_items(path: Path) -> list[Item]:
    """Read a CSV file (UTF-8) with the columns row, variable, old, new, action, reason.

    Raises
    ------
    WrongUsage
        E-BATCH-03: a column is missing, or `row` is no whole number somewhere (the line is named).
    Refused
        E-BATCH-04: the file is no UTF-8 text, or holds more than 5,000 cells.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path.name) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise _usage(f"lacks: {', '.join(missing)}", f"缺少列：{'、'.join(missing)}")
    items = [_item(line, cells) for line, cells in enumerate(reader, 2)]
    if len(items) > MOST:
        raise _unreadable(path.name)
    return items


def _item(line: int, cells: dict[str, str | None]) -> Item:
    found = {name: (cells[name] or "").strip() for name in COLUMNS}
    if not found["row"].isascii() or not found["row"].isdigit():
        raise _usage(f"line {line}: row is no whole number", f"第 {line} 行：row 不是整数")
    return Item(
        int(found["row"]), found["variable"], found["old"], found["new"], found["action"].lower(), found["reason"]
    )


def _usage(en: str, zh: str) -> WrongUsage:
    columns = ", ".join(COLUMNS)
    return WrongUsage(
        "E-BATCH-03",
        Text(
            en=f"The file of corrections {en}. It needs the columns {columns}.",
            zh=f"更正文件有误（{zh}）。所需列：{columns}。",
        ),
    )


def _unreadable(name: str) -> Refused:
    return Refused(
        "E-BATCH-04",
        Text(
            en=f"{name} is no UTF-8 text, or holds more than {MOST:,} cells. Save it as CSV UTF-8; for larger changes send the"
            " whole file again as a correction.",
            zh=f"{name} 不是 UTF-8 文本，或超过 {MOST:,} 个单元格。请另存为 CSV UTF-8；大量更正请以更正方式重新提交整个文件。",
        ),
    )
