"""Withdrawing what is registered, and an experiment's status in a zone."""

from datetime import UTC, datetime, timedelta

import pytest

from data.access import PLATFORM
from data.ethics_gate import today
from data.messages import NotFound, NotPermitted, Refused, Text
from data.submissions import receive, settle
from experiments.registry import acts_running as running
from experiments.registry.amending import points_on_record
from experiments.registry.check import ProtocolProblem
from experiments.registry.checks import Checks
from experiments.registry.ethics import suspend_expired
from experiments.registry.points import Points
from experiments.registry.store import Registry

SOURCE = {
    "id": "visits",
    "kind": "survey",
    "owner": "zone",
    "legal_basis": {"en": "consent"},
    "prior_access": "not_created",
    "contract_id": "clinic_visit",
}
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


def record_event(registry, name, kind, detail, actor="pi", role=""):
    with registry.ledger.transaction() as connection:
        registry.ledger.record(connection, kind=kind, object_id=name, detail=detail, actor=actor, role=role)


def commit(registry, name):
    detail = {"version": "1.0", "frame_sha256": "f", "seed_commitment": "c", "drawn_at": "2026-01-01"}
    record_event(registry, name, "assignment_committed", detail)


def change(registry, name, action, actor, **more):
    return running.set_status(registry, name, zone="deqing", action=action, actor=actor, **more)


def recruiting(registry, people, **changes):
    name = people.registered(registry, **changes)
    commit(registry, name)
    change(registry, name, "ask_recruiting", people.LEAD)
    change(registry, name, "start_recruiting", people.PI)
    return name


def deliver(registry, zone="deqing", contract="clinic_visit", rows=3, wave=None, *, settled=True):
    deliver.count += 1
    submission, _ = receive(
        registry.ledger,
        sha256=f"{deliver.count:064d}",
        file_name="f.csv",
        zone=zone,
        contract=contract,
        wave=wave,
        actor="op",
    )
    if settled:
        counts = {"rows_read": rows, "rows_accepted": rows, "rows_quarantined": 0}
        settle(registry.ledger, submission.submission_id, status="accepted", **counts)
    return submission.submission_id


deliver.count = 0


def status(record):
    return record.zone_status["deqing"]


def test_recruiting_is_asked_for_by_the_zone_and_confirmed_by_the_team(registry, people):
    name = people.registered(registry)
    commit(registry, name)
    with pytest.raises(Refused, match="E-REG-61"):
        change(registry, name, "start_recruiting", people.PI)
    record = change(registry, name, "ask_recruiting", people.LEAD)
    assert status(record) == "not_yet_recruiting"
    assert record.zones["deqing"].asked_by == people.LEAD
    with pytest.raises(Refused, match="E-REG-61"):
        change(registry, name, "start_recruiting", people.LEAD)  # of the team, but the one who asked
    with pytest.raises(NotPermitted, match="E-REG-60"):
        change(registry, name, "start_recruiting", "stranger")
    record = change(registry, name, "start_recruiting", people.PI)
    assert status(record) == "recruiting"
    assert record.events[-1].detail["from"] == "not_yet_recruiting"


def test_only_the_named_lead_of_the_zone_asks(registry, people, workspace):
    name = people.registered(registry)
    with pytest.raises(NotPermitted, match="E-REG-60"):
        change(registry, name, "ask_recruiting", people.PI)
    (workspace.home / "access.yml").write_text(
        f"users:\n  {people.LEAD}: {{roles: [zone_lead], zones: [jinan]}}\n", encoding="utf-8"
    )
    with pytest.raises(NotPermitted, match="E-REG-60"):
        change(registry, name, "ask_recruiting", people.LEAD)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"zone_approval_state": "pending"}, "E-REG-63"),
        ({"consent_plan": {"form_sha256": None}}, "E-REG-67"),
        ({"consent_plan": None}, "E-REG-67"),
        (
            {"instruments": [{"id": "q", "version": "1", "languages": ["zh"], "mode": "capi"}]},
            r"E-REG-66.*Without content_sha256: q\.",
        ),
    ],
)
def test_what_recruiting_needs(registry, people, changes, wanted):
    base = people.make_protocol()
    if "zone_approval_state" in changes:
        changes = {"zones": [base.zones[0].model_dump() | changes]}
    if changes.get("consent_plan"):
        changes = {"consent_plan": base.consent_plan.model_dump() | changes["consent_plan"]}
    with pytest.raises(Refused, match=wanted):
        recruiting(registry, people, **changes)


