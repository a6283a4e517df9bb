"""Which submissions stand: what the acts on record say of each delivery and correction, and why some are not shown.

Belongs here: events → the submissions whose rows no pin shows, today or when another one arrived. Does not: which act is allowed
(quality.machines), the acts (quality.review), SQL (asof). The kinds of events below are rare: a delivery that a policy approved
writes none of them, so that asking costs the same in a long ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from data import batches
from data.catalog import events as table
from data.ledger import Event, Ledger

VISIBLE = frozenset({"approved", "released", "superseded"})
"""States of a delivery (quality.machines) in which pins show its rows."""

MOVES = (
    "batch_waiting",
    "batch_taken_up",
    "batch_issues_raised",
    "batch_returned",
    "batch_approved",
    "batch_retracted",
)
"""Kinds of events after which a delivery is shown or not; each says in `to` in which state it is then."""

CORRECTIONS = {
    "correction_proposed": "proposed",
    "correction_accepted": "accepted",
    "correction_rejected": "rejected",
}
"""Kinds of events on a delivery that say in `correction` of which correction they speak → what it is afterwards."""

GONE = frozenset({"returned", "retracted", "correction_proposed", "correction_rejected"})
"""Reasons for which rows do not count beside a file that is not sent yet; what is still waiting does."""

ARRIVED, SETTLED = "submission_received", "submission_settled"


@dataclass(frozen=True)
class Excluded:
    """Rows that are in the lake and that a pin does not show, with the reason: the state of their delivery or correction."""

    submission_id: str
    table: str
    rows: int
    reason: str


def excluded(ledger: Ledger, as_of_seq: int | None = None) -> tuple[Excluded, ...]:
    """Return what a pin taken now leaves out: deliveries not approved, retracted ones, corrections not accepted.

    Parameters
    ----------
    as_of_seq
        Only appends up to this number; None for all.
    """
    waiting = dict.fromkeys(
        _unsettled(ledger, None), "validating"
    )  # first: what settles meanwhile is in the events below
    reasons = waiting | reasons_of(ledger.events_of((*MOVES, *CORRECTIONS)))
    return tuple(
        Excluded(batch.submission_id, batch.table_name, batch.rows, reasons[batch.submission_id])
        for batch in batches.committed_batches(ledger, as_of_seq)
        if batch.submission_id in reasons
    )


def gone(ledger: Ledger) -> frozenset[str]:
    """Return the submissions that do not count beside a file that is not sent yet: returned, retracted, undecided corrections."""
    return frozenset(item.submission_id for item in excluded(ledger) if item.reason in GONE)


def hidden_on_arrival(ledger: Ledger, submission_id: str, *, is_reviewed: bool) -> frozenset[str]:
    """Return the submissions that a file is not compared with: those that did not stand when it arrived.

    That moment is on record, so that a file whose processing died is judged the same when it is taken up again. Where
    deliveries are reviewed (`is_reviewed`), each is judged against approved rows alone and holds in itself whatever becomes of
    the others; where a policy approves them, rows still on their way count, so that two files at once bring no key twice.
    """
    arrived = ledger.events_of((ARRIVED,), object_id=submission_id)[0].seq
    before = [event for event in ledger.events_of((*MOVES, *CORRECTIONS)) if event.seq < arrived]
    hidden = set(reasons_of(before))
    if is_reviewed:
        hidden |= _unsettled(ledger, arrived) - {submission_id}
    else:
        later = ledger.events_of(("correction_proposed",))
        hidden |= {event.detail["correction"] for event in later if event.seq > arrived}
    return frozenset(hidden)


def reasons_of(events: Iterable[Event]) -> dict[str, str]:
    """Return, for every submission and correction that is not shown, why."""
    states: dict[str, str] = {}
    corrections: dict[str, tuple[str, str]] = {}
    for event in events:
        if event.kind in CORRECTIONS:
            corrections[event.detail["correction"]] = (event.object_id, CORRECTIONS[event.kind])
        states[event.object_id] = event.detail["to"]
    hidden = {name: state for name, state in states.items() if state not in VISIBLE}
    for name, (delivery, state) in corrections.items():
        if state != "accepted":
            hidden[name] = f"correction_{state}"
        elif delivery in hidden:
            hidden[name] = hidden[delivery]
    return hidden


def _unsettled(ledger: Ledger, before: int | None) -> set[str]:
    """Return the submissions without a verdict, now or before an entry of the ledger (those that arrived later included)."""
    settled = sa.select(table.c.object_id).where(table.c.kind == SETTLED)
    if before is not None:
        settled = settled.where(table.c.seq < before)
    query = sa.select(table.c.object_id).where(table.c.kind == ARRIVED, table.c.object_id.not_in(settled))
    with ledger.reading() as connection:
        return set(connection.execute(query).scalars())
