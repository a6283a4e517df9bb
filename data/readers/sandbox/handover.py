"""How a table gets out of the reading process: an Arrow IPC stream for the cells, JSON for the rest; never pickle.

Belongs here: both ends, and the parent's distrust: a reader that a file took over may write anything, so the cells are validated
in full before they are used. Does not: starting the reader (client).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any, get_type_hints

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter

from data.arrow_files import let_go_of, map_stream
from data.readers.raw import ROW, RaggedRow, RawTable
from data.readers.spelling import SPELLED, is_spelled, plain, repeats_itself, spelled
from data.readers.typed import TYPED

CELLS, ANSWER = "cells.arrow", "answer.json"
ANSWER_LIMIT = 256 << 20
BATCH_ROWS = 1 << 18
SPELLED_FROM = 50_000
"""From so many rows in one piece on, columns that repeat themselves are handed over spelled out (`spelling`)."""


class Untrustworthy(Exception):
    """What the reading process left is not a table."""


@lru_cache(maxsize=1)
def _adapters() -> dict[str, TypeAdapter[Any]]:
    hints = get_type_hints(RawTable)
    return {field.name: TypeAdapter(hints[field.name]) for field in fields(RawTable) if field.name != "table"}


def write_tables(folder: Path, tables: Iterable[RawTable]) -> dict[str, Any]:
    """Write the cells of tables that differ in rows only as one file; return the rest, ready for JSON."""
    writer, told, schema = None, None, None
    ragged: list[RaggedRow] = []
    (folder / CELLS).unlink(missing_ok=True)  # the parent may look at an earlier one still
    with pa.OSFile(str(folder / CELLS), "wb") as stream:
        for raw in tables:
            cells = _laid_out(raw.table, schema)
            schema = cells.schema
            writer = writer or pa.ipc.new_stream(stream, schema)
            writer.write_table(cells, max_chunksize=BATCH_ROWS)
            told = told or raw
            ragged.extend(raw.ragged)
        assert writer is not None and told is not None, "a reader gives a table or refuses"  # noqa: S101, PT018
        writer.close()
    rest = {name: adapter.dump_python(getattr(told, name), mode="json") for name, adapter in _adapters().items()}
    return {**rest, "ragged": [(row.row, row.found) for row in ragged]}


def _laid_out(table: pa.Table, schema: pa.Schema | None) -> pa.Table:
    """Return a table with each column as `schema` has it, or, if it is the first, as it takes least room."""
    kinds = [_kind(column) for column in table.columns] if schema is None else schema.types
    columns = [_as(column, kind) for column, kind in zip(table.columns, kinds, strict=True)]
    return pa.table(columns, names=table.column_names)


def _kind(column: pa.ChunkedArray) -> pa.DataType:
    if not is_spelled(column) and (len(column) < SPELLED_FROM or not pa.types.is_string(column.type)):
        return column.type
    return SPELLED if repeats_itself(column) else pa.string()


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if kind == column.type:
        return column
    if kind != SPELLED:
        return plain(column)
    return pa.chunked_array([spelled(column)])


def write_answer(folder: Path, answer: dict[str, Any]) -> None:
    """Leave the answer where the parent looks for it."""
    (folder / ANSWER).write_text(json.dumps(answer, ensure_ascii=True), encoding="ascii")


def read_answer(folder: Path) -> dict[str, Any]:
    """Return what the reading process said.

    Raises
    ------
    Untrustworthy
        It left nothing, or no JSON object.
    """
    path = folder / ANSWER
    try:
        if path.is_symlink() or path.stat().st_size > ANSWER_LIMIT:
            raise Untrustworthy
        answer = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise Untrustworthy from error
    if not isinstance(answer, dict):
        raise Untrustworthy
    return answer


def read_table(folder: Path, rest: dict[str, Any], *, typed: bool = False) -> RawTable:
    """Return the table with its cells mapped into memory: they take none until they are looked at.

    Without `typed`, cells that are no texts were not asked for.

    Raises
    ------
    Untrustworthy
        Cells or description are not what `write_tables` writes.
    """
    try:
        table = map_stream(folder / CELLS)
        _validate(table)
        ragged = [{"row": row, "found": found} for row, found in rest["ragged"]]
        told = {name: adapter.validate_python(rest[name]) for name, adapter in _adapters().items() if name != "ragged"}
        raw = RawTable(table=table, ragged=_adapters()["ragged"].validate_python(ragged), **told)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise Untrustworthy from error
    if len(raw.columns) + 1 != table.num_columns or table.schema.names[-1] != ROW:
        raise Untrustworthy
    if any(kind not in (pa.string(), SPELLED, *(TYPED if typed else ())) for kind in table.schema.types[:-1]):
        raise Untrustworthy
    if table.schema.types[-1] != pa.int64() or table[ROW].null_count:
        raise Untrustworthy
    return raw


def _validate(table: pa.Table) -> None:
    """Look at every cell, and once at each distinct text of a column that is spelled out."""
    seen: set[tuple[int, ...]] = set()
    for batch in table.to_batches():
        for column in batch.columns:
            if isinstance(column, pa.DictionaryArray):
                _validate_spelled(column, seen)
            else:
                column.validate(full=True)
        let_go_of(table.num_rows)


def _validate_spelled(column: pa.DictionaryArray, seen: set[tuple[int, ...]]) -> None:
    words = column.dictionary
    where = (len(words), words.offset, *(buffer.address for buffer in words.buffers() if buffer is not None))
    if where not in seen:
        words.validate(full=True)
        seen.add(where)
    column.indices.validate(full=True)
    ends = pc.min_max(column.indices).as_py()
    if words.null_count or (ends["max"] is not None and not 0 <= ends["min"] <= ends["max"] < len(words)):
        raise Untrustworthy
