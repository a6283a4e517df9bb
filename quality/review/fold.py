"""From the events of one delivery to its record: the state is what the ledger says, nothing else is asked.

Belongs here: what each kind of event changes. Does not: whether the act was allowed (acts), reading events (desk). A delivery
that was settled before reviews were recorded counts as approved, as its rows were shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from data.ledger import Event
from data.standing import CORRECTIONS, MOVES
from data.submissions import Submission
from quality.review.records import Cell, Correction, Delivery, Issue

ARRIVAL = ("batch_validating", "batch_validated", "batch_failed", "batch_approved_by_policy")
BY_RELEASE = ("batches_released", "batches_superseded")
"""Kinds of events about many deliveries at once: the detail lists them, the object is the release."""

KINDS = (*ARRIVAL, *BY_RELEASE, *MOVES, *CORRECTIONS)
BEFORE_REVIEWS = {"received": "received", "accepted": "approved", "quarantined": "approved", "rejected": "failed"}


def fold(submission: Submission, events: Iterable[Event]) -> Delivery:
    """Return the record that follows from a delivery's events, in the order of the ledger."""
    kept = tuple(events)
    arrived = next((event for event in kept if event.kind == "batch_validating"), None)
    passed = next((event.detail["waves"] for event in kept if "waves" in event.detail), ())
    made = Delivery(
        submission=submission,
        state=BEFORE_REVIEWS[submission.status],
        since=submission.received_at,
        instrument=arrived.detail["instrument"] if arrived else "–",
        waves=tuple(passed),
        contract_document=arrived.detail["document"] if arrived else None,
        issues=(),
        corrections=(),
        events=kept,
        answers=tuple(sorted(arrived.detail.get("answers", {}).items())) if arrived else (),
    )
    for event in kept:
        made = _step(made, event)
    return made


def _step(made: Delivery, event: Event) -> Delivery:
    detail = event.detail
    if detail["to"] != made.state:
        made = replace(made, state=detail["to"], since=event.at_utc)
    if event.kind == "batch_issues_raised":
        raised = [
            Issue(Cell(item["row"], item["column"]), item["reason"], event.actor, event.at_utc)
            for item in detail["issues"]
        ]
        return replace(made, issues=(*made.issues, *raised))
    if event.kind == "correction_proposed":
        return replace(made, corrections=(*made.corrections, _proposed(event)))
    if event.kind in CORRECTIONS:
        return _decided(made, event)
    return made


def _proposed(event: Event) -> Correction:
    detail = event.detail
    return Correction(
        correction_id=detail["correction"],
        delivery=event.object_id,
        state="proposed",
        cells=tuple((Cell(row, column), action) for row, column, action in detail["cells"]),
        sha256=detail["sha256"],
        proposed_by=event.actor,
        proposed_at=event.at_utc,
    )


def _decided(made: Delivery, event: Event) -> Delivery:
    name, accepted = event.detail["correction"], event.kind == "correction_accepted"
    before = next(item for item in made.corrections if item.correction_id == name)
    after = replace(
        before,
        state="accepted" if accepted else "rejected",
        decided_by=event.actor,
        decided_at=event.at_utc,
        reason=event.detail.get("reason"),
    )
    corrected = {cell for cell, _ in before.cells} if accepted else set()
    dropped = {cell.row for cell, action in before.cells if action == "drop"} if accepted else set()
    issues = tuple(
        replace(issue, settled_by=issue.settled_by or name)
        if issue.cell in corrected or issue.cell.row in dropped
        else issue
        for issue in made.issues
    )
    return replace(made, corrections=tuple(after if c is before else c for c in made.corrections), issues=issues)
