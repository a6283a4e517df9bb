"""The demo programme the whole way: delivered, judged, archived, built, released, estimated.

ZONELAB_FINISHED_DEMO names the home of a `zonelab demo` of this very code, which is then read (from a copy) instead of running
the programme once more without Dagster: `.ci/run` does so.
Every interval of a non-harm outcome covers its truth at the default seed, the planted faults are found where they lie, the
marts equal an independent computation in pandas, and a second delivery adds no row.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from apps.cli.recap import result_files
from data import releases
from data.contracts import load_contract
from data.demo import DEFAULT_SEED, deliver, frames, simulate, write_files
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.submissions import submissions
from experiments.registry.demo_path import prepare
from experiments.registry.store import Registry
from experiments.run import run_all
from experiments.tracing.numbers import find, numbers
from quality import inbox
from quality.panel import build_panels
from quality.problems import Problem
from tests.statistical import demo_reference

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

COUNTS = ("rows_read", "rows_accepted", "rows_quarantined", "rows_unchanged")
TABLES = (
    "clinic_visit",
    "clinic_assignment",
    "organisation_quarter",
    "traffic_hour",
    "district_signal",
    "sensor_device",
    "zone_document",
    "zone_indicator_year",
    "zone_practice",
    "open_platform",
    "sample_file",
    "unit_link",
    "unit_event",
    "organisation_event",
    "ai_exposure",
)


@dataclass(frozen=True)
class Run:
    """One finished demo run."""

    workspace: Workspace
    ledger: Ledger
    manifest: object
    truth: dict
    receipts: dict
    marts: dict
    release: object
    results: list
    arms: object = None

    @cached_property
    def simulated(self):
        return simulate(self.manifest.seed, self.manifest.scale, arms=self.arms)


def _take_all(workspace, run_id):
    """Take everything that waits; return the receipts by file name."""
    files = inbox.pending(workspace)
    receipts = inbox.take(workspace, files, run_id=run_id)
    return {file.path.name: receipt for file, receipt in zip(files, receipts, strict=True)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    home = tmp_path_factory.mktemp("demo") / "home"
    finished = os.environ.get("ZONELAB_FINISHED_DEMO")
    return _finished(Path(finished), home) if finished else _run(home)


def _finished(made, home):
    """Return what a finished demo left, from a copy of its home."""
    shutil.copytree(made, home, ignore=shutil.ignore_patterns("dagster", "build"))
    workspace = Workspace(home).create()
    arms = prepare(Registry.open(workspace), frames(DEFAULT_SEED, 1.0), seed=DEFAULT_SEED)
    manifest = write_files(workspace, arms=arms)
    truth = json.loads((manifest.folder / "truth.json").read_text(encoding="utf-8"))
    ledger = Ledger.open(workspace)
    release = releases.load_release(workspace)
    marts = {name: release.table(name) for name in release.tables}
    results = [json.loads(path.read_text(encoding="utf-8")) for path in result_files(workspace, release.release_id)]
    return Run(workspace, ledger, manifest, truth, _receipts_on_record(ledger, manifest), marts, release, results, arms)


def _receipts_on_record(ledger, manifest):
    """Return the receipts by file name; a file whose bytes came before under another name is a duplicate."""
    sent = submissions(ledger)
    by_name, by_bytes = ({getattr(one, key): one for one in sent} for key in ("file_name", "sha256"))
    found = {}
    for file in manifest.files:
        name = file.path.rsplit("/", 1)[1]
        if (one := by_name.get(name)) is None:
            assert hashlib.sha256((manifest.folder / file.path).read_bytes()).hexdigest() in by_bytes, name
            found[name] = SimpleNamespace(status="duplicate", problems=[], **dict.fromkeys(COUNTS, 0))
        else:
            problems = [Problem.model_validate(told) for told in one.problems]
            counts = {what: getattr(one, what) for what in COUNTS}
            found[name] = SimpleNamespace(status=one.status, problems=problems, **counts)
    return found


def _run(home):
    """Run the programme without Dagster."""
    workspace = Workspace(home).create()
    manifest = write_files(workspace)
    truth = json.loads((manifest.folder / "truth.json").read_text(encoding="utf-8"))
    deliver(workspace, manifest)
    receipts = _take_all(workspace, "demo")
    ledger = Ledger.open(workspace)
    generation = build_panels(workspace, ledger, run_id="demo").generation
    marts = {name: generation.path / info.file for name, info in generation.tables.items()}
    release = releases.build(workspace, ledger, actor="tester", run_id="demo")
    results = [json.loads(path.read_text(encoding="utf-8")) for path in run_all(workspace, release, run_id="demo")]
    return Run(workspace, ledger, manifest, truth, receipts, marts, release, results)


def _intervals(run):
    """Return {(experiment, analysis): (low, estimate, high)} of the treatment's term."""
    found = {}
    for result in run.results:
        for analysis in result["analyses"]:
            first = analysis["result"]["estimates"][0]
            key = (result["experiment_id"], analysis["analysis_id"])
            found[key] = (first["conf_low"], first["estimate"], first["conf_high"])
    return found


def test_every_truth_has_its_analysis(run):
    wanted = {(entry["experiment"], entry["analysis"]) for entry in run.truth["estimates"]}
    assert wanted <= set(_intervals(run))
    assert len(wanted) == 13


def test_intervals_cover_the_truth(run):
    intervals = _intervals(run)
    missed = {}
    for entry in run.truth["estimates"]:
        low, estimate, high = intervals[entry["experiment"], entry["analysis"]]
        if not low <= entry["truth"] <= high:
            missed[entry["analysis"]] = (entry["truth"], low, estimate, high)
    assert missed == {}  # the harm is covered too at the default seed


