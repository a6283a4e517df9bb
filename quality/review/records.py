"""What is on record about one delivery: its state, issues, corrections and history.

Belongs here: frozen values and what they say of themselves. Does not: how events become them (fold). No value of a cell is here:
issues and corrections name rows and columns; what was there and what comes instead lies in the quarantine (quality.corrections).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from data.ledger import Event
from data.submissions import Submission

Action = Literal["replace", "drop", "okay"]
CorrectionState = Literal["proposed", "accepted", "rejected"]


@dataclass(frozen=True)
class Cell:
    """One cell of a delivered file: `row` as a spreadsheet shows it, `column` of the contract."""

    row: int
    column: str


@dataclass(frozen=True)
class Issue:
    """What a data steward asks about a cell. It is open until a correction of the cell is accepted (`settled_by`)."""

    cell: Cell
    reason: str
    raised_by: str
    raised_at: str
    settled_by: str | None = None


@dataclass(frozen=True)
class Correction:
    """A proposal about cells of one delivery; `sha256` is of the file that holds old and new values."""

    correction_id: str
    delivery: str
    state: CorrectionState
    cells: tuple[tuple[Cell, Action], ...]
    sha256: str
    proposed_by: str
    proposed_at: str
    decided_by: str | None = None
    decided_at: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Delivery:
    """One delivery of a batch (zone, contract, wave, instrument version): one submission, and what was done with it.

    `waves` are those of its rows; `contract_document` names the contract that it was judged by, None for one that came before
    contracts were kept; `events` is its history; `answers` are the sender's to remarks on the file, by code.
    """

    submission: Submission
    state: str
    since: str
    instrument: str
    waves: tuple[str, ...]
    contract_document: str | None
    issues: tuple[Issue, ...]
    corrections: tuple[Correction, ...]
    events: tuple[Event, ...]
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """The submission's id, which is the delivery's."""
        return self.submission.submission_id

    @property
    def wave(self) -> str:
        """The waves as one label: W2, 2023Q1–2024Q4, or U where there is none."""
        if not self.waves:
            return self.submission.wave or "U"
        return self.waves[0] if len(self.waves) == 1 else f"{self.waves[0]}–{self.waves[-1]}"

    @property
    def batch(self) -> str:
        """The batch that this delivers, as one text: zone/contract/wave/instrument version."""
        return f"{self.submission.zone}/{self.submission.contract}/{self.wave}/{self.instrument}"

    @property
    def open_issues(self) -> tuple[Issue, ...]:
        """Issues that no accepted correction has settled."""
        return tuple(issue for issue in self.issues if issue.settled_by is None)

    @property
    def proposed(self) -> tuple[Correction, ...]:
        """Corrections that wait for a decision."""
        return tuple(item for item in self.corrections if item.state == "proposed")

    @property
    def own(self) -> frozenset[str]:
        """The ids under which its rows lie in the lake: its own and its accepted corrections'."""
        return frozenset({self.id, *(item.correction_id for item in self.corrections if item.state == "accepted")})
