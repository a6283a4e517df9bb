"""The parent's side of reading: one warm server a process, one reading process a file, and every end an answer.

Belongs here: starting the server when it is first needed, asking it, and turning a dead reader into a refusal. Does not: what
the reader does (worker), what it may use (limits).
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from data.contracts.model import Contract
from data.messages import PlatformFailed, Refused, Text
from data.readers.raw import RawTable
from data.readers.refusals import unreadable
from data.readers.sandbox.handover import Untrustworthy, read_answer, read_table
from data.readers.sandbox.limits import Limits
from data.settings import REPOSITORY, bare_environment

LIMITS = Limits()
READ = "data.readers.sandbox.worker:read_to_folder"
ASK = "data.readers.sandbox.worker:ask_to_folder"
GRACE_SECONDS = 15
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""A process with threads of its libraries cannot be forked safely; and each thread takes address space."""
MEMORY_AGAIN = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
"""What a reader frees it uses again (glibc; others ignore it): fresh pages for each piece of a file took a fifth of its time."""
OUT_OF_MEMORY = (signal.SIGKILL, signal.SIGABRT)
"""How a process ends that the kernel takes down for memory, and one whose library cannot allocate."""
OUT_OF_TIME = (signal.SIGXCPU,)


@dataclass(frozen=True)
class Ending:
    """How a reading process ended: its exit code (a signal's number below zero), whether it was stopped for being late.

    `peak_kb` and `cpu_seconds` are what it took.
    """

    exit: int
    late: bool
    peak_kb: int
    cpu_seconds: float = 0.0


class _Server:
    """The warm process and the channel to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from data.readers.sandbox.server import main; main()"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a library's last words may quote a cell
                cwd=REPOSITORY,
                env=bare_environment(
                    {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path]), **ONE_THREAD, **MEMORY_AGAIN}
                ),
                start_new_session=True,  # Ctrl-C in a terminal is for the parent
            )
        self.channel = ours

    def ask(self, request: bytes, patience: float) -> bytes:
        """Return the server's answer; empty if it died."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                socket.send_fds(self.channel, [b"?"], [theirs.fileno()])
            ours.settimeout(patience)
            ours.sendall(request)
            ours.shutdown(socket.SHUT_WR)
            parts = []
            while part := ours.recv(1 << 16):
                parts.append(part)
        return b"".join(parts)

    def stop(self) -> None:
        """Close the channel, which ends the server and its readers, and wait for it."""
        self.channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE_SECONDS)


_lock = threading.Lock()
_servers: list[_Server] = []


def _server() -> _Server:
    with _lock:
        if not _servers:
            _servers.append(_Server())
        return _servers[0]


def stop_server(dead: _Server | None = None) -> None:
    """End the warm process (only `dead`, if given); the next file starts another."""
    with _lock:
        ending = [server for server in _servers if dead in (None, server)]
        _servers[:] = [server for server in _servers if server not in ending]
    for server in ending:
        server.stop()


def _forget() -> None:
    """Leave the parent its server: a fork has none, for the channel belongs to the parent."""
    global _lock  # noqa: PLW0603 - the parent's lock may be held by a thread that this process does not have
    _lock = threading.Lock()
    for server in _servers:
        server.channel.close()
        server.process.returncode = 0  # not ours to wait for
    _servers.clear()


os.register_at_fork(after_in_child=_forget)
atexit.register(stop_server)


def run_apart(call: str, arguments: dict[str, Any], *, limits: Limits = LIMITS) -> Ending:
    """Run `module:function` in a process of its own and return how it ended.

    Raises
    ------
    PlatformFailed
        E-SYS-03: the warm process cannot be started, or died twice.
    """
    request = json.dumps({"call": call, "arguments": arguments, "limits": asdict(limits)}).encode()
    for _ in range(2):
        server = _server()
        try:
            answer = server.ask(request, limits.wall_seconds + GRACE_SECONDS)
        except (OSError, TimeoutError):
            answer = b""
        if answer:
            return Ending(**json.loads(answer))
        stop_server(server)
    raise PlatformFailed(
        "E-SYS-03",
        Text(
            en="The process that reads files could not be started. Ask whoever runs this machine to look at its memory.",
            zh="无法启动读取文件的进程。请联系本机管理员检查内存。",
        ),
    )


