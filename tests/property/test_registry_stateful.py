"""Random acts by random people on one registry: what must hold after each of them, whatever was tried.

A refused act leaves no trace; registered bytes never change; the chain verifies; nobody approves their own; every approval
stands on the votes of both sides; version numbers only grow; what is public follows from the events.
"""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from data import documents
from data.access import PLATFORM
from data.lifecycle import Transition
from data.messages import ZonelabError
from data.paths import Workspace
from experiments.registry import acts
from experiments.registry import acts_running as running
from experiments.registry.fold import fold
from experiments.registry.machines import OPERATIONAL
from experiments.registry.reviews import visible_reviews
from experiments.registry.separation import named
from experiments.registry.visibility import public
from tests.unit.registry import registry_people as people

NOW = datetime(2026, 6, 1, tzinfo=UTC)
USERS = ("pi", "co", "lead", "mia", "max", "eva", "emil", "rea", "rob")
ACTORS = st.sampled_from((*USERS, PLATFORM))
VOTES = st.sampled_from(("approve", "approve", "approve", "changes", "reject"))
EMBARGO = {"embargo_until": "2026-07-01", "data_access": "open", "code_access": "open"}
CHANGES = st.sampled_from(
    (
        {},
        {"acronym": "T"},
        {"abstract": {"en": "longer"}},
        {"title_brief": {"en": "Another design"}},
        {"dissemination": EMBARGO},
        {"risk_register": []},
        {"investigators": [{"user": "mia", "name": {"en": "M"}, "role": "analyst"}]},
    )
)
CAUSES = {"cause": "harm", "reason": "funding"}


