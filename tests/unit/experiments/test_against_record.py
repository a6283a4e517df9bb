"""What a number may be called: the registered plan, the moments on record, and the run, put side by side."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import documents
from data.generations import TableInfo
from data.lake import Lake
from data.ledger import Ledger
from data.messages import NotFound
from data.submissions import receive, settle
from experiments.design.assignment import assign
from experiments.plans import Plan
from experiments.registry.deviations import gather
from experiments.registry.labels import OnRecord, Registered, rows
from experiments.registry.points import Points, outcome_waves, points_of, record_read
from experiments.registry.protocol import Protocol, canonical_json, load_protocol
from experiments.registry.schema.design import AssignmentSpec
from experiments.registry.timing import begun_of, timing
from experiments.report.html import render_report
from experiments.results import load_results
from experiments.run import DEMO, run_plan
from quality.intake import submit

pytestmark = pytest.mark.archive

NAME = "SE-2026-0003"
LATE = "2099-01-01T00:00:00.000000+00:00"
WORDS = {"en": "x", "zh": "甲"}
SOURCE = {
    "id": "traffic", "kind": "sensor", "owner": "x", "legal_basis": WORDS, "prior_access": "not_created",
    "contract_id": "traffic_hour",
}  # fmt: skip


class FolderRelease:
    release_id, generation_id, as_of_seq, simulated = "R000007-0a1b2c3d", "gen-000001", 0, True
    submissions, contracts, built_at, excluded = (), {}, LATE, ()

    def __init__(self, folder):
        self.folder = folder

    @property
    def tables(self):
        return {path.stem: TableInfo(1, "0" * 64, "f" * 64, path.name) for path in self.folder.glob("*.parquet")}

    def now(self, mart):
        return self.tables[mart]

    def table(self, mart):
        path = self.folder / f"{mart}.parquet"
        if not path.is_file():
            raise NotFound("E-REL-03", load_protocol(DEMO / f"{NAME}.yml").title_brief)
        return path


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    rng = np.random.default_rng(12)
    frame = pd.DataFrame([(unit, month) for unit in range(44) for month in range(6)], columns=["unit", "month_index"])
    frame["zone_id"] = np.where(frame["unit"] % 2 == 0, "beijing", "xian")
    frame["district_id"] = "D" + frame["unit"].astype("str")
    frame["signal_share"] = ((frame["unit"] < 22) & (frame["month_index"] >= 3)).astype(float)
    frame["speed_kmh"] = 30 + 1.8 * frame["signal_share"] + rng.normal(size=len(frame)) * 0.3
    frame["pm25_ugm3"] = 60 + rng.normal(size=len(frame))
    frame.to_parquet(folder / "panel_district_month.parquet")
    return FolderRelease(folder)


@pytest.fixture
def ledger(workspace):
    return Ledger.open(workspace)


def note(ledger, kind, **detail):
    with ledger.transaction() as connection:
        ledger.record(connection, kind=kind, object_id=NAME, detail=detail, actor="x")


BARE = {"data_sources": [], "eligibility": [], "schedule": [], "sample_size": None, "ethics": [], "allocation": None}


def plan(**changes):
    """Return the demo's plan without what this module adds where it needs it."""
    content = load_protocol(DEMO / f"{NAME}.yml").model_dump(mode="json")
    return Protocol.model_validate({**content, **BARE, **changes})


def register(ledger, protocol, version="1.0"):
    """Put a registered version on record as the acts would, without their people."""
    final = protocol.model_copy(update={"version": version})
    with ledger.transaction() as connection:
        sha256 = documents.put(connection, "protocol", canonical_json(final))
        for kind, more in (("protocol_drafted", {}), ("protocol_registered", {"pid": "x"})):
            detail = {"version": version, "document": sha256, **more}
            ledger.record(connection, kind=kind, object_id=NAME, detail=detail, actor="x")


def run(workspace, release, **changes):
    """Run the demo's plan, changed, as a file of the workspace would be."""
    return run_plan(workspace, release, Plan(plan(**changes)), "run-1")


def said(document):
    return {row["hypothesis_id"]: (row["label"], row["status"]) for row in document["registered_vs_done"]}


