"""The careful path for delimited text with quotation marks: Python's strict csv parser, record by record.

Belongs here: finding where quotation marks are damaged. Does not: files without quotation marks (quick, five times faster).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from data.readers.header_rows import NUMBER
from data.readers.quick import Cells, is_ragged
from data.readers.raw import Note, RaggedRow
from data.readers.refusals import refuse

BATCH = 50_000
LINE_BREAK = re.compile(r"\r\n|\r|\n")
TEXT_WIDTH = 4
"""Free text with one comma and one line break is common; three commas and one line break, by chance, are not."""


def quoted_rows(text: str, delimiter: str, *, skip: int, width: int) -> Cells:
    """Split every record after the first `skip` records into `width` cells; see `quick_rows`.

    Records are compared with physical lines: cells that hold line breaks are told (W-LINE-01), and a cell that holds whole
    rows is a quotation mark that closed too late.

    Raises
    ------
    Refused
        E-FILE-03 when a quotation mark is never closed, or closes so late that whole rows lie inside one cell; E-FILE-04 when
        text follows a closing quotation mark.
    """
    batches = _Batches(width)
    broken: list[tuple[int, int]] = []
    lines = 0
    for record in _records(text, delimiter, width):
        if record.number <= skip:
            continue
        batches.add(record.number, record.cells)
        lines += record.lines
        if record.lines > 1:
            broken.append((record.number, sum(1 for cell in record.cells if LINE_BREAK.search(cell))))
    columns = batches.columns()
    return Cells(
        columns, pa.array(batches.rows, pa.int64()), tuple(batches.ragged), _notes(broken, lines, len(batches.rows))
    )


class Record(NamedTuple):
    """A record: its number from 1, its cells (none for a blank line), and how many physical lines it took."""

    number: int
    cells: list[str]
    lines: int


class _Batches:
    """Rows gathered into Arrow columns, some tens of thousands at a time."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[int] = []
        self.ragged: list[RaggedRow] = []
        self._chunks: list[list[pa.Array]] = []
        self._batch: list[list[str]] = []

    def add(self, number: int, cells: list[str]) -> None:
        if len(cells) != self.width and is_ragged(cells, self.width):
            self.ragged.append(RaggedRow(number, len(cells)))
        self._batch.append(cells if len(cells) == self.width else (cells + [""] * self.width)[: self.width])
        self.rows.append(number)
        if len(self._batch) == BATCH:
            self._flush()

    def _flush(self) -> None:
        self._chunks.append(
            [pa.array([cell or None for cell in column], pa.string()) for column in zip(*self._batch, strict=True)]
        )
        self._batch = []

    def columns(self) -> list[pa.ChunkedArray]:
        if self._batch:
            self._flush()
        if not self._chunks:
            raise refuse("E-FILE-02")
        return [pa.chunked_array([chunk[n] for chunk in self._chunks], pa.string()) for n in range(self.width)]


def _notes(broken: list[tuple[int, int]], lines: int, rows: int) -> tuple[Note, ...]:
    if not broken:
        return ()
    n = sum(count for _, count in broken)
    return (Note("W-LINE-01", {"n": n, "lines": lines, "rows": rows, "row": broken[0][0]}),)


def _records(text: str, delimiter: str, width: int) -> Iterator[Record]:
    csv.field_size_limit(1 << 30)
    spaced = is_spaced(text, delimiter)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=spaced)
    number, line = 0, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _damage(error, line + 1, reader.line_num) from error
        lines = reader.line_num - line
        if lines > 1 and _swallowed(cells, delimiter, width):
            raise refuse("E-FILE-03", line=line + 1, n=lines)
        number, line = number + 1, reader.line_num
        yield Record(number, cells, lines)


def is_spaced(text: str, delimiter: str) -> bool:
    """Whether a blank stands between delimiter and quotation mark, as R and people write it: `"a", "b"`."""
    return f'{delimiter} "' in text[:1_000_000]


def _damage(error: csv.Error, start: int, end: int) -> Exception:
    if "end of data" in str(error):
        return refuse("E-FILE-03", line=start, n=end - start + 1)
    return refuse("E-FILE-04", line=end)


def _swallowed(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether one cell holds what look like rows: a mark opened here was closed by the next stray one.

    Either most lines inside a cell have the delimiters of a row, or the record taken line by line is rows of the right width
    whose cells are of the same kinds (and of four columns or more, if all of them are text).
    """
    if width == 1:
        return False
    for place, cell in enumerate(cells):
        lines = LINE_BREAK.split(cell)
        inner = lines[1:-1]
        if inner and 2 * sum(line.count(delimiter) == width - 1 for line in inner) > len(inner):
            return True
        if len(lines) > 1 and _are_rows(cells[:place], lines, cells[place + 1 :], delimiter, width):
            return True
    return False


def _are_rows(before: list[str], lines: list[str], after: list[str], delimiter: str, width: int) -> bool:
    rows = [line.split(delimiter) for line in lines]
    rows[0] = [*before, *rows[0]]
    rows[-1] = [*rows[-1], *after]
    if any(len(row) != width for row in rows):
        return False
    kinds = [tuple(bool(NUMBER.match(cell.strip())) for cell in row) for row in rows]
    return len(set(kinds)) == 1 and (any(kinds[0]) or width >= TEXT_WIDTH)
