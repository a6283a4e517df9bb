"""What the registry knows about one experiment, as it follows from the ledger: frozen, and nowhere stored.

Belongs here: the shapes (record, version, review, comment, assignment) and questions that they answer about themselves. Does
not: how events become them (fold), how they are loaded (store), who may change them (acts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from data.ledger import Event
from data.messages import NotFound, Text
from experiments.registry.protocol import Protocol

Side = Literal["methods", "ethics"]
Vote = Literal["approve", "changes", "reject"]
SIDES: tuple[Side, ...] = ("methods", "ethics")

IN_PREPARATION = frozenset({"draft", "submitted", "in_review", "changes_requested", "approved"})
"""States of a version that is not settled yet; an experiment has at most one such version."""


@dataclass(frozen=True)
class Answer:
    """The team's answer to a comment."""

    text: str
    actor: str
    at: str


@dataclass(frozen=True)
class Comment:
    """One remark of a reviewer on a field; it never changes, and must be answered before the version comes back."""

    id: str
    side: Side
    reviewer: str
    path: str
    text: str
    at: str
    answer: Answer | None = None


@dataclass(frozen=True)
class Review:
    """One reviewer's vote. It counts until the version comes back with a section of its side touched."""

    reviewer: str
    side: Side
    vote: Vote
    at: str
    document_sha256: str
    counts: bool = True


@dataclass(frozen=True)
class VersionRecord:
    """One version of a protocol. `drafts` are its earlier texts: (version number, sha256) in the order of saving."""

    version: str
    state: str
    document_sha256: str
    read: Callable[[str], Protocol] = field(repr=False, compare=False)
    drafts: tuple[tuple[str, str], ...] = ()
    base: str | None = None
    reviewers: Mapping[Side, tuple[str, ...]] = field(default_factory=lambda: {"methods": (), "ethics": ()})
    reviews: tuple[Review, ...] = ()
    comments: tuple[Comment, ...] = ()
    since: str = ""
    submitted_at: str | None = None
    submitted_sha256: str | None = None
    approved_sha256: str | None = None
    registered_at: str | None = None
    diagnosis_sha256: str | None = None
    pid: str | None = None
    withdrawal_reason: str | None = None
    withdrawal_asked_by: str | None = None

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol of this version, read when first asked for and proved against its hash."""
        return self.read(self.document_sha256)

    @property
    def assigned(self) -> frozenset[str]:
        """Everybody who reviews this version now."""
        return frozenset(user for side in SIDES for user in self.reviewers[side])

    @property
    def votes(self) -> tuple[Review, ...]:
        """The votes that count, of reviewers who are assigned."""
        return tuple(item for item in self.reviews if item.counts and item.reviewer in self.reviewers[item.side])

    @property
    def votes_in(self) -> bool:
        """Whether every assigned reviewer of both sides has voted."""
        voted = {(item.side, item.reviewer) for item in self.votes}
        wanted = {(side, user) for side in SIDES for user in self.reviewers[side]}
        return all(self.reviewers[side] for side in SIDES) and wanted <= voted

    @property
    def verdict(self) -> Vote:
        """What the votes that are in amount to: two to reject, or that of ethics, reject; one against asks for changes."""
        against = [item.side for item in self.votes if item.vote == "reject"]
        if len(against) >= len(SIDES) or "ethics" in against:
            return "reject"
        return "approve" if all(item.vote == "approve" for item in self.votes) else "changes"

    @property
    def unanswered(self) -> tuple[Comment, ...]:
        """The comments that nobody has answered."""
        return tuple(item for item in self.comments if item.answer is None)


@dataclass(frozen=True)
class AssignmentRecord:
    """What the ledger holds about the draw: commitment before, document of the draw, seed and nonce after."""

    version: str
    frame_sha256: str
    seed_commitment: str
    committed_at: str
    drawn_at: str | None = None
    assignment_sha256: str | None = None
    document: str | None = None
    revealed_at: str | None = None
    seed: int | str | None = None
    nonce: str | None = None


@dataclass(frozen=True)
class ZoneStatus:
    """Where an experiment stands in one zone. `before` is the state that a suspension interrupted."""

    zone_id: str
    status: str
    since: str = ""
    cause: str = ""
    reason: str = ""
    before: str = ""
    asked_by: str | None = None


@dataclass(frozen=True)
class Record:
    """Everything on record about one experiment."""

    experiment_id: str
    versions: tuple[VersionRecord, ...]
    zones: Mapping[str, ZoneStatus]
    assignment: AssignmentRecord | None
    amendments: tuple[Event, ...]
    deviations: tuple[Event, ...]
    epochs: tuple[Event, ...]
    events: tuple[Event, ...]

    @property
    def zone_status(self) -> dict[str, str]:
        """Zone → operational status."""
        return {zone: item.status for zone, item in self.zones.items()}

    @property
    def current(self) -> VersionRecord | None:
        """The newest version that was registered, whether it stands or was withdrawn; None before the first registration."""
        registered = [item for item in self.versions if item.registered_at is not None]
        return registered[-1] if registered else None

    @property
    def open(self) -> VersionRecord | None:
        """The version in preparation, if there is one."""
        return self.versions[-1] if self.versions and self.versions[-1].state in IN_PREPARATION else None

    @property
    def latest(self) -> VersionRecord:
        """The version in preparation, or else the newest one."""
        return self.versions[-1]

    def version(self, number: str) -> VersionRecord:
        """Return a version by its number; an earlier draft comes as it was saved.

        Raises
        ------
        NotFound
            E-REG-02: there is no such version.
        """
        for item in self.versions:
            if item.version == number:
                return item
            for draft, sha256 in item.drafts:
                if draft == number:
                    return VersionRecord(draft, "draft", sha256, item.read)
        raise NotFound(
            "E-REG-02",
            Text(
                en=f"{self.experiment_id} has no version {number}. It has: {', '.join(self.numbers)}.",
                zh=f"{self.experiment_id} 没有版本 {number}。现有版本：{'、'.join(self.numbers)}。",
            ),
        )

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every version number that was ever allotted, in order."""
        made = [n for item in self.versions for n in (*(draft for draft, _ in item.drafts), item.version)]
        return tuple(dict.fromkeys(made))
