"""Acts on what is registered: withdrawing it, and its operational status in a zone.

Belongs here: one function an act. Does not: acts that lead to registration (acts), when they are allowed (machines, guards).
"""

from __future__ import annotations

from functools import partial

from data.access import Actor
from data.messages import NotFound, Text
from experiments.registry.machines import OPERATIONAL
from experiments.registry.performing import Done, Place, about_current, not_standing, perform
from experiments.registry.records import Record
from experiments.registry.store import Registry


def ask_withdrawal(registry: Registry, experiment_id: str, *, reason: str, actor: Actor) -> Record:
    """Ask that the registered version be withdrawn; `reason` is one of `conditions_plan.REASONS`."""

    def write(done: Done) -> None:
        done.event("withdrawal_requested", {"version": done.case.about.version, "reason": reason})

    place = partial(about_current, registry, experiment_id, "ask_withdrawal")
    perform(registry, place, write, actor=actor, brought={"reason": reason})
    return registry.record(experiment_id)


def withdraw(registry: Registry, experiment_id: str, *, actor: Actor) -> Record:
    """Accept the withdrawal: what stays public is a tombstone (`visibility.TOMBSTONE`)."""

    def write(done: Done) -> None:
        version = done.case.about
        done.event("protocol_withdrawn", {"version": version.version, "reason": version.withdrawal_reason})

    perform(registry, partial(about_current, registry, experiment_id, "withdraw"), write, actor=actor)
    return registry.record(experiment_id)


def set_status(
    registry: Registry,
    experiment_id: str,
    *,
    zone: str,
    action: str,
    actor: Actor,
    cause: str = "",
    reason: str = "",
) -> Record:
    """Change an experiment's status in one zone.

    Parameters
    ----------
    zone
        A zone of the registered version.
    action
        One of the operational machine's: ``ask_recruiting`` (zone lead), ``start_recruiting`` (investigator, another person),
        ``stop_recruiting``, ``suspend``, ``resume_recruiting``, ``resume_follow_up``, ``complete``, ``terminate``,
        ``withdraw_zone``.
    cause
        For ``suspend``: one of `conditions_zone.CAUSES`.
    reason
        For ``terminate`` and ``withdraw_zone``: one of `conditions_plan.REASONS`.

    Raises
    ------
    NotFound
        E-REG-03: the experiment does not run in this zone.
    """

    def place() -> Place:
        record = registry.record(experiment_id)
        if record.current is None:
            raise not_standing(experiment_id)
        status = record.zones.get(zone)
        if status is None:
            raise NotFound("E-REG-03", _NOT_HERE.fill(id=experiment_id, zone=zone))
        return Place(record, record.current, status.status, action, OPERATIONAL, zone)

    def write(done: Done) -> None:
        before = done.case.status
        after = done.decision.transition.after(before.status)
        detail = {"zone_id": zone, "from": before.status, "to": after, "action": action, "cause": cause}
        done.event("status_changed", detail | ({"reason": reason} if reason else {}))

    perform(registry, place, write, actor=actor, brought={"cause": cause, "reason": reason})
    return registry.record(experiment_id)


_NOT_HERE = Text(
    en="{id} does not run in zone {zone}. Add the zone by an amendment.",
    zh="{id} 不在试点区 {zone} 进行。可通过修订增加试点区。",
)
