"""Decisions of ethics committees after registration: recorded with their expiry, and what follows when one has run out.

Belongs here: the act that records a decision, suspending where none is in force. Does not: refusing uploads (data.ethics_gate),
what a protocol must name (check).
"""

from __future__ import annotations

from datetime import date
from functools import partial

from data.access import PLATFORM, Actor
from data.ethics_gate import permits
from experiments.registry.acts_running import set_status
from experiments.registry.amendment_texts import refused
from experiments.registry.conditions_plan import decisions
from experiments.registry.performing import Done, about_current, perform
from experiments.registry.records import Record
from experiments.registry.schema.governance import EthicsDecision
from experiments.registry.store import Registry

RUNNING = frozenset({"recruiting", "active_not_recruiting"})


def record_ethics(registry: Registry, experiment_id: str, *, decision: EthicsDecision, actor: Actor) -> Record:
    """Record a committee's decision on a registered experiment: an approval, a renewal or a refusal, with its last day.

    Parameters
    ----------
    decision
        Counts for its zones from its date on; the newest decision of a zone is the one in force.
    actor
        An ethics reviewer or a registrar, never one of the team.

    Raises
    ------
    Refused
        E-AMD-08: a zone that the protocol does not name. E-AMD-09: it expires before its date. E-REG-05: not registered.
    """

    def write(done: Done) -> None:
        done.event("ethics_recorded", decision.model_dump(mode="json"))

    record = registry.record(experiment_id)
    known = [zone.zone_id for zone in record.latest.protocol.zones]
    strange = sorted(set(decision.zones) - set(known))
    if strange:
        raise refused("E-AMD-08", zones=", ".join(strange), id=experiment_id, known=", ".join(known))
    if decision.expires_on < decision.date:
        raise refused("E-AMD-09", expires=decision.expires_on, date=decision.date)
    perform(registry, partial(about_current, registry, experiment_id, "record_ethics"), write, actor=actor)
    return registry.record(experiment_id)


def suspend_expired(registry: Registry, on: date) -> list[tuple[str, str]]:
    """Suspend every running experiment in each zone without a decision in force on a day; return (experiment, zone).

    Going on needs an ethics reviewer.
    """
    found: list[tuple[str, str]] = []
    for record in registry.records():
        current = record.current
        running = [zone for zone, status in record.zone_status.items() if status in RUNNING]
        if current is None or not running:
            continue
        latest = decisions(record, current.protocol, on)
        for zone in running:
            if zone not in latest or not permits(latest[zone], on):
                set_status(registry, record.experiment_id, zone=zone, action="suspend", cause="ethics", actor=PLATFORM)
                found.append((record.experiment_id, zone))
    return found
