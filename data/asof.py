"""The as-of view: what a table said when sequence number n was closed, as SQL over its Parquet files.

Belongs here: files + columns + n → DuckDB SELECT. Does not: which files there are (delta), whether n is closed (lake).
A correction (C) replaces every earlier row of its rec_key, a retraction (R) removes it (domain/lake.md 3.1). Rows of held
submissions (under review, retracted) are as if they had never come: they replace and remove nothing either.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pyarrow as pa

from data.delta import DataFile
from data.duck import parquet_source, quote_name, quote_text
from data.messages import PlatformFailed, Text

SQL_TYPES: dict[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.binary(): "BLOB",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP WITH TIME ZONE",
}
OCCASION = ("_ingested_at", "_run_id")
"""Columns about the act of storing, not about what was stored."""


def visible_files(files: Sequence[DataFile], as_of_seq: int) -> list[DataFile]:
    """Return the files that can hold rows up to `as_of_seq`."""
    return [file for file in files if file.first_seq is not None and file.first_seq <= as_of_seq]


def empty_select(schema: pa.Schema) -> str:
    """Return a SELECT of no rows with the schema's names and types."""
    columns = ", ".join(f"CAST(NULL AS {_sql_type(field)}) AS {quote_name(field.name)}" for field in schema)
    return f"SELECT {columns} WHERE false"


def view_select(schema: pa.Schema, files: Sequence[DataFile], as_of_seq: int, held: Collection[str] = ()) -> str:
    """Return the as-of SELECT with exactly the schema's columns.

    Parameters
    ----------
    schema
        The lake schema; a column that older files lack comes back null.
    files
        The table's files; those that began later are left out.
    as_of_seq
        A closed sequence number. 0 gives no rows.
    held
        Submissions whose rows are left out before anything else is decided.
    """
    return _select(schema, files, as_of_seq, held, GONE)


def last_word_select(schema: pa.Schema, files: Sequence[DataFile], as_of_seq: int, held: Collection[str] = ()) -> str:
    """Return the newest row of every key, retractions (`_op` R) included: what the next file is compared with."""
    return _select(schema, files, as_of_seq, held, "")


def keys_select(files: Sequence[DataFile], as_of_seq: int) -> str:
    """Return every `rec_key` that ever came, held or not: such a key cannot be inserted again."""
    seen = visible_files(files, as_of_seq)
    if not seen:
        return "SELECT CAST(NULL AS BLOB) AS rec_key WHERE false"
    return f"SELECT DISTINCT rec_key FROM {parquet_source(f.path for f in seen)} WHERE _seq <= {as_of_seq:d}"


def stored_select(files: Sequence[DataFile], as_of_seq: int, held: Collection[str] = ()) -> str:
    """Return the as-of SELECT with the columns as stored then: what a pin fingerprints.

    When and by which run rows came in is left out: the same submissions give the same pin on any day. Columns added to the
    contract later do not appear, so that a pin's fingerprint never changes. At least one file must be visible.
    """
    seen = visible_files(files, as_of_seq)
    left_out = ", ".join(OCCASION)
    source = _superseded(parquet_source(f.path for f in seen), seen, as_of_seq, held)
    return f"SELECT b.* EXCLUDE ({left_out}) FROM {source}{_unless_inserts(seen, GONE)}"


GONE = " AND b._op <> 'R'"


def _select(schema: pa.Schema, files: Sequence[DataFile], as_of_seq: int, held: Collection[str], without: str) -> str:
    seen = visible_files(files, as_of_seq)
    if not seen:
        return empty_select(schema)
    typed = f"({empty_select(schema)} UNION ALL BY NAME SELECT * FROM {parquet_source(f.path for f in seen)})"
    columns = ", ".join(f"b.{quote_name(name)}" for name in schema.names)
    return f"SELECT {columns} FROM {_superseded(typed, seen, as_of_seq, held)}{_unless_inserts(seen, without)}"


