"""What a trigger looks at and what it says: facts in, deviations out, and a word on every check that could not be made.

Belongs here: the shapes. Does not: the triggers (sample, conduct, reporting), reading anything (gather). No person's value
stands in any of them: counts, ids of arms, waves, zones, analyses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from data.messages import Text
from experiments.registry.amendments import Knowledge
from experiments.registry.points import Phase
from experiments.registry.protocol import Protocol
from experiments.registry.schema.governance import EthicsDecision
from experiments.spec import AnalysisSpec

WorkStep = Literal["sampling", "assignment", "delivery", "measurement", "timing", "exclusion", "analysis", "reporting"]
"""Where in the work the plan was left (Willroth and Atherton 2024)."""


class NotChecked(Exception):
    """A trigger could not look: the reason is told, never passed over."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.reason = Text(en=en, zh=zh)


@dataclass(frozen=True)
class Collected:
    """Rows of one zone and wave by day of observation: the first and last day, and how many lie outside the wave's window."""

    zone: str
    wave: str
    first: str
    last: str
    rows: int
    outside: int


@dataclass(frozen=True)
class InstrumentUsed:
    """With which content an instrument came back, in how many files."""

    instrument_id: str
    sha256: str
    files: int


@dataclass(frozen=True)
class AiVersion:
    """A version of an AI system that was in use, as its exposure epochs record."""

    intervention_id: str
    version: str
    since: str


@dataclass(frozen=True)
class Arrived:
    """Files of one zone and contract that were taken in on one day."""

    zone: str
    contract: str
    day: str
    files: int


@dataclass(frozen=True)
class Ran:
    """One analysis as it was run. `correction` is what its p-value went through; None: no corrected p-value was given."""

    analysis_id: str
    spec: AnalysisSpec
    dataset: str
    hypothesis_ids: tuple[str, ...]
    missing_data: str = "complete_case"
    has_result: bool = True
    claims_confirmatory: bool = False
    correction: str | None = None


@dataclass(frozen=True)
class Done:
    """What was done under a registered protocol. None means that the platform holds nothing on it: `NotChecked`."""

    protocol: Protocol
    units_by_arm: Mapping[str, int] | None = None
    collected: tuple[Collected, ...] | None = None
    instruments: tuple[InstrumentUsed, ...] | None = None
    committed: Mapping[str, str] | None = None
    received: Mapping[str, str] | None = None
    ineligible: Mapping[str, int | None] | None = None
    ai_versions: tuple[AiVersion, ...] | None = None
    runs: tuple[Ran, ...] | None = None
    arrived: tuple[Arrived, ...] | None = None
    decisions: tuple[EthicsDecision, ...] = ()
    consent_missing: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Deviation:
    """One place where the plan was not followed. `id` is the same on every run; `units_affected` None: not countable."""

    id: str
    trigger: str
    step: WorkStep
    planned: Text
    actual: Text
    units_affected: int | None = None
    detected_by: Literal["system", "person"] = "system"
    discovered_at: str = ""
    phase: Phase | None = None
    knowledge_of_results: Knowledge | None = None
    reason_code: str | None = None
    consequence: str | None = None
    corrective_action: str | None = None
    disclosed_in_report: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, as results.json and the ledger keep it."""
        texts = {"planned": self.planned.model_dump(), "actual": self.actual.model_dump()}
        return {**asdict(self), **texts}


@dataclass(frozen=True)
class Check:
    """What became of one trigger: it ran and found so many, or could not look and says why."""

    trigger: str
    title: Text
    state: Literal["ran", "not_checked"]
    found: int = 0
    reason: Text | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        reason = self.reason.model_dump() if self.reason else None
        return {
            "trigger": self.trigger,
            "title": self.title.model_dump(),
            "state": self.state,
            "found": self.found,
            "reason": reason,
        }


@dataclass(frozen=True)
class Findings:
    """All deviations of one experiment, and what became of each of the twelve checks."""

    deviations: tuple[Deviation, ...] = ()
    checks: tuple[Check, ...] = field(default=())
