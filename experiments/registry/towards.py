"""A zone's status by where it shall go: people name the status, the life cycle names the act that leads there.

Belongs here: finding that act. Does not: whether it is allowed (acts_running, guards).
"""

from __future__ import annotations

from data.access import Actor
from data.messages import Refused, Text
from experiments.registry.acts_running import set_status
from experiments.registry.machines import OPERATIONAL
from experiments.registry.records import Record
from experiments.registry.store import Registry

IDLE = "not_yet_recruiting"


def set_status_to(
    registry: Registry, experiment_id: str, *, zone: str, to: str, actor: Actor, cause: str = "", reason: str = ""
) -> Record:
    """Bring an experiment to a status in one zone; recruiting takes two: the zone lead asks, the investigator confirms.

    Raises
    ------
    Refused
        E-REG-40: no act leads there from the present status.
    """
    action = action_towards(registry.record(experiment_id), zone, to)
    return set_status(registry, experiment_id, zone=zone, action=action, actor=actor, cause=cause, reason=reason)


def action_towards(record: Record, zone: str, to: str) -> str:
    """Return the act that leads from the present status to `to`.

    Raises
    ------
    Refused
        E-REG-40: there is none; the message lists where one can go from here.
    """
    status = record.zones.get(zone)
    now = status.status if status is not None else IDLE
    if now == IDLE and to == "recruiting":
        return "start_recruiting" if status is not None and status.asked_by else "ask_recruiting"
    found = {item.target: item.action for item in OPERATIONAL.transitions if now in item.sources and item.target}
    if to in found:
        return found[to]
    ways = ", ".join(found) or "–"
    raise Refused(
        "E-REG-40",
        Text(
            en=f"{zone} is {now}; from there no act leads to {to}. Possible: {ways}.",
            zh=f"{zone} 当前为 {now}，无法变为 {to}。可变为：{ways}。",
        ),
    )
