"""The fingerprint of a table's content: the same for the same rows, in any order, on any number of threads.

Belongs here: relation → sha256 text. Does not: the sha256 of a file's bytes (data.durable), which also changes when only the
writer changes. Sums of 64-bit halves of md5 keep duplicates apart from pairs that cancel, as a xor would not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from data.duck import open_duckdb, parquet_source, quote_name
from data.fingerprint_text import Column, Ends, ends, row_text

ALGORITHM = "zonelab-fingerprint-1"
HALVES = ("m >> 64", "m & 18446744073709551615")
"""The two halves of one md5 `m`."""
LONG = 50_000
"""Rows from which on it is worth asking columns for their ends."""
NOTHING_KNOWN: Mapping[str, Ends] = MappingProxyType({})


@dataclass(frozen=True)
class Content:
    """A table's number of rows and its fingerprint."""

    rows: int
    fingerprint: str


def fingerprint(connection: duckdb.DuckDBPyConnection, select: str, *, about_rows: int = 0) -> Content:
    """Fingerprint the rows of a SELECT.

    Parameters
    ----------
    connection
        Where the query runs.
    select
        A complete SELECT statement, without a semicolon.
    about_rows
        How many rows there are, as far as that is known: for many the columns are asked for their ends first.

    Returns
    -------
    Content
        The fingerprint depends on column names, their order, types, and every value and null; not on row order.
    """
    columns = columns_of(connection, select)
    known = ends(connection, columns, select) if about_rows >= LONG else NOTHING_KNOWN
    return content_of(columns, *_one(connection.execute(sums_query(columns, select, known=known)).fetchone()))


def columns_of(connection: duckdb.DuckDBPyConnection, select: str) -> list[Column]:
    """Return the names and types of a SELECT's columns."""
    return [(row[0], row[1]) for row in connection.execute(f"DESCRIBE {select}").fetchall()]


def sums_query(columns: Sequence[Column], select: str, by: str = "", known: Mapping[str, Ends] = NOTHING_KNOWN) -> str:
    """Return the query of rows and the two sums behind a fingerprint, for each value of the column `by` if one is named.

    Sums of parts add up to those of the whole (`content_of`), as long as both are asked for the same `columns`. What is `known`
    of the columns (`ends`) changes what it costs, no sum.
    """
    sums = ", ".join(f"coalesce(sum(CAST({half} AS UBIGINT)), 0)" for half in HALVES)
    group = f"{quote_name(by)} AS g, " if by else ""
    rows = f"SELECT {group}CAST(md5_number({row_text(columns, known)}) AS UHUGEINT) AS m FROM ({select})"
    return f"SELECT {'g, ' if by else ''}count(*), {sums} FROM ({rows}){' GROUP BY g' if by else ''}"


def content_of(columns: Sequence[Column], rows: int, lower: int, upper: int) -> Content:
    """Return the content that sums stand for."""
    text = "\n".join([ALGORITHM, *(f"{name}\t{kind}" for name, kind in columns), f"{rows} {lower} {upper}"])
    return Content(rows, hashlib.sha256(text.encode()).hexdigest())


def fingerprint_file(path: Path, threads: int = 2) -> Content:
    """Fingerprint one Parquet file."""
    select = f"SELECT * FROM {parquet_source([path])}"
    with open_duckdb(threads=threads) as connection:
        (rows,) = _one(connection.execute(f"SELECT count(*) FROM ({select})").fetchone())  # from the footer
        return fingerprint(connection, select, about_rows=rows)


def fingerprint_table(table: pa.Table, threads: int = 2) -> Content:
    """Fingerprint an Arrow table in memory.

    >>> one = pa.table({"a": [1, 2]})
    >>> fingerprint_table(one) == fingerprint_table(one.take([1, 0]))
    True
    """
    with open_duckdb(threads=threads) as connection:
        connection.register("content", table)
        return fingerprint(connection, "SELECT * FROM content")


def _one(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    assert row is not None, "an aggregate returns one row"  # noqa: S101 - narrows the type; SQL guarantees it
    return row
