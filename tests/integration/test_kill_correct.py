"""kill -9 at every write system call of a correction: nobody sees half of it, nothing is lost, nothing enters twice.

The reader of the end is independent: it knows the Delta log's JSON, Parquet and SQLite, and imports nothing of the archive.
"""

import hashlib
import json
import sqlite3
from collections import Counter

import pyarrow.parquet as pq
import pytest

from tests.integration.kill_harness import finds, survives
from tests.integration.raw_archive import catalogue_violations, lake_rows

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("tracing")]
SCENE = "kill_correct_scene"
WANTED = [("01", 1, "I"), ("02", 2, "I"), ("03", 3, "I"), ("01", 7, "C"), ("02", 2, "R")]


def violations(home):
    """Return what is wrong at the end, read from the raw bytes."""
    rows = Counter((row["person_id"], row["score"], row["_op"]) for row in lake_rows(home / "lake" / "kill_correct"))
    found = [] if rows == Counter(WANTED) else [f"the lake holds {sorted(rows.items(), key=str)}"]
    found += catalogue_violations(home / "catalog.db")
    connection = sqlite3.connect(home / "catalog.db")
    events = connection.execute("select kind, detail from events where kind like 'correction%'").fetchall()
    connection.close()
    if sorted(kind for kind, _ in events) != ["correction_accepted", "correction_proposed"]:
        return [*found, f"on record are {[kind for kind, _ in events]}"]
    told = next(json.loads(detail) for kind, detail in events if kind == "correction_proposed")
    values = home / "quarantine" / f"{told['correction']}.parquet"
    if hashlib.sha256(values.read_bytes()).hexdigest() != told["sha256"]:
        found.append("the values are not those on record")
    kept = [(row["_row"], row["old"], row["new"]) for row in pq.read_table(values).to_pylist()]
    if kept != [(2, "1", "7"), (3, "2", "")]:
        found.append(f"{len(kept)} values are kept")
    left = [path.name for path in home.rglob("*") if path.is_file() and path.name.endswith((".tmp", "#1"))]
    return [*found, *left, *(path.name for path in (home / "staging").iterdir())]


def test_kill_at_some_write_calls_of_a_correction(tmp_path):
    assert survives(SCENE, tmp_path / "run", violations, stride=60, offset=20)["calls"] > 100


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_kill_at_every_write_call_of_a_correction(tmp_path):
    assert survives(SCENE, tmp_path / "run", violations)["calls"] > 90


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fault", ["accepted_before_its_rows_are_in", "values_kept_after_the_record"])
def test_a_planted_fault_is_found_and_only_by_killing(tmp_path, fault):
    assert finds(SCENE, tmp_path / "run", violations, fault, stride=5)
