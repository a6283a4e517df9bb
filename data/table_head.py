"""The head of a table: its newest version, its columns, and which files may hold a key, without reading the whole log.

Belongs here: the note of it beside the table (`_keys/head.json`), catching up from it, giving it up. Does not: the runs of keys
(key_index), the log (delta, delta_log). The note is a cache: it counts only while the log's entry of its version is the one that
it saw, and what the log holds beyond is read from there; without it the log is read whole.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data import delta, key_index
from data.delta import DataFile
from data.delta_log import Entry, read_entry
from data.durable import remove_cache, write_cache
from data.key_index import Run

INDEXED_ROWS = 1 << 18
"""Longer files are not indexed but asked by their statistics: sorting their keys would cost more than it saves."""
CATCH_UP_ROWS = 1 << 20
"""So many rows of files that are not indexed yet are indexed beside one append."""
BEHIND = 60
"""A note this many versions old is not brought up to date: the log is read instead."""
NAME = "head.json"


@dataclass(frozen=True)
class Loose:
    """A data file that no run stands for. `fits` tells whether it is to be indexed when there is time."""

    name: str
    rows: int
    fits: bool


@dataclass(frozen=True)
class TableHead:
    """A table as its newest version has it; `entry` is the sha256 of that version's entry in the log."""

    folder: Path
    version: int
    entry: str
    schema: pa.Schema
    runs: tuple[Run, ...] = ()
    loose: tuple[Loose, ...] = ()

    def may_hold(self, numbers: np.ndarray | None) -> list[Path]:
        """Return the files with rows that may hold a key of one of the numbers; of None, every file."""
        found = {file.name for file in self.loose if file.rows}
        asked = None if numbers is None else np.sort(numbers)
        try:
            runs = [key_index.load(self.folder, run) for run in self.runs]
        except OSError:
            return [file.path for file in delta.files(self.folder) if file.rows]
        for run in runs:
            found.update(key_index.files_of(run) if asked is None else key_index.files_with(run, asked))
        return [self.folder / name for name in sorted(found)]


def table_head(folder: Path) -> TableHead | None:
    """Return the head of the table in `folder`; None if there is no table."""
    if not delta.exists(folder):
        return None
    noted = _noted(folder)
    return (_caught_up(noted) if noted else None) or head_in_log(folder)


def files_near(folder: Path, files: Sequence[DataFile], keys: pa.ChunkedArray | None) -> list[DataFile]:
    """Return those of a table's files that may hold one of the keys; of None, all.

    No lock is needed: a file that came after the head was read is not among those that the caller knows.
    """
    head = table_head(folder) if keys is not None and len(keys) <= INDEXED_ROWS else None
    if head is None or keys is None:
        return list(files)
    names = {path.name for path in head.may_hold(key_index.key_numbers(keys))}
    return [file for file in files if file.path.name in names]


def _noted(folder: Path) -> TableHead | None:
    """Return the head that was noted last; None if it is missing, damaged, or of another log."""
    try:
        digest, text = (folder / key_index.FOLDER / NAME).read_bytes().split(b"\n", 1)
        if hashlib.sha256(text).hexdigest() != digest.decode():
            return None
        told = json.loads(text)
        entry = read_entry(folder, told["version"])
    except (OSError, ValueError):
        return None
    if entry is None or entry.sha256 != told["entry"]:
        return None
    schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(told["schema"])))
    runs, loose = tuple(Run(**run) for run in told["runs"]), tuple(Loose(**file) for file in told["loose"])
    return TableHead(folder, told["version"], told["entry"], schema, runs, loose)


