"""How an act is performed: look at what is on record, decide, judge the guards, write; all inside one write transaction.

Belongs here: the steps that every act shares. Does not: the acts (acts, acts_running), the tables (machines), the guards.
The record is read while the write lock is held, so that two acts at once are decided one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from data import documents
from data.access import SYSTEM, Actor, Platform, Role, roles_of
from data.lifecycle import Decision, Machine, candidates
from data.messages import NotFound, NotPermitted, Refused, Text
from experiments.registry.case import Case
from experiments.registry.guards import refusal_of
from experiments.registry.machines import PROTOCOL_VERSION
from experiments.registry.protocol import Protocol, canonical_json
from experiments.registry.records import Record, VersionRecord
from experiments.registry.store import Registry

Result = TypeVar("Result")


@dataclass(frozen=True)
class Place:
    """Where an act stands: on which record and version, in which state of which machine."""

    record: Record | None
    version: VersionRecord | None
    state: str
    action: str
    machine: Machine = PROTOCOL_VERSION
    zone: str | None = None


@dataclass(frozen=True)
class Done:
    """A decided act about to be written: the open transaction and the case, with its decision."""

    connection: sa.Connection
    case: Case
    decision: Decision

    def event(self, kind: str, detail: Mapping[str, Any], experiment_id: str | None = None) -> None:
        """Record the act's event, in the name and role of who acts."""
        self._record(kind, detail, experiment_id, self.case.actor, self.case.role)

    def by_system(self, kind: str, detail: Mapping[str, Any]) -> None:
        """Record what follows from the act of itself."""
        self._record(kind, detail, None, SYSTEM, "system")

    def drafted(self, protocol: Protocol, experiment_id: str, version: str) -> str:
        """Keep a draft's text under its id and number, and record it; return the id."""
        text = canonical_json(protocol.model_copy(update={"experiment_id": experiment_id, "version": version}))
        document = documents.put(self.connection, "protocol", text)
        self.event("protocol_drafted", {"version": version, "document": document}, experiment_id)
        return experiment_id

    def _record(self, kind: str, detail: Mapping[str, Any], experiment_id: str | None, actor: str, role: str) -> None:
        self.case.registry.ledger.record(
            self.connection,
            kind=kind,
            object_id=experiment_id or self.case.known.experiment_id,
            detail=detail,
            actor=actor,
            role=role,
        )


def perform(
    registry: Registry,
    place: Callable[[], Place],
    write: Callable[[Done], Result],
    *,
    actor: Actor,
    brought: Mapping[str, Any] | None = None,
) -> Result:
    """Perform one act; nothing is written when it is refused.

    Parameters
    ----------
    registry
        Where.
    place
        Looks up where the act stands; called with the write lock held.
    write
        Writes documents and events of the decided act.
    actor
        Who acts; every role that they hold is tried, and the one that permits it is recorded.
    brought
        What the act carries, for the guards.
    """
    with registry.ledger.transaction() as connection:
        found = place()
        case, decision = _decided(registry, found, actor, brought or {})
        return write(Done(connection, case, decision))


def _decided(registry: Registry, found: Place, actor: Actor, brought: Mapping[str, Any]) -> tuple[Case, Decision]:
    name, roles = _held(registry, actor)
    refusals: list[Refused | NotPermitted] = []
    for decision in candidates(found.machine, found.state, roles, found.action):
        case = Case(registry, found.record, found.version, name, decision.role, zone=found.zone, brought=brought)
        refusal = refusal_of(decision.transition, case)
        if refusal is None:
            return case, decision
        refusals.append(refusal)
    # A rule says what to do; "not you" says only that another role would be needed.
    raise next((item for item in refusals if isinstance(item, Refused)), refusals[0])


def _held(registry: Registry, actor: Actor) -> tuple[str, tuple[Role, ...]]:
    if isinstance(actor, Platform):
        return actor.name, ("system",)
    return actor, roles_of(actor, registry.workspace)


def record_or_none(registry: Registry, experiment_id: str) -> Record | None:
    """Return the record of an experiment, None when there is none."""
    try:
        return registry.record(experiment_id)
    except NotFound:
        return None


def about_open(registry: Registry, experiment_id: str, action: str) -> Place:
    """Return the place of an act on the version in preparation, or on the newest one, which then refuses it."""
    record = registry.record(experiment_id)
    version = record.open or record.latest
    return Place(record, version, version.state, action)


def about_current(registry: Registry, experiment_id: str, action: str) -> Place:
    """Return the place of an act on the registered version.

    Raises
    ------
    Refused
        E-REG-05: no version was ever registered.
    """
    record = registry.record(experiment_id)
    version = record.current
    if version is None:
        raise not_standing(experiment_id)
    return Place(record, version, version.state, action)


def not_standing(experiment_id: str) -> Refused:
    """Return the refusal of an act that needs a registered version."""
    return Refused(
        "E-REG-05",
        Text(
            en=f"No version of {experiment_id} stands registered. Register one first.",
            zh=f"{experiment_id} 没有处于已注册状态的版本。请先注册。",
        ),
    )
