"""Whether a file in the drop folder is whole: untouched for a moment, and nobody has it open for writing.

Belongs here: the two signs. Does not: which files there are (inbox). A slow copy that pauses looks untouched; the kernel still
knows that somebody writes: it grants a read lease on a file only if nobody has it open for writing.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import time
from pathlib import Path


def is_settled(path: Path, seconds: float) -> bool:
    """Tell whether a file has been left alone for `seconds` and is not being written now; False for one that is gone."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    now = time.time()
    # a copy may carry a time of a wrong clock, from the future; the time of the change is this machine's own
    touched = status.st_mtime if status.st_mtime <= now else status.st_ctime
    return (seconds <= 0 or touched <= now - seconds) and not is_being_written(path)


def is_being_written(path: Path) -> bool:
    """Tell whether any process has the file open for writing; False where the kernel cannot say (not Linux, not our file)."""
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # whoever opens the file for writing in this instant waits until we let go; the signal about it must be a harmless one
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False
