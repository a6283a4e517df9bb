"""Taking the bytes of a file once: a staged copy, so that what is hashed is what is read and what is stored.

Belongs here: opening without following links, refusing what is not a regular file, copying while hashing, and the folder that
holds the copy. Does not: decoding, reading (data.readers.sandbox), keeping the original (quality.intake).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from data.durable import make_folder, sha256_file, sync_file
from data.messages import NotFound
from data.readers.refusals import REASONS, unreadable

LIMIT_MB = 2048
"""A larger file would not fit in memory next to its table on the smallest machine we support (8 GB)."""

BLOCK = 1 << 18
"""So much is copied at once, through one piece of memory that stays near the processor: a quarter of the time."""
LONG = 16 << 20
"""From so many bytes on a copy is hashed beside what else is done with it: reading takes another processor."""
STAGED_NAME = "original"
YOUNG_NS = 100_000_000
"""A file written so shortly before may be written again with the same time: clocks of file systems tick every 4 to 10 ms."""


@dataclass(frozen=True)
class FileContent:
    """A file as it was taken in.

    Attributes
    ----------
    name
        What the sender called it: data only, never used as a path.
    path
        The staged copy; once kept, the original.
    folder
        This file's own: whoever reads the file may leave results there, and all of it goes when the file has been dealt with.
    size
        Of the staged copy.
    hashing
        Gives the copy's sha256; a long copy is hashed beside whatever is done meanwhile, and who asks early waits.
    stamp
        What identified the source on the disk; see `stamp_of`.
    sealed
        When the copy was finished, by the kernel's clock of changes, which no program can set.
    """

    name: str
    path: Path
    folder: Path
    hashing: Callable[[], str]
    size: int
    stamp: tuple[int, int, int, int]
    sealed: int

    @property
    def sha256(self) -> str:
        """The sha256 of the very bytes that the copy holds; a change while it was computed breaks the seal."""
        return self.hashing()

    def check_seal(self) -> None:
        """Make sure that nobody, the reading process included, wrote to the copy since it was finished.

        Raises
        ------
        Refused
            E-FILE-01: somebody did.
        """
        status = self.path.lstat()
        if (status.st_ctime_ns, status.st_size, status.st_nlink) != (self.sealed, self.size, 1):
            raise unreadable("changed")


def stamp_of(status: os.stat_result) -> tuple[int, int, int, int]:
    """Return device, inode, size and modification time: equal stamps mean that the file was not touched between."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@contextmanager
def staged(
    path: Path, *, within: Path | None = None, sole: bool = False, limit_mb: int = LIMIT_MB
) -> Iterator[FileContent]:
    """Copy a regular file into a folder of its own, hashed on the way, and yield the copy; the folder goes on leaving.

    Parameters
    ----------
    path
        A regular file; a symbolic link is not followed.
    within
        Where the folder is made (a workspace's `staging`); None: the system's temporary folder, for files that are only
        looked at.
    sole
        Also refuse a file with a second name (a hard link): somebody could change it through the other one.

    Raises
    ------
    NotFound
        There is no such file (E-FILE-01).
    Refused
        A folder, link, pipe or device; an empty file; one above `limit_mb`; one that changed while it was copied (E-FILE-01).

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = place.write_bytes(b"a,b")
    >>> with staged(place) as opened:
    ...     opened.name, opened.size, opened.path.read_bytes()
    ('a.csv', 3, b'a,b')
    """
    handle = _open(Path(path))
    try:
        with scratch_folder(within) as folder, ThreadPoolExecutor(1) as beside:
            target, is_kept = folder / STAGED_NAME, within is not None
            yield _copy(handle, Path(path).name, target, beside, sole=sole, limit_mb=limit_mb, flush=is_kept)
    finally:
        os.close(handle)


@contextmanager
def staged_bytes(content: bytes, name: str, *, within: Path | None = None) -> Iterator[FileContent]:
    """Stage a file that exists in memory only, such as one that came through a form; see `staged`."""
    if not content:
        raise unreadable("empty")
    with scratch_folder(within) as folder:
        path = folder / STAGED_NAME
        path.write_bytes(content)
        digest, status = hashlib.sha256(content).hexdigest(), path.stat()
        yield FileContent(name, path, folder, _done(digest), len(content), stamp_of(status), status.st_ctime_ns)


@contextmanager
def scratch_folder(within: Path | None = None) -> Iterator[Path]:
    """Yield a fresh, private folder that vanishes on leaving; `sweep` removes it if this process dies first.

    The kernel's lock on the folder says that its owner lives.
    """
    if within is None:
        with tempfile.TemporaryDirectory(prefix="zonelab-", ignore_cleanup_errors=True) as temporary:
            yield Path(temporary)
        return
    folder, lock = _own_folder(make_folder(within))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(within: Path) -> int:
    """Remove what dead processes left in a staging folder; return how many folders. Folders in use are left alone."""
    swept = 0
    for folder in within.iterdir() if within.is_dir() else ():
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
        except OSError:  # gone already, or not ours: nothing of a dead process
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            swept += 1
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
    return swept


def _own_folder(within: Path) -> tuple[Path, int]:
    """Make a folder and lock it; once more if a sweep took it in between."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=within))
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock).st_nlink and folder.exists():
            return folder, lock
        os.close(lock)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NotFound("E-FILE-01", REASONS["missing"]) from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.EACCES:
            raise
        raise unreadable("irregular") from error


def _copy(
    handle: int, name: str, target: Path, beside: Executor, *, sole: bool, limit_mb: int, flush: bool
) -> FileContent:
    before, begun = os.fstat(handle), time.time_ns()
    if not stat.S_ISREG(before.st_mode):
        raise unreadable("irregular")
    if sole and before.st_nlink != 1:
        raise unreadable("linked")
    size = _copied(handle, target, limit_mb)
    if stamp_of(os.fstat(handle)) != stamp_of(before) or size != before.st_size:
        raise unreadable("changed")
    if not size:
        raise unreadable("empty")
    sealed = target.lstat().st_ctime_ns
    hashing = beside.submit(_hashed, target, flush=flush).result if size >= LONG else _done(sha256_file(target))
    is_young = begun - before.st_mtime_ns < YOUNG_NS
    if is_young and _hash_again(handle) != hashing():
        raise unreadable("changed")
    return FileContent(name, target, target.parent, hashing, size, stamp_of(before), sealed)


def _hashed(path: Path, *, flush: bool) -> str:
    """Return a long file's sha256; meanwhile let it reach the disk, where whoever keeps it would wait for it."""
    digest = sha256_file(path)
    if flush:
        sync_file(path)
    return digest


def _copied(handle: int, target: Path, limit_mb: int) -> int:
    """Copy what an open file holds and return its size; nobody may write to the copy."""
    limit, size = limit_mb * 1024 * 1024, 0
    block = memoryview(bytearray(BLOCK))
    if os.fstat(handle).st_size > limit:
        raise unreadable("size", limit=limit_mb)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0) as stream:  # noqa: PTH123
        while found := os.readv(handle, [block]):
            size += found
            if size > limit:
                raise unreadable("size", limit=limit_mb)
            _write(stream, block[:found])
        os.fchmod(stream.fileno(), 0o400)
    return size


def _write(stream: FileIO, content: memoryview) -> None:
    while content:
        content = content[stream.write(content) :]


def _done(digest: str) -> Callable[[], str]:
    return lambda: digest


def _hash_again(handle: int) -> str:
    os.lseek(handle, 0, os.SEEK_SET)
    with open(handle, "rb", closefd=False) as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
