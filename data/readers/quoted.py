"""The careful path for delimited text with quotation marks: Python's strict csv parser, record by record.

Belongs here: finding where quotation marks are damaged. Does not: files without quotation marks (quick, five times faster).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pyarrow as pa

from data.readers.quick import Cells, is_ragged
from data.readers.raw import RaggedRow
from data.readers.refusals import refuse

BATCH = 50_000


def quoted_rows(text: str, delimiter: str, *, skip: int, width: int) -> Cells:
    """Split every record after the first `skip` records into `width` cells; see `quick_rows`.

    Raises
    ------
    Refused
        E-FILE-03 when a quotation mark is never closed, or closes so late that whole rows lie inside one cell; E-FILE-04 when
        text follows a closing quotation mark.
    """
    chunks: list[list[pa.Array]] = []
    batch: list[list[str]] = []
    rows: list[int] = []
    ragged: list[RaggedRow] = []
    for number, cells in _records(text, delimiter, width):
        if number <= skip:
            continue
        if len(cells) != width and is_ragged(cells, width):
            ragged.append(RaggedRow(number, len(cells)))
        batch.append(cells if len(cells) == width else (cells + [""] * width)[:width])
        rows.append(number)
        if len(batch) == BATCH:
            chunks.append(_arrays(batch))
            batch = []
    if batch:
        chunks.append(_arrays(batch))
    if not chunks:
        raise refuse("E-FILE-02")
    columns = [pa.chunked_array([chunk[position] for chunk in chunks], pa.string()) for position in range(width)]
    return Cells(columns, pa.array(rows, pa.int64()), tuple(ragged))


def _arrays(batch: list[list[str]]) -> list[pa.Array]:
    return [pa.array([cell or None for cell in column], pa.string()) for column in zip(*batch, strict=True)]


def _records(text: str, delimiter: str, width: int) -> Iterator[tuple[int, list[str]]]:
    """Yield (record number from 1, cells); a blank line is a record with no cells."""
    csv.field_size_limit(1 << 30)
    spaced = f'{delimiter} "' in text[:1_000_000]  # R and hand-written files: `"a", "b"`
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=spaced)
    number, line = 0, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _damage(error, line + 1, reader.line_num) from error
        if reader.line_num - line > 2 and _swallowed(cells, delimiter, width):  # noqa: PLR2004
            raise refuse("E-FILE-03", line=line + 1, n=reader.line_num - line)
        number, line = number + 1, reader.line_num
        yield number, cells


def _damage(error: csv.Error, start: int, end: int) -> Exception:
    if "end of data" in str(error):
        return refuse("E-FILE-03", line=start, n=end - start + 1)
    return refuse("E-FILE-04", line=end)


def _swallowed(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether one cell holds lines that look like rows: a mark opened here was closed by the next stray one."""
    if width == 1:
        return False
    for cell in cells:
        inner = cell.splitlines()[1:-1]
        if inner and 2 * sum(line.count(delimiter) == width - 1 for line in inner) > len(inner):
            return True
    return False
