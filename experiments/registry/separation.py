"""Separation of duty on one experiment: who is on its team, who reviews it, who keeps the register of it.

Belongs here: the sides of one experiment, by name in its protocols and by deed in its events. Does not: roles in the workspace
(data.access), which act needs which side (machines).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from data.access import SYSTEM, Role
from experiments.registry.protocol import Protocol
from experiments.registry.records import SIDES, Record

Standing = Literal["team", "methods", "ethics", "registrar"]

STANDING: dict[Role, Standing] = {
    "investigator": "team",
    "analyst": "team",
    "zone_lead": "team",
    "zone_operator": "team",
    "methods_reviewer": "methods",
    "ethics_reviewer": "ethics",
    "registrar": "registrar",
}
"""On which side of an experiment somebody stands who acts on it in a role; nobody stands on two."""


def named(protocol: Protocol) -> frozenset[str]:
    """Return the users whom a protocol names: responsible party, investigators, local leads, who declared a conflict."""
    people = [*protocol.investigators, *(zone.local_lead for zone in protocol.zones), protocol.responsible_party]
    declared = [item.person for item in protocol.conflicts.declared] if protocol.conflicts else []
    return frozenset({item.user for item in people if item is not None} | set(declared))


def team(record: Record) -> frozenset[str]:
    """Return the experiment's team: everybody named in any version, and everybody who acted for it."""
    by_name = (named(item.protocol) for item in record.versions)
    return frozenset().union(*by_name) | _by_deed(record, "team")


def reviewers(record: Record, side: Standing | None = None) -> frozenset[str]:
    """Return everybody who was ever asked to review the experiment, on one side or on any."""
    sides = SIDES if side is None else (side,)
    asked = (
        user
        for event in record.events
        if event.kind == "reviewers_assigned"
        for name in sides
        for user in event.detail.get(name, ())
    )
    return frozenset(asked)


def registrars(record: Record) -> frozenset[str]:
    """Return everybody who acted as registrar on the experiment."""
    return _by_deed(record, "registrar")


def standings(record: Record, user: str) -> frozenset[Standing]:
    """Return the sides on which somebody has acted on the experiment already."""
    return frozenset(_standings(event.role for event in record.events if event.actor == user))


def roles_on(record: Record, user: str, held: Iterable[Role]) -> frozenset[Role]:
    """Return the roles, of those that a user holds, in which they stand to this one experiment.

    An investigator of another experiment is none of this one's; a reviewer is who was asked to review it.
    """
    of_team, of_methods, of_ethics = team(record), reviewers(record, "methods"), reviewers(record, "ethics")
    places: dict[Standing, bool] = {
        "team": user in of_team,
        "methods": user in of_methods,
        "ethics": user in of_ethics,
        "registrar": user not in of_team | of_methods | of_ethics,
    }
    return frozenset(role for role in held if role not in STANDING or places[STANDING[role]])


def _by_deed(record: Record, side: Standing) -> frozenset[str]:
    acted = (item.actor for item in record.events if side in _standings([item.role]))
    return frozenset(acted) - {SYSTEM}


def _standings(roles: Iterable[str]) -> list[Standing]:
    known: dict[str, Standing] = {str(role): side for role, side in STANDING.items()}
    return [known[role] for role in roles if role in known]
