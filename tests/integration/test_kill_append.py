"""kill -9 at write system calls of appends loses nothing and doubles nothing (trust C1, C3, C6).

The reader here is independent: it knows the Delta log's JSON, Parquet and SQLite, and imports nothing of the archive.
"""

from collections import Counter

import pytest

from tests.integration.kill_harness import finds, survives
from tests.integration.raw_archive import catalogue_violations, lake_rows

SCENE, ROWS = "kill_append_scene", 20

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("tracing")]


def violations(home):
    """Return what is wrong with the lake at `home`, read from the raw bytes."""
    table = home / "lake" / "kill_visit"
    rows = Counter((row["submission_id"], row["person_id"], row["wait_min"]) for row in lake_rows(table))
    wanted = Counter({(name, f"{name}-{n}", n): 1 for name in "ABC" for n in range(ROWS)})
    found = catalogue_violations(home / "catalog.db")
    if rows != wanted:
        found.append(f"lost {sum((wanted - rows).values())} rows, doubled {sum((rows - wanted).values())}")
    stray = [path.name for path in table.rglob("*") if path.name.endswith(".tmp")]
    parquet = list(table.rglob("part-*.parquet"))
    return [*found, *stray, *([] if len(parquet) == len("ABC") else [f"{len(parquet)} files"])]


def test_kill_at_some_write_calls_of_appends(tmp_path):
    report = survives(SCENE, tmp_path / "run", violations, stride=4)
    assert len(report["attempts"]) > 20
    assert {"write", "fsync", "rename", "mkdir", "linkat"} <= set(report["names"]), "ours, SQLite's and the log's"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_kill_at_every_write_call_of_appends_loses_nothing(tmp_path):
    assert survives(SCENE, tmp_path / "run", violations)["calls"] > 90


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_kill_twice_also_while_recovering(tmp_path):
    report = survives(SCENE, tmp_path / "run", violations, stride=3, twice=True)
    assert sum(attempt["again"] for attempt in report["attempts"]) >= 10, "the recovery was killed as well"


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    "fault",
    [
        "transaction_id_ignored",
        *(
            pytest.param(fault, marks=pytest.mark.slow)
            for fault in ("no_recovery", "closed_before_commit", "event_in_its_own_transaction")
        ),
    ],
)
def test_a_planted_fault_is_found_and_only_by_killing(tmp_path, fault):
    assert finds(SCENE, tmp_path / "run", violations, fault, stride=3)