def analyses(**changes):
    made = plan().model_dump(mode="json", exclude_defaults=True)["analyses"]
    return [{**made[0], **changes}, *made[1:]]


def test_registered_before_and_done_as_registered(workspace, release, ledger):
    register(ledger, plan())
    path = run(workspace, release)
    document = load_results(path)
    assert set(said(document).values()) == {("confirmatory", "as_registered")}
    assert [entry["label"] for entry in document["analyses"]] == ["confirmatory", "confirmatory"]
    assert document["timing"]["level"] == 1
    assert document["registration"]["version"] == "1.0"
    assert [item["state"] for item in document["checks"]].count("ran") >= 4
    assert document["deviations"] == []
    assert document["timing"]["points"]["t4"] is not None
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    events = len(ledger.events())
    run(workspace, release)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before
    assert len(ledger.events()) == events
    for language, word in (("en", "As registered"), ("zh", "与登记一致")):
        page = render_report(document, language)
        assert 'id="not-registered"' not in page
        assert word in page[page.index('id="registered-vs-done"') :]
        assert 'id="not-checked"' in page


def test_a_plan_that_nobody_registered_is_exploratory_and_told(workspace, release):
    document = load_results(run(workspace, release))
    assert {label for label, _ in said(document).values()} == {"exploratory"}
    assert (document["timing"]["level"], document["registration"]) == (None, None)
    for language in ("en", "zh"):
        page = render_report(document, language)
        assert 'id="not-registered"' in page
        assert 'id="registered-vs-done"' in page


def test_another_spec_is_a_deviation_found_once_and_dated(workspace, release, ledger):
    register(ledger, plan())
    document = load_results(run(workspace, release, analyses=analyses(filter="month_index >= 1")))
    first = document["analyses"][0]
    assert (first["label"], first["status"]) == ("deviated", "deviated")
    (found,) = document["deviations"]
    assert found["id"] == f"spec_differs.{first['analysis_id']}"
    (event,) = ledger.events("deviation_found")
    assert (found["discovered_at"], event.detail["release_id"]) == (event.at_utc, release.release_id)
    assert (found["phase"], found["knowledge_of_results"]) == ("post_t4", "unblinded")
    note(
        ledger,
        "deviation_noted",
        id=found["id"],
        reason_code="unforeseen_event",
        consequence="wider",
        corrective_action="-",
    )
    again = load_results(run(workspace, release, analyses=analyses(filter="month_index >= 1")))
    assert again["deviations"][0]["consequence"] == "wider"
    assert len(ledger.events("deviation_found")) == 1
    page = render_report(again, "zh")
    assert "分析与登记不符" in page
    assert "month_index" in page


def test_registered_after_the_outcomes_were_read_is_never_confirmatory(workspace, release, ledger):
    run(workspace, release)
    register(ledger, plan())
    document = load_results(run(workspace, release))
    assert {label for label, _ in said(document).values()} == {"exploratory"}
    assert document["timing"]["level"] == 6
    assert document["timing"]["text"]["en"].startswith("Registered after")


def test_data_frozen_before_registration_confirm_nothing(workspace, release, ledger):
    register(ledger, plan())
    release.built_at = "2020-01-01T00:00:00.000000+00:00"
    assert {label for label, _ in said(load_results(run(workspace, release))).values()} == {"exploratory"}


def test_amendments_before_and_after_data(workspace, release, ledger):
    register(ledger, plan(families=[{"id": "signals", "correction": "bonferroni", "alpha": 0.05}]))
    register(ledger, plan(), "2.0")
    document = load_results(run(workspace, release))
    assert {status for _, status in said(document).values()} == {"amended_before_data"}
    register(ledger, plan(analyses=analyses(filter="month_index >= 1")), "3.0")
    late = load_results(run(workspace, release, analyses=analyses(filter="month_index >= 1")))
    first = plan().analyses[0].hypothesis_ids[0]
    assert said(late)[first] == ("deviated", "deviated")
    assert late["registration"]["version"] == "2.0"


