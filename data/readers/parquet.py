"""Parquet by pyarrow: every value as the text that a careful person would have typed.

Belongs here: canonical text of Arrow values. Does not: nested columns, which no contract can hold.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.readers.header import tidy
from data.readers.raw import Note, RawTable, text_table
from data.readers.refusals import kept_not, refuse, unreadable
from data.readers.spelling import repeats_itself, respelled

EXACT = 10**15
SHOWN = 8
SPELLED_FROM = 50_000
"""From so many rows on, columns that repeat themselves come spelled out (`spelling`)."""


def read_parquet(content: bytes) -> RawTable:
    """Read a Parquet file; row numbers are position + 2, as if the file were opened as a sheet with a header.

    Raises
    ------
    Refused
        E-FILE-01 for a damaged file or nested columns, E-FILE-02 for one without rows.
    """
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read(use_threads=False)
        table.validate(full=True)  # texts that are no UTF-8 would show only when a cell is looked at
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable("damaged", kind="Parquet") from error
    nested = [
        field.name for field in table.schema if pa.types.is_nested(field.type) or pa.types.is_duration(field.type)
    ]
    if nested:
        raise unreadable("nested", cols=", ".join(nested))
    if table.num_rows == 0:
        raise refuse("E-FILE-02")
    try:
        columns = [_each_once(column) for column in table.columns]
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise unreadable("damaged", kind="Parquet") from error
    headers = [tidy(name) for name in table.column_names]
    rows = pa.chunked_array([pa.array(np.arange(2, table.num_rows + 2))])
    return RawTable(
        columns=tuple(headers), table=text_table(headers, columns, rows), format="parquet", notes=_notes(table)
    )


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


def _each_once(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Spell each distinct value once: sensors repeat a few thousand readings millions of times."""
    if len(column) < SPELLED_FROM or not repeats_itself(column):
        return as_text(column)
    return respelled(column, as_text)


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a flat Arrow column as canonical text, null where it is null, empty text or not a number.

    >>> as_text(pa.chunked_array([[3.0, 2.5, None]])).to_pylist()
    ['3', '2.5', None]
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        return _float_text(column)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        naive = column.cast(pa.int64()).cast(pa.timestamp(column.type.unit))
        return pc.binary_join_element_wise(naive.cast(pa.string()), "Z", "")
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        column = column.cast(pa.large_string())  # refuses bytes that are not UTF-8
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _float_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    absent = pa.scalar(None, pa.string())
    number = column.cast(pa.float64())
    whole = pc.and_(pc.equal(number, pc.trunc(number)), pc.less(pc.abs(number), EXACT))
    integer = pc.cast(pc.if_else(whole, number, 0.0), pa.int64()).cast(pa.string())
    text = pc.if_else(whole, integer, column.cast(pa.string()))
    return pc.if_else(pc.is_nan(number), absent, text)