def part_select(file: DataFile, columns: Sequence[tuple[str, str]], present: Collection[str]) -> str:
    """Return every row of one file, superseded ones too, in the columns (name, type) of `stored_select` over the table."""
    listed = ", ".join(
        f"CAST({quote_name(name) if name in present else 'NULL'} AS {kind}) AS {quote_name(name)}"
        for name, kind in columns
    )
    return f"SELECT {listed} FROM {parquet_source([file.path])}"


def raw_select(file: DataFile) -> str:
    """Return every row of one file as it lies there."""
    return f"SELECT * FROM {parquet_source([file.path])}"


def replaced_files(files: Sequence[DataFile], as_of_seq: int, held: Collection[str] = ()) -> str:
    """Return the SELECT of the paths of the files with a row that `stored_select` leaves out for a later correction."""
    listed = parquet_source(f.path for f in files).removesuffix(")") + ", filename = true)"
    return f"SELECT DISTINCT b.filename FROM {_replaced(listed, files, as_of_seq, held)}"


def replaced_select(
    near: Sequence[DataFile], files: Sequence[DataFile], columns: Sequence[tuple[str, str]], as_of_seq: int,
    held: Collection[str] = (),
) -> str:  # fmt: skip
    """Return those rows of the files `near`, in the columns of `stored_select` over `files`."""
    empty = ", ".join(f"CAST(NULL AS {kind}) AS {quote_name(name)}" for name, kind in columns)
    source = f"(SELECT {empty} WHERE false UNION ALL BY NAME SELECT * FROM {parquet_source(f.path for f in near)})"
    listed = ", ".join(f"b.{quote_name(name)}" for name, _ in columns)
    return f"SELECT {listed} FROM {_replaced(source, files, as_of_seq, held)}"


def _replaced(raw: str, files: Sequence[DataFile], n: int, held: Collection[str]) -> str:
    last = _last_words(parquet_source(f.path for f in files if not f.inserts_only), n, held)
    unless = _unless_held("b", held)
    return (
        f"{raw} b JOIN ({last}) c ON b.rec_key = c.k WHERE b._seq <= {n:d}{unless} AND (b._seq <> c.ms OR b._op = 'R')"
    )


def _last_words(raw: str, n: int, held: Collection[str]) -> str:
    """Return the number of the newest correction or retraction of each key that has one."""
    return (
        f"SELECT rec_key AS k, max(_seq) AS ms FROM {raw} r WHERE r._op <> 'I' AND r._seq <= {n:d}{_unless_held('r', held)} "
        "GROUP BY rec_key"
    )


def _unless_inserts(seen: Sequence[DataFile], without: str) -> str:
    return "" if all(file.inserts_only for file in seen) else without


def _superseded(raw: str, seen: Sequence[DataFile], n: int, held: Collection[str]) -> str:
    """Return FROM and WHERE. A table of inserts only needs no look at later corrections."""
    if all(file.inserts_only for file in seen):
        return f"{raw} b WHERE b._seq <= {n:d}{_unless_held('b', held)}"
    newest = _last_words(raw, n, held)
    return (
        f"{raw} b LEFT JOIN ({newest}) c ON b.rec_key = c.k "
        f"WHERE b._seq <= {n:d}{_unless_held('b', held)} AND (c.k IS NULL OR b._seq = c.ms)"
    )


def _unless_held(alias: str, held: Collection[str]) -> str:
    if not held:
        return ""
    return f" AND {alias}.submission_id NOT IN ({', '.join(quote_text(name) for name in sorted(held))})"


def _sql_type(field: pa.Field) -> str:
    if field.type not in SQL_TYPES:
        raise PlatformFailed(
            "E-LAKE-04",
            Text(
                en=f"Column {field.name} has type {field.type}, which the archive does not keep.",
                zh=f"列 {field.name} 的类型 {field.type} 不在档案库允许之列。",
            ),
        )
    return SQL_TYPES[field.type]
