"""What a file that took a reader over might try: run inside a reading process by test_sandbox.py."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pyarrow.csv


def spin():
    while True:
        pass


def sleep():
    time.sleep(60)


def swallow(path):  # noqa: ARG001 - called with the file
    return [bytearray(1 << 26) for _ in range(1000)]


def dwell(path):  # noqa: ARG001
    spin()


def quote(path):
    raise RuntimeError(path.read_text())


def measure(path, unit):
    return {"size": path.stat().st_size, "unit": unit}


def die(name):
    os.kill(os.getpid(), getattr(signal, name))


def rest(path):  # noqa: ARG001 - called with the file
    """Read a table, as libraries that start threads do, then wait; tell what waiting took, and which handles lead elsewhere."""
    pyarrow.csv.read_csv(pyarrow.BufferReader(b"a\n1\n"))
    before = time.process_time()
    time.sleep(0.3)
    spent = time.process_time() - before
    handles = [str(handle.readlink()) for handle in Path("/proc/self/fd").iterdir() if handle.is_symlink()]
    return {
        "spent": spent,
        "sockets": [where for where in handles if where.startswith("socket:")],
        "input": str(Path("/proc/self/fd/0").readlink()),
    }


def look_around(folder):
    """Try what must not work, and tell how each attempt ended."""
    told = {}
    for name, attempt in {
        "connect": lambda: socket.create_connection(("127.0.0.1", 1), timeout=1),
        "run": lambda: subprocess.run(["/bin/true"], check=True),
        "fork": os.fork,
        "memory": lambda: bytearray(4 << 30),
        "files": lambda: [open(os.devnull) for _ in range(200)],  # noqa: PTH123, SIM115
    }.items():
        try:
            attempt()
            told[name] = "done"
        except BaseException as error:  # noqa: BLE001 - whatever stops it
            told[name] = type(error).__name__
    told["devices"] = Path("/proc/net/dev").read_text().count(":") if Path("/proc/net/dev").exists() else None
    told["secrets"] = [name for name in os.environ if "ZONELAB" in name or "SECRET" in name]
    (Path(folder) / "told.json").write_text(json.dumps(told))


def lie(folder, answer, cells):
    """Leave an answer and cells of one's own making."""
    (Path(folder) / "answer.json").write_text(answer)
    (Path(folder) / "cells.arrow").write_bytes(bytes.fromhex(cells))


def crash_like(path, folder, contract):  # noqa: ARG001 - called in the place of the reader
    os.kill(os.getpid(), signal.SIGSEGV)