def read_safely(
    path: Path,
    *,
    contract: Contract | None = None,
    folder: Path | None = None,
    cells: Literal["texts", "spelled", "typed", "numbers"] = "texts",
    limits: Limits = LIMITS,
) -> RawTable:
    """Read a staged file in a process of its own, with limits and without network.

    Use it for every file from outside. `read_content` is for bytes of our own, and for the reading process itself.

    Parameters
    ----------
    path
        A staged copy (`open.staged`).
    folder
        Where results are left; default: the folder of `path`, which must then be the file's own.
    contract
        Helps to find header, sheet and delimiter.
    cells
        `spelled`: columns of a long table may come spelled out (`data.readers.spelling`), which takes a fraction of the room;
        `typed`: those that the file holds as numbers, dates or times moreover as these (`data.readers.typed`);
        `numbers`: moreover the contract's number columns of a long text, where all of them are numbers; such a column keeps no
        text, so whoever finds fault with it reads the file again (`data.readers.number_cells`);
        `texts`: every column as texts.

    Returns
    -------
    RawTable
        Its cells are mapped from the disk.

    Raises
    ------
    Refused
        E-FILE-..: what the reader said, or how it died: too large, took too long, damaged.
    PlatformFailed
        E-SYS-03: no reading process can be started.
    """
    told = None if contract is None else contract.model_dump(mode="json")
    place = folder or path.parent
    typed, numbers = cells in ("typed", "numbers"), cells == "numbers"
    answer = _answer(READ, path, place, {"contract": told, "typed": typed, "numbers": numbers}, limits)
    try:
        if not isinstance(answer, dict):
            raise Untrustworthy
        raw = read_table(place, answer, typed=typed)
    except Untrustworthy as error:
        raise unreadable("crashed", what="answer") from error
    return raw.plain() if cells == "texts" else raw


def ask_safely(call: str, path: Path, *, limits: Limits = LIMITS, **more: object) -> Any:  # noqa: ANN401 - JSON
    """Have a function look at a staged file in a process of its own; see `read_safely`.

    Use it for what is asked of a file from outside and is no table: the tree of a form, names in bytes that no reader takes.

    Parameters
    ----------
    call
        `module:function` of ours; called with the path and `more`, it returns what JSON can hold.
    path
        A staged copy in a folder of its own.

    Returns
    -------
    object
        What the function returned. Its type is not to be relied on: a process that a file took over may answer anything.
    """
    return _answer(ASK, path, path.parent, {"call": call, "more": more}, limits)


def _answer(call: str, path: Path, place: Path, more: dict[str, Any], limits: Limits) -> Any:  # noqa: ANN401 - JSON
    where = {"path": str(path.absolute()), "folder": str(place.absolute())}
    ending = run_apart(call, {**where, **more}, limits=limits)
    if ending.late or -ending.exit in OUT_OF_TIME:
        raise unreadable("time", limit=limits.cpu_seconds)
    if -ending.exit in OUT_OF_MEMORY:
        raise unreadable("memory", limit=limits.memory_mb)
    if ending.exit:
        raise unreadable("crashed", what=signal.Signals(-ending.exit).name if ending.exit < 0 else "exit")
    try:
        return _said(read_answer(place), limits)
    except Untrustworthy as error:
        raise unreadable("crashed", what="answer") from error


def _said(answer: dict[str, Any], limits: Limits) -> Any:  # noqa: ANN401 - JSON
    if answer.get("died") == "memory":
        raise unreadable("memory", limit=limits.memory_mb)
    if "crashed" in answer:
        raise unreadable("crashed", what=str(answer["crashed"])[:80])
    if "refused" in answer:
        raise _refusal(answer["refused"])
    if "read" not in answer:
        raise Untrustworthy
    return answer["read"]


def _refusal(told: Any) -> Refused:  # noqa: ANN401 - whatever the reading process wrote
    try:
        return Refused(str(told["code"]), Text.model_validate(told["text"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Untrustworthy from error