def test_effects_that_exist_are_told_from_nothing(run):
    intervals = _intervals(run)
    for entry in run.truth["estimates"]:
        low, _, high = intervals[entry["experiment"], entry["analysis"]]
        assert (low <= 0 <= high) == (entry["truth"] == 0.0), entry["analysis"]


def test_every_file_has_a_verdict(run):
    planted = {fault["file"]: fault["expect"] for fault in run.truth["planted"]}
    expected = Counter()
    for file in run.manifest.files:
        expect = planted.get(file.path.rsplit("/", 1)[1], "accepted")
        expected["accepted" if expect == "corrected" else expect] += 1
    assert Counter(receipt.status for receipt in run.receipts.values()) == expected


def test_rows_of_every_file_are_accounted_for(run):
    for file in run.manifest.files:
        receipt = run.receipts[file.path.rsplit("/", 1)[1]]
        total = receipt.rows_accepted + receipt.rows_quarantined + receipt.rows_unchanged
        assert receipt.rows_read == total
        if receipt.status in {"accepted", "quarantined"}:
            assert receipt.rows_read == file.rows


def test_planted_faults_are_found_exactly(run):
    """No fault is missed and nothing else is complained about."""
    expected, found = set(), set()
    for fault in run.truth["planted"]:
        if fault["code"]:
            expected |= {(fault["file"], fault["code"], row) for row in fault["rows"] or (None,)}
    for name, receipt in run.receipts.items():
        if receipt.status == "duplicate":
            continue
        for problem in receipt.problems:
            if problem.severity in {"error", "warning"} and problem.code != "W-PANEL-02":
                found.add((name, problem.code, problem.row))
    assert found == expected


def test_people_who_left_are_told(run):
    """W-PANEL-02 counts, for two waves accepted whole, those whom the simulation drew for the first and not for the second."""
    drawn = run.simulated.clinic_visit.groupby(["zone_id", "wave"])["person_id"].apply(set)
    compared = 0
    for (zone, wave), people in drawn.items():
        names = [f"SIMULATED_clinic_visit_{zone}_{each}" for each in (f"W{int(wave[1]) - 1}", wave)]
        pair = [receipt for name in names for file, receipt in run.receipts.items() if file.rsplit(".", 1)[0] == name]
        if len(pair) == len(names) and {receipt.status for receipt in pair} == {"accepted"}:
            left = drawn[zone, names[0][-2:]] - people
            told = [problem.count for problem in pair[1].problems if problem.code == "W-PANEL-02"]
            assert told == [len(left)], (zone, wave)
            compared += 1
    assert compared > 20


def test_lake_holds_what_was_accepted(run):
    lake = Lake(run.workspace, run.ledger)
    accepted = Counter()
    for file in run.manifest.files:
        receipt = run.receipts[file.path.rsplit("/", 1)[1]]
        if receipt.status != "duplicate" and not file.is_correction:
            accepted[file.contract] += receipt.rows_accepted
    assert {name: lake.read(load_contract(name)).num_rows for name in TABLES} == dict(accepted)


def test_late_correction_is_what_the_lake_now_says(run):
    tables = run.simulated
    lake = Lake(run.workspace, run.ledger).read(load_contract("clinic_visit")).to_pandas()
    now = lake.loc[(lake["zone_id"] == "hangzhou") & (lake["wave"] == "W2")].set_index("person_id")["wait_min"]
    drawn = tables.clinic_visit
    drawn = drawn.loc[(drawn["zone_id"] == "hangzhou") & (drawn["wave"] == "W2")].set_index("person_id")["wait_min"]
    drawn = drawn.where(drawn >= 0)
    pd.testing.assert_series_equal(now.sort_index(), drawn.sort_index(), check_names=False)


@pytest.mark.parametrize("name", ["panel_individual_wave", "panel_organisation_quarter", "panel_district_month"])
def test_mart_equals_the_reference(run, name):
    tables = run.simulated
    wanted = demo_reference.panels(tables, demo_reference.lost_keys(run.truth))[name]
    mart = pq.read_table(run.marts[name]).to_pandas()
    demo_reference.assert_same_panel(name, mart, wanted)


def test_release_says_simulated(run):
    assert run.release.simulated is True
    assert all(result["release"]["simulated"] is True for result in run.results)
    for name in ("panel_individual_wave", "panel_organisation_quarter", "panel_district_month"):
        assert pq.read_table(run.marts[name], columns=["is_simulated"]).to_pandas()["is_simulated"].all()


def test_second_delivery_adds_no_row(run):
    lake = Lake(run.workspace, run.ledger)
    before = {name: lake.read(load_contract(name)).num_rows for name in TABLES}, lake.closed_seq()
    deliver(run.workspace, write_files(run.workspace, arms=run.arms))
    again = _take_all(run.workspace, "again")
    assert Counter(receipt.status for receipt in again.values()) == {
        "duplicate": len(run.manifest.files) - 2,
        "rejected": 2,
    }
    assert ({name: lake.read(load_contract(name)).num_rows for name in TABLES}, lake.closed_seq()) == before
    release = releases.build(run.workspace, run.ledger, actor="tester", run_id="again")
    assert release.release_id == run.release.release_id
    assert inbox.pending(run.workspace) == []


def test_every_number_of_the_reports_has_an_id_that_leads_to_it(run):
    for document in run.results:
        found = list(numbers(document))
        assert len({item.number_id for item in found}) == len(found) > 50
        assert all(find(document, item.number_id) == item for item in found)
        assert all(find(document, entry["number_id"]) is not None for entry in document["analyses"])
