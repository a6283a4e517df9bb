"""Every durable write of the archive: temporary file, fsync, rename, fsync of the folder.

Belongs here: putting bytes on the disk so that a crash leaves either the old file or the whole new one, and removing them; and
the one write that may be lost, a cache's. Does not: what the bytes mean, locks (data.locks). No other module of this room opens
a file for writing.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

TEMPORARY = ".tmp"
"""Suffix of a file that is being written; anything so called after a crash is rubbish and may be swept."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes become `path` as a whole on leaving, or vanish if the block raises."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}{TEMPORARY}")
    try:
        with temporary.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - named as the system call that the crash tests count
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(path: Path) -> Path:
    """Create `path` and its missing parents so that their names survive a power loss; safe to repeat."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
    return path


def sync_folder(path: Path) -> None:
    """Flush a folder's entries (new, renamed, removed names) to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Flush a file that a library wrote without fsync (delta-rs never does)."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` durably; a reader sees the old file or the whole new one.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "deep" / "note.txt"
    >>> write_bytes(place, b"kept")
    >>> place.read_bytes()
    b'kept'
    """
    with replacing(path) as stream:
        stream.write(content)


def write_text(path: Path, content: str) -> None:
    """Write `content` to `path` as UTF-8, durably; line ends stay as they are."""
    write_bytes(path, content.encode("utf-8"))


def write_new(path: Path, content: bytes) -> None:
    """Write `content` to `path` durably, as a whole, unless something stands there.

    Raises
    ------
    FileExistsError
        Somebody else put a file there; it is as it was.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}{TEMPORARY}")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(temporary, path)  # unlike a renaming it never replaces
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_cache(path: Path, content: bytes | pa.Buffer) -> None:
    """Write what can be made anew: readers see the old file or the whole new one, but a power loss may leave it torn.

    Nothing is flushed; whoever reads it after a power loss must be able to tell, by a checksum.
    """
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}{TEMPORARY}")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
        os.replace(temporary, path)  # noqa: PTH105 - as above
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_cache(path: Path) -> None:
    """Remove what can be made anew; after a power loss it may be back."""
    path.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a secret to a new file that only the platform's own account can read, durably.

    Raises
    ------
    FileExistsError
        There is a file already: a secret is never replaced.
    """
    make_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(path.parent)


def write_parquet(path: Path, table: pa.Table, *, metadata: dict[str, str] | None = None) -> None:
    """Write `table` to `path` as Parquet (zstd), durably.

    Parameters
    ----------
    path
        Where the file goes; missing folders are made.
    table
        Any Arrow table; a table without rows gives a valid file that holds the schema.
    metadata
        Texts added to the file's schema metadata, replacing the table's own.
    """
    marked = table if metadata is None else table.replace_schema_metadata(metadata)
    with replacing(path) as stream:
        pq.write_table(marked, stream, compression="zstd")


@dataclass(frozen=True)
class Layout:
    """What is known of a table's columns before they are written; it changes their size and time on the disk, no value.

    Statistics are kept of numbers and times, by which rows are passed over; those of texts cost a fifth of the writing.

    Attributes
    ----------
    unlike
        Bytes of which no two are alike (keys): no dictionary, and no statistics, which would hold two of them.
    rising
        Whole numbers that count upwards: differences are kept.
    """

    unlike: frozenset[str] = frozenset()
    rising: frozenset[str] = frozenset()

    def options(self, schema: pa.Schema) -> dict[str, Any]:
        """Return the writer's options for a table of `schema`."""
        rising = [name for name in schema.names if name in self.rising]
        alike = [name for name in schema.names if name not in self.unlike and name not in rising]
        described = [field.name for field in schema if field.name not in self.unlike and not _is_text(field.type)]
        return {
            "compression": "zstd",
            "use_dictionary": alike or False,
            "write_statistics": described or False,
            "column_encoding": dict.fromkeys(rising, "DELTA_BINARY_PACKED") or None,
        }


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def write_parquet_pieces(path: Path, pieces: Iterator[pa.Table], *, layout: Layout = Layout()) -> str:
    """Write a table that comes in pieces to `path` as Parquet (zstd), durably; each piece is a row group. Return its sha256.

    The bytes are hashed beside the writing, by a thread of its own. What the file says of its columns is Parquet's own schema:
    how texts were held in memory (dictionary-encoded or not) leaves no trace in it.

    Parameters
    ----------
    pieces
        Of one schema, at least one.
    """
    first = next(pieces)
    with replacing(path) as stream, ThreadPoolExecutor(1) as beside:
        hashed = _Hashed(stream, beside)
        with pa.BufferedOutputStream(pa.PythonFile(hashed, mode="w"), 1 << 20) as buffered:
            with pq.ParquetWriter(buffered, first.schema, store_schema=False, **layout.options(first.schema)) as writer:
                for piece in chain([first], pieces):
                    writer.write_table(piece, row_group_size=max(1, piece.num_rows))
            buffered.flush()
        return hashed.sha256()


class _Hashed(io.RawIOBase):
    """A stream that hashes what goes through it; what is written is never changed later."""

    def __init__(self, stream: BinaryIO, beside: Executor) -> None:
        super().__init__()
        self._stream, self._beside = stream, beside
        self._digest, self._waiting = hashlib.sha256(), list[Future[None]]()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401 - whatever has bytes
        self._waiting = [each for each in self._waiting if not each.done() or each.exception() is not None]
        self._waiting.append(self._beside.submit(self._digest.update, content))
        return self._stream.write(content)

    def sha256(self) -> str:
        for each in self._waiting:
            each.result()
        return self._digest.hexdigest()


def copy_file(source: Path, path: Path) -> None:
    """Copy the bytes of `source` to `path` durably. Never a hard link: a purge must be able to remove bytes."""
    with source.open("rb") as reader, replacing(path) as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)


def adopt_file(source: Path, path: Path) -> None:
    """Make the finished file `source` appear as `path` by renaming it, durably; it must lie on the same file system.

    Its bytes are flushed before the name changes, and there is never a moment with two names.
    """
    sync_file(source)
    make_folder(path.parent)
    replace_file(source, path)


def replace_file(source: Path, path: Path) -> None:
    """Make the finished, synced file `source` stand as `path`, durably, in place of what was there."""
    os.replace(source, path)  # noqa: PTH105 - as above
    sync_folder(path.parent)


def rename_folder(source: Path, path: Path) -> None:
    """Make the finished folder `source` appear as `path`, durably; its files must be synced already."""
    sync_folder(source)
    os.rename(source, path)  # noqa: PTH104 - as above
    sync_folder(path.parent)


def remove_file(path: Path) -> None:
    """Remove `path` and make its absence durable; no error if it is gone already."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sha256_file(path: Path) -> str:
    """Return the lower-case hex sha256 of the file's bytes, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
