"""What is on record about the review of one report: frozen, folded from the ledger, nowhere stored.

Belongs here: the shapes and questions that they answer about themselves. Does not: how events become them (fold), acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from data.ledger import Event

Vote = Literal["approve", "changes", "reject"]
Level = Literal["high", "moderate", "low", "very_low"]
LEVELS: tuple[Level, ...] = ("very_low", "low", "moderate", "high")
"""Certainty, from the lowest."""
IN_REVIEW = frozenset({"submitted", "partially_reviewed", "reviewed"})
NEEDED = 2
"""Checks that a report needs, each by another person."""


@dataclass(frozen=True)
class Rating:
    """How certain one checker is of one finding, and why."""

    level: Level
    reason: str


@dataclass(frozen=True)
class Comment:
    """One remark of a checker on a section; the authors answer it before the report comes back."""

    id: str
    checker: str
    section: str
    text: str
    at: str
    answer: str | None = None
    answered_by: str | None = None


@dataclass(frozen=True)
class Check:
    """One person's check of one file: it holds for these bytes and no others."""

    checker: str
    role: str
    vote: Vote
    sha256: str
    at: str
    ratings: Mapping[str, Rating]


@dataclass(frozen=True)
class Excepted:
    """A finding of the disclosure check that a third person let pass, and why."""

    rule: str
    reason: str
    by: str
    at: str


@dataclass(frozen=True)
class Published:
    """What was published, by whom: the hash of each file of the public copy."""

    by: str
    at: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class ReportRecord:
    """The review of one results file: `report` is `release/experiment`, `sha256` that of the file, which is what is judged.

    A file that was changed is another one, with a review of its own: no vote goes with it.
    """

    report: str
    sha256: str
    state: str
    since: str = ""
    authors: frozenset[str] = frozenset()
    submitted_by: str | None = None
    checks: tuple[Check, ...] = ()
    before: tuple[Check, ...] = ()
    comments: tuple[Comment, ...] = ()
    exceptions: tuple[Excepted, ...] = ()
    decided_by: str | None = None
    reason: str | None = None
    published: Published | None = None
    events: tuple[Event, ...] = field(default=(), repr=False)

    @property
    def key(self) -> str:
        """The object of its ledger entries."""
        return key_of(self.report, self.sha256)

    @property
    def release_id(self) -> str:
        """The release that it is on."""
        return self.report.split("/")[0]

    @property
    def experiment_id(self) -> str:
        """The experiment that it is of."""
        return self.report.split("/")[1]

    @property
    def checkers(self) -> frozenset[str]:
        """Who has checked it, in this round or an earlier one."""
        return frozenset(item.checker for item in (*self.checks, *self.before))

    @property
    def agreed(self) -> bool:
        """Whether both checks are in and approve this file."""
        return len(self.checks) >= NEEDED and all(item.vote == "approve" for item in self.checks)

    @property
    def unanswered(self) -> tuple[Comment, ...]:
        """Comments without an answer."""
        return tuple(item for item in self.comments if item.answer is None)

    @property
    def certainty(self) -> dict[str, Level]:
        """The rating of each finding: the more cautious one of the two checks; empty until both are in."""
        if len(self.checks) < NEEDED:
            return {}
        found: dict[str, Level] = {}
        for check in self.checks:
            for name, rating in check.ratings.items():
                found[name] = min(found.get(name, rating.level), rating.level, key=LEVELS.index)
        return found


def key_of(report: str, sha256: str) -> str:
    """Return the object under which a file's review stands in the ledger.

    >>> key_of("R000247-47474d4f/SE-2026-0001", "3f2a91bc" + 56 * "0")
    'R000247-47474d4f/SE-2026-0001@3f2a91bc0000'
    """
    return f"{report}@{sha256[:12]}"
