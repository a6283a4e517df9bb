"""kill -9 at every write system call of a submission loses nothing and doubles nothing, and the harness sees planted faults.

The reader here is independent: it knows the Delta log's JSON, Parquet and SQLite, and imports nothing of the archive.
"""

import hashlib
import sqlite3
from collections import Counter

import pyarrow.parquet as pq
import pytest

from tests.integration.kill_harness import finds, survives
from tests.integration.raw_archive import catalogue_violations, lake_rows

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("tracing")]
ROWS = 12
SCENE = "kill_submit_scene"


def violations(home):
    """Return what is wrong with the archive at `home`, read from the raw bytes."""
    return [
        *_lake_violations(home / "lake" / "kill_visit"),
        *catalogue_violations(home / "catalog.db"),
        *_submission_violations(home),
        *_stray_files(home),
    ]


def _lake_violations(table):
    rows = Counter((row["person_id"], row["wait_min"]) for row in lake_rows(table))
    wanted = Counter({(f"{letter}-{n}", n): 1 for letter in "ABC" for n in range(ROWS)})
    return [] if rows == wanted else [f"lost {sum((wanted - rows).values())}, doubled {sum((rows - wanted).values())}"]


def _submission_violations(home):
    connection = sqlite3.connect(home / "catalog.db")
    told = connection.execute(
        "select submission_id, sha256, status, rows_read, rows_accepted, rows_quarantined, rows_unchanged from submissions"
    ).fetchall()
    events = Counter(connection.execute("select kind, object_id from events where kind like 'submission%'").fetchall())
    connection.close()
    found = []
    for letter in "ABC":
        content = (home.parent / f"{letter}.csv").read_bytes()
        digest, bad = hashlib.sha256(content).hexdigest(), int(letter == "B")
        mine = [row for row in told if row[1] == digest]
        status = "quarantined" if bad else "accepted"
        if [row[2:] for row in mine] != [(status, ROWS + bad, ROWS, bad, 0)]:
            found.append(f"{letter} is on record as {[row[2:] for row in mine]}")
        for identity, *_rest in mine:
            found += [
                f"{kind} of {letter} stands {events[kind, identity]} times"
                for kind in ("submission_received", "submission_settled")
                if events[kind, identity] != 1
            ]
            found += _quarantine_violations(home / "quarantine" / f"{identity}.parquet", letter, bad)
        original = home / "originals" / digest[:2] / digest
        if not original.is_file() or original.read_bytes() != content:
            found.append(f"the original of {letter} is not there")
    return found


def _quarantine_violations(path, letter, bad):
    kept = pq.read_table(path).column("person_id").to_pylist() if path.is_file() else []
    return [] if kept == ["B-bad"] * bad else [f"the quarantine of {letter} holds {len(kept)} rows"]


def _stray_files(home):
    rubbish = [path for path in home.rglob("*") if path.is_file() and path.name.endswith((".tmp", "#1"))]
    parquet = {path.name for path in (home / "lake").rglob("part-*.parquet")}
    left = [*rubbish, *(home / "staging").iterdir()]
    originals = [path for path in (home / "originals").rglob("*") if path.is_file()]
    found = [f"left behind: {path.name}" for path in left]
    return found + ([] if (len(parquet), len(originals)) == (3, 3) else ["files that nobody knows"])


def test_kill_at_some_write_calls_of_a_submission(tmp_path):
    report = survives(SCENE, tmp_path / "run", violations, stride=50, offset=10)
    assert {"write", "pwrite64", "rename", "fsync", "link"} <= set(report["names"]), "ours, SQLite's and the log's"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_kill_at_every_write_call_of_a_submission_loses_nothing(tmp_path):
    assert survives(SCENE, tmp_path / "run", violations)["calls"] > 100


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("fault", "where"),
    [
        ("settled_before_the_rows_are_in", {"stride": 9, "offset": 3}),
        ("original_kept_last", {"stride": 2, "offset": -14}),
        ("entered_twice", {"stride": 9, "offset": 3}),
        ("nothing_is_resumed", {"stride": 9, "offset": 3}),
        ("quarantine_forgotten_on_resuming", {"stride": 9, "offset": 3}),
    ],
)
def test_a_planted_fault_is_found_and_only_by_killing(tmp_path, fault, where):
    assert finds(SCENE, tmp_path / "run", violations, fault, **where)
