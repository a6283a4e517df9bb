"""How an act on a delivery is performed: look at what is on record, decide, judge the guards, write; all in one transaction.

Belongs here: the steps that every act shares. Does not: the acts (acts, quality.corrections.acts), the table (quality.machines).
The record is read while the write lock is held, so that two acts at once are decided one after the other; no act crosses a
withdrawal or a change of the key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from data.access import roles_of
from data.lifecycle import Decision, candidates
from data.locks import shared
from data.messages import NotPermitted, Refused
from data.paths import Workspace
from data.withdrawals import intake_lock
from quality.machines import DATA_BATCH
from quality.review.case import Case
from quality.review.desk import Desk
from quality.review.guards import refusal_of
from quality.review.records import Delivery

PATIENCE_SECONDS = 60.0
"""How long an act waits for a withdrawal under way; a person is waiting for the act."""

Bring = Callable[[Delivery], Mapping[str, Any]]
"""What an act carries, found out from the delivery on record."""


@dataclass(frozen=True)
class Done:
    """A decided act about to be written."""

    connection: sa.Connection
    case: Case
    decision: Decision

    def event(self, kind: str, detail: Mapping[str, Any]) -> None:
        """Record the act in the name and role of who acts, with the states before and after."""
        move, delivery = self.decision.transition, self.case.about
        said = {"action": move.action, "from": delivery.state, "to": move.after(delivery.state)}
        self.case.at.ledger.record(
            self.connection,
            kind=kind,
            object_id=delivery.id,
            detail={**detail, **said},
            actor=self.case.actor,
            role=self.decision.role,
        )


@contextmanager
def beside_no_withdrawal(workspace: Workspace) -> Iterator[None]:
    """Hold what submissions hold: a withdrawal waits for the block, or the block for it. Blocks may nest.

    Raises
    ------
    PlatformFailed
        E-LOCK-01: one has been under way for a minute; nothing was done.
    """
    with shared(intake_lock(workspace), PATIENCE_SECONDS):
        yield


def perform(
    desk: Desk, submission_id: str, action: str, write: Callable[[Done], None], *, actor: str, bring: Bring
) -> Delivery:
    """Perform one act and return the delivery afterwards; nothing is written when it is refused.

    Parameters
    ----------
    action
        A name of the table; every role that the actor holds in the zone is tried, the first whose guards hold is recorded.
    write
        Records the decided act.
    bring
        What the act carries.
    """
    with beside_no_withdrawal(desk.workspace), desk.ledger.transaction() as connection:
        case, decision = decided(desk, desk.delivery(submission_id), action, actor=actor, bring=bring)
        write(Done(connection, case, decision))
    return desk.delivery(submission_id)


def decided(desk: Desk, delivery: Delivery, action: str, *, actor: str, bring: Bring) -> tuple[Case, Decision]:
    """Return the case and the decision that allows it, or raise why not (the state, the role, a guard)."""
    zone = delivery.submission.zone
    allowed = candidates(DATA_BATCH, delivery.state, roles_of(actor, desk.workspace, zone), action)
    brought = bring(delivery)
    refusals: list[Refused | NotPermitted] = []
    for decision in allowed:
        case = Case(desk.workspace, zone, actor, decision.role, desk, delivery, brought)
        refusal = refusal_of(decision.transition, case)
        if refusal is None:
            return case, decision
        refusals.append(refusal)
    raise refusals[0]