def _caught_up(head: TableHead) -> TableHead | None:
    """Return the head with what the log holds beyond it; None if the log must be read."""
    began = head
    while (entry := read_entry(head.folder, head.version + 1)) is not None:
        if entry.version > began.version + BEHIND or entry.each("remove"):  # a run may stand for what was removed
            return None
        came = tuple(_loose(unquote(added["path"]), _rows(added)) for added in entry.each("add"))
        head = replace(head, version=entry.version, entry=entry.sha256, loose=(*head.loose, *came))
        if entry.each("metaData") or entry.each("protocol"):
            head = replace(head, schema=delta.schema(head.folder))
    return head


def _rows(added: dict[str, Any]) -> int:
    return int(json.loads(added["stats"])["numRecords"])


def _loose(name: str, rows: int) -> Loose:
    return Loose(name, rows, fits=rows <= INDEXED_ROWS)


def head_in_log(folder: Path) -> TableHead:
    """Return the head of a table that is there, as its log has it: no file is indexed yet."""
    table = delta.open_table(folder)
    version = int(table.version())
    entry = read_entry(folder, version) or Entry(version, "", ())
    files = tuple(_loose(file.path.name, file.rows) for file in delta.files_of(table, folder))
    return TableHead(folder, version, entry.sha256, delta.schema_of(table), loose=files)


def note(head: TableHead, version: int, path: Path, keys: pa.ChunkedArray) -> None:
    """Note the head behind the commit of one file: with its keys, and those of loose files that are due.

    Failing to is no failure of the append: the next one reads the log.
    """
    entry = read_entry(head.folder, version)
    if version != head.version + 1 or entry is None:
        return
    added = _loose(path.name, len(keys))
    try:
        left, fresh = _indexed(head, added, key_index.key_numbers(keys) if added.fits else None)
        runs = _merged(head, fresh)
        _write(replace(head, version=version, entry=entry.sha256, runs=runs, loose=left))
    except OSError:
        with contextlib.suppress(OSError):
            key_index.drop(head.folder)


def _indexed(
    head: TableHead, added: Loose, numbers: np.ndarray | None
) -> tuple[tuple[Loose, ...], list[pa.RecordBatch]]:
    """Return the files that stay loose, and a run for each of the others."""
    left, fresh, budget = [], [], CATCH_UP_ROWS
    for file in (*head.loose, added):
        due = file.fits and file.rows <= budget
        found = numbers if file is added else _keys_in(head.folder / file.name) if due else None
        if due and found is not None:
            budget -= file.rows
            fresh.append(key_index.fresh(found, file.name))
        else:
            left.append(replace(file, fits=file.fits and not due))  # keys of another form never fit
    return tuple(left), fresh


def _keys_in(path: Path) -> np.ndarray | None:
    return key_index.key_numbers(pq.read_table(path, columns=["rec_key"], memory_map=False)["rec_key"])


def _merged(head: TableHead, fresh: list[pa.RecordBatch]) -> tuple[Run, ...]:
    """Merge the new runs, and the shorter old ones with them: there are never more than a few, of growing length."""
    old = [key_index.load(head.folder, run) for run in head.runs]  # a torn one raises: its files would be forgotten
    kept, size = list(head.runs), sum(run.num_rows for run in fresh)
    while kept and fresh and kept[-1].keys <= min(key_index.FACTOR * size, key_index.MERGED_KEYS - size):
        fresh.append(old[len(kept) - 1])
        size += kept.pop().keys
    return (*kept, key_index.keep(head.folder, key_index.merged(fresh))) if fresh else head.runs


def _write(head: TableHead) -> None:
    told = {
        "version": head.version,
        "entry": head.entry,
        "schema": base64.b64encode(head.schema.serialize().to_pybytes()).decode(),
        "runs": [asdict(run) for run in head.runs],
        "loose": [asdict(file) for file in head.loose],
    }
    text = json.dumps(told).encode()
    write_cache(head.folder / key_index.FOLDER / NAME, hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
    _sweep(head.folder, {NAME, *(run.name for run in head.runs)})


def _sweep(folder: Path, counting: Iterable[str]) -> None:
    for path in key_index.stored(folder):
        if path.name not in counting:
            remove_cache(path)
