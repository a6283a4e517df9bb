"""The warm process that forks a reading process for each file: it has imported everything and read one small table.

Belongs here: waiting for requests, forking, watching readers until they end. Does not: reading (worker), what an end means
(client). It has one thread, so forking it is safe; it ends with its parent. Not multiprocessing's fork server, which imports
the parent's main module again: a Streamlit page or a pytest run.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.readers.sandbox import limits

WARM = ("pyarrow.compute", "pyarrow.csv", "pyarrow.parquet", "pandas", "openpyxl.utils", "python_calamine")
"""pandas because pyarrow imports it with the first list that it converts."""
CONTROL = 0
"""The request channel is this process's standard input."""


@dataclass
class _Reader:
    """A running reading process: where its end is told, and when it is too late."""

    line: socket.socket
    deadline: float
    late: bool = False


def main() -> None:
    """Serve until the parent closes the channel, then end with every reader that is left."""
    limits.leave_the_network()
    _warm_up()
    woken, waking = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    channel = socket.socket(fileno=CONTROL)
    readers: dict[int, _Reader] = {}
    while True:
        patience = min((reader.deadline for reader in readers.values()), default=float("inf")) - time.monotonic()
        ready, _, _ = select.select([channel, woken], [], [], max(0.0, min(patience, 3600.0)))
        if woken in ready:
            os.read(woken, 4096)
        if channel in ready:
            _accept(channel, readers, (woken, waking))
        _watch(readers)


def _warm_up() -> None:
    """Import what readers need and read a table once: what a library does at its first use is then shared by all forks."""
    for name in WARM:
        importlib.import_module(name)
    worker = importlib.import_module("data.readers.sandbox.worker")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "original"
        path.write_text("a,b\n1,2\n", encoding="utf-8")
        worker.read_to_folder(str(path), folder, None)
    gc.collect()
    gc.freeze()  # forks share these pages as long as the collector does not touch them


def _accept(channel: socket.socket, readers: dict[int, _Reader], pipe: tuple[int, int]) -> None:
    message, handles, _, _ = socket.recv_fds(channel, 1, 1)
    if not message:
        os.killpg(0, signal.SIGKILL)
    for handle in handles:
        line = socket.socket(fileno=handle)
        try:
            request = json.loads(_all(line))
            limit = limits.Limits(**request["limits"])
        except (OSError, ValueError):  # the parent gave up
            line.close()
            continue
        reader = os.fork()
        if reader == 0:
            _read(request, limit, [*pipe, line.fileno(), *(other.line.fileno() for other in readers.values())])
        readers[reader] = _Reader(line, time.monotonic() + limit.wall_seconds)


def _watch(readers: dict[int, _Reader]) -> None:
    """Tell the end of each reader that has ended; end those that are late."""
    for pid, reader in list(readers.items()):
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if not ended:
            if time.monotonic() >= reader.deadline and not reader.late:
                reader.late, reader.deadline = True, float("inf")
                os.kill(pid, signal.SIGKILL)
            continue
        took = {"peak_kb": _kilobytes(usage.ru_maxrss), "cpu_seconds": usage.ru_utime + usage.ru_stime}
        told = {"exit": os.waitstatus_to_exitcode(status), "late": reader.late, **took}
        del readers[pid]
        with reader.line as line:
            try:
                line.sendall(json.dumps(told).encode())
            except OSError:  # the parent gave up
                continue


def _read(request: dict[str, Any], limit: limits.Limits, foreign: list[int]) -> None:
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _leave(foreign)
        module, function = request["call"].split(":")
        call = getattr(importlib.import_module(module), function)
        limits.lower(limit)
        call(**request["arguments"])
        code = 0
    finally:
        os._exit(code)


def _leave(foreign: list[int]) -> None:
    """Close what belongs to the server, and nothing else: a library's thread may wait at a handle of its own.

    Arrow's waits for signals at a pipe. Were that closed and its number given to an empty file, it would read from it for ever,
    and take a whole processor.
    """
    for handle in foreign:
        os.close(handle)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, CONTROL)
    os.close(nothing)


def _all(line: socket.socket) -> bytes:
    parts = []
    while part := line.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def _kilobytes(peak: int) -> int:
    return peak // 1024 if sys.platform == "darwin" else peak


if __name__ == "__main__":
    main()
