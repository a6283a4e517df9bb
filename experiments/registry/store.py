"""The registry of one workspace: experiments by id, each folded from the ledger whenever it is asked for.

Belongs here: opening, listing, loading; allotting ids and version numbers. Does not: changing anything (acts), what the events
mean (fold), what the record says of itself (records).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from data import documents
from data.ledger import Ledger
from data.messages import NotFound, Text
from data.paths import Workspace
from experiments.registry.checks import PRESENT, Checks
from experiments.registry.fold import fold
from experiments.registry.protocol import Protocol, load_stored
from experiments.registry.records import AssignmentRecord, Record, VersionRecord, ZoneStatus

__all__ = ["AssignmentRecord", "Record", "Registry", "VersionRecord", "ZoneStatus", "next_draft", "next_id"]

UNNUMBERED = "SE-0000-0000"
"""What a protocol carries as its id before the registry has allotted one."""
DRAFTED = "protocol_drafted"
"""The kind of the event with which an experiment begins."""


class Registry:
    """The registry of one workspace. Open it with `Registry.open`; it holds no state of its own."""

    def __init__(self, workspace: Workspace, ledger: Ledger, checks: Checks = PRESENT) -> None:
        self.workspace = workspace
        self.ledger = ledger
        self.checks = checks

    @classmethod
    def open(cls, workspace: Workspace, checks: Checks = PRESENT) -> Registry:
        """Open the registry of a workspace, creating its tables where they are missing."""
        return cls(workspace, Ledger.open(workspace), checks)

    def ids(self) -> list[str]:
        """Return the ids of all experiments in the order in which they were first drafted."""
        return list(dict.fromkeys(item.object_id for item in self.ledger.events(DRAFTED)))

    def record(self, experiment_id: str) -> Record:
        """Return everything on record about one experiment, as of now.

        Raises
        ------
        NotFound
            E-REG-01: nothing is on record under this id.
        """
        with self.ledger.reading():
            events = self.ledger.events(object_id=experiment_id)
            if any(item.kind == DRAFTED for item in events):
                return fold(experiment_id, events, self.protocol)
        raise NotFound(
            "E-REG-01",
            Text(
                en=f"No experiment {experiment_id} is on record. `zonelab protocol draft FILE` makes one.",
                zh=f"没有编号为 {experiment_id} 的实验。可用 zonelab protocol draft FILE 新建。",
            ),
        )

    def records(self) -> list[Record]:
        """Return all experiments, from one view of the ledger."""
        with self.ledger.reading():
            return [self.record(name) for name in self.ids()]

    def protocol(self, sha256: str) -> Protocol:
        """Return the protocol kept under a hash, its bytes proved against it."""
        return _parsed(documents.get(self.ledger, sha256))


@lru_cache(maxsize=256)
def _parsed(content: str) -> Protocol:
    return load_stored(content)


def next_id(taken: Iterable[str], wanted: str, now: datetime | None = None) -> str:
    """Return the id of a new experiment: the one wanted if it is free, else the next number of the year.

    >>> next_id(["SE-2026-0001"], "SE-0000-0000", datetime(2026, 5, 1, tzinfo=UTC))
    'SE-2026-0002'
    """
    known = set(taken)
    if wanted != UNNUMBERED and wanted not in known:
        return wanted
    prefix = f"SE-{(now or datetime.now(UTC)).year}-"
    numbers = [int(name.removeprefix(prefix)) for name in known if name.startswith(prefix)]
    return f"{prefix}{max(numbers, default=0) + 1:04d}"


def next_draft(record: Record | None) -> str:
    """Return the number of the next draft before the first registration: 0.1, then 0.2."""
    if record is None:
        return "0.1"
    return f"0.{max(int(number.split('.')[1]) for number in record.numbers) + 1}"
