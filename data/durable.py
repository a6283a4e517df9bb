"""Every durable write of the archive: temporary file, fsync, rename, fsync of the folder.

Belongs here: putting bytes on the disk so that a crash leaves either the old file or the whole new one, and removing them; and
the one write that may be lost, a cache's. Does not: what the bytes mean, locks (data.locks). No other module of this room opens
a file for writing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

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


def write_parquet_stream(path: Path, batches: pa.RecordBatchReader) -> None:
    """Write a table that comes in batches to `path` as `write_parquet` would, a row group a batch: one is in memory at a time."""
    with replacing(path) as stream, pq.ParquetWriter(stream, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_table(pa.Table.from_batches([batch]))


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
