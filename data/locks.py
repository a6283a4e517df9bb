"""One writer at a time: leases that the kernel drops when their holder dies.

Belongs here: taking a lock file of the workspace. Does not: what is done while it is held. Locks are advisory and hold on
one machine; the workspace must not lie on a network file system.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from data.durable import make_folder
from data.messages import PlatformFailed, Text

PATIENCE_SECONDS = 600.0
"""How long a writer waits for another one; far above the longest append (5 million rows take seconds)."""


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
    lock = FileLock(str(path), timeout=patience)
    try:
        lock.acquire()
    except Timeout as error:
        raise PlatformFailed(
            "E-LOCK-01",
            Text(
                en=f"Another process has been writing for {patience:g} s ({path.name}). Try again when it is done.",
                zh=f"另一个进程已写入超过 {patience:g} 秒（{path.name}）。请等它结束后重试。",
            ),
        ) from error
    try:
        yield
    finally:
        lock.release()
