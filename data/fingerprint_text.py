"""A value as the text that a fingerprint hashes, in SQL: its length, a colon, itself; N is null.

Belongs here: that text, and the same text for less where the ends of a long column are known. Does not: sums and hashes
(fingerprint). Asking a column for its ends costs a tenth of spelling out a length and a null for each of its values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from data.duck import quote_name

Column = tuple[str, str]
"""Name and SQL type."""
BY_VALUE = ("BIGINT", "INTEGER", "DATE")
"""Types of which the length of a text between two others is not hard to say."""
NULL, BOOLEAN, DAY = "'N'", "BOOLEAN", len("2026-01-01")


@dataclass(frozen=True)
class Ends:
    """What is known of a column: rows with and without a value, and the length that the texts of all values have, if one."""

    values: int
    nulls: int
    length: int | None


def ends(connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], select: str) -> dict[str, Ends]:
    """Ask the rows of a SELECT what is common to all values of each column. Worth it for some ten thousand rows or more."""
    asked = ", ".join(f"count({quote_name(name)}), {', '.join(_limits(name, kind))}" for name, kind in columns)
    rows, *told = connection.execute(f"SELECT count(*), {asked} FROM ({select})").fetchall()[0]
    return {
        name: Ends(values, rows - values, _length(kind, low, high))
        for (name, kind), values, low, high in zip(columns, told[::3], told[1::3], told[2::3], strict=True)
    }


def row_text(columns: Sequence[Column], known: Mapping[str, Ends]) -> str:
    """Return SQL for a row as text that no other row can imitate.

    >>> print(row_text([("a", "BIGINT")], {}))
    concat(coalesce(length(CAST("a" AS VARCHAR)) || ':' || CAST("a" AS VARCHAR), 'N'))
    >>> print(row_text([("a", "BIGINT")], {"a": Ends(9, 0, 4)}))
    concat('4:', CAST("a" AS VARCHAR))
    """
    return f"concat({', '.join(_field(name, kind, known.get(name)) for name, kind in columns)})"


def _field(name: str, kind: str, known: Ends | None) -> str:
    text = _text(name, kind)
    if known is not None and not known.values:
        return NULL
    if kind == BOOLEAN:
        column = quote_name(name)
        return f"CASE WHEN {column} THEN '4:true' WHEN NOT {column} THEN '5:false' ELSE {NULL} END"
    if known is None or (known.nulls and known.length is None):
        return f"coalesce(length({text}) || ':' || {text}, {NULL})"
    if known.nulls:
        return f"coalesce('{known.length}:' || {text}, {NULL})"
    return f"length({text}), ':', {text}" if known.length is None else f"'{known.length}:', {text}"


def _text(name: str, kind: str) -> str:
    column = quote_name(name)
    return f"CAST(epoch_us({column}) AS VARCHAR)" if kind.startswith("TIMESTAMP") else f"CAST({column} AS VARCHAR)"


def _limits(name: str, kind: str) -> tuple[str, str]:
    """Return SQL for what the length of all texts follows from: the least and the greatest value, or of their lengths."""
    if kind in BY_VALUE or kind.startswith("TIMESTAMP"):
        value = f"epoch_us({quote_name(name)})" if kind.startswith("TIMESTAMP") else quote_name(name)
        return f"CAST(min({value}) AS VARCHAR)", f"CAST(max({value}) AS VARCHAR)"
    if kind == "VARCHAR":
        return f"min(length({quote_name(name)}))", f"max(length({quote_name(name)}))"
    return "NULL", "NULL"


def _length(kind: str, low: Any, high: Any) -> int | None:  # noqa: ANN401 - a text, a number or nothing
    if low is None:
        return None
    if kind == "VARCHAR":
        return int(low) if low == high else None
    if kind == "DATE":
        return DAY if len(low) == len(high) == DAY else None
    alike = len(low) == len(high) and low.startswith("-") == high.startswith("-")
    return len(low) if alike else None
