"""Blind votes, derived visibility, standing towards an experiment, overdue lists."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from data.access import ROLES, roles_of
from data.messages import NotFound
from experiments.registry import acts
from experiments.registry import acts_running as running
from experiments.registry.records import Record, VersionRecord
from experiments.registry.reminders import reminders
from experiments.registry.reviews import visible_events, visible_reviews
from experiments.registry.separation import reviewers, roles_on
from experiments.registry.visibility import TOMBSTONE, public, visible_fields

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SAID = [{"path": "title_brief", "text": "why?"}]
EVERYBODY = ("mia", "eva", "pi", "rea", "auditor")


def seen(registry, name, viewer):
    visible = visible_reviews(registry.record(name), viewer)
    return {item.reviewer for item in visible.reviews} | {item.reviewer for item in visible.comments}


def test_votes_are_blind_until_both_are_in(registry, people):
    name = people.in_review(registry)
    acts.vote(registry, name, side="methods", vote="changes", comments=SAID, actor="mia")
    assert {user: seen(registry, name, user) for user in EVERYBODY} == {
        "mia": {"mia"},
        "eva": set(),
        "pi": set(),
        "rea": set(),
        "auditor": set(),
    }
    visible = visible_reviews(registry.record(name), "eva")
    assert visible.independent
    assert visible.waiting_for == ("eva",)
    hidden = [item for item in visible_events(registry.record(name), "eva") if item.kind == "review_voted"]
    assert [item.detail for item in hidden] == [{"side": "methods", "version": "0.1"}]
    own = [item for item in visible_events(registry.record(name), "mia") if item.kind == "review_voted"]
    assert own[0].detail["vote"] == "changes"
    acts.vote(registry, name, side="ethics", vote="approve", actor="eva")
    assert all(seen(registry, name, user) == {"mia", "eva"} for user in EVERYBODY)
    assert not visible_reviews(registry.record(name), "eva").independent


def test_a_new_round_is_blind_again_and_the_old_one_stays_open(registry, people):
    name = people.voted(registry, "changes", "changes")
    acts.request_changes(registry, name, actor="rea")
    for comment in registry.record(name).open.comments:
        acts.answer(registry, name, comment_id=comment.id, text="done", actor="pi")
    acts.submit(registry, name, actor="pi")
    assert visible_reviews(registry.record(name), "pi").waiting_for == ()
    acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor="rea")
    acts.vote(registry, name, side="methods", vote="approve", actor="mia")
    visible = visible_reviews(registry.record(name), "eva")
    assert [(item.reviewer, item.vote) for item in visible.reviews] == [("mia", "changes"), ("eva", "changes")]
    assert len(visible.comments) == 2
    assert len(visible_reviews(registry.record(name), "mia", "0.1").reviews) == 3


def test_public_follows_from_state_and_embargo(registry, people):
    sharing = {"embargo_until": "2026-07-01", "data_access": "open", "code_access": "open"}
    draft = acts.draft(registry, people.make_protocol(), actor="pi")
    assert not public(registry.record(draft), "0.1", NOW)
    name = people.registered(registry, dissemination=sharing)
    record = registry.record(name)
    assert not public(record, "1.0", NOW)
    assert public(record, "1.0", datetime(2026, 7, 1, tzinfo=UTC))
    assert not public(record, "0.1", datetime(2026, 7, 1, tzinfo=UTC))
    with pytest.raises(NotFound):
        public(record, "9.0", NOW)
    free = people.registered(registry)
    assert public(registry.record(free), "1.0", NOW)
    running.ask_withdrawal(registry, free, reason="funding", actor="pi")
    assert public(registry.record(free), "1.0", NOW)
    running.withdraw(registry, free, actor="rea")
    assert not public(registry.record(free), "1.0", NOW)


def test_an_amendment_moves_the_embargo_for_all_versions(registry, people):
    name = people.registered(registry)
    sharing = {"embargo_until": "2026-07-01", "data_access": "open", "code_access": "open"}
    changed = people.make_protocol(experiment_id=name, dissemination=sharing)
    acts.amend(registry, changed, version="1.1", amendment={"to": "1.1", "class": "minor"}, actor="pi")
    assert public(registry.record(name), "1.0", NOW)
    record = acts.register_minor(registry, name, actor="pi")
    later = NOW + timedelta(days=90)
    assert [public(record, version, NOW) for version in ("1.0", "1.1")] == [False, False]
    assert [public(record, version, later) for version in ("1.0", "1.1")] == [True, True]


def test_fields_by_role_state_and_embargo(people):
    sharing = {"embargo_until": "2026-07-01", "data_access": "open", "code_access": "open"}
    protocol = people.make_protocol(dissemination=sharing)
    everything = frozenset(type(protocol).model_fields)
    later = NOW + timedelta(days=90)
    assert visible_fields(protocol, ["investigator"], NOW) == everything
    assert visible_fields(protocol, ["auditor"], NOW, state="draft") == everything
    assert visible_fields(protocol, ["viewer"], NOW) == frozenset()
    assert visible_fields(protocol, [], later) == everything - {"data_protection"}
    assert visible_fields(protocol, [], later, state="superseded") == everything - {"data_protection"}
    assert visible_fields(protocol, [], later, state="approved") == frozenset()
    assert visible_fields(protocol, [], later, embargo=True) == frozenset()
    assert visible_fields(protocol, [], NOW, state="withdrawn") == TOMBSTONE


def test_no_visibility_is_stored(registry, people):
    """Neither a record, nor an event, nor a document has anything that could drift from the rule."""
    name = people.registered(registry)
    words = ("public", "visible", "hidden", "embargoed")
    shapes = {field.name for shape in (Record, VersionRecord) for field in dataclasses.fields(shape)}
    details = {key for event in registry.record(name).events for key in event.detail}
    assert not [field for field in shapes | details if any(word in field for word in words)]


def test_standing_towards_one_experiment(registry, people, workspace):
    record = registry.record(people.in_review(registry))
    general = {
        "data_steward",
        "vault_keeper",
        "output_checker",
        "publisher",
        "viewer",
        "auditor",
        "operator",
        "administrator",
    }
    team = {"investigator", "analyst", "zone_operator", "zone_lead"}
    standing = {user: set(roles_on(record, user, roles_of(user, workspace))) for user in ("pi", "mia", "eva", "x")}
    assert standing == {
        "pi": general | team,
        "mia": general | {"methods_reviewer"},
        "eva": general | {"ethics_reviewer"},
        "x": general | {"registrar"},
    }
    assert reviewers(record) == {"mia", "eva"}
    assert general | team | {"methods_reviewer", "ethics_reviewer", "registrar"} == set(ROLES)


def test_a_declared_conflict_and_a_plain_zone(registry, people):
    declared = [{"person": "max", "kind": "family", "entity": "vendor"}]
    zones = [{"zone_id": "jinan", "role": "control"}]
    record = registry.record(people.submitted(registry, conflicts={"declared": declared}, zones=zones))
    assert "investigator" in roles_on(record, "max", ["investigator"])


def overdue(registry, name, days):
    since = datetime.fromisoformat(registry.record(name).open.since)
    return [(item.remind, item.level) for item in reminders(registry, since + timedelta(days=days, minutes=1))]


def test_what_waits_is_reminded_after_7_days_and_escalated_after_14(registry, people):
    name = people.submitted(registry)
    assert overdue(registry, name, 6) == []
    assert overdue(registry, name, 7) == [("registrar", "reminder")]
    assert overdue(registry, name, 14) == [("registrar", "escalate")]
    acts.assign_reviewers(registry, name, methods=["mia"], ethics=["eva"], actor="rea")
    assert overdue(registry, name, 7) == [("eva", "reminder"), ("mia", "reminder")]
    acts.vote(registry, name, side="methods", vote="changes", comments=SAID, actor="mia")
    assert overdue(registry, name, 14) == [("eva", "escalate")]
    acts.vote(registry, name, side="ethics", vote="approve", actor="eva")
    assert overdue(registry, name, 400) == [("registrar", "escalate")]
    assert registry.record(name).open.state == "in_review"  # time alone decides nothing
    acts.request_changes(registry, name, actor="rea")
    assert overdue(registry, name, 8) == [("pi", "reminder")]
    told = reminders(registry, NOW + timedelta(days=4000))[0]
    assert told.text.en.startswith(f"{name} 0.1 has waited")
    assert "pi" in told.text.zh


def test_an_approved_version_waits_for_the_registrar_and_a_registered_one_for_nobody(registry, people):
    name = people.voted(registry)
    acts.approve(registry, name, actor="rea")
    assert overdue(registry, name, 7) == [("registrar", "reminder")]
    acts.register(registry, name, actor="rea")
    assert reminders(registry, NOW + timedelta(days=4000)) == []


def test_drafts_wait_for_nobody(registry, people):
    acts.draft(registry, people.make_protocol(responsible_party=None), actor="pi")
    assert reminders(registry, NOW + timedelta(days=4000)) == []
