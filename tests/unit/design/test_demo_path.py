"""The demo's experiments go the registry's whole way, once, and their draws prove themselves."""

import json
from collections import Counter

import pytest

from apps.cli import recap
from data import documents
from data.demo import frames, simulate
from data.verify import verify_workspace
from experiments.against_record import registration
from experiments.design.diagnose import diagnose
from experiments.design.verification import provable, verify_assignment, verify_draws
from experiments.plans import plan_of, plans
from experiments.registry import demo_diagnoses, demo_path
from experiments.registry.check import check_document
from experiments.registry.protocol import load_protocol
from experiments.registry.store import Registry

pytestmark = pytest.mark.archive

SEED = 11


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    from data.paths import Workspace

    made = Registry.open(Workspace(tmp_path_factory.mktemp("path") / "home").create())
    demo_path.prepare(made, frames(SEED, 0.2), seed=SEED)
    return made


def test_all_three_are_registered_by_others_than_their_team(registry):
    for name in registry.ids():
        record = registry.record(name)
        assert (record.current.version, record.current.state) == ("1.0", "registered")
        assert {review.reviewer for review in record.current.reviews} == set(demo_path.REVIEWERS.values())
    kinds = Counter(event.kind for event in registry.ledger.events())
    assert kinds["protocol_registered"] == kinds["assignment_revealed"] == 3
    assert {event.actor.split(".")[0] for event in registry.ledger.events()} == {"demo"}


def test_a_second_time_adds_nothing(registry):
    before = registry.ledger.head()
    again = demo_path.prepare(registry, frames(SEED, 0.2), seed=SEED)
    assert registry.ledger.head() == before
    assert Counter(again.values())["triage"] == 44


def test_the_draws_prove_themselves(registry):
    for name in registry.ids():
        record = registry.record(name)
        assert provable(record)
        assert verify_assignment(record, lambda sha256: documents.raw(registry.ledger, sha256)) == []
    assert verify_draws(registry) == []
    assert verify_workspace(registry.workspace, registry.ledger) == []


def test_the_files_carry_the_sealed_arms(registry):
    arms = demo_path.prepare(registry, frames(SEED, 0.2), seed=SEED)
    tables, own = simulate(SEED, 0.2, arms=arms), simulate(SEED, 0.2)
    sent = tables.clinic_assignment.set_index("clinic_id")["arm_code"]
    assert {clinic: int(arms[clinic] == "triage") for clinic in sent.index} == sent.to_dict()
    assert (tables.clinic_assignment.groupby("block_id")["arm_code"].sum() == 1).all()
    assert not tables.clinic_assignment.equals(own.clinic_assignment)
    assert tables.traffic_hour.equals(own.traffic_hour)
    assert tables.organisation_quarter.equals(own.organisation_quarter)
    same = own.clinic_visit.merge(tables.clinic_visit, on=["zone_id", "person_id", "wave"], suffixes=("", "_sealed"))
    first = same.loc[same["wave"] == "W1"]
    assert (first["wait_min"] == first["wait_min_sealed"]).all()  # before the start nothing but arms differs


def test_frames_are_who_the_simulation_has():
    made, tables = frames(SEED, 0.2), simulate(SEED, 0.2)
    assert set(made["SE-2026-0001"]["clinic_id"]) == set(tables.clinic_assignment["clinic_id"])
    adopted = tables.organisation_quarter.drop_duplicates("org_id").set_index("org_id")["adopted_quarter"]
    assert made["SE-2026-0002"].set_index("org_id")["adopted_quarter"].to_dict() == adopted.to_dict()
    days = tables.district_signal.set_index("district_id")["switched_on_date"]
    assert made["SE-2026-0003"].set_index("district_id")["switched_on_date"].to_dict() == days.to_dict()


class Simulated:
    simulated = True


class Real:
    simulated = False


def test_what_runs_is_the_registered_text(registry):
    found = plans(registry.workspace, Simulated())
    assert [plan.protocol.experiment_id for plan in found] == registry.ids()
    for plan in found:
        told = registration(plan.record, plan.version.version)
        assert told["version"] == "1.0"
        assert told["document_sha256"] == plan.version.document_sha256
        assert told["assignments"][0]["revealed_at"]
        assert len(plan.units()) > 60
        lottery = plan.lottery()
        assert set(lottery.lot_of) == {unit.unit for unit in plan.units()}
        assert sum(len(draw.first) for draw in lottery.draws) == len(set(lottery.lot_of.values()))
    assert plans(registry.workspace, Real()) == []
    assert plan_of(registry.workspace, Real(), "SE-2026-0001", None) is None
    assert plan_of(registry.workspace, Simulated(), "SE-2026-0001", None).version.version == "1.0"


def test_a_file_of_a_registered_experiment_is_not_looked_at(registry):
    folder = registry.workspace.home / "protocols"
    folder.mkdir(exist_ok=True)
    text = (demo_path.DEMO / "SE-2026-0001.yml").read_text(encoding="utf-8")
    (folder / "a.yml").write_text(text.replace("alpha: 0.05", "alpha: 0.2"), encoding="utf-8")
    (folder / "b.yml").write_text(text.replace("SE-2026-0001", "SE-2026-0777"), encoding="utf-8")
    found = {plan.protocol.experiment_id: plan for plan in plans(registry.workspace, Simulated())}
    assert found["SE-2026-0001"].version is not None
    assert found["SE-2026-0777"].version is None
    assert found["SE-2026-0777"].units() == ()


def test_the_recap_tells_version_draw_and_order(registry):
    (first, *_rest) = recap.standings(registry, ["SE-2026-0001", "SE-2026-9999"])
    assert _rest == []
    assert (first.experiment, first.version, first.first_data_at) == ("SE-2026-0001", "1.0", None)
    assert first.registered_before_first_data
    assert len(first.assignment_sha256) == 64


@pytest.mark.parametrize("path", demo_path.protocol_files(), ids=lambda path: path.stem)
def test_the_demo_protocols_can_be_registered(path):
    assert [found for found in check_document(load_protocol(path), "R") if found.severity == "error"] == []


@pytest.mark.parametrize("path", demo_path.protocol_files(), ids=lambda path: path.stem)
def test_the_kept_diagnosis_is_of_this_design_and_big_enough(path):
    kept = demo_diagnoses.kept_diagnosis(load_protocol(path))
    assert kept is not None, "renew it: python -m experiments.registry.demo_diagnoses"
    assert kept["sims"] >= 1000


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("path", demo_path.protocol_files(), ids=lambda path: path.stem)
def test_the_kept_diagnosis_comes_out_again(path):
    protocol = load_protocol(path)
    kept = demo_diagnoses.kept_diagnosis(protocol)
    again = json.loads(json.dumps(diagnose(protocol, sims=kept["sims"], seed=kept["seed"]).to_dict()))
    assert _close(again, kept)


def _close(one, other):
    """Compare nested results; Monte-Carlo counts are exact, sums may differ in the last digits between machines."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_close(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_close, one, other))
    return one == pytest.approx(other, rel=1e-9, abs=1e-12) if isinstance(one, float) else one == other