def test_an_amendment_between_outcome_and_reading_is_after_data():
    outcomes = plan().model_dump(mode="json")["outcomes"]
    versions = (
        Registered("1.0", "2026-01-01", plan(title_brief=WORDS)),
        Registered("1.1", "2026-03-01", plan(outcomes=[{**outcomes[0], "unit": WORDS}, *outcomes[1:]])),
        Registered("1.2", "2026-03-02", plan()),
    )  # fmt: skip
    found = rows(plan(), (), OnRecord(versions, Points(), LATE))
    assert {row.status for row in found} == {"not_reported"}
    record = OnRecord(versions, Points(t2="2026-02-01", t3="2026-04-01"), LATE)
    from experiments.registry.labels import _amended

    names = [item.id for item in plan().hypotheses]
    assert {_amended(name, record) for name in names} == {"amended_after_data", "as_registered"}
    assert OnRecord(versions, Points(t3="2025-01-01"), LATE).cited is None


def test_what_has_no_result_is_not_reported_and_what_nobody_asked_for_is_exploratory(workspace, release, ledger):
    register(ledger, plan())
    made = analyses()
    extra = {**made[0], "id": "extra", "hypothesis_ids": []}
    document = load_results(run(workspace, release, analyses=[{**made[0], "outcome": "lost"}, made[1], extra]))
    statuses = [status for _, status in said(document).values()]
    assert statuses == ["not_reported", "as_registered", "exploratory"]
    assert document["registered_vs_done"][-1]["analysis_ids"] == ["extra"]
    assert "outcome_unreported" in {item["trigger"] for item in document["deviations"]}
    page = render_report(document, "en")
    assert "Not reported" in page


LEVELS = [
    (1, {}, (None, None)),
    (1, {"t1": "2", "t2": "2", "t3": "2", "t4": "2"}, ("2", "2")),
    (2, {}, (None, "0")),
    (3, {"t1": "0"}, (None, None)),
    (3, {}, ("0", "0")),
    (4, {"t1": "0", "t2": "0"}, (None, None)),
    (5, {"t3": "0"}, (None, None)),
    (6, {"t2": "0", "t3": "0", "t4": "1"}, (None, None)),
]


@pytest.mark.parametrize(("level", "points", "begun"), LEVELS)
def test_six_levels_from_recorded_moments(level, points, begun):
    found = timing(plan(), "1", Points(**points), begun)
    assert found.level == level
    assert found.to_dict()["text"]["zh"]
    assert timing(plan(), None, Points(**points), begun).to_dict()["text"]["en"] == "Not registered"


@pytest.mark.parametrize(
    ("declared", "level"),
    [("not_created", 1), ("exists_not_observed", 4), ("accessed_not_analysed", 5), ("analysed", 6)],
)
def test_what_the_team_declares_makes_it_worse_and_never_better(declared, level):
    found = timing(plan(data_sources=[{**SOURCE, "prior_access": declared}]), "1", Points(), (None, None))
    assert (found.level, found.worsened_by_declaration) == (level, level > 1)
    assert timing(plan(data_sources=[SOURCE]), "1", Points(t4="0"), (None, None)).level == 6


def arrive(ledger, contract="traffic_hour", zone=None, wave=None, accepted=1, sha="1"):
    zone = zone or plan().zones[0].zone_id
    made, _ = receive(ledger, sha256=sha * 64, file_name="f", zone=zone, contract=contract, wave=wave, actor="x")
    settle(
        ledger, made.submission_id, status="accepted", rows_read=accepted, rows_accepted=accepted, rows_quarantined=0
    )
    return made


def test_points_come_from_ledger_and_catalogue(ledger):
    protocol = plan(data_sources=[SOURCE, {**SOURCE, "id": "signal", "contract_id": "district_signal"}])
    assert points_of(ledger, NAME, [protocol]) == Points()
    arrive(ledger, "district_signal", sha="0")
    arrive(ledger, zone="kunming" if plan().zones[0].zone_id != "kunming" else "deqing", sha="9")
    arrive(ledger, accepted=0, sha="2")
    assert points_of(ledger, NAME, [protocol]).t2 is None
    made = arrive(ledger, sha="3")
    note(ledger, "assignment_revealed", seed=1, nonce="x")
    note(ledger, "analysis_run", is_primary=False)
    record_read(ledger, FolderRelease(Path()), ["panel_district_month"], "ana", [NAME])
    found = points_of(ledger, NAME, [protocol])
    assert (found.t2, found.t4, found.phase) == (made.received_at, None, "t3_t4")
    assert found.t1 < found.t3
    assert found.until("2000") == Points()
    note(ledger, "analysis_run", is_primary=True)
    assert points_of(ledger, NAME, [protocol]).phase == "post_t4"


