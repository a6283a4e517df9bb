"""kill -9 at every write system call of any act: a tracer counts them over all threads and ends the process at the n-th.

Not the product's business: no hook in its code, nothing replaced. What is killed is a fork of this process, so an attempt costs a
fraction of a second. An act is described by a scene, a module; `drive` runs one in a process of its own, where this is the main
program and prints what happened as JSON. Linux on x86-64 or ARM; elsewhere, or where tracing is forbidden, `why_not()` says so.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import platform
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

from data.settings import REPOSITORY, child_environment

TRACEME, CONT, SETOPTIONS, GET_SYSCALL_INFO = 0, 7, 0x4200, 0x420E
OPTIONS = 0x8 | 0x80 | 0x100000  # follow threads (not forks), stop where the filter says, end with the tracer
FILTERED = signal.SIGTRAP | 7 << 8
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
WALL = 0x40000000
O_CREAT = os.O_CREAT
NUMBERS = {
    "x86_64": {
        "write": 1, "pwrite64": 18, "writev": 20, "sendfile": 40, "fsync": 74, "fdatasync": 75, "truncate": 76,
        "ftruncate": 77, "rename": 82, "mkdir": 83, "rmdir": 84, "link": 86, "unlink": 87, "symlink": 88, "chmod": 90,
        "fchmod": 91, "openat": 257, "mkdirat": 258, "unlinkat": 263, "renameat": 264, "linkat": 265, "fallocate": 285,
        "pwritev": 296, "renameat2": 316, "copy_file_range": 326, "pwritev2": 328,
    },
    "aarch64": {
        "mkdirat": 34, "unlinkat": 35, "linkat": 37, "renameat": 38, "truncate": 45, "ftruncate": 46, "fallocate": 47,
        "fchmod": 52, "openat": 56, "write": 64, "writev": 66, "pwrite64": 68, "pwritev": 70, "sendfile": 71, "fsync": 82,
        "fdatasync": 83, "renameat2": 276, "copy_file_range": 285, "pwritev2": 287,
    },
}  # fmt: skip
WRITES = {number: name for name, number in NUMBERS.get(platform.machine(), {}).items()}

BY_HANDLE = {
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "sendfile",
    "fsync",
    "fdatasync",
    "ftruncate",
    "fallocate",
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


class _Info(ctypes.Structure):
    _fields_ = [
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("ip", ctypes.c_uint64),
        ("sp", ctypes.c_uint64),
        ("nr", ctypes.c_uint64),
        ("args", ctypes.c_uint64 * 6),
        ("more", ctypes.c_uint64 * 4),
    ]


def _ptrace(request, pid, address=0, data=0):
    call = ctypes.CDLL(None, use_errno=True).ptrace
    call.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    call.restype = ctypes.c_long
    if (answer := call(request, pid, address, data)) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    return answer


def _filter():
    """Let the kernel stop this process at write system calls only: a stop at each call costs two switches, under load many ms."""
    load, equal, stop, allow = 0x20, 0x15, (0x06, 0, 0, 0x7FF00000), (0x06, 0, 0, 0x7FFF0000)
    code = [(load, 0, 0, 0)]
    for place, number in enumerate(WRITES):
        code.append((equal, len(WRITES) - place, 0, number))
    code += [allow, stop]
    packed = b"".join(struct.pack("=HBBI", *each) for each in code)
    held = ctypes.create_string_buffer(packed, len(packed))
    program = _Program(len(code), ctypes.addressof(held))
    control = ctypes.CDLL(None, use_errno=True).prctl
    control.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
    if control(NO_NEW_PRIVILEGES, 1, None, 0, 0) or control(SECCOMP, FILTER, ctypes.addressof(program), 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def why_not():
    """Return why nothing can be traced here; None if it can."""
    if not sys.platform.startswith("linux") or not WRITES:
        return "system calls are counted on Linux (x86-64, ARM) only"
    try:
        return None if trace(lambda: Path(tempfile.mkdtemp(), "a").mkdir(), 0)["names"] else "no system call was seen"
    except OSError as error:
        return f"this machine forbids tracing: {error}"


def trace(action, at):
    """Run `action` in a fork, traced; kill it on entering its `at`-th write system call (0: never)."""
    reading, writing = os.pipe()
    tracer = os.fork()
    if tracer == 0:
        os.close(reading)
        try:
            told = _follow(action, at)
        except OSError as error:
            told = {"error": error.errno}
        with os.fdopen(writing, "w") as pipe:
            json.dump(told, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = json.loads(pipe.read() or '{"error": 0}')
    os.waitpid(tracer, 0)
    if "error" in told:
        raise OSError(told["error"], "the tracer failed")
    return told


def _follow(action, at):
    child = os.fork()
    if child == 0:
        _ptrace(TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        _run(lambda: (_filter(), action()))
    os.waitpid(child, 0)
    _ptrace(SETOPTIONS, child, 0, OPTIONS)
    _ptrace(CONT, child)
    names = []
    while True:
        thread, status = os.waitpid(-1, WALL)
        if thread == child and (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
            return {"names": names, "ended": os.waitstatus_to_exitcode(status)}
        if not os.WIFSTOPPED(status):
            continue
        stopped = os.WSTOPSIG(status)
        if status >> 8 == FILTERED:
            name = _entered(thread)
            names += [name] if name else []
            if name and len(names) == at:
                os.kill(child, signal.SIGKILL)
        passed_on = 0 if stopped in (signal.SIGTRAP, signal.SIGSTOP) else stopped
        try:
            _ptrace(CONT, thread, 0, passed_on)
        except OSError:  # it is dying
            continue


def _entered(thread):
    """Return the name of the write system call that a thread enters; None where it writes nothing that lasts."""
    info = _Info()
    try:
        _ptrace(GET_SYSCALL_INFO, thread, ctypes.sizeof(info), ctypes.addressof(info))
    except OSError:  # gone
        return None
    name = WRITES.get(info.nr)
    if name == "openat":
        return name if info.args[2] & O_CREAT else None
    return name if name not in BY_HANDLE or _is_file(thread, info.args[0]) else None


def _is_file(thread, handle):
    """Whether a handle is a file's: threads that wake each other write as well, and never equally often."""
    try:
        return Path(f"/proc/{thread}/fd/{handle}").readlink().is_absolute() and handle > 2
    except OSError:
        return False