def test_consent_may_be_waived_and_a_study_without_a_draw_needs_no_commitment(registry, people):
    plan = people.make_protocol().consent_plan.model_dump() | {"mode": "waived", "form_sha256": None}
    zones = [{"zone_id": "deqing", "role": "mixed", "zone_approval_state": "approved"}]
    name = people.registered(registry, consent_plan=plan, allocation="non_randomised", zones=zones)
    change(registry, name, "ask_recruiting", "any lead")
    assert status(change(registry, name, "start_recruiting", people.PI)) == "recruiting"


def test_a_randomised_study_commits_first(registry, people):
    name = people.registered(registry)
    change(registry, name, "ask_recruiting", people.LEAD)
    with pytest.raises(Refused, match="E-REG-65"):
        change(registry, name, "start_recruiting", people.PI)


def test_launch_needs_what_the_checker_says(workspace, people):
    def check(_, stage):
        return [ProtocolProblem("x", "error", Text(en="No.", zh="无。"))] if stage == "L" else []

    registry = Registry.open(
        workspace, Checks(check, lambda protocol: protocol.title_brief.en, lambda _protocol, _document: [])
    )
    with pytest.raises(Refused, match="E-REG-42"):
        recruiting(registry, people)


def test_expired_ethics_stops_the_start_and_the_resumption(registry, people):
    name = recruiting(registry, people)
    change(registry, name, "suspend", people.PI, cause="funding")
    old = people.make_protocol().ethics[0].model_dump()
    expired = {**old, "zones": ["deqing"], "date": "2026-03-01", "expires_on": "2026-03-02"}
    record_event(registry, name, "ethics_recorded", expired)
    with pytest.raises(Refused, match="E-REG-64"):
        change(registry, name, "resume_recruiting", people.PI)


def test_a_decision_that_has_not_begun_starts_nothing(registry, people):
    base = people.make_protocol().ethics[0].model_dump()
    later = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    with pytest.raises(Refused, match=r"E-REG-45.*No decision that has begun"):
        people.registered(registry, ethics=[base | {"date": later}])
    zones = [{"zone_id": zone, "role": "mixed", "zone_approval_state": "approved"} for zone in ("deqing", "jinan")]
    decided = [base | {"date": later}, base | {"id": "e2", "zones": ["jinan"]}]
    name = people.registered(registry, zones=zones, ethics=decided)
    commit(registry, name)
    change(registry, name, "ask_recruiting", people.LEAD)
    with pytest.raises(Refused, match="E-REG-64"):
        change(registry, name, "start_recruiting", people.PI)


def test_of_two_decisions_of_one_day_the_last_recorded_counts(registry, people):
    name = recruiting(registry, people)
    old = people.make_protocol().ethics[0].model_dump(mode="json")
    record_event(registry, name, "ethics_recorded", {**old, "decision": "refused"})
    assert suspend_expired(registry, today()) == [(name, "deqing")]


def test_suspending_and_resuming(registry, people):
    name = recruiting(registry, people)
    with pytest.raises(Refused, match=r"E-REG-68.*One of: ethics, harm"):
        change(registry, name, "suspend", people.PI, cause="weather")
    record = change(registry, name, "suspend", PLATFORM, cause="harm")
    assert (record.events[-1].actor, record.events[-1].role) == ("system", "system")
    for actor in (people.PI, people.LEAD):
        with pytest.raises(Refused, match="E-REG-72"):
            change(registry, name, "resume_recruiting", actor)
    assert status(change(registry, name, "resume_recruiting", people.ETHICS)) == "recruiting"
    change(registry, name, "stop_recruiting", people.LEAD)
    change(registry, name, "suspend", people.ETHICS, cause="other")
    with pytest.raises(Refused, match="E-REG-70"):
        change(registry, name, "resume_recruiting", people.PI)
    assert status(change(registry, name, "resume_follow_up", people.PI)) == "active_not_recruiting"


def test_terminating_says_why_and_is_the_end(registry, people):
    name = recruiting(registry, people)
    with pytest.raises(Refused, match="E-REG-69"):
        change(registry, name, "terminate", people.PI)
    record = change(registry, name, "terminate", people.PI, reason="funding")
    assert record.zones["deqing"].reason == "funding"
    with pytest.raises(Refused, match="E-LIFE-01"):
        change(registry, name, "suspend", people.PI, cause="other")