class RegistryMachine(RuleBasedStateMachine):
    """One experiment and everybody around it."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.registry = people.open_registry(Workspace(self.folder).create())
        self.frozen = {}

    def teardown(self):
        shutil.rmtree(self.folder)

    @initialize(votes=st.lists(VOTES, max_size=10))
    def begins(self, votes):
        self.name = acts.draft(self.registry, people.make_protocol(allocation="non_randomised"), actor="pi")
        self.look()
        self.goes_on(votes, "max")

    def look(self):
        self.record = self.registry.record(self.name)

    def attempt(self, act, *given, **named_values):
        before = self.registry.ledger.head()
        try:
            act(self.registry, *given, **named_values)
        except ZonelabError as refused:
            told = refused.text
        else:
            told = None
        if told is not None:
            assert told.en
            assert told.zh
            assert self.registry.ledger.head() == before, "a refused act left a trace"
        self.look()

    @rule(actor=ACTORS, changes=CHANGES)
    def draft(self, actor, changes):
        self.attempt(acts.draft, people.make_protocol(experiment_id=self.name, **changes), actor=actor)

    @rule(actor=ACTORS, changes=CHANGES, kind=st.sampled_from(("minor", "major")), step=st.sampled_from((0, 1, 1, 1)))
    def amend(self, actor, changes, kind, step):
        major, minor = (self.record.current.version if self.record.current else "0.0").split(".")
        number = f"{major}.{int(minor) + step}" if kind == "minor" else f"{int(major) + step}.0"
        protocol = people.make_protocol(experiment_id=self.name, **changes)
        self.attempt(acts.amend, protocol, version=number, amendment={"to": number, "class": kind}, actor=actor)

    @rule()
    def diagnose(self):
        people.diagnosed(self.registry, self.name)
        self.look()

    @rule(actor=ACTORS, act=st.sampled_from(("submit", "request_changes", "approve", "register", "register_minor")))
    def plain(self, actor, act):
        self.attempt(getattr(acts, act), self.name, actor=actor)

    @rule(actor=ACTORS, methods=st.sampled_from(USERS), ethics=st.sampled_from(USERS))
    def assign(self, actor, methods, ethics):
        self.attempt(acts.assign_reviewers, self.name, methods=[methods], ethics=[ethics], actor=actor)

    @rule(
        actor=ACTORS, side=st.sampled_from(("methods", "ethics")), vote=VOTES, path=st.sampled_from(("zones", "lost"))
    )
    def vote(self, actor, side, vote, path):
        said = [{"path": path, "text": "x"}]
        self.attempt(acts.vote, self.name, side=side, vote=vote, comments=said, actor=actor)

    @rule(actor=ACTORS, comment=st.sampled_from(("M1", "E1", "E2")))
    def answer(self, actor, comment):
        self.attempt(acts.answer, self.name, comment_id=comment, text="so", actor=actor)

    @rule(actor=ACTORS, act=st.sampled_from(("reject", "ask_withdrawal")))
    def against(self, actor, act):
        given = {"reason": "ethics", "actor": actor}
        self.attempt(acts.reject if act == "reject" else running.ask_withdrawal, self.name, **given)

    @rule(actor=ACTORS)
    def withdraw(self, actor):
        self.attempt(running.withdraw, self.name, actor=actor)

    @rule(actor=ACTORS, action=st.sampled_from(OPERATIONAL.actions))
    def status(self, actor, action):
        self.attempt(running.set_status, self.name, zone="deqing", action=action, actor=actor, **CAUSES)

    @rule(votes=st.lists(VOTES, min_size=1, max_size=8), reviewer=st.sampled_from(("max", "mia")))
    def goes_on(self, votes, reviewer):
        """Take steps of the usual path, each by whom it is for: random acts alone seldom get far."""
        for vote in votes:
            self.step(vote, reviewer)

    def step(self, vote, reviewer):
        version = self.record.open
        if version is None:
            self.amend_or_run(vote)
        elif version.state in {"draft", "changes_requested"}:
            people.diagnosed(self.registry, self.name)
            for comment in version.unanswered:
                self.attempt(acts.answer, self.name, comment_id=comment.id, text="so", actor="pi")
            self.attempt(acts.submit, self.name, actor="pi")
        elif version.state == "submitted":
            self.attempt(acts.assign_reviewers, self.name, methods=[reviewer], ethics=["eva"], actor="rea")
        elif version.state == "approved":
            self.attempt(acts.register, self.name, actor="rea")
        elif version.votes_in:
            for act in (acts.approve, acts.request_changes):
                self.attempt(act, self.name, actor="rea")
        else:
            for side, user in (
                ("methods", version.reviewers["methods"][0]),
                ("ethics", version.reviewers["ethics"][0]),
            ):
                said = [{"path": "zones", "text": "x"}]
                self.attempt(acts.vote, self.name, side=side, vote=vote, comments=said, actor=user)

    def amend_or_run(self, vote):
        if self.record.current is None:
            protocol = people.make_protocol(experiment_id=self.name)
            self.attempt(acts.draft, protocol, actor="pi")
        elif vote == "approve":
            for actor, action in (("lead", "ask_recruiting"), ("pi", "start_recruiting"), ("eva", "suspend")):
                self.attempt(running.set_status, self.name, zone="deqing", action=action, actor=actor, **CAUSES)
        else:
            major = int(self.record.current.version.split(".")[0])
            amendment = {"to": f"{major + 1}.0", "class": "major"}
            protocol = people.make_protocol(
                experiment_id=self.name, allocation="non_randomised", abstract={"en": "longer"}
            )
            self.attempt(acts.amend, protocol, version=amendment["to"], amendment=amendment, actor="pi")

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
    def every_approval_stands_on_the_votes_of_both_sides(self):
        for event in self.events("protocol_approved"):
            before = self.before(event)
            version = before.open
            assert version.votes_in
            assert {vote.side for vote in version.votes} == {"methods", "ethics"}
            assert all(vote.vote == "approve" for vote in version.votes)
            deciders = {event.actor, *version.assigned}
            assert not deciders & named(version.protocol), "somebody approved their own"
            assert event.actor not in version.assigned

    @invariant()
    def nobody_has_acted_on_two_sides(self):
        sides = {
            "investigator": "team",
            "zone_lead": "team",
            "registrar": "registrar",
            "methods_reviewer": "methods",
            "ethics_reviewer": "ethics",
        }
        for user in USERS:
            mine = {sides[event.role] for event in self.events() if event.actor == user and event.role in sides}
            assert len(mine) <= 1, (user, mine)

    @invariant()
    def what_is_registered_was_approved_or_is_minor(self):
        for event in self.events("protocol_registered"):
            version = self.before(event).open
            if version.approved_sha256 is None:
                assert event.detail["version"] in {
                    item.detail["to"] for item in self.record.amendments if item.detail["class"] == "minor"
                }
            else:
                assert version.approved_sha256 == version.document_sha256

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


TestRegistry = RegistryMachine.TestCase
TestRegistry.settings = settings(max_examples=8, stateful_step_count=15, deadline=None)