def _run(action):
    code = 1
    try:
        action()
        code = 0
    except BaseException:  # noqa: BLE001 - the driver reads the traceback and the exit code
        traceback.print_exc()
    finally:
        os._exit(code)


def in_fork(action):
    """Run `action` in a fork; return its exit code."""
    child = os.fork()
    if child == 0:
        _run(action)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def drive(scene, folder, **order):
    """Run a scene in a process of its own; return its report (see `main`)."""
    folder.mkdir()
    order = {
        "scene": f"{__package__}.{scene}",
        "folder": str(folder),
        "fault": "",
        "stride": 1,
        "offset": 0,
        "most": None,
        "twice": False,
        **order,
    }
    done = subprocess.run(  # noqa: S603 - this module
        [sys.executable, "-m", f"{__package__}.kill_harness", json.dumps(order)],
        cwd=REPOSITORY,
        env=child_environment({"PYTHONPATH": str(REPOSITORY), "ZONELAB_HOME": str(folder / "unused")}),
        capture_output=True,
        text=True,
        check=False,
        timeout=7000,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def survives(scene, folder, violations, **order):
    """Kill an act at calls of its own; each attempt dies, and nothing is wrong afterwards. Return the report."""
    report = drive(scene, folder, **order)
    control, *others = report["attempts"]
    assert not control["killed"]
    assert others
    assert all(attempt["killed"] for attempt in others)
    assert judge(report, violations) == {}
    return report


def finds(scene, folder, violations, fault, **order):
    """Kill an act with a planted fault: it shows, and it never shows without a kill. Return what was found, by call."""
    found = judge(drive(scene, folder, fault=fault, **order), violations)
    assert 0 not in found, f"without a kill the fault must not show: {found[0]}"
    assert found, "the harness did not notice"
    return found


def judge(report, violations):
    """Return what is wrong by the call at which the act was killed (0: it was not): right after, in peace, and at the end."""
    found = {}
    for attempt in report["attempts"]:
        wrong = [*attempt["crashed"], *_seen_in(Path(attempt["home"]), violations)]
        if attempt["peace"] != 0:
            wrong.append("doing it again failed")
        if wrong:
            found[attempt["at"]] = wrong
    return found


def _seen_in(home, violations):
    try:
        return violations(home)
    except FileNotFoundError as missing:
        return [f"in the log but not on the disk: {missing}"]
    except sqlite3.Error as error:
        return [f"a database cannot be read: {error}"]


def main(order):
    """Run a scene: prepare once, count the calls of its act, then die at each, look, and let peace return.

    `order`: `scene` (a module with `prepare(home)`, `act(home)`, `peace(home)`, `FAULTS` and, if there is something to be seen
    before peace, `crashed(home)` that returns violations), `folder`, `fault`, `stride`, `offset` (counted from the end if below
    zero), `most` attempts (None: all), `twice` (kill the next try as well, at another call).
    """
    scene, folder = importlib.import_module(order["scene"]), Path(order["folder"])
    if order["fault"]:
        scene.FAULTS[order["fault"]]()
    template = folder / "template"
    assert in_fork(lambda: scene.prepare(template)) == 0
    shutil.copytree(template, folder / "counted")
    counted = trace(lambda: scene.act(folder / "counted"), 0)
    assert counted["ended"] == 0, f"without a kill the act ended with {counted['ended']}"
    attempts = []
    calls = len(counted["names"])
    first = order["offset"] if order["offset"] >= 0 else max(0, calls + order["offset"])
    for at in [0, *range(1 + first, calls + 1, order["stride"])][: order["most"]]:
        home = folder / f"at-{at}"
        shutil.copytree(template, home)
        ended = trace(lambda home=home: scene.act(home), at)["ended"]
        again = 1 + at * 7 % calls if order["twice"] and at else None
        again = again and trace(lambda home=home: scene.act(home), again)["ended"]
        seen = _seen(scene, home)
        peace = in_fork(lambda home=home: scene.peace(home))
        deaths = {"killed": ended == -signal.SIGKILL, "again": again == -signal.SIGKILL}
        attempts.append({"at": at, "home": str(home), **deaths, "crashed": seen, "peace": peace})
    names = dict(Counter(counted["names"]))
    sys.stdout.write(json.dumps({"calls": calls, "names": names, "attempts": attempts}))


def _seen(scene, home):
    """Return what a scene finds wrong in a copy of a home, before anything is repaired."""
    if not hasattr(scene, "crashed"):
        return []
    copy, told = home.with_name(f"{home.name}-seen"), home.with_name(f"{home.name}.json")
    shutil.copytree(home, copy)
    looked = in_fork(lambda: told.write_text(json.dumps(scene.crashed(copy))))
    shutil.rmtree(copy)
    return json.loads(told.read_text()) if looked == 0 else ["nobody can look at it"]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
