"""The Delta log of one lake table: create, commit one file, list files; nothing else of Delta is used.

Belongs here: every call into delta-rs, and the fsync that it leaves out. Does not: writing Parquet, sequence numbers (lake).
Never its delete, merge or update: they starve under load and write identifiers into the log (domain/lake.md 4).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.transaction import AddAction

from data.durable import TEMPORARY, make_folder, remove_file, sync_file, sync_folder, write_text
from data.messages import PlatformFailed, Text

PROPERTIES: dict[str, str | None] = {
    "delta.dataSkippingStatsColumns": "_seq,_op",  # never a participant's column: statistics hold their extreme values
    "delta.checkpointInterval": "20",
    "delta.logRetentionDuration": "interval 36500 days",
}
RUBBISH = re.compile(rf"({re.escape(TEMPORARY)}|#\d+)$")
"""Half-written files: ours and delta-rs' end in .tmp, its object store's in #1."""
READER_VERSION = 1
"""Readers of version 1 need no deletion vectors and no column mapping: the Parquet files are the table."""


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a table, with what its log entry says. The bounds are None for a file without rows."""

    path: Path
    rows: int
    first_seq: int | None
    last_seq: int | None
    inserts_only: bool


@dataclass(frozen=True)
class NewFile:
    """A finished, synced Parquet file that is to enter the table. `ops` are the `_op` values in it."""

    path: Path
    seq: int
    rows: int
    sha256: str
    ops: frozenset[str]


def exists(folder: Path) -> bool:
    """Tell whether `folder` holds a Delta table (its first log entry is there)."""
    return (folder / "_delta_log").is_dir() and bool(DeltaTable.is_deltatable(str(folder)))


def open_table(folder: Path) -> DeltaTable:
    """Open the table, refusing one that a reader of version 1 cannot read.

    Raises
    ------
    PlatformFailed
        E-LAKE-03: a foreign writer turned on deletion vectors or column mapping: the file list is no longer the table.
    """
    table = DeltaTable(str(folder))
    version = table.protocol().min_reader_version
    if version != READER_VERSION:
        raise PlatformFailed(
            "E-LAKE-03",
            Text(
                en=f"Table {folder.name} needs Delta reader version {version}; the archive reads version {READER_VERSION}.",
                zh=f"表 {folder.name} 需要 Delta 读取版本 {version}；档案库只读取版本 {READER_VERSION}。",
            ),
        )
    _refuse_text_keys(folder, table)
    return table


def _refuse_text_keys(folder: Path, table: DeltaTable) -> None:
    """Refuse a table that a version that wrote keys as texts left: no key computed today would equal one of them."""
    kinds = [str(field.type) for field in table.schema().fields if field.name == "rec_key"]
    if any("string" in kind for kind in kinds):
        raise PlatformFailed(
            "E-LAKE-07",
            Text(
                en=f"Table {folder.name} is of an earlier version, which wrote keys as text. Take the original files in again, in"
                " a new workspace (ZONELAB_HOME), or go on with the version that wrote it. Nothing was changed.",
                zh=f"表 {folder.name} 由较早版本写入，其键为文本。请在新的工作区（ZONELAB_HOME）中重新提交原始文件，"
                "或继续使用原版本。未更改任何内容。",
            ),
        )


def create(folder: Path, schema: pa.Schema) -> None:
    """Create an empty table; nothing happens if it exists."""
    if exists(folder):
        return
    make_folder(folder)
    DeltaTable.create(str(folder), schema, mode="ignore", configuration=PROPERTIES)
    sync_log(folder, 0)


def schema(folder: Path) -> pa.Schema:
    """Return the table's schema as Arrow."""
    return pa.schema(open_table(folder).schema().to_arrow())


def add_columns(folder: Path, fields: list[pa.Field]) -> None:
    """Add nullable columns to the table; files written before hold nulls there. No fields, no new version."""
    if not fields:
        return
    table = open_table(folder)
    table.alter.add_columns(Schema.from_arrow(pa.schema(fields)).fields)
    table.update_incremental()
    sync_log(folder, table.version())


