"""What the ledger says of an experiment's draws: one entry a commitment, folded from the events.

Belongs here: that fold, and who has which arm over all draws. Does not: making events (sealing), proving them (verification).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from data import documents
from data.ledger import Event, Ledger
from experiments.design.assignment import AssignedUnit, parsed_units

COMMITTED, DRAWN, REVEALED, ABANDONED = (
    "assignment_committed",
    "assignment_drawn",
    "assignment_revealed",
    "assignment_abandoned",
)


@dataclass(frozen=True)
class DrawRecord:
    """One commitment and what became of it. Times are as in the ledger; `seq` are the places of its events there."""

    version: str
    frame_sha256: str
    seed_commitment: str
    zones: tuple[str, ...]
    committed_at: str
    seq: int
    drawn_at: str | None = None
    assignment_sha256: str | None = None
    seed: str | None = None
    nonce: str | None = None
    revealed_at: str | None = None
    abandoned_at: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it is committed and neither drawn nor given up."""
        return self.drawn_at is None and self.abandoned_at is None


def draws_of(events: Iterable[Event]) -> tuple[DrawRecord, ...]:
    """Return the draws in the events of one experiment, in the order of their commitments."""
    found: list[DrawRecord] = []
    for event in events:
        if event.kind == COMMITTED:
            found.append(_committed(event))
        elif event.kind in _CHANGES and found:
            place = _place(found, event)
            found[place] = replace(found[place], **_CHANGES[event.kind](event))
    return tuple(found)


def units_of(ledger: Ledger, draws: Iterable[DrawRecord]) -> tuple[AssignedUnit, ...]:
    """Return every unit that has an arm, over all draws, sorted by id."""
    drawn = (draw.assignment_sha256 for draw in draws if draw.assignment_sha256 is not None)
    units = [unit for sha256 in drawn for unit in parsed_units(documents.get(ledger, sha256))]
    return tuple(sorted(units, key=lambda unit: unit.unit))


def _committed(event: Event) -> DrawRecord:
    detail = event.detail
    return DrawRecord(
        version=detail["version"],
        frame_sha256=detail["frame_sha256"],
        seed_commitment=detail["seed_commitment"],
        zones=tuple(detail.get("zones", ())),
        committed_at=event.at_utc,
        seq=event.seq,
    )


def _place(found: list[DrawRecord], event: Event) -> int:
    """Return the draw that an event is about: the one whose commitment it names, else the newest."""
    named = event.detail.get("seed_commitment")
    places = [place for place, draw in enumerate(found) if draw.seed_commitment == named]
    return places[-1] if places else len(found) - 1


_CHANGES = {
    DRAWN: lambda event: {"drawn_at": event.at_utc, "assignment_sha256": event.detail["assignment_sha256"]},
    REVEALED: lambda event: {
        "revealed_at": event.at_utc,
        "seed": str(event.detail["seed"]),
        "nonce": event.detail["nonce"],
    },
    ABANDONED: lambda event: {"abandoned_at": event.at_utc},
}
