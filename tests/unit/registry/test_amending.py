"""The acts after registration: amendments, versions of the AI system, ethics decisions, notes on deviations."""

from datetime import date

import pytest

from data.access import PLATFORM
from data.ledger import Ledger
from data.messages import NotPermitted, Refused
from data.submissions import receive, settle
from experiments.registry import acts
from experiments.registry.acts_running import set_status
from experiments.registry.amending import amend, detail_of_epochs, points_on_record, proposal, record_ai_version
from experiments.registry.ethics import record_ethics, suspend_expired
from experiments.registry.noting import note_deviation
from experiments.registry.points import record_read
from experiments.registry.schema.governance import EthicsDecision

REASON = {"reason_code": "missing_information", "justification": "It was known before the draw, and was left out. " * 3}
OUTCOME = {
    "id": "wait", "name": {"en": "Wait"}, "tier": "secondary", "level": "individual", "variables": ["wait_min"],
    "time_frame": {"waves": ["W2"]}, "scale": "continuous", "unit": {"en": "min"}, "direction_of_benefit": "decrease",
    "data_source": "survey",
}  # fmt: skip
SOURCE = {
    "id": "visits", "kind": "survey", "owner": "zone", "legal_basis": {"en": "consent"}, "prior_access": "not_created",
    "contract_id": "clinic_visit",
}  # fmt: skip
AI = {
    "id": "ai", "arms": ["a"], "kind": "ai_system",
    "ai_system": {
        "name": {"en": "AI"}, "provider": "P", "model_family": "F", "model_version": "1.0", "update_policy": "scheduled",
        "decision_role": "informs", "human_override": True, "affected_parties": ["users"],
    },
}  # fmt: skip


class FakeRelease:
    release_id = "R000001-00000000"


@pytest.fixture
def name(registry, people):
    return people.registered(registry, interventions=[AI], outcomes=[OUTCOME], sectors=["medical_care"])


def plan(registry, name, **changes):
    protocol = registry.record(name).current.protocol
    return protocol.model_validate({**protocol.model_dump(mode="json"), **changes})


def test_a_minor_amendment_is_registered_at_once(registry, people, name):
    record = amend(registry, name, plan(registry, name, acronym="AIT"), actor=people.PI, **REASON)
    assert (record.current.version, record.open) == ("1.1", None)
    assert record.current.protocol.acronym == "AIT"
    written = record.amendments[-1].detail
    assert (written["from"], written["to"], written["class"]) == ("1.0", "1.1", "minor")
    assert (written["initiated_by"], written["phase_at_change"], written["resets"]) == (people.PI, "pre_t1", {})
    assert record.version("1.0").protocol.acronym is None


def test_a_major_amendment_goes_through_review_anew(registry, people, name):
    proposed = plan(registry, name, sectors=["education"], domain="education")
    assert proposal(registry, name, proposed).change_class == "major"
    record = amend(registry, name, proposed, actor=people.PI, **REASON)
    assert (record.current.version, record.open.version, record.open.state) == ("1.0", "2.0", "draft")
    assert record.open.reviews == ()
    people.diagnosed(registry, name)
    acts.submit(registry, name, actor=people.PI)
    acts.assign_reviewers(registry, name, methods=[people.METHODS], ethics=[people.ETHICS], actor=people.REGISTRAR)
    for side, user in (("methods", people.METHODS), ("ethics", people.ETHICS)):
        acts.vote(registry, name, side=side, vote="approve", actor=user)
    acts.approve(registry, name, actor=people.REGISTRAR)
    acts.register(registry, name, actor=people.REGISTRAR)
    assert registry.record(name).current.version == "2.0"
    assert registry.ledger.verify() == []


