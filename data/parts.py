"""The Parquet file of one append: its name, the columns that the archive itself knows, its layout on the disk.

Belongs here: writing it, finding it by its number. Does not: entering it into the table (delta), when (lake).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from data.arrow_files import let_go_of, repeated
from data.batches import Batch
from data.contracts import Contract, lake_schema
from data.delta import NewFile
from data.parquet_write import Layout, write_parquet_halves, write_parquet_pieces

LAYOUT = Layout(unlike=frozenset({"rec_key"}), rising=frozenset({"_row"}))
GROUP_ROWS = 1 << 18
"""Rows of one row group: what is in memory while a long table is written."""
LONG_GROUPS = 2
"""From so many row groups on two threads write."""


def stem(seq: int) -> str:
    """Return how the name of an append's file begins.

    >>> stem(7)
    'part-000000000007-'
    """
    return f"part-{seq:012d}-"


def write_part(folder: Path, contract: Contract, rows: pa.Table, batch: Batch) -> NewFile:
    """Write the rows of an append below its table's folder, durably."""
    path = folder / f"{stem(batch.seq)}{batch.submission_id}.parquet"
    moment = datetime.now(UTC)
    halves = [stamped(contract, half, batch, moment) for half in _halves(rows)]
    write = write_parquet_halves if len(halves) > 1 else write_parquet_pieces
    sha256 = write(path, *halves, layout=LAYOUT)
    ops = frozenset(rows["_op"].unique().to_pylist()) or frozenset({"I"})
    return NewFile(path, batch.seq, rows.num_rows, sha256, ops)


def _halves(rows: pa.Table) -> list[pa.Table]:
    """Cut a long table in two, between row groups: each half is written by a thread of its own."""
    groups = -(-rows.num_rows // GROUP_ROWS)
    if groups < LONG_GROUPS:
        return [rows]
    cut = groups // 2 * GROUP_ROWS
    return [rows.slice(0, cut), rows.slice(cut)]


def stamped(contract: Contract, rows: pa.Table, batch: Batch, moment: datetime) -> Iterator[pa.Table]:
    """Add the columns that the archive itself knows, in the order of the lake schema; a long table comes in pieces.

    Texts may be dictionary-encoded, as the rows' were; in the file they are texts.
    """
    schema = lake_schema(contract)
    said = {
        "submission_id": pa.scalar(batch.submission_id, pa.string()),
        "_seq": pa.scalar(batch.seq, pa.int64()),
        "_ingested_at": pa.scalar(moment, schema.field("_ingested_at").type),
        "_run_id": pa.scalar(batch.run_id, pa.string()),
    }
    own = {name: repeated(value, min(rows.num_rows, GROUP_ROWS)) for name, value in said.items()}
    for start in range(0, max(1, rows.num_rows), GROUP_ROWS):
        piece = rows.slice(start, GROUP_ROWS)
        columns = [own[name].slice(0, piece.num_rows) if name in own else piece[name] for name in schema.names]
        held = [field.with_type(column.type) for field, column in zip(schema, columns, strict=True)]
        yield pa.Table.from_arrays(columns, schema=pa.schema(held))
        let_go_of(rows.num_rows)
