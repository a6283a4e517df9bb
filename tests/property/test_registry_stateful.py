"""Random acts by random people on one registry: what must hold after each of them, whatever was tried (registry model, 4 and 8).

A refused act leaves no trace, an allowed one its own; registered bytes, comments and answers never change; the chain verifies;
nothing is approved by silence or by its own team; every vote is its reviewer's, unseen until all are in; versions and the points
t1 to t4 only go forward; an amendment names what differs; what is public follows from the events.
"""

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant

from data import documents
from data.lifecycle import Transition
from experiments.registry.amending import points_on_record
from experiments.registry.diff import diff
from experiments.registry.fold import fold
from experiments.registry.machines import OPERATIONAL
from experiments.registry.points import PHASES
from experiments.registry.reviews import visible_reviews
from experiments.registry.separation import named
from experiments.registry.visibility import public
from tests.property.registry_acts import NOW, USERS, RegistryActs

SIDES = {
    "investigator": "team",
    "zone_lead": "team",
    "registrar": "registrar",
    "methods_reviewer": "methods",
    "ethics_reviewer": "ethics",
}


class RegistryMachine(RegistryActs):
    """What must hold after every act."""

    @invariant()
    def registered_bytes_never_change(self):
        for version in self.record.versions if hasattr(self, "record") else ():
            if version.registered_at is not None:
                text = documents.get(self.registry.ledger, version.document_sha256)
                assert self.frozen.setdefault(version.version, text) == text
        known = {item.version for item in self.record.versions if item.registered_at} if self.frozen else set()
        assert known == set(self.frozen)

    @invariant()
    def the_chain_verifies(self):
        assert self.registry.ledger.verify() == []

    @invariant()
    def numbers_only_grow(self):
        made = [tuple(map(int, e.detail["version"].split("."))) for e in self.events("protocol_registered")]
        assert made == sorted(set(made))
        assert sum(item.state == "registered" for item in self.record.versions) <= 1

    @invariant()
    def what_was_said_stands(self):
        for version in self.record.versions if hasattr(self, "record") else ():
            for item in version.comments:
                key = (version.base, item.id, item.at)
                said = (item.reviewer, item.path, item.text)
                assert self.said.setdefault(key, said) == said
                if item.answer is not None:
                    assert self.said.setdefault((*key, "answer"), item.answer) == item.answer
        now = {(v.base, item.id, item.at) for v in self.record.versions for item in v.comments} if self.said else set()
        assert {key[:3] for key in self.said} == now, "a comment is gone"

    @invariant()
    def the_study_only_goes_forward(self):
        if hasattr(self, "record"):
            now = points_on_record(self.registry, self.record)
            for point, at in self.points.to_dict().items():
                assert at is None or now.to_dict()[point] == at
            assert PHASES.index(now.phase) >= PHASES.index(self.points.phase)
            self.points = now

    @invariant()
    def every_new_entry_was_allowed_by_what_stood_before_it(self):
        fresh = [event for event in self.events() if event.seq > self.checked]
        for event in fresh:
            check = getattr(self, f"check_{event.kind}", None)
            if check is not None:
                check(event, self.before(event))
            self.checked = event.seq
        for user in USERS if fresh else ():
            mine = {SIDES[event.role] for event in self.events() if event.actor == user and event.role in SIDES}
            assert len(mine) <= 1, (user, mine)

    def check_review_voted(self, event, before):
        version, side = before.open, event.detail["side"]
        assert version.state == "in_review"
        assert event.actor in version.reviewers[side]
        assert event.actor not in {vote.reviewer for vote in version.votes}
        assert event.actor not in named(version.protocol)

    def check_protocol_approved(self, event, before):
        version = before.open
        assert version.votes_in
        assert {vote.side for vote in version.votes} == {"methods", "ethics"}
        assert all(vote.vote == "approve" for vote in version.votes)
        deciders = {event.actor, *version.assigned}
        assert not deciders & named(version.protocol), "somebody approved their own"
        assert event.actor not in version.assigned

    def check_protocol_registered(self, event, before):
        version = before.open
        if version.approved_sha256 is None:
            assert before.amendments[-1].detail["to"] == event.detail["version"]
            assert before.amendments[-1].detail["class"] == "minor"
        else:
            assert version.approved_sha256 == version.document_sha256

    def check_protocol_drafted(self, event, before):
        if before.current is not None:
            told = before.amendments[-1].detail
            proposed = self.registry.protocol(event.detail["document"])
            found = [item.path for item in diff(before.version(told["from"]).protocol, proposed)]
            assert told["to"] == event.detail["version"]
            assert told["changed_paths"] == [path for path in found if path != "version"]

    def check_protocol_submitted(self, _event, before):
        assert before.open.unanswered == ()

    def check_comment_answered(self, event, before):
        assert not (before.open.state == "in_review" and not before.open.votes_in)
        assert event.detail["comment_id"] in {item.id for item in before.open.unanswered}

    @invariant()
    def what_is_public_follows_from_the_events(self):
        made = self.events("protocol_registered")
        gone = bool(self.events("protocol_withdrawn"))
        for event in made:
            newest = self.registry.protocol(made[-1].detail["document"])
            embargoed = newest.dissemination is not None
            assert public(self.record, event.detail["version"], NOW) == (not gone and not embargoed)
        for number in set(self.record.numbers if made else ()) - {event.detail["version"] for event in made}:
            assert not public(self.record, number, NOW)

    @invariant()
    def nobody_sees_anothers_vote_too_early(self):
        version = getattr(self, "record", None) and self.record.open
        if version is not None and version.state == "in_review" and not version.votes_in:
            for user in (*USERS, "auditor"):
                fresh = [item for item in visible_reviews(self.record, user).reviews if item.at > version.submitted_at]
                assert {item.reviewer for item in fresh} <= {user}

    @invariant()
    def a_zone_moves_only_along_the_table(self):
        state = "not_yet_recruiting"
        for event in self.events("status_changed"):
            cell = OPERATIONAL.cell(state, event.role, event.detail["action"])
            assert isinstance(cell, Transition)
            assert cell.after(state) == event.detail["to"]
            state = event.detail["to"]

    def events(self, kind=None):
        found = self.record.events if hasattr(self, "record") else ()
        return [item for item in found if kind in (None, item.kind)]

    def before(self, event):
        earlier = [item for item in self.record.events if item.seq < event.seq]
        return fold(self.name, earlier, self.registry.protocol)


class LongRegistryMachine(RegistryMachine):
    """The same machine, for the slow rung."""


TestRegistry = RegistryMachine.TestCase
TestRegistry.settings = settings(max_examples=5, stateful_step_count=10, deadline=None)
TestRegistryAtLength = pytest.mark.slow(LongRegistryMachine.TestCase)
TestRegistryAtLength.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
