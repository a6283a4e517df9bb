"""Blind reviewing: what somebody may see of votes and comments, and when.

Belongs here: the independent phase, in which a reviewer sees only their own; the same rule for histories. Does not: casting votes
(acts), which votes count (fold, sections), who may look at a protocol at all (visibility).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from data.ledger import Event
from experiments.registry.records import Comment, Record, Review, VersionRecord

HIDDEN = ("vote", "comments")
"""What is taken out of the event of a vote that may not be seen yet."""


@dataclass(frozen=True)
class VisibleReviews:
    """What one viewer sees. `independent`: the votes are not all in, so that only one's own are shown.

    `waiting_for` names the reviewers who have not voted; that somebody has voted is no secret, how is.
    """

    version: str
    independent: bool
    reviews: tuple[Review, ...]
    comments: tuple[Comment, ...]
    waiting_for: tuple[str, ...]


def visible_reviews(record: Record, viewer: str, version: str | None = None) -> VisibleReviews:
    """Return the votes and comments of a version that a viewer may see: their own, and all once every vote is in.

    Nobody sees more in the independent phase, neither the registrar nor an auditor. Votes of an earlier round, which was opened
    before the version came back, stay visible.

    Parameters
    ----------
    record
        From `Registry.record`.
    viewer
        A user's name.
    version
        Default: the version in preparation, or else the newest.
    """
    found = record.version(version) if version else (record.open or record.latest)
    voted = {(item.side, item.reviewer) for item in found.votes}
    waiting = [user for side, users in found.reviewers.items() for user in users if (side, user) not in voted]
    return VisibleReviews(
        version=found.version,
        independent=independent(found),
        reviews=tuple(item for item in found.reviews if _open(found, viewer, item.reviewer, item.at)),
        comments=tuple(item for item in found.comments if _open(found, viewer, item.reviewer, item.at)),
        waiting_for=tuple(waiting) if found.state == "in_review" else (),
    )


def visible_events(record: Record, viewer: str) -> tuple[Event, ...]:
    """Return the record's events for a history, with the content of votes left out that the viewer may not see yet."""
    found = record.latest
    return tuple(
        replace(item, detail={k: v for k, v in item.detail.items() if k not in HIDDEN})
        if item.kind == "review_voted" and not _open(found, viewer, item.actor, item.at_utc)
        else item
        for item in record.events
    )


def independent(version: VersionRecord) -> bool:
    """Tell whether the version is in the independent phase of its review."""
    return version.state == "in_review" and not version.votes_in


def _open(version: VersionRecord, viewer: str, reviewer: str, at: str) -> bool:
    return not independent(version) or viewer == reviewer or at < (version.submitted_at or "")
