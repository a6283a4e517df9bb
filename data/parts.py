"""The Parquet file of one append: its name, the columns that the archive itself knows, its layout on the disk.

Belongs here: writing it, finding it by its number. Does not: entering it into the table (delta), when (lake).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from data.arrow_files import let_go, repeated
from data.batches import Batch
from data.contracts import Contract, lake_schema
from data.delta import NewFile
from data.durable import Layout, write_parquet_pieces

LAYOUT = Layout(unlike=frozenset({"rec_key"}), rising=frozenset({"_row"}))
GROUP_ROWS = 1 << 18
"""Rows of one row group: what is in memory while a long table is written."""


def stem(seq: int) -> str:
    """Return how the name of an append's file begins.

    >>> stem(7)
    'part-000000000007-'
    """
    return f"part-{seq:012d}-"


def write_part(folder: Path, contract: Contract, rows: pa.Table, batch: Batch) -> NewFile:
    """Write the rows of an append below its table's folder, durably."""
    path = folder / f"{stem(batch.seq)}{batch.submission_id}.parquet"
    sha256 = write_parquet_pieces(path, stamped(contract, rows, batch), layout=LAYOUT)
    ops = frozenset(rows["_op"].unique().to_pylist()) or frozenset({"I"})
    return NewFile(path, batch.seq, rows.num_rows, sha256, ops)


def stamped(contract: Contract, rows: pa.Table, batch: Batch) -> Iterator[pa.Table]:
    """Add the columns that the archive itself knows, in the order of the lake schema; a long table comes in pieces.

    Texts may be dictionary-encoded, as the rows' were; in the file they are texts.
    """
    schema, moment = lake_schema(contract), datetime.now(UTC)
    own = {
        "submission_id": pa.scalar(batch.submission_id, pa.string()),
        "_seq": pa.scalar(batch.seq, pa.int64()),
        "_ingested_at": pa.scalar(moment, schema.field("_ingested_at").type),
        "_run_id": pa.scalar(batch.run_id, pa.string()),
    }
    for start in range(0, max(1, rows.num_rows), GROUP_ROWS):
        piece = rows.slice(start, GROUP_ROWS)
        columns = [repeated(own[name], piece.num_rows) if name in own else piece[name] for name in schema.names]
        held = [field.with_type(column.type) for field, column in zip(schema, columns, strict=True)]
        yield pa.Table.from_arrays(columns, schema=pa.schema(held))
        if rows.num_rows > GROUP_ROWS:
            let_go()
