"""How a table gets out of the reading process: an Arrow IPC file for the cells, JSON for the rest; never pickle.

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
from pydantic import TypeAdapter

from data.arrow_files import let_go, map_table
from data.readers.raw import ROW, RaggedRow, RawTable

CELLS, ANSWER = "cells.arrow", "answer.json"
ANSWER_LIMIT = 256 << 20
BATCH_ROWS = 65_536
LONG = 64 << 20
"""From here on what has been validated is let go of: it need not be in memory as a whole."""


class Untrustworthy(Exception):
    """What the reading process left is not a table."""


@lru_cache(maxsize=1)
def _adapters() -> dict[str, TypeAdapter[Any]]:
    hints = get_type_hints(RawTable)
    return {field.name: TypeAdapter(hints[field.name]) for field in fields(RawTable) if field.name != "table"}


def write_tables(folder: Path, tables: Iterable[RawTable]) -> dict[str, Any]:
    """Write the cells of tables that differ in rows only as one file; return the rest, ready for JSON."""
    writer, told = None, None
    ragged: list[RaggedRow] = []
    (folder / CELLS).unlink(missing_ok=True)  # the parent may look at an earlier one still
    with pa.OSFile(str(folder / CELLS), "wb") as stream:
        for raw in tables:
            writer = writer or pa.ipc.new_file(stream, raw.table.schema.remove_metadata())
            writer.write_table(raw.table.replace_schema_metadata(None), max_chunksize=BATCH_ROWS)
            told = told or raw
            ragged.extend(raw.ragged)
        assert writer is not None and told is not None, "a reader gives a table or refuses"  # noqa: S101, PT018
        writer.close()
    rest = {name: adapter.dump_python(getattr(told, name), mode="json") for name, adapter in _adapters().items()}
    return {**rest, "ragged": [(row.row, row.found) for row in ragged]}


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


def read_table(folder: Path, rest: dict[str, Any]) -> RawTable:
    """Return the table with its cells mapped into memory: they take none until they are looked at.

    Raises
    ------
    Untrustworthy
        Cells or description are not what `write_tables` writes.
    """
    try:
        table = map_table(folder / CELLS)
        for batch in table.to_batches():
            batch.validate(full=True)
            if table.nbytes > LONG:
                let_go()
        ragged = [{"row": row, "found": found} for row, found in rest["ragged"]]
        told = {name: adapter.validate_python(rest[name]) for name, adapter in _adapters().items() if name != "ragged"}
        raw = RawTable(table=table, ragged=_adapters()["ragged"].validate_python(ragged), **told)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise Untrustworthy from error
    if len(raw.columns) + 1 != table.num_columns or table.schema.names[-1] != ROW:
        raise Untrustworthy
    if table.schema.types != [pa.string()] * len(raw.columns) + [pa.int64()] or table[ROW].null_count:
        raise Untrustworthy
    return raw
