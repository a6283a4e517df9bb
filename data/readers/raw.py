"""What every reader returns: text cells with row numbers, and what it could not keep or had to decide.

Belongs here: the result types and the one function that builds them. Does not: any format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from data.messages import Text
from data.readers.refusals import refuse
from data.readers.spelling import any_text, is_spelled, plain_table
from data.readers.typed import TYPED

ROW = "_row"
"""Name of the row-number column."""

RESERVED = frozenset({ROW, "codes", "reasons"})
"""Names that this table and the quarantine give to columns of their own; a header of that name is renamed in the table."""

PIECE_BYTES = 24 << 20
"""How much of a table is judged at once: a judgement takes up to five times the memory of its cells."""

PLACE_BYTES = 8
"""What a cell of a column that is spelled out counts: its place there and here."""

Format = Literal[
    "csv", "fixed", "xlsx", "xls", "parquet", "json", "ndjson", "sensorthings", "ngsi", "sav", "por", "dta", "sas7bdat", "xpt"
]  # fmt: skip


@dataclass(frozen=True)
class RaggedRow:
    """A row whose number of cells differs from the header's: `row` as a spreadsheet shows it, `found` cells."""

    row: int
    found: int


@dataclass(frozen=True)
class Note:
    """A decision that the reader took and the sender should know: a message code and its values.

    A value that is a `Text` is one again on the way out of the reading process, so that each language is told its own.
    """

    code: str
    values: dict[str, Annotated[Text | object, Field(union_mode="left_to_right")]]


@dataclass(frozen=True)
class VariableInfo:
    """What a statistics package says about a variable, in the texts that the cells use.

    Attributes
    ----------
    label
        The variable's label, None when it has none.
    value_labels
        Cell text → its label: ``{"1": "Male", "-1": "refused", ".a": "not asked"}``.
    missing_codes
        Cell texts that the file declares to be missing: those named, and those in `missing_ranges` that occur. They are in
        the cells as they are; a contract's `missing_codes` says why each is absent.
    missing_ranges
        Declared ranges, both ends included; infinite ends are allowed.
    format
        The display format as the package writes it (``F8.2``, ``%td``, ``DATE9``).
    """

    label: str | None = None
    value_labels: Mapping[str, str] = field(default_factory=dict)
    missing_codes: tuple[str, ...] = ()
    missing_ranges: tuple[tuple[float, float], ...] = ()
    format: str | None = None


@dataclass(frozen=True)
class RawTable:
    """A file as text, before anything is interpreted.

    Attributes
    ----------
    columns
        Headers as found, NFKC-normalised and trimmed; may repeat, may be empty.
    table
        One string column per header (null = empty cell) under a unique name, in the same order, then `_row` (int64), the
        row that a spreadsheet shows. Rows without any text are left out; the others keep their number. Columns of a long
        table may be spelled out (`spelling`); `plain` gives texts.
    ragged
        Rows with too many or too few cells; they are in `table` too, cut or padded to the header's width.
    labels
        By unique name in `table`: what SPSS, Stata or SAS say about the variable; empty for formats without labels.
    notes
        Decisions taken and, as ``W-KEEP-..``, what the file holds and this table does not.
    """

    columns: tuple[str, ...]
    table: pa.Table
    format: Format
    header_row: int = 1
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    ragged: tuple[RaggedRow, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    labels: Mapping[str, VariableInfo] = field(default_factory=dict)

    def plain(self) -> RawTable:
        """Return the same with every column as texts, one a row."""
        return replace(self, table=plain_table(self.table))

    def pieces(self) -> Iterator[RawTable]:
        """Yield the table in pieces of about `PIECE_BYTES`, in order; a small one is its only piece."""
        rows = self.table.num_rows
        room = sum(PLACE_BYTES * rows if is_spelled(column) else column.nbytes for column in self.table.columns)
        size = rows if room <= PIECE_BYTES else max(1, rows * PIECE_BYTES // room)
        for start in range(0, max(1, rows), max(1, size)):
            yield replace(self, table=self.table.slice(start, size))

    @property
    def names(self) -> tuple[str, ...]:
        """Unique names of the text columns in `table`, aligned with `columns`."""
        return tuple(self.table.column_names[:-1])


def unique_names(headers: Sequence[str]) -> list[str]:
    """Return one distinct, non-empty name per header, safe against `_row` and against names that differ only by case.

    >>> unique_names(["a", "A", "", "_row"])
    ['a', 'A.2', 'column 3', '_row.4']
    """
    taken = set(RESERVED)
    names: list[str] = []
    for position, header in enumerate(headers, start=1):
        name = header or f"column {position}"
        while name.casefold() in taken:
            name = f"{name}.{position}"
        taken.add(name.casefold())
        names.append(name)
    return names


def text_table(headers: Sequence[str], columns: Sequence[pa.ChunkedArray], rows: pa.ChunkedArray) -> pa.Table:
    """Assemble the table of `RawTable`; columns without a header and without text are dropped by the caller."""
    return pa.table([*columns, rows], names=[*unique_names(headers), ROW])


def without_blank(
    headers: Sequence[str], columns: Sequence[pa.ChunkedArray], rows: pa.ChunkedArray
) -> tuple[list[str], pa.Table]:
    """Drop rows without any text and columns with neither header nor text; refuse a file that has nothing left."""
    kept = [position for position, header in enumerate(headers) if header or any_text(columns[position], _is_filled)]
    if not kept or not len(rows):
        raise refuse("E-FILE-02")
    texts = [columns[position] for position in kept]
    table = text_table([headers[position] for position in kept], texts, rows)
    if not any(_is_full(column) for column in texts):
        table = table.filter(_any_filled(texts))
    if table.num_rows == 0:
        raise refuse("E-FILE-02")
    return [headers[position] for position in kept], table


def _is_filled(texts: pa.Array) -> pa.Array:
    if texts.type in TYPED:
        return texts.is_valid()
    return pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(texts), ""), False)  # noqa: FBT003 - pyarrow's


def _is_full(column: pa.ChunkedArray) -> bool:
    """Whether every row of a column says something."""
    return not column.null_count and not any_text(column, lambda texts: pc.invert(_is_filled(texts)))


def _any_filled(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return for each row whether any of its cells says something."""
    some = _rows_filled(columns[0])
    for column in columns[1:]:
        some = pc.or_(some, _rows_filled(column))
    return some


def _rows_filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not is_spelled(column):
        return _is_filled(column)
    told = [_is_filled(chunk.dictionary).take(chunk.indices) for chunk in column.chunks]
    return pc.fill_null(pa.chunked_array(told, pa.bool_()), False)  # noqa: FBT003 - pyarrow's
