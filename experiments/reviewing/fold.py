"""From the events of one results file to the record of its review: the state is what the ledger says.

Belongs here: what each kind of event changes. Does not: whether the act was allowed (acts), reading events (desk).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from data.ledger import Event
from data.lifecycle import ABSENT
from experiments.reviewing.records import Check, Comment, Excepted, Published, Rating, ReportRecord

DRAFTED = "report_drafted"


def fold(report: str, sha256: str, events: Iterable[Event]) -> ReportRecord:
    """Return what follows from the events of one file, in the order of the ledger."""
    made = ReportRecord(report, sha256, ABSENT)
    for event in events:
        step = _STEPS.get(event.kind)
        if step is None:
            continue
        state = event.detail["to"]
        since = event.at_utc if state != made.state else made.since
        made = step(replace(made, state=state, since=since, events=(*made.events, event)), event)
    return made


def _authored(made: ReportRecord, event: Event) -> ReportRecord:
    return replace(made, authors=made.authors | {event.actor})


def _submitted(made: ReportRecord, event: Event) -> ReportRecord:
    return replace(_authored(made, event), submitted_by=event.actor)


def _revised(made: ReportRecord, event: Event) -> ReportRecord:
    return replace(_authored(made, event), before=(*made.before, *made.checks), checks=(), decided_by=None)


def _checked(made: ReportRecord, event: Event) -> ReportRecord:
    told = event.detail
    ratings = {name: Rating(item["level"], item["reason"]) for name, item in told["ratings"].items()}
    check = Check(event.actor, event.role, told["vote"], told["sha256"], event.at_utc, ratings)
    said = [Comment(item["id"], event.actor, item["section"], item["text"], event.at_utc) for item in told["comments"]]
    return replace(made, checks=(*made.checks, check), comments=(*made.comments, *said))


def _answered(made: ReportRecord, event: Event) -> ReportRecord:
    told = event.detail
    comments = tuple(
        replace(item, answer=told["text"], answered_by=event.actor) if item.id == told["comment"] else item
        for item in made.comments
    )
    return replace(_authored(made, event), comments=comments)


def _excepted(made: ReportRecord, event: Event) -> ReportRecord:
    told = Excepted(event.detail["rule"], event.detail["reason"], event.actor, event.at_utc)
    return replace(made, exceptions=(*made.exceptions, told))


def _decided(made: ReportRecord, event: Event) -> ReportRecord:
    return replace(made, decided_by=event.actor, reason=event.detail.get("reason"))


def _published(made: ReportRecord, event: Event) -> ReportRecord:
    return replace(made, published=Published(event.actor, event.at_utc, event.detail["files"]))


def _retracted(made: ReportRecord, event: Event) -> ReportRecord:
    return replace(made, reason=event.detail["reason"])


def _nothing(made: ReportRecord, event: Event) -> ReportRecord:  # noqa: ARG001 - the shape of a step
    return made


_STEPS: Mapping[str, Callable[[ReportRecord, Event], ReportRecord]] = {
    DRAFTED: _authored,
    "report_submitted": _submitted,
    "report_revised": _revised,
    "report_checked": _checked,
    "report_comment_answered": _answered,
    "report_exception_granted": _excepted,
    "report_approved": _decided,
    "report_returned": _decided,
    "report_rejected": _decided,
    "report_published": _published,
    "report_retracted": _retracted,
    "report_superseded": _nothing,
}
KINDS = tuple(_STEPS)
