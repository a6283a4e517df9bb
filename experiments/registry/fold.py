"""From the events of one experiment to its record: state is what the ledger says, nothing else is asked.

Belongs here: what each kind of event changes. Does not: whether the act was allowed (acts), reading events (store). An event of a
kind that is not known here changes nothing, so that later kinds do not break older readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from data.ledger import Event
from experiments.registry.protocol import Protocol
from experiments.registry.records import (
    SIDES,
    Answer,
    AssignmentRecord,
    Comment,
    Record,
    Review,
    VersionRecord,
    ZoneStatus,
)
from experiments.registry.sections import sides_touched

Read = Callable[[str], Protocol]


@dataclass
class _Fold:
    """The record in the making."""

    read: Read
    versions: list[VersionRecord] = field(default_factory=list)
    zones: dict[str, ZoneStatus] = field(default_factory=dict)
    assignment: AssignmentRecord | None = None

    def line(self, **changes: Any) -> None:  # noqa: ANN401 - fields of VersionRecord
        """Change the newest version."""
        self.versions[-1] = replace(self.versions[-1], **changes)


def fold(experiment_id: str, events: Iterable[Event], read: Read) -> Record:
    """Return the record that follows from the events of one experiment, in the order of the ledger."""
    kept = tuple(events)
    made = _Fold(read)
    for event in kept:
        step = _STEPS.get(event.kind)
        if step is not None:
            step(made, event)
    return Record(
        experiment_id=experiment_id,
        versions=tuple(made.versions),
        zones=made.zones,
        assignment=made.assignment,
        amendments=_of(kept, "amendment_proposed"),
        deviations=_of(kept, "deviation_found", "deviation_noted"),
        epochs=_of(kept, "exposure_epoch"),
        events=kept,
    )


def _of(events: tuple[Event, ...], *kinds: str) -> tuple[Event, ...]:
    return tuple(item for item in events if item.kind in kinds)


def _drafted(made: _Fold, event: Event) -> None:
    version, document = event.detail["version"], event.detail["document"]
    last = made.versions[-1] if made.versions else None
    if last is not None and last.state in {"draft", "changes_requested"}:
        earlier = (*last.drafts, (last.version, last.document_sha256))
        made.line(version=version, document_sha256=document, drafts=earlier)
        return
    base = next((item.version for item in reversed(made.versions) if item.registered_at), None)
    made.versions.append(
        VersionRecord(version, "draft", document, made.read, base=base, since=event.at_utc),
    )


def _submitted(made: _Fold, event: Event) -> None:
    last = made.versions[-1]
    document = event.detail["document"]
    made.line(
        state="submitted",
        document_sha256=document,
        diagnosis_sha256=event.detail.get("diagnosis"),
        submitted_at=event.at_utc,
        submitted_sha256=document,
        since=event.at_utc,
        reviews=tuple(_kept(item, document, made.read) for item in last.reviews),
    )


def _kept(review: Review, document: str, read: Read) -> Review:
    """Only an approval of a side whose sections stayed as they were outlives a resubmission."""
    if not review.counts or review.vote != "approve":
        return replace(review, counts=False)
    if review.document_sha256 == document:
        return review
    touched = sides_touched(read(review.document_sha256), read(document))
    return replace(review, counts=review.side not in touched)


def _reviewers(made: _Fold, event: Event) -> None:
    chosen = {side: tuple(event.detail[side]) for side in SIDES}
    made.line(state="in_review", reviewers=chosen, since=event.at_utc)


def _voted(made: _Fold, event: Event) -> None:
    last = made.versions[-1]
    side, detail = event.detail["side"], event.detail
    review = Review(event.actor, side, detail["vote"], event.at_utc, last.document_sha256)
    said = tuple(
        Comment(item["id"], side, event.actor, item["path"], item["text"], event.at_utc) for item in detail["comments"]
    )
    made.line(reviews=(*last.reviews, review), comments=(*last.comments, *said))


def _answered(made: _Fold, event: Event) -> None:
    answer = Answer(event.detail["text"], event.actor, event.at_utc)
    wanted = event.detail["comment_id"]
    made.line(
        comments=tuple(
            replace(item, answer=answer) if item.id == wanted else item for item in made.versions[-1].comments
        )
    )


def _moved(state: str) -> Callable[[_Fold, Event], None]:
    def step(made: _Fold, event: Event) -> None:
        made.line(state=state, since=event.at_utc)

    return step


def _approved(made: _Fold, event: Event) -> None:
    made.line(state="approved", since=event.at_utc, approved_sha256=made.versions[-1].document_sha256)


def _registered(made: _Fold, event: Event) -> None:
    last = made.versions[-1]
    earlier = (*last.drafts, (last.version, last.document_sha256))
    made.line(
        state="registered",
        version=event.detail["version"],
        document_sha256=event.detail["document"],
        pid=event.detail["pid"],
        registered_at=event.at_utc,
        since=event.at_utc,
        drafts=tuple(item for item in earlier if item[0] != event.detail["version"]),
    )
    for zone in made.versions[-1].protocol.zones:
        made.zones.setdefault(zone.zone_id, ZoneStatus(zone.zone_id, "not_yet_recruiting", since=event.at_utc))


def _one(made: _Fold, number: str, **changes: Any) -> None:  # noqa: ANN401 - fields of VersionRecord
    made.versions[:] = [replace(item, **changes) if item.version == number else item for item in made.versions]


def _superseded(made: _Fold, event: Event) -> None:
    _one(made, event.detail["version"], state="superseded", since=event.at_utc)


def _withdrawal_asked(made: _Fold, event: Event) -> None:
    _one(made, event.detail["version"], withdrawal_asked_by=event.actor, withdrawal_reason=event.detail["reason"])


def _withdrawn(made: _Fold, event: Event) -> None:
    _one(
        made,
        event.detail["version"],
        state="withdrawn",
        since=event.at_utc,
        withdrawal_reason=event.detail["reason"],
    )


def _zone(made: _Fold, event: Event) -> None:
    zone, detail = event.detail["zone_id"], event.detail
    made.zones[zone] = ZoneStatus(
        zone_id=zone,
        status=detail["to"],
        since=event.at_utc,
        cause=detail.get("cause", ""),
        reason=detail.get("reason", ""),
        before=detail["from"],
        asked_by=event.actor if detail["to"] == detail["from"] else None,
    )


def _committed(made: _Fold, event: Event) -> None:
    detail = event.detail
    made.assignment = AssignmentRecord(
        version=detail["version"],
        frame_sha256=detail["frame_sha256"],
        seed_commitment=detail["seed_commitment"],
        committed_at=event.at_utc,
    )


def _drawn(made: _Fold, event: Event) -> None:
    if made.assignment is not None:
        made.assignment = replace(
            made.assignment,
            drawn_at=event.at_utc,
            assignment_sha256=event.detail["assignment_sha256"],
            document=event.detail["document"],
        )


def _revealed(made: _Fold, event: Event) -> None:
    if made.assignment is not None:
        made.assignment = replace(
            made.assignment, revealed_at=event.at_utc, seed=event.detail["seed"], nonce=event.detail["nonce"]
        )


_STEPS: dict[str, Callable[[_Fold, Event], None]] = {
    "protocol_drafted": _drafted,
    "protocol_submitted": _submitted,
    "reviewers_assigned": _reviewers,
    "review_voted": _voted,
    "comment_answered": _answered,
    "changes_requested": _moved("changes_requested"),
    "protocol_rejected": _moved("rejected"),
    "protocol_approved": _approved,
    "protocol_registered": _registered,
    "protocol_superseded": _superseded,
    "withdrawal_requested": _withdrawal_asked,
    "protocol_withdrawn": _withdrawn,
    "status_changed": _zone,
    "assignment_committed": _committed,
    "assignment_drawn": _drawn,
    "assignment_revealed": _revealed,
}
"""What each kind of event does to the record in the making."""