WAVE = {"wave_id": "W1", "label": {"en": "1"}, "order": 1}
DATES = {name: {"date": "2026-01-01", "type": "actual"} for name in ("study_start", "primary_completion", "study_end")}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schedule": [WAVE | {"target_date": "2026-01-01"}]}, None),
        ({"schedule": [WAVE | {"target_date": YESTERDAY, "window_after": 5}]}, "The last one closes on"),
        ({"schedule": [WAVE | {"target_offset_days": 3}], "dates": DATES}, None),
        ({"schedule": [WAVE | {"target_offset_days": 36500}], "dates": DATES}, "The last one closes on"),
        ({"schedule": [WAVE], "dates": DATES}, None),
        ({"dates": DATES | {"study_end": {"date": TOMORROW, "type": "anticipated"}}}, "closes on"),
        ({}, "Neither schedule nor dates"),
        ({"schedule": [WAVE | {"target_offset_days": 3}]}, "Neither schedule nor dates"),
    ],
)
def test_completing_needs_the_last_wave_to_be_over(registry, people, changes, words):
    name = recruiting(registry, people, **changes)
    change(registry, name, "stop_recruiting", people.PI)
    if words is None:
        assert status(change(registry, name, "complete", people.PI)) == "completed"
        return
    with pytest.raises(Refused, match=f"E-REG-73.*{words}"):
        change(registry, name, "complete", people.PI)


def test_completing_needs_a_verdict_on_every_delivery(registry, people):
    name = recruiting(registry, people, data_sources=[SOURCE], dates=DATES)
    change(registry, name, "stop_recruiting", people.PI)
    deliver(registry, zone="jinan", settled=False)
    deliver(registry, contract="air_weather_hour", settled=False)
    waiting = deliver(registry, settled=False)
    with pytest.raises(Refused, match=f"E-REG-74.*Waiting: {waiting}"):
        change(registry, name, "complete", people.PI)


def test_completing_waits_for_the_review_of_every_delivery(registry, people):
    name = recruiting(registry, people, data_sources=[SOURCE], dates=DATES)
    change(registry, name, "stop_recruiting", people.PI)
    waiting = deliver(registry)
    for kind, to in (("batch_waiting", "validated"), ("batch_approved", "approved")):
        with registry.ledger.transaction() as connection:
            registry.ledger.record(connection, kind=kind, object_id=waiting, detail={"to": to}, actor="steward.one")
        if to == "validated":
            with pytest.raises(Refused, match=f"E-REG-74.*Waiting: {waiting}"):
                change(registry, name, "complete", people.PI)
    assert status(change(registry, name, "complete", people.PI)) == "completed"


def test_a_zone_is_withdrawn_only_while_nobody_is_enrolled(registry, people):
    name = people.registered(registry, data_sources=[SOURCE])
    with pytest.raises(Refused, match="E-REG-69"):
        change(registry, name, "withdraw_zone", people.PI)
    deliver(registry, zone="jinan")
    other = people.registered(registry, data_sources=[SOURCE])
    assert status(change(registry, other, "withdraw_zone", people.PI, reason="funding")) == "withdrawn"
    deliver(registry, rows=3)
    with pytest.raises(Refused, match=r"E-REG-75.*3 rows"):
        change(registry, name, "withdraw_zone", people.PI, reason="funding")


def test_a_zone_that_is_not_the_experiments(registry, people):
    name = people.registered(registry)
    with pytest.raises(NotFound, match="E-REG-03"):
        running.set_status(registry, name, zone="jinan", action="suspend", actor=people.PI)
    with pytest.raises(Refused, match="E-REG-05"):
        change(registry, people.submitted(registry), "suspend", people.PI)


def test_a_dropped_zone_keeps_its_status_but_does_not_start(registry, people):
    from experiments.registry import acts

    name = people.registered(registry)
    change(registry, name, "ask_recruiting", people.LEAD)
    elsewhere = [{"zone_id": "jinan", "role": "mixed"}]
    protocol = people.make_protocol(experiment_id=name, zones=elsewhere)
    acts.amend(registry, protocol, version="1.1", amendment={"to": "1.1", "class": "minor"}, actor=people.PI)
    record = acts.register_minor(registry, name, actor=people.PI)
    assert record.zone_status == {"deqing": "not_yet_recruiting", "jinan": "not_yet_recruiting"}
    with pytest.raises(Refused, match=r"E-REG-65.*|E-REG-63"):
        change(registry, name, "start_recruiting", people.PI)
    assert change(registry, name, "ask_recruiting", people.LEAD).zones["deqing"].asked_by == people.LEAD