def commit(folder: Path, new: NewFile, *, submission_id: str, run_id: str) -> int:
    """Enter one file into the log, marked with the submission as Delta transaction id; return the table's new version."""
    table = open_table(folder)
    bounds = {"_seq": new.seq, "_op": min(new.ops)}, {"_seq": new.seq, "_op": max(new.ops)}
    statistics: dict[str, Any] = {"numRecords": new.rows}
    if new.rows:
        statistics |= {"minValues": bounds[0], "maxValues": bounds[1], "nullCount": {"_seq": 0, "_op": 0}}
    action = AddAction(
        path=new.path.name,
        size=new.path.stat().st_size,
        partition_values={},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps(statistics),
    )
    noted = {"submission_id": submission_id, "seq": str(new.seq), "sha256": new.sha256, "run_id": run_id}
    properties = CommitProperties(custom_metadata=noted, app_transactions=[Transaction(submission_id, new.seq)])
    table.create_write_transaction([action], "append", table.schema(), commit_properties=properties)
    table.update_incremental()  # the handle keeps its old version after create_write_transaction
    version = int(table.version())
    sync_log(folder, version)
    return version


@dataclass(frozen=True)
class Swap:
    """A file that takes another's place: the `_seq` and `_op` of the rows that are left."""

    old: Path
    new: Path
    seqs: list[int]
    ops: list[str]


def swap(folder: Path, swaps: Sequence[Swap]) -> int:
    """Replace files of the table in one commit (remove and add), and return its version; the caller is the only writer.

    The log entry is written here: delta-rs offers no such commit but its own delete, which writes the predicate into the log.
    """
    version = int(open_table(folder).version()) + 1
    now = int(time.time() * 1000)
    entries: list[dict[str, Any]] = [{"commitInfo": {"timestamp": now, "operation": "REWRITE"}}]
    for each in swaps:
        gone = {"path": each.old.name, "deletionTimestamp": now, "dataChange": True, "partitionValues": {}}
        entries.append({"remove": {**gone, "extendedFileMetadata": True, "size": each.old.stat().st_size}})
        entries.append({"add": _added(each, now)})
    content = "".join(json.dumps(entry) + "\n" for entry in entries)
    write_text(folder / "_delta_log" / f"{version:020d}.json", content)
    return version


def _added(each: Swap, now: int) -> dict[str, Any]:
    statistics: dict[str, Any] = {"numRecords": len(each.seqs)}
    if each.seqs:
        low, high = {"_seq": min(each.seqs), "_op": min(each.ops)}, {"_seq": max(each.seqs), "_op": max(each.ops)}
        statistics |= {"minValues": low, "maxValues": high, "nullCount": {"_seq": 0, "_op": 0}}
    found = {"path": each.new.name, "partitionValues": {}, "size": each.new.stat().st_size, "modificationTime": now}
    return {**found, "dataChange": True, "stats": json.dumps(statistics)}


def sweep_unlisted(folder: Path) -> int:
    """Remove Parquet files that the log does not list: left by a rewriting that was killed. No append may be open."""
    listed = {file.path.name for file in files(folder)}
    left = [path for path in folder.glob("*.parquet") if path.name not in listed]
    for path in left:
        remove_file(path)
    return len(left)


def committed_seq(folder: Path, submission_id: str) -> int | None:
    """Return the sequence number under which the submission entered this table; None if it never did."""
    if not exists(folder):
        return None
    found: int | None = open_table(folder).transaction_version(submission_id)
    return found


def version(folder: Path) -> int:
    """Return the table's newest Delta version."""
    return int(open_table(folder).version())


def files(folder: Path) -> list[DataFile]:
    """Return the table's files in order of sequence number; an absent table has none."""
    if not exists(folder):
        return []
    actions = pa.table(open_table(folder).get_add_actions(flatten=True)).to_pylist()
    found = [_data_file(folder, action) for action in actions]
    return sorted(found, key=lambda file: (file.first_seq or 0, file.path.name))


def sweep_temporary(folder: Path) -> int:
    """Remove what a dead writer left half-written in the table's folder and its log; return how many files."""
    rubbish = [path for path in folder.glob("**/*") if path.is_file() and RUBBISH.search(path.name)]
    for path in rubbish:
        remove_file(path)
    return len(rubbish)


def _data_file(folder: Path, action: dict[str, Any]) -> DataFile:
    return DataFile(
        path=folder / unquote(action["path"]),
        rows=int(action["num_records"]),
        first_seq=action.get("min._seq"),
        last_seq=action.get("max._seq"),
        inserts_only=action.get("min._op") == action.get("max._op") == "I",
    )


def sync_log(folder: Path, at: int) -> None:
    """Flush the log entry of version `at` with its checkpoint, and the one before, whose writer may have died unsynced."""
    log = folder / "_delta_log"
    for path in (log / "_last_checkpoint", *(p for v in (at - 1, at) for p in log.glob(f"{v:020d}.*"))):
        if path.is_file():
            sync_file(path)
    sync_folder(log)
    sync_folder(folder)
