"""The annotated copy: the sender's file as .xlsx, faulty cells filled and commented, every other cell as it was read.

Belongs here: the workbook. Does not: which cells are faulty (marks), the list of errors as .csv (errors_file). All cells are
text, so that no id turns into a number and no formula runs; rows keep their numbers, so correcting the filled cells is enough.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract
from data.messages import Refused, Text
from data.readers import RawTable
from quality.check import CheckReport
from quality.marks import ABSENT, WHOLE_ROW, Mark, find_marks

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_048_576, 16_384, 32_767
"""What a sheet of Excel holds."""
MOST_CELLS = 1_000_000
"""Beyond, a workbook takes minutes to write and to open: the list of errors serves better."""
MOST_COMMENTS = 2_000
"""Spreadsheets grow slow with comments; further faulty cells are filled only, and the list of errors names them all."""

RETYPE = "⚠\u200b"
"""Stands in the key of a row with too many or too few cells: it can be no id, so the row cannot pass before it is typed anew."""

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
FILLS = {"error": "FFFFC7CE", "warning": "FFFFEB9C"}
AUTHOR = "zonelab"


def annotated_copy(report: CheckReport, contract: Contract) -> bytes:
    """Return the annotated copy of a checked file, the bytes of an .xlsx.

    Errors are filled red, warnings yellow; a comment says in both languages what is wrong and how to put it right. A required
    column that is absent is added behind the others, to be filled. Columns with personal data are masked: they must go.

    Parameters
    ----------
    report
        From `check_content`, `check_file` or `quality.desk.check_at_desk`.
    contract
        The contract that it was checked against.

    Raises
    ------
    Refused
        E-COPY-01: the file could not be read, or a sheet cannot hold it (rows, columns, a cell's length); use the list of errors.
    """
    from openpyxl import Workbook

    raw = _fitting(report)
    headers, cells = _grouped(report, contract)
    absent = [mark for mark in headers if mark.code == ABSENT]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_title(raw))
    pen = _Pen(sheet)
    for _ in range(1, raw.header_row):
        sheet.append([])
    sheet.append(_header(raw, headers, absent, pen))
    width = len(raw.columns) + len(absent)
    row = raw.header_row
    for number, texts in _rows(raw):
        for _ in range(row + 1, number):
            sheet.append([])
        sheet.append(_row(texts, cells.get(number, []), width, contract, report, pen))
        row = number
    book.active = 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fitting(report: CheckReport) -> RawTable:
    raw = report.sheet
    if raw is None:
        raise _refused("the file could not be read", "文件无法读取")
    last = raw.table["_row"][-1].as_py() if raw.table.num_rows else 0
    if last > MOST_ROWS or len(raw.columns) > MOST_COLUMNS or raw.table.num_rows * len(raw.columns) > MOST_CELLS:
        raise _refused("it is too large for a workbook", "文件过大，超出工作簿容量")
    raw = raw.plain()
    if any(_overflows(raw.table[name]) for name in raw.names):
        raise _refused(f"a cell has more than {LONGEST_CELL:,} characters", f"有单元格超过 {LONGEST_CELL:,} 个字符")
    return raw


def _overflows(cells: pa.ChunkedArray) -> bool:
    """Whether a cell is longer than a sheet can hold, as it would be written; openpyxl would cut it in silence."""
    longest = pc.max(pc.utf8_length(cells)).as_py() or 0
    if longest * len("_x0000_") <= LONGEST_CELL:
        return False
    return any(len(_escaped(text)) > LONGEST_CELL for text in cells.drop_null().to_pylist())


def _refused(en: str, zh: str) -> Refused:
    return Refused(
        "E-COPY-01",
        Text(
            en=f"There is no marked copy: {en}. The list of errors (.csv) names every faulty cell.",
            zh=f"无法生成标注文件：{zh}。错误清单（.csv）列出了每个有误的单元格。",
        ),
    )


def _grouped(report: CheckReport, contract: Contract) -> tuple[list[Mark], dict[int, list[Mark]]]:
    headers: list[Mark] = []
    cells: dict[int, list[Mark]] = {}
    for mark in find_marks(report, contract):
        if mark.row is None:
            headers.append(mark)
        else:
            cells.setdefault(mark.row, []).append(mark)
    return headers, cells


def _rows(raw: RawTable) -> Iterator[tuple[int, list[str | None]]]:
    for batch in raw.table.to_batches(max_chunksize=10_000):
        columns = [column.to_pylist() for column in batch.columns]
        for position, number in enumerate(columns[-1]):
            yield number, [column[position] for column in columns[:-1]]


def _header(raw: RawTable, marks: list[Mark], absent: list[Mark], pen: _Pen) -> list[Any]:
    found = {place: mark for mark in marks for place in mark.places}
    cells = [pen.write(header, [found[place]] if place in found else []) for place, header in enumerate(raw.columns, 1)]
    return [*cells, *(pen.write(str(mark.column), [mark]) for mark in absent)]


def _row(
    texts: list[str | None], marks: list[Mark], width: int, contract: Contract, report: CheckReport, pen: _Pen
) -> list[Any]:
    whole = [mark for mark in marks if mark.code == WHOLE_ROW]
    if whole:
        return _ragged(whole[0], width, contract, report, pen)
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        for place in mark.places:
            found.setdefault(place, []).append(mark)
    return [pen.write(text, found.get(place, [])) for place, text in enumerate(texts, 1)]


def _ragged(mark: Mark, width: int, contract: Contract, report: CheckReport, pen: _Pen) -> list[Any]:
    """Empty a row whose cells may sit under the wrong headers: kept as it is, it would pass with wrong values."""
    keys = {match.place for match in report.columns if match.column in contract.key}
    first = min(keys, default=1)
    return [pen.write(RETYPE if place == first else None, [mark]) for place in range(1, width + 1)]


def _title(raw: RawTable) -> str:
    kept = re.sub(r"[\[\]:*?/\\\x00-\x1f']", " ", raw.sheet or "data").strip()[:31]
    return kept or "data"


class _Pen:
    """Writes text cells: plain, or filled with a comment, as long as there are not too many comments."""

    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - openpyxl has no types
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import PatternFill

        self._sheet, self._cell, self._comments = sheet, WriteOnlyCell, 0
        self._styles: dict[str | None, object] = {None: self._style(None)}
        for severity, colour in FILLS.items():
            self._styles[severity] = self._style(PatternFill("solid", start_color=colour, end_color=colour))

    def write(self, text: str | None, marks: Iterable[Mark]) -> WriteOnlyCell | None:
        told = list(marks)
        if text is None and not told:
            return None
        cell = self._cell(self._sheet, value=None if text is None else _escaped(text))
        cell.data_type = "s" if text is not None else "n"  # a text that begins with = is no formula
        worst = min((mark.severity for mark in told), default=None)
        cell._style = self._styles[worst]  # noqa: SLF001 - five times faster than setting each property
        if told and self._comments < MOST_COMMENTS:
            self._comments += 1
            cell.comment = _comment(told)
        return cell

    def _style(self, fill: object) -> object:
        cell = self._cell(self._sheet, value="x")
        cell.number_format = "@"
        cell.quotePrefix = True
        if fill is not None:
            cell.fill = fill
        return cell._style  # noqa: SLF001 - see write


def _comment(marks: list[Mark]) -> object:
    from openpyxl.comments import Comment

    lines = [f"{mark.code}\n{mark.text.en}\n{mark.text.zh}" for mark in marks]
    return Comment(FORBIDDEN.sub("", "\n\n".join(lines))[:2000], AUTHOR, width=360, height=160)


def _escaped(text: str) -> str:
    return FORBIDDEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    """Write what XML cannot hold as Excel does, and mark a text that only looks so written as itself."""
    text = found[0]
    return f"_x005F{text}" if len(text) > 1 else f"_x{ord(text):04X}_"
