"""The acts on a report: each decides, then writes its one event.

Belongs here: one function an act, the steps that they share. Does not: which act is allowed when (registry.machines_results), its
guards (case), making the public copy (publishing). Look, decide and write happen while the ledger's write lock is held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import sqlalchemy as sa

from data.access import SYSTEM, roles_of
from data.lifecycle import Decision, candidates
from data.messages import NotPermitted, Refused
from experiments.registry.machines_results import REPORT
from experiments.reviewing import lint
from experiments.reviewing.case import Case, refusal_of
from experiments.reviewing.desk import Item, ReviewDesk
from experiments.reviewing.differenced import keep
from experiments.reviewing.publishing import public_copy
from experiments.reviewing.records import ReportRecord, Vote, key_of

SHA = 64
LAST = ("ethics_reviewer",)
"""Roles that are tried last: who holds several acts in the more common one where either is allowed."""


def draft(desk: ReviewDesk, report: str, *, actor: str) -> ReportRecord:
    """Put a report on record as a draft of its team; its results are the file that lies there now."""
    return _act(desk, report, "draft", "report_drafted", {}, actor=actor)


def submit(desk: ReviewDesk, report: str, *, actor: str) -> ReportRecord:
    """Hand a report in for review; what was never a draft becomes one in the same act.

    Raises
    ------
    Refused
        E-REVIEW-22: the disclosure check found something. E-REVIEW-31: a comment waits for its answer.
    """
    with desk.ledger.transaction():
        if desk.item(report).record.state == "-":
            draft(desk, report, actor=actor)
        return _act(desk, report, "submit", "report_submitted", {}, actor=actor)


def grant_exception(desk: ReviewDesk, report: str, *, rule: str, reason: str, actor: str) -> ReportRecord:
    """Let pass what the disclosure check found: the act of a third person, who neither checks nor publishes the report."""
    brought = {"rule": rule, "reason": reason.strip()}
    return _act(desk, report, "grant_exception", "report_exception_granted", brought, actor=actor)


def check(
    desk: ReviewDesk,
    report: str,
    *,
    vote: Vote,
    ratings: Mapping[str, Mapping[str, str]],
    comments: Sequence[Mapping[str, str]] = (),
    sha256: str | None = None,
    actor: str,
) -> ReportRecord:
    """Give one of the two blind checks; it stands, and nobody else sees it until both are in (`reading.visible_checks`).

    Parameters
    ----------
    ratings
        Analysis → `level` (high, moderate, low, very_low) and `reason`; who approves rates every finding.
    comments
        `section` and `text` each; a vote other than approval needs one.
    sha256
        Of the results file that the checker has looked at, or its beginning: if another lies there now, the check is refused.
    """
    numbered = _numbered(desk.item(report).record, comments)
    brought = {
        "vote": vote,
        "ratings": {
            name: {key: str(item[key]).strip() for key in ("level", "reason")} for name, item in ratings.items()
        },
        "comments": numbered,
        "sha256": sha256,
    }
    return _act(desk, report, "check", "report_checked", brought, actor=actor)


def answer(desk: ReviewDesk, report: str, *, comment: str, text: str, actor: str) -> ReportRecord:
    """Answer one comment of a checker; the answer stands."""
    brought = {"comment": comment, "text": text.strip()}
    return _act(desk, report, "answer_comment", "report_comment_answered", brought, actor=actor)


def approve(desk: ReviewDesk, report: str, *, actor: str) -> ReportRecord:
    """Approve a report that both checks approve: the act of one of the two."""
    return _act(desk, report, "approve", "report_approved", {}, actor=actor)


def give_back(desk: ReviewDesk, report: str, *, actor: str) -> ReportRecord:
    """Return a report to its authors with the comments."""
    return _act(desk, report, "return", "report_returned", {}, actor=actor)


def revise(desk: ReviewDesk, report: str, *, actor: str) -> ReportRecord:
    """Take a returned report up again: the checks that it had are put aside."""
    return _act(desk, report, "revise", "report_revised", {}, actor=actor)


def reject(desk: ReviewDesk, report: str, *, reason: str, actor: str) -> ReportRecord:
    """Reject a report for good."""
    return _act(desk, report, "reject", "report_rejected", {"reason": reason.strip()}, actor=actor)


def publish(desk: ReviewDesk, report: str, *, actor: str) -> ReportRecord:
    """Publish an approved report: whom it rests on is sealed, its files are made for readers, then the act is recorded."""
    with desk.ledger.transaction() as connection:
        case, decision = _decided(desk, desk.item(report), "publish", {}, actor=actor)
        keep(desk.workspace, desk.ledger, case.item.reported)
        files = public_copy(desk.workspace, case.item)
        _write(desk, connection, case, decision, "report_published", {"files": files})
    return desk.item(report).record


def retract(desk: ReviewDesk, key: str, *, reason: str, actor: str) -> ReportRecord:
    """Retract a published report: readers are told so in its place.

    Parameters
    ----------
    key
        Of the published version (`ReportRecord.key`), or a report whose present file is published.
    """
    brought = {"reason": reason.strip()}
    if "@" not in key:
        return _act(desk, key, "retract", "report_retracted", brought, actor=actor)
    with desk.ledger.transaction() as connection:
        item = Item(desk.item(key.split("@", maxsplit=1)[0]).reported, desk.of_key(key))
        case, decision = _decided(desk, item, "retract", brought, actor=actor)
        _write(desk, connection, case, decision, "report_retracted", brought)
    return desk.of_key(key)


def supersede(desk: ReviewDesk, report: str, sha256: str) -> None:
    """End the review of a file that a run has replaced by another; what is published or settled stays."""
    key = key_of(report, sha256)
    with desk.ledger.transaction() as connection:
        record = desk.of_key(key)
        if REPORT.find(record.state, "supersede") is None:
            return
        detail = {"action": "supersede", "from": record.state, "to": "superseded", "sha256": record.sha256}
        kept = {"kind": "report_superseded", "object_id": key, "actor": SYSTEM, "role": SYSTEM}
        desk.ledger.record(connection, detail=detail, **kept)


def _act(
    desk: ReviewDesk, report: str, action: str, kind: str, brought: Mapping[str, Any], *, actor: str
) -> ReportRecord:
    with desk.ledger.transaction() as connection:
        case, decision = _decided(desk, desk.item(report), action, brought, actor=actor)
        _write(desk, connection, case, decision, kind, {k: v for k, v in brought.items() if k != "sha256"})
    return desk.item(report).record


def _decided(
    desk: ReviewDesk, item: Item, action: str, brought: Mapping[str, Any], *, actor: str
) -> tuple[Case, Decision]:
    found = cache(partial(lint.findings, desk.workspace, desk.ledger, item.reported))
    roles = sorted(roles_of(actor, desk.workspace), key=lambda role: role in LAST)
    refusals: list[Refused | NotPermitted] = []
    for decision in candidates(REPORT, item.record.state, roles, action):
        case = Case(desk, item, actor, decision.role, found, brought)
        refusal = refusal_of(decision.transition, case)
        if refusal is None:
            return case, decision
        refusals.append(refusal)
    raise refusals[0]


def _write(
    desk: ReviewDesk,
    connection: sa.Connection,
    case: Case,
    decision: Decision,
    kind: str,
    detail: Mapping[str, Any],
) -> None:
    """Record the act with the states before and after, and the whole hash of the file that it is about."""
    record, move = case.record, decision.transition
    said = {"action": move.action, "from": record.state, "to": move.after(record.state), "sha256": record.sha256}
    desk.ledger.record(
        connection, kind=kind, object_id=record.key, detail={**detail, **said}, actor=case.actor, role=decision.role
    )


def _numbered(record: ReportRecord, comments: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Give comments ids that do not tell whether the other check has said something: by the checker's place, then by number."""
    place = len(record.before) + len(record.checks) + 1
    return [
        {"id": f"C{place}.{number}", "section": str(item["section"]).strip(), "text": str(item["text"]).strip()}
        for number, item in enumerate(comments, start=1)
    ]
