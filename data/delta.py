"""The Delta table of one contract: create, commit one file, list files; nothing else of Delta is used.

Belongs here: every call into delta-rs, the fsync that it leaves out, and what our entries of the log say. Does not: writing
Parquet, sequence numbers (lake), the newest state without reading the log (table_head).
Never its delete, merge or update: they starve under load and write identifiers into the log (domain/lake.md 4).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pyarrow as pa
from deltalake import DeltaTable, Schema

from data.delta_log import LAST_CHECKPOINT, Action, checkpoint_path, entry_path, log_folder, put_entry
from data.durable import TEMPORARY, make_folder, remove_file, sync_file, sync_folder
from data.messages import PlatformFailed, Text

CHECKPOINT_INTERVAL = 20
"""So many entries a reader reads at most beside the newest checkpoint."""
PROPERTIES: dict[str, str | None] = {
    "delta.dataSkippingStatsColumns": "_seq,_op",  # never a participant's column: statistics hold their extreme values
    "delta.checkpointInterval": str(CHECKPOINT_INTERVAL),
    "delta.logRetentionDuration": "interval 36500 days",
}
RUBBISH = re.compile(rf"({re.escape(TEMPORARY)}|#\d+)$")
"""Half-written files: ours and delta-rs' end in .tmp, its object store's in #1."""
ENGINE = "zonelab"
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
    """Tell whether `folder` holds a Delta table (its first log entry is there, or what stands for it)."""
    return entry_path(folder, 0).is_file() or (log_folder(folder) / LAST_CHECKPOINT).is_file()


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
    return schema_of(open_table(folder))


def schema_of(table: DeltaTable) -> pa.Schema:
    """Return the schema of an open table as Arrow."""
    return pa.schema(table.schema().to_arrow())


def add_columns(folder: Path, fields: list[pa.Field]) -> None:
    """Add nullable columns to the table; files written before hold nulls there. No fields, no new version."""
    if not fields:
        return
    table = open_table(folder)
    table.alter.add_columns(Schema.from_arrow(pa.schema(fields)).fields)
    table.update_incremental()
    sync_log(folder, table.version())


def commit(folder: Path, new: NewFile, *, submission_id: str, run_id: str, after: int | None = None) -> int:
    """Enter one file into the log, marked with the submission as Delta transaction id; return the table's new version.

    The entry is written here and not by delta-rs, which would read the whole log for it: an append must cost the same however
    many there were. `after` is the table's version as the caller knows it; None: it is looked up.
    """
    now = int(time.time() * 1000)
    noted = {"submission_id": submission_id, "seq": str(new.seq), "sha256": new.sha256, "run_id": run_id}
    told = {"timestamp": now, "operation": "WRITE", "operationParameters": {"mode": "Append", "partitionBy": "[]"}}
    actions: list[Action] = [
        {"commitInfo": {**told, "isBlindAppend": True, "engineInfo": ENGINE, **noted}},
        {"txn": {"appId": submission_id, "version": new.seq, "lastUpdated": now}},
        _added(new.path, new.rows, [new.seq], new.ops, now),
    ]
    at = _entered(folder, actions, version(folder) if after is None else after)
    if (at + 1) % CHECKPOINT_INTERVAL == 0:
        open_table(folder).create_checkpoint()
        sync_log(folder, at)
    return at


def _entered(folder: Path, actions: Sequence[Action], after: int) -> int:
    """Put the actions behind the newest version; rows that only come stand beside whatever another program commits."""
    while True:
        if entry_path(folder, after).is_file():
            sync_file(entry_path(folder, after))  # its writer may have died before syncing it
        try:
            put_entry(folder, after + 1, actions)
        except FileExistsError:
            after = version(folder)
        else:
            return after + 1


@dataclass(frozen=True)
class Swap:
    """A file that takes another's place: the `_seq` and `_op` of the rows that are left."""

    old: Path
    new: Path
    seqs: list[int]
    ops: list[str]


def swap(folder: Path, swaps: Sequence[Swap]) -> int:
    """Replace files of the table in one commit (remove and add), and return its version; the caller is the only writer.

    delta-rs offers no such commit but its own delete, which writes the predicate into the log.
    """
    now = int(time.time() * 1000)
    actions: list[Action] = [{"commitInfo": {"timestamp": now, "operation": "REWRITE", "engineInfo": ENGINE}}]
    for each in swaps:
        gone = {"path": quote(each.old.name), "deletionTimestamp": now, "dataChange": True, "partitionValues": {}}
        actions.append({"remove": {**gone, "extendedFileMetadata": True, "size": each.old.stat().st_size}})
        actions.append(_added(each.new, len(each.seqs), each.seqs, each.ops, now))
    return _entered(folder, actions, version(folder))


def _added(path: Path, rows: int, seqs: Collection[int], ops: Collection[str], now: int) -> Action:
    """Return the action that lists a file; its statistics cover `_seq` and `_op` only."""
    statistics: dict[str, Any] = {"numRecords": rows}
    if rows:
        low, high = {"_seq": min(seqs), "_op": min(ops)}, {"_seq": max(seqs), "_op": max(ops)}
        statistics |= {"minValues": low, "maxValues": high, "nullCount": {"_seq": 0, "_op": 0}}
    found = {"path": quote(path.name), "partitionValues": {}, "size": path.stat().st_size, "modificationTime": now}
    return {"add": {**found, "dataChange": True, "stats": json.dumps(statistics)}}


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
    return files_of(open_table(folder), folder) if exists(folder) else []


def files_of(table: DeltaTable, folder: Path) -> list[DataFile]:
    """Return the files of an open table likewise."""
    actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
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
    around = (place(folder, number) for number in (at - 1, at) for place in (entry_path, checkpoint_path))
    for path in (log_folder(folder) / LAST_CHECKPOINT, *around):
        if path.is_file():
            sync_file(path)
    sync_folder(log_folder(folder))
    sync_folder(folder)
