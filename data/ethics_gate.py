"""Whether a zone's file may be taken in: an ethics decision is in force for the experiments that collect it there.

Belongs here: the question that intake asks, answered from the ledger and the documents it names. Does not: recording decisions
(experiments.registry.ethics), what becomes of the file (quality.intake). A contract that no registered experiment collects in
the zone is none of the gate's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from data import documents
from data.ledger import Ledger

LOCAL = ZoneInfo("Asia/Shanghai")
"""A committee's last day ends at midnight where the zones are."""


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
    recorded: tuple[dict[str, Any], ...]

    def collects(self, zone: str, contract: str) -> bool:
        return any(item["zone_id"] == zone for item in self.content["zones"]) and any(
            item["contract_id"] == contract for item in self.content["data_sources"]
        )


def today() -> date:
    """Return the calendar day where the zones are."""
    return datetime.now(LOCAL).date()


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
    decided = ledger.events("ethics_recorded")
    for name, event in newest.items():
        if name not in withdrawn:
            content = json.loads(documents.get(ledger, event.detail["document"]))
            yield _Plan(name, content, tuple(item.detail for item in decided if item.object_id == name))


def _hold(plan: _Plan, zone: str, on: date) -> Hold | None:
    """Return the hold of one experiment in one zone; the newest decision of the zone is the one that counts."""
    known = [item for item in (*plan.content["ethics"], *plan.recorded) if zone in item["zones"]]
    begun = [item for item in known if item["date"] <= on.isoformat()]
    person = plan.content["responsible_party"]
    who = str(person["user"]) if person else "–"
    if not begun:
        return Hold(plan.experiment_id, zone, None, None, None, who)
    last = max(begun, key=lambda item: str(item["date"]))
    if last["decision"] == "refused":
        return Hold(plan.experiment_id, zone, last["board"], last["number"], last["date"], who)
    if last["expires_on"] < on.isoformat():
        return Hold(plan.experiment_id, zone, last["board"], last["number"], last["expires_on"], who)
    return None
