"""What a reading process may use: memory, processor, file size, open files, and no network.

Belongs here: lowering the limits of the present process, for good. Does not: starting it (server), what its death means (client).
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork", "pty.spawn", "urllib.")
"""Beginnings of the audit events that end a reading process."""


@dataclass(frozen=True)
class Limits:
    """What reading one file may cost.

    `memory_mb` comes on top of what the warm process occupies; macOS does not hold a process to it. `wall_seconds` catches
    what sleeps; the processor limit what spins.
    """

    memory_mb: int = 1536
    cpu_seconds: int = 60
    wall_seconds: int = 90
    file_mb: int = 2048
    open_files: int = 64


def leave_the_network() -> bool:
    """Move this process into a network namespace with no device; False where the system does not allow it.

    Only on Linux, and only while the process has one thread. All later forks stay inside.
    """
    if not sys.platform.startswith("linux"):
        return False
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return any(unshare(flags) == 0 for flags in (CLONE_NEWUSER | CLONE_NEWNET, CLONE_NEWNET))


def lower(limits: Limits) -> None:
    """Lower this process's limits; they cannot be raised again."""
    _lower(resource.RLIMIT_AS, occupied() + limits.memory_mb * MEGABYTE)
    _lower(resource.RLIMIT_CPU, limits.cpu_seconds, spare=1)
    _lower(resource.RLIMIT_FSIZE, limits.file_mb * MEGABYTE)
    _lower(resource.RLIMIT_NOFILE, limits.open_files)
    _lower(resource.RLIMIT_CORE, 0)
    sys.addaudithook(_refuse)


def occupied() -> int:
    """Return the bytes of address space that this process has now; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0


def _lower(which: int, wanted: int, spare: int = 0) -> None:
    """Set soft and hard limit, `spare` apart: Linux announces the soft end of processor time, and kills at the hard one."""
    soft, hard = resource.getrlimit(which)
    told = [limit for limit in (soft, hard, wanted) if limit != resource.RLIM_INFINITY]
    last = min(told) + spare if hard == resource.RLIM_INFINITY else min(hard, min(told) + spare)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses some; the others still hold
        resource.setrlimit(which, (min(told), last))


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"a reading process may not use {event}")