def test_waves_before_the_time_frame_bring_no_outcome():
    frame = {"waves": ["W2"]}
    visits = {**SOURCE, "kind": "survey", "contract_id": "clinic_visit"}
    content = load_protocol(DEMO / "SE-2026-0001.yml").model_dump(mode="json")
    content["data_sources"] = [visits, {**visits, "id": "own", "contract_id": "not_shipped"}]
    content["outcomes"] = [{**item, "time_frame": frame} for item in content["outcomes"]]
    assert outcome_waves(Protocol.model_validate(content)) == {"clinic_visit": frozenset({"W2"})}
    content["outcomes"][0]["variables"] = ["derived"]
    content["outcomes"][0]["time_frame"] = {"note": WORDS}
    derived = outcome_waves(Protocol.model_validate(content))
    assert derived == {"clinic_visit": frozenset(), "not_shipped": frozenset()}


def test_a_study_has_begun_when_files_came_or_a_zone_recruited(ledger):
    protocol = plan(data_sources=[SOURCE])
    assert begun_of(ledger, NAME, protocol) == (None, None)
    made = arrive(ledger)
    note(ledger, "assignment_committed")
    note(ledger, "assignment_drawn")
    drawn, active = begun_of(ledger, NAME, protocol)
    assert active == made.received_at < drawn


def drawn_plan(**more):
    content = load_protocol(DEMO / "SE-2026-0001.yml").model_dump(mode="json")
    spec = {"method": "complete", "unit_id": "clinic_id", "columns": {"unit": "clinic_id", "treatment": "treat"}}
    content |= {
        "assignment_spec": spec,
        "allocation": "randomised",
        "sample_size": {"units": 8, "per_arm": {"triage": 4, "usual": 4}, "waves": 1},
    }
    bare = {name: BARE[name] for name in ("eligibility", "schedule", "ethics")}
    return Protocol.model_validate({**content, **bare, **more})


@pytest.fixture
def clinics(release):
    rows = pd.DataFrame({"clinic_id": ["c1", "c1", "c2", "c3"], "treat": [0, 1, 0, None], "zone_id": "deqing"})
    rows["person_id"], rows["age"] = ["p1", "p1", "p2", "p3"], [17, 17, 30, 40]
    rows.to_parquet(release.folder / "panel_individual_wave.parquet")
    return release


def test_facts_are_counted_on_the_release(clinics, ledger, workspace):
    protocol = drawn_plan(eligibility=[
        {"id": "adult", "kind": "include", "expr": "age >= 18", "text": WORDS},
        {"id": "old", "kind": "exclude", "expr": "age > 35", "text": WORDS},
        {"id": "local", "kind": "include", "expr": "lives == 1", "text": WORDS},
        {"id": "odd", "kind": "include", "expr": "age.real", "text": WORDS},
        {"id": "typed", "kind": "include", "expr": "age == 'old'", "text": WORDS},
    ])  # fmt: skip
    assert gather.units_by_arm(clinics, protocol) == {"triage": 1, "usual": 1}
    assert gather.received(clinics, protocol) == {"c1": "triage", "c2": "usual"}
    assert gather.ineligible(clinics, protocol) == {"adult": 1, "old": 1, "local": None, "odd": None, "typed": None}
    given = AssignmentSpec(method="external", unit_id="clinic_id", columns={"arm": "arm"})
    both = pd.DataFrame({"clinic_id": ["c1", "c2"], "arm": "usual"})
    with ledger.transaction() as connection:
        sha256 = documents.put(connection, "assignment", assign(both, given, ["usual"], seed=0).text)
    note(ledger, "assignment_committed", version="1.0", frame_sha256="f", seed_commitment="s")
    note(ledger, "assignment_drawn", document=sha256, assignment_sha256=sha256)
    note(ledger, "exposure_epoch", intervention_id="ai_triage", **{"from": None, "to": "2"})
    renewed = {
        "id": "e",
        "board": "b",
        "number": "1",
        "decision": "approved",
        "date": "2026-01-01",
        "expires_on": "2027-01-01",
    }
    note(ledger, "ethics_recorded", **renewed, zones=["deqing"])
    own = replace_id(protocol)
    done = gather.facts(workspace, ledger, clinics, own, ())
    assert done.committed == {"c1": "usual", "c2": "usual"}
    assert [item.version for item in done.ai_versions] == ["2"]
    assert [item.expires_on for item in done.decisions] == ["2027-01-01"]
    assert done.arrived is None


