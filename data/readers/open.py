"""Taking the bytes of a file once: what is hashed is what is read and what is stored.

Belongs here: opening without following links, refusing what is not a regular file, hashing. Does not: decoding.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from data.messages import NotFound
from data.readers.refusals import REASONS, unreadable

LIMIT_MB = 2048
"""A larger file would not fit in memory next to its table on the smallest machine we support (8 GB)."""


@dataclass(frozen=True)
class FileContent:
    """The bytes of a file, its name (data only, never used as a path), its digest and what identified it on disk."""

    name: str
    content: bytes
    sha256: str
    stamp: tuple[int, int, int, int]


def stamp_of(status: os.stat_result) -> tuple[int, int, int, int]:
    """Return device, inode, size and modification time: equal stamps mean that the file was not touched between."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def open_file(path: Path, *, limit_mb: int = LIMIT_MB) -> FileContent:
    """Read a regular file whole, without following a symbolic link.

    Raises
    ------
    NotFound
        There is no such file (E-FILE-01).
    Refused
        A folder, link, pipe or device; an empty file; a file above `limit_mb` (E-FILE-01).
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NotFound("E-FILE-01", REASONS["missing"]) from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.EACCES:
            raise
        raise unreadable("irregular") from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise unreadable("irregular")
        if status.st_size > limit_mb * 1024 * 1024:
            raise unreadable("size", limit=limit_mb)
        with os.fdopen(handle, "rb", closefd=False) as stream:
            content = stream.read()
    finally:
        os.close(handle)
    if not content:
        raise unreadable("empty")
    return FileContent(Path(path).name, content, hashlib.sha256(content).hexdigest(), stamp_of(status))
