"""Whether a zone's file may be taken in: an ethics decision is in force for the experiments that collect it there.

Belongs here: which decision counts where and when, and the question that intake asks. Does not: recording decisions
(experiments.registry.ethics), what becomes of the file (quality.intake). A contract that no registered experiment collects in
the zone is none of the gate's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from data import documents
from data.ledger import Ledger

LOCAL = ZoneInfo("Asia/Shanghai")
"""A committee's last day ends at midnight where the zones are."""


class Decided(Protocol):
    """What of a committee's decision tells whether it is in force."""

    @property
    def decision(self) -> str:
        """Approved, exempt, conditional or refused."""

    @property
    def date(self) -> str:
        """Its first day."""

    @property
    def expires_on(self) -> str:
        """Its last day."""

    @property
    def zones(self) -> tuple[str, ...]:
        """Where it counts."""


AnyDecision = TypeVar("AnyDecision", bound=Decided)


@dataclass(frozen=True)
class _Decision:
    """A decision as protocols and events keep it."""

    board: str
    number: str
    decision: str
    date: str
    expires_on: str
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Hold:
    """Why nothing may be taken in: the experiment, the decision that ended (None where there never was one), who must act."""

    experiment_id: str
    zone: str
    board: str | None
    number: str | None
    ended: str | None
    responsible: str


@dataclass(frozen=True)
class _Plan:
    """What the gate needs of a registered protocol."""

    experiment_id: str
    content: dict[str, Any]
    decisions: tuple[_Decision, ...]

    def collects(self, zone: str, contract: str) -> bool:
        return any(item["zone_id"] == zone for item in self.content["zones"]) and any(
            item["contract_id"] == contract for item in self.content["data_sources"]
        )


def today() -> date:
    """Return the calendar day where the zones are."""
    return datetime.now(LOCAL).date()


def counting(decisions: Iterable[AnyDecision], zone: str, on: date) -> AnyDecision | None:
    """Return the decision that counts in a zone on a day: the newest that has begun, of one day the one recorded last.

    Parameters
    ----------
    decisions
        In the order in which they were recorded.
    """
    begun = [item for item in decisions if zone in item.zones and item.date <= on.isoformat()]
    return max(enumerate(begun), key=lambda entry: (entry[1].date, entry[0]))[1] if begun else None


def permits(decision: Decided, on: date) -> bool:
    """Tell whether the decision that counts permits work on a day; its last day is `expires_on`."""
    return decision.decision != "refused" and decision.expires_on >= on.isoformat()


def holds(ledger: Ledger, *, zone: str, contract: str, on: date) -> tuple[Hold, ...]:
    """Return why a file may not be taken in; empty when it may.

    It may when no registered experiment collects the contract in the zone, or when one that does has a decision in force: rows
    lawfully collected for one experiment are not refused because another one's decision ended (whose report names the deviation).

    Parameters
    ----------
    zone, contract
        What the file is.
    on
        The day on which it arrives; a decision's last day counts.
    """
    concerned = [plan for plan in _registered(ledger) if plan.collects(zone, contract)]
    found = [_hold(plan, zone, on) for plan in concerned]
    if any(hold is None for hold in found):
        return ()
    return tuple(hold for hold in found if hold is not None)


def _registered(ledger: Ledger) -> Iterator[_Plan]:
    """Yield the registered version of each experiment that was not withdrawn."""
    newest = {event.object_id: event for event in ledger.events("protocol_registered")}
    withdrawn = {event.object_id for event in ledger.events("protocol_withdrawn")}
    for name, event in newest.items():
        if name not in withdrawn:
            content = json.loads(documents.get(ledger, event.detail["document"]))
            recorded = (item.detail for item in ledger.events("ethics_recorded", name))
            yield _Plan(name, content, tuple(_decision(item) for item in (*content["ethics"], *recorded)))


def _decision(kept: dict[str, Any]) -> _Decision:
    fields = {name: kept[name] for name in ("board", "number", "decision", "date", "expires_on")}
    return _Decision(**fields, zones=tuple(kept["zones"]))


def _hold(plan: _Plan, zone: str, on: date) -> Hold | None:
    """Return the hold of one experiment in one zone."""
    person = plan.content["responsible_party"]
    who = str(person["user"]) if person else "–"
    last = counting(plan.decisions, zone, on)
    if last is None:
        return Hold(plan.experiment_id, zone, None, None, None, who)
    if permits(last, on):
        return None
    ended = last.date if last.decision == "refused" else last.expires_on
    return Hold(plan.experiment_id, zone, last.board, last.number, ended, who)
