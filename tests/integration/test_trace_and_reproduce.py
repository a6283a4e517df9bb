"""A number followed back through a whole workspace, and a report made again: what was changed is found, and where."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from apps.cli.main import app
from data.durable import sha256_file
from data.ledger import Ledger
from data.paths import Workspace
from data.releases import load_release
from experiments.results import load_results
from experiments.run import DEMO, run_experiment
from experiments.tracing.chain import trace
from experiments.tracing.numbers import numbers
from experiments.tracing.reports import note_written, report_named, reports
from experiments.tracing.reproduce import reproduce
from tests.unit.viewer import viewer_workspace

pytestmark = pytest.mark.integration
QUICK = "SE-2026-0003"
"""The experiment of the three whose report is made again soonest."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    workspace = viewer_workspace.released(tmp_path_factory.mktemp("traced"))
    run_experiment(workspace, load_release(workspace), DEMO / f"{QUICK}.yml", "RUN-0001")
    return workspace


@pytest.fixture
def place(made, tmp_path):
    """Return a copy that a test may damage."""
    return Workspace(shutil.copytree(made.home, tmp_path / "copy"))


def asked(workspace, name=QUICK):
    return Ledger.open(workspace), report_named(workspace, name)


def test_every_number_of_every_report_resolves(made):
    ledger = Ledger.open(made)
    assert [item.experiment_id for item in reports(made)] == [QUICK]
    for reported in reports(made):
        document = load_results(reported.path)
        found = list(numbers(document))
        assert len({item.number_id for item in found}) == len(found) > 50
        ends = [item for item in found if item.number_id.endswith((".estimate", ".n_obs", ".rows"))]
        for item in (*ends[:2], ends[-1], found[0]):
            link = trace(made, ledger, reported, item.number_id)
            assert (link["number_id"], link["value"]) == (item.number_id, item.value)
            assert link["protocol"]["protocol"].startswith(reported.experiment_id)
            assert link["problems"] == []
            assert link["tables"]


def test_a_chain_holds_hashes_that_fit_what_lies_there(made):
    ledger, reported = asked(made)
    entry = load_results(reported.path)["analyses"][0]
    link = trace(made, ledger, reported, entry["number_id"])
    release = load_release(made)
    assert link["result"]["sha256"] == sha256_file(reported.path)
    assert link["release"]["manifest_sha256"] == sha256_file(release.path)
    assert link["tables"][0]["sha256"] == sha256_file(release.table(entry["dataset"]))
    assert link["tables"][0]["as_analysed"]
    assert link["spec"]["sha256"] == entry["result"]["spec_sha256"]
    assert link["run"]["recorded_at"]


def test_a_report_comes_out_the_same_and_the_workspace_is_left_alone(made):
    ledger, reported = asked(made)
    before = {path: path.stat().st_mtime_ns for path in made.results.rglob("*") if path.is_file()}
    head = ledger.head()
    found = reproduce(made, ledger, reported)
    assert found.differences == ()
    assert found.compared["values"] > 100
    assert found.compared["files"] == 6
    assert ledger.head() == head
    assert before == {path: path.stat().st_mtime_ns for path in made.results.rglob("*") if path.is_file()}
    assert not list(made.build.glob(".replica-*"))


def test_what_came_later_changes_nothing(place):
    """The ledger is taken as it was when the report was written: a later reading or run is not seen."""
    ledger, reported = asked(place)
    with ledger.transaction() as connection:
        kept = {"kind": "deviation_noted", "object_id": QUICK, "detail": {"id": "x"}, "actor": "scientist.one"}
        ledger.record(connection, **kept)
    assert reproduce(place, ledger, reported).identical


def test_a_changed_number_is_named(place):
    ledger, reported = asked(place)
    document = load_results(reported.path)
    document["analyses"][0]["result"]["estimates"][0]["estimate"] += 1e-9
    reported.path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    found = reproduce(place, ledger, reported)
    name = document["analyses"][0]["analysis_id"]
    wheres = [item.where for item in found.differences]
    assert wheres == [f"results/{reported.name}", f"{QUICK}.analyses.{name}.result.estimates.0.estimate"]
    link = trace(place, ledger, reported, document["analyses"][0]["number_id"])
    assert link["problems"][0]["where"] == f"results/{reported.name}"


def test_a_changed_byte_of_the_release_is_found(place):
    ledger, reported = asked(place)
    entry = load_results(reported.path)["analyses"][0]
    table = load_release(place).table(entry["dataset"])
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.chmod(0o644)
    table.write_bytes(bytes(content))
    found = reproduce(place, ledger, reported)
    assert any(entry["dataset"] in item.where for item in found.differences)
    assert any(
        entry["dataset"] in item["where"] for item in trace(place, ledger, reported, entry["number_id"])["problems"]
    )


def test_a_file_that_is_no_results_file_is_told_so(place):
    ledger, reported = asked(place)
    reported.path.write_text("{", encoding="utf-8")
    assert [item.where for item in reproduce(place, ledger, reported).differences] == [f"results/{reported.name}"]


def test_another_code_and_a_protocol_that_is_gone_are_told(place):
    ledger, reported = asked(place)
    document = load_results(reported.path)
    document["code"] = {"commit": "0" * 40, "dirty": False}
    document["protocol"]["digest"] = "0" * 64
    reported.path.write_text(json.dumps(document), encoding="utf-8")
    note_written(ledger, reported.path)
    found = reproduce(place, ledger, reported)
    assert found.differences[-1].where == f"{QUICK}@{document['protocol']['version']}"
    assert any("0" * 12 in note.en for note in found.notes)


def test_by_command(place, monkeypatch):
    monkeypatch.setenv("ZONELAB_HOME", str(place.home))
    run = CliRunner().invoke
    listed = run(app, ["trace", QUICK, "--json"])
    ids = [item["number_id"] for item in json.loads(listed.stdout)]
    told = run(app, ["trace", QUICK, next(name for name in ids if name.endswith(".estimate")), "--json"])
    assert told.exit_code == 0
    assert {"result", "run", "spec", "protocol", "release", "tables", "submissions"} <= json.loads(told.stdout).keys()
    assert run(app, ["trace", QUICK, "nothing.like.it"]).exit_code == 4
    assert run(app, ["reproduce", "SE-2099-0001"]).exit_code == 4
    shutil.rmtree(place.releases)
    assert run(app, ["reproduce", QUICK]).exit_code == 4
