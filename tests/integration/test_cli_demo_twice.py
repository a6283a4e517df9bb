"""`zonelab demo` end to end in processes of its own, and again: the second run adds nothing."""

import json
import os
import subprocess
import sys

import pytest

from data.paths import Workspace
from data.settings import REPOSITORY

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SCALE = "0.2"


def zonelab(home, *arguments):
    """Run the command in a process, as a user does; returns exit code, document, stderr."""
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "apps.cli.main", *arguments, "--json"],
        cwd=REPOSITORY,
        env={**os.environ, "ZONELAB_HOME": str(home), "ZONELAB_DAGSTER_URL": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout, found.stderr[-2000:]
    return found.returncode, json.loads(found.stdout), found.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def first(home):
    code, document, told = zonelab(home, "demo", "--scale", SCALE)
    assert code == 0, (document, told[-2000:])
    return document


@pytest.fixture(scope="module")
def second(home, first):
    assert first["release_id"]
    code, document, _ = zonelab(home, "demo", "--scale", SCALE)
    assert code == 0, document
    return document


def test_the_document_has_what_the_interface_promises(first):
    assert {"release_id", "tables", "estimates", "report"} <= set(first)
    assert first["simulated"] is True
    assert first["tables"]["dim_zone"] == 11
    assert all(
        first["tables"][mart] > 0
        for mart in ("panel_individual_wave", "panel_organisation_quarter", "panel_zone_month")
    )
    for entry in first["estimates"]:
        assert {"experiment", "analysis", "truth", "estimate", "conf_low", "conf_high"} <= set(entry)
    assert {entry["experiment"] for entry in first["estimates"]} == {"SE-2026-0001", "SE-2026-0002", "SE-2026-0003"}


def test_every_truth_has_an_estimate(first, home):
    truth = json.loads(next(Workspace(home).demo.glob("*/truth.json")).read_text(encoding="utf-8"))
    asked = {(entry["experiment"], entry["analysis"]) for entry in truth["estimates"]}
    assert {(entry["experiment"], entry["analysis"]) for entry in first["estimates"]} == asked


def test_every_row_that_came_in_is_accounted_for(first):
    came = first["intake"]
    assert came["rows_read"] == came["rows_accepted"] + came["rows_quarantined"] + came["rows_unchanged"] > 0
    assert came["new"] + came["duplicates"] == came["files"]
    assert came["duplicates"] >= 1
    assert came["corrections"] >= 1
    assert sum(came["quarantine"].values()) > 0


def test_planted_faults_are_found_under_their_codes(first, home):
    truth = json.loads(next(Workspace(home).demo.glob("*/truth.json")).read_text(encoding="utf-8"))
    planted = {fault["code"] for fault in truth["planted"] if fault["code"] and fault["code"].startswith("E-")}
    assert planted <= set(first["intake"]["quarantine"])


def test_checks_ran_and_none_failed(first):
    assert first["checks"]["failed"] == 0
    assert first["checks"]["passed"] > 20
    assert first["checks"]["warned"] >= 1


def test_the_report_is_marked_simulated(first):
    with open(first["report"], encoding="utf-8") as page:  # noqa: PTH123
        assert "SIMULATED" in page.read()


def test_a_second_demo_adds_no_row(first, second):
    assert second["release_id"] == first["release_id"]
    assert second["tables"] == first["tables"]
    assert second["estimates"] == first["estimates"]
    assert second["intake"]["new"] == 0
    assert second["registrations"] == first["registrations"]
    assert second["intake"]["rows_accepted"] == first["intake"]["rows_accepted"]


def test_each_experiment_was_registered_and_assigned_before_its_first_file(first):
    assert [entry["experiment"] for entry in first["registrations"]] == ["SE-2026-0001", "SE-2026-0002", "SE-2026-0003"]
    for entry in first["registrations"]:
        assert entry["version"] == "1.0"
        assert entry["registered_before_first_data"]
        assert len(entry["assignment_sha256"]) == 64


def test_the_workspace_is_as_recorded_afterwards(home, second):
    assert second
    assert zonelab(home, "verify")[:2] == (0, {"ok": True, "problems": []})
    code, releases, _ = zonelab(home, "release", "list")
    assert code == 0
    assert [release["release_id"] for release in releases] == [second["release_id"]]


def test_the_history_holds_each_partition_that_came_and_no_other(home, first):
    assert first
    script = (
        "import dagster as dg, json\n"
        "with dg.DagsterInstance.get() as instance:\n"
        "    print(json.dumps(sorted(instance.get_materialized_partitions(dg.AssetKey(['raw', 'clinic_visit'])))))\n"
    )
    env = {**os.environ, "DAGSTER_HOME": str(home / "dagster")}
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], cwd=REPOSITORY, env=env, capture_output=True, text=True, check=True
    )
    manifest = json.loads(next(Workspace(home).demo.glob("*/manifest.json")).read_text(encoding="utf-8"))
    zones = {file["zone"] for file in manifest["files"] if file["contract"] == "clinic_visit"}
    partitions = [key.split("|") for key in json.loads(found.stdout)]
    assert {zone for _, zone in partitions} == zones
    assert {wave for wave, _ in partitions} >= {"W1", "W2", "W3", "W4"}


def test_nothing_waits_and_nothing_failed(home, second):
    assert second
    workspace = Workspace(home)
    assert [path for path in workspace.inbox.rglob("*") if path.is_file()] == []
    assert not (home / "failures").exists()
