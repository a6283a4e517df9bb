"""A file from outside is read in a process that can do no harm, and whose every end is an answer."""

import json
import os
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from data.messages import Refused
from data.readers import read_file, staged
from data.readers.sandbox import Limits, ask_safely, client, handover, read_safely, run_apart, stop_server
from data.settings import REPOSITORY

pytestmark = pytest.mark.archive

PROBES = "tests.unit.readers.sandbox_probes"


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("a,b\n1,2\n3\n")
    return path


def test_a_table_comes_back_as_the_reader_made_it(small):
    raw = read_file(small)
    assert raw.table.to_pylist() == [{"a": "1", "b": "2", "_row": 2}, {"a": "3", "b": None, "_row": 3}]
    assert [(row.row, row.found) for row in raw.ragged] == [(3, 1)]
    assert (raw.columns, raw.format, raw.encoding, raw.delimiter, raw.notes) == (("a", "b"), "csv", "utf-8", ",", ())


def test_the_readers_refusal_is_the_readers_own(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,b\n"1,2\n')
    with pytest.raises(Refused, match="a quotation mark") as refusal:
        read_file(path)
    assert refusal.value.code == "E-FILE-03"
    assert "引号" in refusal.value.text.zh


def test_the_reading_process_has_no_network_no_children_no_memory_and_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("ZONELAB_SECRET", "x")
    stop_server()
    assert run_apart(f"{PROBES}:look_around", {"folder": str(tmp_path)}).exit == 0
    told = json.loads((tmp_path / "told.json").read_text())
    assert {told[name] for name in ("connect", "run", "fork")} == {"PermissionError"}
    assert (told["memory"], told["files"]) == ("MemoryError", "OSError")
    assert told["devices"] in (None, 1), "only the loopback device, which is down"
    assert told["secrets"] == []


@pytest.mark.parametrize(("name", "reason"), [("SIGSEGV", "damaged"), ("SIGKILL", "memory"), ("SIGXCPU", "longer")])
def test_how_a_reader_dies_is_told_as_a_reason(small, monkeypatch, name, reason):
    real = client.run_apart
    monkeypatch.setattr(client, "run_apart", lambda *_, **more: real(f"{PROBES}:die", {"name": name}, **more))
    with pytest.raises(Refused, match=reason) as refusal:
        read_file(small)
    assert refusal.value.code == "E-FILE-01"
    monkeypatch.undo()
    assert read_file(small).table.num_rows == 2, "the next file is read as if nothing had happened"


@pytest.mark.integration
@pytest.mark.parametrize(("what", "wall_seconds", "late"), [("spin", 60, False), ("sleep", 2, True)])
def test_time_is_limited(what, wall_seconds, late):
    ending = run_apart(f"{PROBES}:{what}", {}, limits=Limits(cpu_seconds=1, wall_seconds=wall_seconds))
    assert ending.exit < 0
    assert ending.late is late


def test_what_else_is_asked_of_a_file_is_asked_there(small):
    with staged(small) as opened:
        assert ask_safely(f"{PROBES}:measure", opened.path, unit="byte") == {"size": 10, "unit": "byte"}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no list of handles")
def test_a_reader_holds_no_channel_of_the_server_and_waits_in_peace(small):
    """Arrow waits for signals at a pipe; closed, and its number given to an empty file, it took a whole processor."""
    with staged(small) as opened:
        told = ask_safely(f"{PROBES}:rest", opened.path)
    assert told["sockets"] == []
    assert told["input"] == os.devnull
    assert told["spent"] < 0.15


@pytest.mark.parametrize(("what", "en", "zh"), [("swallow", "memory", "内存"), ("quote", "damaged", "损坏")])
def test_a_file_that_takes_too_much_or_breaks_its_reader_is_refused_in_both_languages(small, what, en, zh):
    with staged(small) as opened, pytest.raises(Refused) as refusal:
        ask_safely(f"{PROBES}:{what}", opened.path)
    text = refusal.value.text
    assert (refusal.value.code, en in text.en, zh in text.zh) == ("E-FILE-01", True, True), text
    assert "1,2" not in f"{text.en}{text.zh}", "no cell is quoted"


@pytest.mark.integration
def test_a_file_that_takes_too_long_is_refused_in_both_languages(small):
    with staged(small) as opened, pytest.raises(Refused) as refusal:
        ask_safely(f"{PROBES}:dwell", opened.path, limits=Limits(cpu_seconds=1))
    assert "longer" in refusal.value.text.en
    assert "秒" in refusal.value.text.zh


def test_a_dead_server_is_replaced(small):
    read_file(small)
    os.kill(client._servers[0].process.pid, 9)
    assert read_file(small).table.num_rows == 2


def test_a_fork_of_the_parent_gets_a_server_of_its_own(small):
    read_file(small)
    pid = os.fork()
    if pid == 0:
        os._exit(0 if not client._servers and read_file(small).table.num_rows == 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert read_file(small).table.num_rows == 2


def test_threads_share_the_server(small):
    found = []
    threads = [threading.Thread(target=lambda: found.append(read_file(small).table.num_rows)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2] * 4


def cells(table):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes().hex()


GOOD = {
    "columns": ["a"],
    "format": "csv",
    "header_row": 1,
    "encoding": None,
    "delimiter": None,
    "sheet": None,
    "ragged": [],
    "notes": [],
    "labels": {},
}
TABLE = pa.table({"a": ["1"], "_row": pa.array([2], pa.int64())})
BENT = pa.Table.from_arrays(
    [
        pa.StringArray.from_buffers(1, pa.py_buffer(b"\x00\x00\x00\x00\x01\x00\x00\x00"), pa.py_buffer(b"\xff")),
        pa.array([2], pa.int64()),
    ],
    names=["a", "_row"],
)


@pytest.mark.parametrize(
    ("answer", "table"),
    [
        ("", TABLE),
        ("[]", TABLE),
        ('{"read": 7}', TABLE),
        ('{"refused": {"code": 7}}', TABLE),
        (json.dumps({"read": {**GOOD, "columns": ["a", "b"]}}), TABLE),
        (json.dumps({"read": {**GOOD, "header_row": "x"}}), TABLE),
        (json.dumps({"read": GOOD}), TABLE.cast(pa.schema([("a", pa.string()), ("_row", pa.string())]))),
        (json.dumps({"read": GOOD}), BENT),
        (json.dumps({"read": GOOD}), None),
    ],
)
def test_what_a_captured_reader_leaves_is_not_believed(small, monkeypatch, answer, table):
    given = {"answer": answer, "cells": cells(table) if table is not None else b"ARROW1junk".hex()}
    real = client.run_apart

    def captured(_call, arguments, **more):
        return real(f"{PROBES}:lie", {"folder": arguments["folder"], **given}, **more)

    monkeypatch.setattr(client, "run_apart", captured)
    with pytest.raises(Refused, match="the reader stopped"):
        read_file(small)


def test_a_table_that_is_believed(small, monkeypatch):
    given = {"answer": json.dumps({"read": GOOD}), "cells": cells(TABLE)}
    real = client.run_apart
    monkeypatch.setattr(
        client,
        "run_apart",
        lambda _call, told, **more: real(f"{PROBES}:lie", {"folder": told["folder"], **given}, **more),
    )
    assert read_file(small).table.to_pylist() == [{"a": "1", "_row": 2}]


def test_the_answer_is_read_again_for_each_file(small):
    with staged(small) as opened:
        read_safely(opened.path)
        assert handover.read_answer(opened.folder)["read"]["columns"] == ["a", "b"]


def test_no_way_round_the_reading_process():
    """`read_content` is called by the reading process alone; everybody else reads a file through it."""
    rooms = [REPOSITORY / room for room in ("data", "quality", "experiments", "orchestration", "apps")]
    callers = {
        path.relative_to(REPOSITORY).as_posix()
        for room in rooms
        for path in room.rglob("*.py")
        if "read_content(" in path.read_text(encoding="utf-8") and "workspace" not in path.parts
    }
    assert callers == {"data/readers/read.py", "data/readers/sandbox/worker.py"}