def replace_id(protocol):
    return protocol.model_copy(update={"experiment_id": NAME})


def test_what_the_release_does_not_tell_stays_unknown(clinics, ledger):
    protocol = drawn_plan()
    assert gather.units_by_arm(clinics, protocol.model_copy(update={"analyses": ()})) is None
    assert gather.received(clinics, protocol.model_copy(update={"assignment_spec": None})) is None
    assert gather.ineligible(clinics, protocol) is None
    assert gather.committed(ledger, []) is None
    by_clusters = protocol.sample_size.model_copy(update={"clusters": 8, "units": 800})
    assert gather.units_by_arm(clinics, protocol.model_copy(update={"sample_size": by_clusters})) == {
        "triage": 1,
        "usual": 1,
    }
    frame = pd.read_parquet(clinics.table("panel_individual_wave"))
    frame.assign(treat=[0, 2, 0, 1]).to_parquet(clinics.folder / "panel_individual_wave.parquet")
    assert gather.received(clinics, protocol) is None
    named = frame.assign(treat=["usual", "triage", "usual", None])
    named.to_parquet(clinics.folder / "panel_individual_wave.parquet")
    assert gather.received(clinics, protocol) == {"c1": "usual", "c2": "usual"}
    (clinics.folder / "panel_individual_wave.parquet").unlink()
    assert gather.received(clinics, protocol) is None


def test_days_of_observation_are_held_against_the_windows(tmp_path, workspace, ledger, release):
    path = tmp_path / "visits.csv"
    days = ["2026-01-08", "2026-01-12", "2026-02-20"]
    lines = [f"HZ-P0000{n},W1,HZ-C01,{day},1,1980,12.5,4,true" for n, day in enumerate(days)]
    head = "person_id,wave,clinic_id,interview_date,gender_code,birth_year,wait_min,satisfaction_score,is_simulated"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    sent = submit(path, contract="clinic_visit", zone="hangzhou", wave="W1", actor="x", workspace=workspace)
    assert sent.rows_accepted == 3, sent.problems
    wave = {
        "wave_id": "W1",
        "label": WORDS,
        "order": 1,
        "target_date": "2026-01-10",
        "window_before": 2,
        "window_after": 2,
    }
    visits = {**SOURCE, "kind": "survey", "contract_id": "clinic_visit"}
    protocol = drawn_plan(schedule=[wave], data_sources=[visits])
    lake = Lake(workspace, ledger)
    release.as_of_seq = lake.closed_seq()
    (found,) = gather.collected(lake, release, protocol)
    assert (found.zone, found.wave, found.rows, found.outside) == ("hangzhou", "W1", 3, 1)
    assert (found.first, found.last) == ("2026-01-08", "2026-02-20")
    assert gather.collected(lake, release, drawn_plan(schedule=[wave], data_sources=[SOURCE])) is None
    elsewhere = drawn_plan(schedule=[wave], data_sources=[visits], zones=[{"zone_id": "deqing", "role": "mixed"}])
    assert gather.collected(lake, release, elsewhere) == ()


def test_files_count_on_the_day_on_which_they_came(ledger, release):
    made = arrive(ledger)
    release.submissions = (made.submission_id,)
    (found,) = gather.arrived(ledger, release, plan(data_sources=[SOURCE]))
    assert (found.contract, found.files) == ("traffic_hour", 1)
    assert replace(found, files=2).day == found.day
