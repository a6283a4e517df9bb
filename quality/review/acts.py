"""The acts of a review: each decides, then writes its one event.

Belongs here: taking up, raising issues, returning, approving, retracting. Does not: corrections (quality.corrections.acts), what
the platform does of itself (arrival, releasing), which act is allowed when (quality.machines).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quality.review.desk import Desk
from quality.review.performing import Done, perform
from quality.review.records import Delivery


def take_up(desk: Desk, submission_id: str, *, actor: str) -> Delivery:
    """Begin the review of a delivery: the act of a data steward who is not of the zone."""
    return _act(desk, submission_id, "take_up", "batch_taken_up", {}, actor=actor)


def raise_issues(desk: Desk, submission_id: str, *, issues: Sequence[Mapping[str, Any]], actor: str) -> Delivery:
    """Ask about cells: `{"row", "column", "reason"}` each. No value may be in a reason; the ledger keeps it for good."""
    brought = {
        "issues": [{"row": item["row"], "column": item["column"], "reason": item["reason"].strip()} for item in issues]
    }
    return _act(desk, submission_id, "raise_issues", "batch_issues_raised", brought, actor=actor)


def return_delivery(desk: Desk, submission_id: str, *, reason: str, actor: str) -> Delivery:
    """Give the whole delivery back for good: none of its rows will ever be shown; the zone sends another file."""
    return _act(desk, submission_id, "return_delivery", "batch_returned", {"reason": reason.strip()}, actor=actor)


def approve(desk: Desk, submission_id: str, *, actor: str) -> Delivery:
    """Approve a delivery: the next panels show its rows."""
    return _act(desk, submission_id, "approve", "batch_approved", {}, actor=actor)


def retract(desk: Desk, submission_id: str, *, withdrawal: str, releases: Sequence[str], actor: str) -> Delivery:
    """Take an approved delivery out of every later panel, because consent was withdrawn.

    Parameters
    ----------
    withdrawal
        What calls for it: the number of a certificate or decision, no person's number.
    releases
        Every release that holds the delivery, named by who acts: reports on them are stale from now on (`stale_releases`).
    """
    brought = {"withdrawal": withdrawal.strip(), "releases": sorted(set(releases))}
    return _act(desk, submission_id, "retract", "batch_retracted", brought, actor=actor)


def stale_releases(desk: Desk) -> dict[str, tuple[str, ...]]:
    """Return the releases that hold retracted deliveries, with those deliveries: what rests on them must be made anew."""
    found: dict[str, list[str]] = {}
    for event in desk.ledger.events_of(("batch_retracted",)):
        for release in event.detail["releases"]:
            found.setdefault(release, []).append(event.object_id)
    return {release: tuple(ids) for release, ids in found.items()}


def _act(desk: Desk, submission_id: str, action: str, kind: str, brought: Mapping[str, Any], *, actor: str) -> Delivery:
    return perform(desk, submission_id, action, _says(kind, brought), actor=actor, bring=lambda _: brought)


def _says(kind: str, detail: Mapping[str, Any]) -> Callable[[Done], None]:
    def write(done: Done) -> None:
        done.event(kind, detail)

    return write
