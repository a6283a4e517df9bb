"""The order of an append's durable steps: what a later step relies on is on the disk before it.

A kill leaves the page cache, so the kill test cannot miss an fsync; this one can: each name must be synced before the next step.
"""

import ast
import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import durable

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung


@pytest.fixture
def steps(monkeypatch):
    """Record, in order, what became durable and what was promised."""
    seen = []
    names = {}
    opened, fsync, replace, link = os.open, os.fsync, os.replace, os.link

    def record_open(path, flags, *rest, **named):
        handle = opened(path, flags, *rest, **named)
        names[handle] = Path(path).name
        return handle

    def record_fsync(handle):
        seen.append(f"sync {names.pop(handle, 'new file')}")  # a closed handle's number comes again
        fsync(handle)

    def record_replace(source, target):
        seen.append(f"rename {Path(target).name}")
        replace(source, target)

    def record_link(source, target):
        seen.append(f"link {Path(target).name}")
        link(source, target)

    monkeypatch.setattr(os, "open", record_open)
    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "replace", record_replace)
    monkeypatch.setattr(os, "link", record_link)

    def record_sql(_connection, _cursor, statement, *_rest):
        if statement.startswith(("INSERT INTO batches", "UPDATE batches", "INSERT INTO events")):
            seen.append(statement.split(" (")[0].split(" SET")[0].lower())

    sa.event.listen(sa.Engine, "before_cursor_execute", record_sql)
    yield seen
    sa.event.remove(sa.Engine, "before_cursor_execute", record_sql)


def test_each_step_is_on_the_disk_before_the_next(lake, visit, visits, steps):
    lake.append(visit, visits(["a"]), submission_id="S1", run_id="run")
    steps.clear()
    lake.append(visit, visits(["b"]), submission_id="S2", run_id="run")
    assert [step for step in steps if not step.endswith(".arrow")] == [
        "insert into batches",
        "sync new file",
        "rename part-000000000002-S2.parquet",
        "sync visit",
        f"sync {1:020d}.json",  # once more: its own writer may have died before syncing it
        "sync new file",
        f"link {2:020d}.json",
        "sync _delta_log",
        "rename head.json",  # a cache like the runs of keys: not synced, and told by a checksum if it is torn
        "update batches",
        "insert into events",
    ]


def test_a_new_table_is_durable_before_rows_enter(lake, visit, visits, steps):
    lake.append(visit, visits(["a"]), submission_id="S1", run_id="run")
    begin, end = steps.index("insert into batches"), steps.index(f"link {1:020d}.json")
    made = steps[begin + 1 : end]
    assert made[:4] == ["sync lake", f"sync {0:020d}.json", "sync _delta_log", "sync visit"]


def test_a_checkpoint_is_synced_with_its_entry(lake, visit, visits, steps):
    for number in range(19):  # the table's creation is version 0, so this is its twentieth
        steps.clear()
        lake.append(visit, visits([f"k{number}"]), submission_id=f"S{number}", run_id="run")
    after = steps[steps.index(f"link {19:020d}.json") :]
    assert f"sync {19:020d}.checkpoint.parquet" in after
    assert "sync _last_checkpoint" in after


WRITING = {"write_text", "write_bytes", "touch", "write_table", "replace", "rename", "unlink", "rmdir", "mkdir"}


def test_no_other_module_of_the_archive_writes_files():
    """Durable writes have one door. (The catalogue is SQLite's, the Delta log delta-rs', scratch files outlive nothing.)"""
    room = Path(durable.__file__).parent
    found = {}
    for module in sorted(room.glob("*.py")):
        calls = [
            node.func for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
        ]
        methods = {func.attr for func in calls if isinstance(func, ast.Attribute)} & WRITING
        if methods and module.name != "durable.py":
            found[module.name] = methods
    scratch = {
        "arrow_files.py": {"unlink"},
        "parquet_write.py": {"write_table"},
        "replica.py": {"mkdir"},
    }  # the latter into a stream of durable's
    assert found == {"duck.py": {"replace"}, "paths.py": {"mkdir"}} | scratch, (
        "str.replace, and folders that hold nothing yet"
    )