def test_the_same_change_is_major_after_the_first_outcome_was_read(registry, people, name):
    late = plan(registry, name, sectors=["education"])
    assert proposal(registry, name, late).change_class == "minor"
    record_read(registry.ledger, FakeRelease, ["panel_individual_wave"], "ana", [name])
    record_read(registry.ledger, FakeRelease, ["panel_individual_wave"], "ana", [name])
    record_read(registry.ledger, FakeRelease, [], "ben", [name])
    assert len(registry.ledger.events("outcome_read")) == 1
    assert points_on_record(registry, registry.record(name)).phase == "t3_t4"
    with pytest.raises(Refused, match="E-AMD-05"):
        amend(registry, name, late, actor=people.PI, **REASON)
    record = amend(registry, name, late, actor=people.PI, knowledge_of_results="unblinded", **REASON)
    assert (record.open.version, record.amendments[-1].detail["status"]) == ("2.0", "amended after data")


def test_only_the_team_amends_what_is_registered(registry, people, name):
    with pytest.raises(NotPermitted):
        amend(registry, name, plan(registry, name, acronym="AIT"), actor=people.METHODS, **REASON)
    drafted = acts.draft(registry, people.make_protocol(), actor=people.PI)
    with pytest.raises(Refused, match="E-REG-05"):
        amend(registry, drafted, people.make_protocol(acronym="x"), actor=people.PI, **REASON)


def test_a_new_ai_version_opens_an_epoch_and_amends_the_plan(registry, people, name):
    record = record_ai_version(registry, name, intervention_id="ai", version="1.1", actor=people.PI)
    assert (record.current.version, record.current.protocol.interventions[0].ai_system.model_version) == ("1.1", "1.1")
    assert [(item["from"], item["to"]) for item in detail_of_epochs(record)] == [("1.0", "1.1")]
    written = record.amendments[-1]
    assert (written.detail["reason_code"], written.actor, written.detail["class"]) == (
        "ai_system_changed",
        "system",
        "minor",
    )
    assert record.deviations == ()
    assert record_ai_version(registry, name, intervention_id="ai", version="1.1", actor=people.PI) == record
    with pytest.raises(Refused, match="E-AMD-07"):
        record_ai_version(registry, name, intervention_id="robot", version="1", actor=people.PI)
    with pytest.raises(NotPermitted):
        record_ai_version(registry, name, intervention_id="ai", version="9", actor=people.METHODS)


def test_a_version_amended_by_hand_opens_its_epoch_too(registry, people, name):
    card = {**AI["ai_system"], "model_version": "1.5"}
    proposed = plan(registry, name, interventions=[{**AI, "ai_system": card}])
    record = amend(registry, name, proposed, actor=people.PI, **{**REASON, "reason_code": "ai_system_changed"})
    assert [item["to"] for item in detail_of_epochs(record)] == ["1.5"]
    assert record.current.version == "1.1"


def test_a_new_version_of_a_frozen_system_is_a_deviation(registry, people):
    frozen = {**AI, "ai_system": {**AI["ai_system"], "update_policy": "frozen", "model_version": None}}
    name = people.registered(registry, interventions=[frozen])
    first = record_ai_version(registry, name, intervention_id="ai", version="1.0", actor=people.PI)
    assert (first.current.version, first.deviations) == ("1.1", ())
    record = record_ai_version(registry, name, intervention_id="ai", version="2.0", actor=PLATFORM)
    assert record.current.version == "1.1"
    assert [item.detail["id"] for item in record.deviations] == ["ai_version_outside.ai.2.0"]
    assert [item["to"] for item in detail_of_epochs(record)] == ["1.0", "2.0"]
    said = {"reason_code": "unforeseen_event", "consequence": "none known", "corrective_action": "rolled back"}
    noted = note_deviation(registry, name, "ai_version_outside.ai.2.0", actor=people.PI, **said)
    assert noted.deviations[-1].kind == "deviation_noted"
    with pytest.raises(Refused, match="E-AMD-10"):
        note_deviation(registry, name, "x", actor=people.PI, **said)


def test_while_an_amendment_is_open_only_the_epoch_is_recorded(registry, people, name):
    amend(registry, name, plan(registry, name, domain="education"), actor=people.PI, **REASON)
    record = record_ai_version(registry, name, intervention_id="ai", version="1.1", actor=people.PI)
    assert (len(record.epochs), record.current.version, record.open.version) == (1, "1.0", "2.0")


