"""Where the old and new values of a correction lie: one Parquet file in the quarantine, which an erasure may rewrite.

Belongs here: writing and reading it. The ledger holds its sha256 only; a random salt in the file keeps anybody from guessing
values by trying them against that digest. Does not: what the values mean (judgement).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa
import pyarrow.parquet as pq

from data.durable import adopt_file, sha256_file, write_parquet
from data.paths import Workspace
from data.readers.open import scratch_folder, sweep
from quality.corrections.items import Item

SCHEMA = pa.schema(
    [
        ("rec_key", pa.string()),
        ("_row", pa.int64()),
        *((name, pa.string()) for name in ("variable", "old", "new", "action", "reason", "salt")),
    ]
)


def keep_values(workspace: Workspace, correction_id: str, items: Sequence[Item], keys: Sequence[str]) -> str:
    """Write the items with the text of the `rec_key` of each; return the file's sha256."""
    salt = secrets.token_hex(16)
    rows = [
        {**asdict(item), "_row": item.row, "rec_key": key, "salt": salt} for item, key in zip(items, keys, strict=True)
    ]
    path = workspace.correction_values(correction_id)
    table = pa.Table.from_pylist([{name: row[name] for name in SCHEMA.names} for row in rows], schema=SCHEMA)
    sweep(workspace.staging)
    with scratch_folder(workspace.staging) as folder:  # a crash leaves values where the next writer removes them
        write_parquet(folder / "values.parquet", table, metadata={})
        adopt_file(folder / "values.parquet", path)
    return sha256_file(path)


def kept_as(workspace: Workspace, correction_id: str) -> str | None:
    """Return the sha256 of the file as it lies there now; None if it is gone."""
    path = workspace.correction_values(correction_id)
    return sha256_file(path) if path.is_file() else None


def kept_values(workspace: Workspace, correction_id: str, sha256: str) -> list[Item]:
    """Return the items of a correction; none if the file is gone or no longer the one that was proposed."""
    path = workspace.correction_values(correction_id)
    if kept_as(workspace, correction_id) != sha256:
        return []
    names = ("variable", "old", "new", "action", "reason")
    return [
        Item(row=row["_row"], **{name: row[name] for name in names}) for row in pq.ParquetFile(path).read().to_pylist()
    ]
