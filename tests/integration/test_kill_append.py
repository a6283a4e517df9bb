"""kill -9 at every step of an append loses nothing and doubles nothing (trust C1, C3, C6).

The reader here is independent: it knows the Delta log's JSON, Parquet and SQLite, and imports nothing of the archive.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.settings import REPOSITORY, child_environment
from tests.integration.raw_archive import catalogue_violations

DRIVER = Path(__file__).with_name("kill_append_driver.py")
ROWS = 20

pytestmark = pytest.mark.integration


def drive(folder, **order):
    """Run the driver; return its report."""
    folder.mkdir()
    order = {"folder": str(folder), "fault": "", "earlier": ["A"], "only": [], "stride": 1, "twice": False, **order}
    done = subprocess.run(  # noqa: S603 - our own driver
        [sys.executable, str(DRIVER), json.dumps(order)],
        cwd=REPOSITORY,
        env=child_environment({"PYTHONPATH": str(REPOSITORY), "ZONELAB_HOME": str(folder / "unused")}),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def violations(home, expected):
    """Return what is wrong with the lake at `home`, read from the raw bytes."""
    return [*_row_violations(home / "lake" / "kill_visit", expected), *catalogue_violations(home / "catalog.db")]


def _row_violations(table, expected):
    added = []
    for entry in sorted((table / "_delta_log").glob("*.json")):
        actions = [json.loads(line) for line in entry.read_text().splitlines()]
        added += [action["add"]["path"] for action in actions if "add" in action]
    missing = [name for name in added if not (table / name).is_file()]
    if missing:
        return [f"files in the log but not on disk: {missing}"]
    rows = Counter()
    for name in added:
        read = pq.read_table(table / name).to_pydict()
        rows.update(zip(read["submission_id"], read["person_id"], read["wait_min"], strict=True))
    wanted = Counter({(sub, f"{sub}-{n}", float(n)): 1 for sub in expected for n in range(ROWS)})
    found = []
    if rows != wanted:
        found.append(f"lost {sum((wanted - rows).values())} rows, doubled {sum((rows - wanted).values())}")
    stray = {path.name for path in table.rglob("*.parquet")} - set(added) | {path.name for path in table.rglob("*.tmp")}
    return [*found, f"stray files: {sorted(stray)}"] if stray else found


def judge(report, expected):
    """Return the violations of every attempt, by step."""
    found = {}
    for attempt in report["attempts"]:
        wrong = violations(Path(attempt["home"]), expected)
        if attempt["retry"] != 0:
            wrong.append("the retry failed")
        if wrong:
            found[attempt["at"]] = wrong
    return found


def test_kill_at_every_step_of_an_append_loses_nothing(tmp_path):
    report = drive(tmp_path / "run")
    killed = [attempt for attempt in report["attempts"] if attempt["killed"]]
    assert len(killed) == len(report["steps"]) >= 30, "killed == points"
    assert {"inside parquet file", "after create_write_transaction", "after replace"} <= set(report["steps"])
    assert judge(report, ["A", "B", "C"]) == {}


@pytest.mark.slow
def test_kill_twice_while_the_table_is_made_and_while_recovering(tmp_path):
    report = drive(tmp_path / "run", earlier=[], stride=3, twice=True)
    killed = [attempt for attempt in report["attempts"] if attempt["killed"]]
    assert len(killed) == len(report["attempts"]) - 1 >= 15
    assert sum(attempt["again"] == 9 for attempt in killed) >= 10, "the recovery was killed as well"
    assert judge(report, ["B", "C"]) == {}


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
    steps = ["before commit", "before create_write_transaction", "after create_write_transaction", "before sql commit"]
    report = drive(tmp_path / "run", fault=fault, only=steps)
    found = judge(report, ["A", "B", "C"])
    assert 0 not in found, f"without a kill the fault must not show: {found[0]}"
    assert found, "the harness did not notice"
