"""The quick path for delimited text whose quotation marks are none or sound: pyarrow splits, one line is one row.

Belongs here: pyarrow's CSV reader, row numbers and ragged lines. Does not: doubtful quotation marks (quoted).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.csv

from data.readers.marks import are_sound, record_ends, records_in
from data.readers.raw import Note, RaggedRow
from data.readers.refusals import refuse
from data.readers.spelling import SPELLED, plain

SPELLED_FROM = 4 << 20
"""From so many bytes on, and in pieces of what is long (`is_long`), the columns come spelled out (`spelling`)."""
ONE_BLOCK = 32 << 20
Numbers: TypeAlias = Mapping[int, pa.DataType]
NONE: Numbers = MappingProxyType({})


@dataclass(frozen=True)
class Cells:
    """Text columns (null = empty; a long text's spelled out), row numbers, the ragged rows among them, what was noticed."""

    columns: list[pa.ChunkedArray]
    rows: pa.Array
    ragged: tuple[RaggedRow, ...]
    notes: tuple[Note, ...] = ()


class NotNumbers(Exception):
    """Cells that should be read as numbers are none, or stand in lines that do not fit: read them as texts."""


def quick_quoted_rows(
    utf8: bytes, delimiter: str, *, skip: int, width: int, is_long: bool = False, numbers: Numbers = NONE
) -> Cells | None:
    """Split text with quotation marks like `quick_rows`; None where only the careful reader knows (`quoted`).

    That is: marks in odd places, line ends between marks, and marks in a line that has more or fewer cells than the header.
    """
    if _are_above(utf8, delimiter.encode(), skip):
        return quick_rows(utf8, delimiter, skip=skip, width=width, is_long=is_long, numbers=numbers)
    if not are_sound(utf8, delimiter.encode()) or records_in(utf8)[0] != utf8.count(b"\n"):
        return None
    try:
        return quick_rows(utf8, delimiter, skip=skip, width=width, marks=True, is_long=is_long, numbers=numbers)
    except _OddMarks:
        return None


def _are_above(utf8: bytes, delimiter: bytes, skip: int) -> bool:
    """Whether all marks stand in the first `skip` lines, and none of these goes on in the next: only the header is quoted."""
    marked = utf8[: utf8.rfind(b'"') + 1]
    lines = marked.count(b"\n")
    return lines < skip and are_sound(marked, delimiter) and len(record_ends(marked)) == lines


class _OddMarks(Exception):
    """A line that cannot be split at its delimiters alone."""


def quick_rows(
    utf8: bytes,
    delimiter: str,
    *,
    skip: int,
    width: int,
    marks: bool = False,
    is_long: bool = False,
    numbers: Numbers = NONE,
) -> Cells:
    """Split every line after the first `skip` lines into `width` cells; `marks`: cells may stand between quotation marks.

    A line with more or fewer cells is cut or padded and listed as ragged, unless the surplus is empty (a trailing delimiter
    loses nothing). Numbering is possible because pyarrow reports the line number of each odd line when it runs on one thread.
    `numbers`: columns that are read as numbers, by their place; `NotNumbers` where that cannot be.
    """
    odd: list[tuple[int, str]] = []

    def keep(line: pa.csv.InvalidRow) -> str:
        odd.append((line.number, line.text))
        return "skip"

    text = SPELLED if is_long or len(utf8) >= SPELLED_FROM else pa.string()
    kinds = {f"c{place}": numbers.get(place, text) for place in range(width)}
    options = pa.csv.ParseOptions(
        delimiter=delimiter, quote_char='"' if marks else False, ignore_empty_lines=False, invalid_row_handler=keep
    )
    try:
        table = _divided(utf8, options, kinds, skip)
    except pa.ArrowInvalid as error:  # "Empty CSV file": no line is left after the header
        if numbers:
            raise NotNumbers from None  # its words quote the cell
        raise refuse("E-FILE-02") from error
    if marks and any('"' in text for _, text in odd):
        raise _OddMarks
    if numbers and odd:
        raise NotNumbers
    lines = np.arange(skip + 1, skip + 1 + table.num_rows + len(odd))
    regular = np.delete(lines, [number - skip - 1 for number, _ in odd])
    return _merge(table, regular, odd, delimiter)


def _divided(utf8: bytes, options: pa.csv.ParseOptions, kinds: Mapping[str, pa.DataType], skip: int) -> pa.Table:
    names = list(kinds)
    lines = pa.csv.ReadOptions(use_threads=False, column_names=names, skip_rows=skip, block_size=_block(utf8))
    cells = pa.csv.ConvertOptions(column_types=dict(kinds), strings_can_be_null=True, null_values=[""])
    return pa.csv.read_csv(pa.BufferReader(utf8), read_options=lines, parse_options=options, convert_options=cells)


def _block(utf8: bytes) -> int:
    """Return a block size that holds the longest line, and a text that is not long as a whole."""
    return max(1 << 20, len(utf8) + 1 if len(utf8) <= ONE_BLOCK else _longest(utf8) + 2)


def _longest(utf8: bytes) -> int:
    buffer = np.frombuffer(utf8, dtype=np.uint8)
    ends = np.flatnonzero((buffer == ord("\n")) | (buffer == ord("\r")))
    return int(np.diff(ends, prepend=-1, append=len(buffer)).max())


def _merge(table: pa.Table, regular: np.ndarray, odd: list[tuple[int, str]], delimiter: str) -> Cells:
    if not odd:
        return Cells(table.columns, pa.array(regular), ())
    width = table.num_columns
    split = [(number, text.split(delimiter)) for number, text in odd]
    ragged = tuple(RaggedRow(number, len(cells)) for number, cells in split if is_ragged(cells, width))
    extra = [(cells + [""] * width)[:width] for _, cells in split]
    columns = [
        pa.chunked_array([*column.chunks, pa.array([row[position] or None for row in extra], pa.string())])
        for position, column in enumerate(map(plain, table.columns))
    ]
    numbers = np.concatenate([regular, [number for number, _ in split]])
    order = pa.array(np.argsort(numbers, kind="stable"))
    return Cells([column.take(order) for column in columns], pa.array(np.sort(numbers)), ragged)


def is_ragged(cells: list[str], width: int) -> bool:
    """Whether a row of `cells` cannot be laid under `width` headers without losing or inventing anything.

    >>> is_ragged(["1", "2", ""], 2), is_ragged(["1"], 2), is_ragged([""], 2)
    (False, True, False)
    """
    if not any(cell.strip() for cell in cells):
        return False
    return len(cells) < width or any(cell.strip() for cell in cells[width:])
