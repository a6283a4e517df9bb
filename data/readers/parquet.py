"""Parquet by pyarrow: every value as the text that a careful person would have typed.

Belongs here: which columns are spelled out, typed or texts, what is noted. Does not: the text of a value (typed), nested columns,
which no contract can hold.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.readers.header import tidy
from data.readers.raw import Note, RawTable, text_table
from data.readers.refusals import kept_not, refuse, unreadable
from data.readers.spelling import repeats_itself, respelled
from data.readers.typed import TYPED, as_text, stays_typed

SHOWN = 8
SPELLED_FROM = 50_000
"""From so many rows on, columns that repeat themselves come spelled out (`spelling`)."""


def read_parquet(content: bytes, *, typed: bool = False) -> RawTable:
    """Read a Parquet file; row numbers are position + 2, as if the file were opened as a sheet with a header.

    Parameters
    ----------
    typed
        Leave numbers, dates and times of a long table as they are (`data.readers.typed`); `in_texts` gives texts.

    Raises
    ------
    Refused
        E-FILE-01 for a damaged file or nested columns, E-FILE-02 for one without rows.
    """
    import pyarrow.parquet as pq

    try:
        source = pa.BufferReader(content)
        coded = texts_of(pq.ParquetFile(source).schema_arrow) if typed else None
        file = pq.ParquetFile(source, page_checksum_verification=True, read_dictionary=coded)
        table = file.read(use_threads=False)
        table.validate(full=True)  # texts that are no UTF-8 would show only when a cell is looked at
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable("damaged", kind="Parquet") from error
    if table.num_rows == 0 and not _nested(table.schema):
        raise refuse("E-FILE-02")
    return columns_of(table, typed=typed and table.num_rows >= SPELLED_FROM)


def columns_of(table: pa.Table, *, typed: bool = True, first_row: int = 2) -> RawTable:
    """Return rows of a Parquet file, numbered from `first_row`, as a reader gives them.

    Raises
    ------
    Refused
        E-FILE-01 for a damaged file or nested columns.
    """
    nested = _nested(table.schema)
    if nested:
        raise unreadable("nested", cols=", ".join(nested))
    try:
        columns = [_left(column) if typed else _each_once(column) for column in table.columns]
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise unreadable("damaged", kind="Parquet") from error
    headers = [tidy(name) for name in table.column_names]
    rows = pa.chunked_array([pa.array(np.arange(first_row, first_row + table.num_rows))])
    return RawTable(
        columns=tuple(headers), table=text_table(headers, columns, rows), format="parquet", notes=_notes(table)
    )


def _nested(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_nested(field.type) or pa.types.is_duration(field.type)]


def _notes(table: pa.Table) -> tuple[Note, ...]:
    """Tell what a text cell cannot keep: the zone of a time, and that an empty number was NaN where others are null."""
    zones = [
        field.name for field in table.schema if pa.types.is_timestamp(field.type) and field.type.tz not in (None, "UTC")
    ]
    nans = {
        name: int(pc.sum(pc.is_nan(column)).as_py() or 0)
        for name, column in zip(table.column_names, table.columns, strict=True)
        if pa.types.is_floating(column.type) and column.null_count
    }
    told = [name for name, count in nans.items() if count]
    notes = [Note("W-KEEP-01", kept_not("zones", names=_listed(zones)))] if zones else []
    if told:
        notes.append(Note("W-KEEP-01", kept_not("notnumbers", names=_listed(told), n=sum(nans.values()))))
    return tuple(notes)


def _listed(names: list[str]) -> str:
    return ", ".join(tidy(name)[:40] for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def in_texts(raw: RawTable, names: Collection[str] | None = None) -> RawTable:
    """Return a table with its typed columns (of `names`) as texts, as `read_parquet` gives them otherwise."""
    table = raw.table
    for place, name in enumerate(raw.names):
        if table[name].type in TYPED and (names is None or name in names):
            table = table.set_column(place, name, _each_once(table[name]))
    return raw if table is raw.table else replace(raw, table=table)


def texts_of(schema: pa.Schema) -> list[str]:
    """Return the columns of text: they come as their distinct texts, as they lie in the file."""
    return [field.name for field in schema if pa.types.is_string(field.type)]


def _left(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Leave a column as it is where that says the same as its texts."""
    kept = stays_typed(column)
    return _each_once(column) if kept is None else kept


def _each_once(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Spell each distinct value once: sensors repeat a few thousand readings millions of times."""
    if len(column) < SPELLED_FROM or not repeats_itself(column):
        return as_text(column)
    return respelled(column, as_text)
