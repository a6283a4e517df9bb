"""What each file of the lake adds to the fingerprint of its table: a pin reads the files that are new, not the whole history.

Belongs here: those sums, kept from build to build, and a table's content from them. Does not: what a fingerprint is
(fingerprint), which rows are seen (asof). Files of the lake never change; one is known by name, size and time. Kept where a
withdrawal clears (the build folder); what is missing or torn costs time only. Verification never asks here.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from data import asof
from data.delta import DataFile
from data.durable import write_cache
from data.fingerprint import LONG, NOTHING_KNOWN, Content, columns_of, content_of, sums_query
from data.fingerprint_text import Column, ends

FORMAT = "part-sums-1"
Sums = tuple[int, int, int]
"""Rows, and the sums of the two halves of their md5."""


def identity(file: DataFile) -> str:
    """Return what a file is known by: another file never has the same."""
    told = file.path.stat()
    return f"{file.path.parent.name}/{file.path.name}:{told.st_size}:{told.st_mtime_ns}"


class PartSums:
    """Sums by file, columns and submission; read from `path` if it is whole, written there by `keep`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._used: dict[str, dict[str, list[int]]] = {}

    def content(
        self, connection: duckdb.DuckDBPyConnection, seen: Sequence[DataFile], as_of_seq: int, held: Collection[str]
    ) -> Content | None:
        """Return the content of `asof.stored_select` over files that are all visible; None where a file is seen in part."""
        if any(file.last_seq is None or file.last_seq > as_of_seq for file in seen):
            return None
        columns = columns_of(connection, asof.stored_select(seen, as_of_seq, held))
        parts = [self._part(connection, file, columns) for file in seen]
        shown = [tuple(found) for part in parts for name, found in part.items() if name not in held]
        gone = _replaced(connection, seen, columns, as_of_seq, held)
        rows, lower, upper = (sum(each[place] for each in shown) - gone[place] for place in range(3))
        return content_of(columns, rows, lower, upper)

    def keep(self) -> None:
        """Write what this process asked for; sums of files that are gone go with it."""
        body = json.dumps(self._used, separators=(",", ":")).encode()
        write_cache(self._path, json.dumps([FORMAT, zlib.crc32(body)]).encode() + b"\n" + body)

    def _part(
        self, connection: duckdb.DuckDBPyConnection, file: DataFile, columns: Sequence[Column]
    ) -> dict[str, list[int]]:
        name = f"{identity(file)}:{hashlib.sha256(repr(list(columns)).encode()).hexdigest()[:16]}"
        if name not in self._known:
            self._known[name] = _sums(connection, file, columns)
        self._used[name] = self._known[name]
        return self._known[name]


def _sums(connection: duckdb.DuckDBPyConnection, file: DataFile, columns: Sequence[Column]) -> dict[str, list[int]]:
    present = {name for name, _ in columns_of(connection, asof.raw_select(file))}
    select = asof.part_select(file, columns, present)
    known = ends(connection, columns, select) if file.rows >= LONG else NOTHING_KNOWN
    query = sums_query(columns, select, "submission_id", known)
    return {str(row[0]): [int(value) for value in row[1:]] for row in connection.execute(query).fetchall()}


def _replaced(
    connection: duckdb.DuckDBPyConnection,
    seen: Sequence[DataFile],
    columns: Sequence[Column],
    as_of_seq: int,
    held: Collection[str],
) -> Sums:
    """Return the sums of the rows that a correction or retraction took the place of, and of the retractions themselves."""
    if all(file.inserts_only for file in seen):
        return 0, 0, 0
    names = {row[0] for row in connection.execute(asof.replaced_files(seen, as_of_seq, held)).fetchall()}
    near = [file for file in seen if file.path.absolute().as_posix() in names]
    if not near:
        return 0, 0, 0
    select = asof.replaced_select(near, seen, columns, as_of_seq, held)
    rows, lower, upper = connection.execute(sums_query(columns, select)).fetchall()[0]
    return int(rows), int(lower), int(upper)


def _read(path: Path) -> dict[str, dict[str, list[int]]]:
    try:
        head, body = path.read_bytes().split(b"\n", 1)
        told, checksum = json.loads(head)
    except (OSError, ValueError):
        return {}
    if told != FORMAT or checksum != zlib.crc32(body):
        return {}
    found: dict[str, dict[str, list[int]]] = json.loads(body)
    return found