def test_withdrawing_is_asked_by_the_team_and_accepted_by_the_registrar(registry, people):
    name = people.registered(registry)
    with pytest.raises(Refused, match="E-REG-48"):
        running.withdraw(registry, name, actor=people.REGISTRAR)
    with pytest.raises(Refused, match=r"E-REG-51.*One of: safety"):
        running.ask_withdrawal(registry, name, reason="boredom", actor=people.PI)
    with pytest.raises(NotPermitted, match="E-REG-11"):
        running.ask_withdrawal(registry, name, reason="funding", actor="stranger")
    asked = running.ask_withdrawal(registry, name, reason="funding", actor=people.PI)
    assert asked.current.state == "registered"
    record = running.withdraw(registry, name, actor=people.REGISTRAR)
    assert record.current.state == "withdrawn"
    assert record.current.withdrawal_reason == "funding"
    assert record.current.withdrawal_asked_by == people.PI


def test_what_runs_is_not_withdrawn(registry, people):
    name = recruiting(registry, people)
    with pytest.raises(Refused, match="E-LIFE-01"):
        change(registry, name, "withdraw_zone", people.PI, reason="funding")
    running.ask_withdrawal(registry, name, reason="funding", actor=people.PI)
    with pytest.raises(Refused, match=r"E-REG-49.*Still running: deqing\."):
        running.withdraw(registry, name, actor=people.REGISTRAR)


def test_withdrawing_what_was_never_registered(registry, people):
    with pytest.raises(Refused, match="E-REG-05"):
        running.withdraw(registry, people.submitted(registry), actor=people.REGISTRAR)


def test_the_draw_is_read_from_the_ledger(registry, people):
    name = people.registered(registry)
    record_event(registry, name, "assignment_drawn", {"assignment_sha256": "x", "document": "d"})
    record_event(registry, name, "assignment_revealed", {"seed": 1, "nonce": "n"})
    assert registry.record(name).assignment is None  # a draw without a commitment is none
    commit(registry, name)
    record_event(registry, name, "assignment_drawn", {"assignment_sha256": "x", "document": "d"})
    record_event(registry, name, "assignment_revealed", {"seed": 1, "nonce": "n"})
    record = registry.record(name)
    assert (record.assignment.seed, record.assignment.nonce, record.assignment.document) == (1, "n", "d")
    assert record.assignment.revealed_at == record.events[-1].at_utc
    assert points_on_record(registry, record).t1 <= record.assignment.revealed_at


def test_points_of_time(registry, people):
    outcome = {
        "id": "wait",
        "name": {"en": "w"},
        "tier": "primary",
        "level": "individual",
        "variables": ["w"],
        "time_frame": {"waves": ["W2"]},
        "scale": "continuous",
        "unit": {"en": "min"},
        "direction_of_benefit": "decrease",
        "data_source": "survey",
    }
    name = people.registered(registry, data_sources=[SOURCE], outcomes=[outcome])
    deliver(registry, wave="W1")
    deliver(registry, wave="W2", zone="jinan")
    deliver(registry, wave="W2", settled=False)
    assert points_on_record(registry, registry.record(name)) == Points()
    deliver(registry, wave="W2")
    record_event(registry, name, "outcome_read", {"release_id": "R1", "tables": []})
    record_event(registry, name, "analysis_run", {"run_id": "1", "is_primary": False})
    points = points_on_record(registry, registry.record(name))
    assert points.t2 is not None
    assert points.t3 is not None
    assert points.t4 is None
    record_event(registry, name, "analysis_run", {"run_id": "2", "is_primary": True})
    record_event(registry, name, "deviation_found", {"id": "D1"})
    record_event(registry, name, "exposure_epoch", {"intervention_id": "i", "from": "1", "to": "2"})
    record = registry.record(name)
    assert points_on_record(registry, record).t4 is not None
    assert len(record.deviations) == len(record.epochs) == 1