def decision(**changes):
    fields = {
        "id": "e2", "board": "B", "number": "2", "decision": "approved", "date": "2026-06-01", "expires_on": "2027-06-01",
        "zones": ["deqing"],
    }  # fmt: skip
    return EthicsDecision.model_validate({**fields, **changes})


def test_ethics_decisions_are_recorded_by_others_than_the_team(registry, people, name):
    record = record_ethics(registry, name, decision=decision(), actor=people.ETHICS)
    event = record.events[-1]
    assert (event.kind, event.detail["expires_on"], event.role) == ("ethics_recorded", "2027-06-01", "ethics_reviewer")
    with pytest.raises(NotPermitted):
        record_ethics(registry, name, decision=decision(), actor=people.PI)
    with pytest.raises(Refused, match="E-AMD-08"):
        record_ethics(registry, name, decision=decision(zones=["xian"]), actor=people.ETHICS)
    with pytest.raises(Refused, match="E-AMD-09"):
        record_ethics(registry, name, decision=decision(expires_on="2026-01-01"), actor=people.ETHICS)


def test_a_zone_is_suspended_when_its_ethics_have_run_out(registry, people, name):
    assert suspend_expired(registry, date(2026, 7, 1)) == []
    acts_before = len(registry.ledger.events())
    with registry.ledger.transaction() as connection:
        registry.ledger.record(
            connection, kind="status_changed", object_id=name, actor="x",
            detail={"zone_id": "deqing", "from": "not_yet_recruiting", "to": "recruiting", "cause": ""},
        )  # fmt: skip
    record_ethics(registry, name, decision=decision(), actor=people.ETHICS)
    assert suspend_expired(registry, date(2027, 6, 1)) == []
    assert suspend_expired(registry, date(2027, 6, 2)) == [(name, "deqing")]
    status = registry.record(name).zones["deqing"]
    assert (status.status, status.cause) == ("suspended", "ethics")
    assert suspend_expired(registry, date(2027, 6, 2)) == []
    assert len(registry.ledger.events()) == acts_before + 3
    with pytest.raises((Refused, NotPermitted)):
        set_status(registry, name, zone="deqing", action="resume_recruiting", actor=people.PI)


def test_nothing_of_this_needs_more_than_the_ledger(registry, name, workspace):
    assert points_on_record(registry, registry.record(name)).phase == "pre_t1"
    assert Ledger.open(workspace).verify() == []


def test_a_minor_amendment_that_cannot_be_registered_leaves_no_trace(registry, name):
    before = registry.ledger.head()
    with pytest.raises(NotPermitted, match="E-REG-14"):
        amend(registry, name, plan(registry, name, acronym="AIT"), actor="co", **REASON)  # of the team, not responsible
    assert registry.ledger.head() == before
    assert registry.record(name).open is None


def test_a_point_once_reached_is_not_undone_by_dropping_its_source(registry, people):
    name = people.registered(registry, data_sources=[SOURCE], outcomes=[OUTCOME])
    arrived = {"sha256": "1" * 64, "file_name": "f", "zone": "deqing", "contract": "clinic_visit", "wave": "W2"}
    made, _ = receive(registry.ledger, actor="op", **arrived)
    counts = {"rows_read": 1, "rows_accepted": 1, "rows_quarantined": 0}
    settle(registry.ledger, made.submission_id, status="accepted", **counts)
    reached = points_on_record(registry, registry.record(name))
    assert reached.t2 == made.received_at
    amend(registry, name, plan(registry, name, data_sources=[]), actor=people.PI, **REASON)
    people.diagnosed(registry, name)
    acts.submit(registry, name, actor=people.PI)
    acts.assign_reviewers(registry, name, methods=[people.METHODS], ethics=[people.ETHICS], actor=people.REGISTRAR)
    for side, user in (("methods", people.METHODS), ("ethics", people.ETHICS)):
        acts.vote(registry, name, side=side, vote="approve", actor=user)
    acts.approve(registry, name, actor=people.REGISTRAR)
    acts.register(registry, name, actor=people.REGISTRAR)
    assert registry.record(name).current.protocol.data_sources == ()
    assert points_on_record(registry, registry.record(name)) == reached
