"""Random acts by random people on one registry, whatever the rules say of them; test_registry_stateful says what must hold."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from data.access import PLATFORM
from data.messages import ZonelabError
from data.paths import Workspace
from experiments.registry import acts
from experiments.registry import acts_running as running
from experiments.registry.amending import amend
from experiments.registry.machines import OPERATIONAL
from experiments.registry.points import Points
from experiments.registry.reminders import reminders
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
AMENDMENT = {
    "reason_code": "administrative",
    "justification": "The plan is brought in line with what the zones asked for. " * 2,
    "knowledge_of_results": "unblinded",
}
MILESTONES = ("assignment_revealed", "outcome_read", "analysis_run")


class RegistryActs(RuleBasedStateMachine):
    """One experiment and everybody around it."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.registry = people.open_registry(Workspace(self.folder).create())
        self.frozen, self.said, self.points, self.checked = {}, {}, Points(), 0

    def teardown(self):
        shutil.rmtree(self.folder)

    @initialize(votes=st.lists(VOTES, max_size=10))
    def begins(self, votes):
        self.name = acts.draft(self.registry, people.make_protocol(allocation="non_randomised"), actor="pi")
        self.look()
        self.goes_on(votes, "max")

    def look(self):
        self.record = self.registry.record(self.name)

    def attempt(self, act, *given, actor, **named_values):
        before = self.registry.ledger.head()
        try:
            act(self.registry, *given, actor=actor, **named_values)
        except ZonelabError as refused:
            told = refused.text
        else:
            told = None
        if told is not None:
            assert told.en
            assert told.zh
            assert self.registry.ledger.head() == before, "a refused act left a trace"
            return
        self.look()
        made = [event.actor for event in self.record.events if event.seq > before.seq]
        name = actor if isinstance(actor, str) else actor.name
        assert made[:1] == [name], "an act is recorded in the name of who acts"
        assert set(made) <= {name, "system"}

    @rule(actor=ACTORS, changes=CHANGES)
    def draft(self, actor, changes):
        self.attempt(acts.draft, people.make_protocol(experiment_id=self.name, **changes), actor=actor)

    @rule(actor=ACTORS, changes=CHANGES)
    def amend(self, actor, changes):
        protocol = people.make_protocol(experiment_id=self.name, allocation="non_randomised", **changes)
        self.attempt(amend, self.name, protocol, actor=actor, **AMENDMENT)

    @rule(kind=st.sampled_from(MILESTONES), primary=st.booleans())
    def reaches(self, kind, primary):
        detail = {"seed": "1", "nonce": "n", "release_id": "R1", "is_primary": primary}
        with self.registry.ledger.transaction() as connection:
            self.registry.ledger.record(connection, kind=kind, object_id=self.name, detail=detail, actor="system")
        self.look()

    @rule(days=st.sampled_from((8, 400)))
    def time_passes(self, days):
        before = self.registry.ledger.head()
        reminders(self.registry, datetime.now(UTC) + timedelta(days=days))
        assert self.registry.ledger.head() == before, "silence did something"

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
            protocol = people.make_protocol(
                experiment_id=self.name, allocation="non_randomised", abstract={"en": f"After {len(self.frozen)}"}
            )
            self.attempt(amend, self.name, protocol, actor="pi", **AMENDMENT)
