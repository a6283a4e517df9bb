"""One writer at a time: leases that the kernel drops when their holder dies.

Belongs here: taking a lock file of the workspace. Does not: what is done while it is held. Locks are advisory and hold on
one machine; the workspace must not lie on a network file system.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from data.durable import make_folder
from data.messages import PlatformFailed, Text

PATIENCE_SECONDS = 600.0
"""How long a writer waits for another one; far above the longest append (5 million rows take seconds)."""
PAUSE_SECONDS = 0.005


@contextmanager
def exclusive(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock file `path` while the block runs.

    Parameters
    ----------
    path
        The lock file; it is created and stays.
    patience
        Seconds to wait for the present holder; 0 means do not wait.

    Raises
    ------
    PlatformFailed
        E-LOCK-01: somebody else held it for longer than `patience`.
    """
    make_folder(path.parent)
    lock = FileLock(str(path), timeout=patience, poll_interval=PAUSE_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise _busy(path, patience) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def shared(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold `path` together with other readers of it; waits while `alone` holds it. Raises E-LOCK-01 like `exclusive`."""
    with _flock(path, fcntl.LOCK_SH, patience):
        yield


@contextmanager
def alone(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold `path` against every `shared` holder; waits until the last of them is done. Raises E-LOCK-01 like `exclusive`."""
    with _flock(path, fcntl.LOCK_EX, patience):
        yield


@contextmanager
def _flock(path: Path, kind: int, patience: float) -> Iterator[None]:
    make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait_for(handle, kind, path, patience)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int, kind: int, path: Path, patience: float) -> None:
    ends = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= ends:
                raise _busy(path, patience) from error
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _busy(path: Path, patience: float) -> PlatformFailed:
    return PlatformFailed(
        "E-LOCK-01",
        Text(
            en=f"Another process has been writing for {patience:g} s ({path.name}). Try again when it is done.",
            zh=f"另一个进程已写入超过 {patience:g} 秒（{path.name}）。请等它结束后重试。",
        ),
    )
