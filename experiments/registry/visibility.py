"""Who sees what of a protocol: computed from state, embargo and declarations whenever it is asked, stored nowhere.

Belongs here: whether a version is public, which fields somebody sees. Does not: blind votes (reviews), pages (apps), published
reports (the report's life cycle).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

from data.access import Role
from experiments.registry.fields import facts_of
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record

INSIDERS: frozenset[Role] = frozenset(
    {"investigator", "analyst", "zone_lead", "methods_reviewer", "ethics_reviewer", "registrar", "auditor"}
)
"""Who reads the whole protocol at any time, in a role that they hold towards this experiment (`separation.roles_on`)."""

TOMBSTONE = frozenset(
    {"experiment_id", "version", "title_brief", "title_official", "responsible_party", "investigators", "dates"}
)
"""What stays public of a withdrawn registration, beside the reason of the withdrawal."""


def embargo_over(protocol: Protocol, now: datetime) -> bool:
    """Tell whether the embargo that a protocol asks for is over; it ends as its day begins, in UTC."""
    until = protocol.dissemination.embargo_until if protocol.dissemination else None
    return until is None or now.astimezone(UTC).date() >= date.fromisoformat(until)


def public(record: Record, version: str, now: datetime) -> bool:
    """Tell whether a version is public: registered, its embargo over, the registration not withdrawn.

    The embargo is the newest registered version's: an amendment moves it for all. A superseded version stays public.

    Raises
    ------
    NotFound
        There is no such version.
    """
    current, found = record.current, record.version(version)
    if current is None or found.registered_at is None or current.state == "withdrawn":
        return False
    return embargo_over(current.protocol, now)


def visible_fields(
    protocol: Protocol,
    roles: Collection[Role],
    now: datetime,
    *,
    state: str = "registered",
    embargo: bool | None = None,
) -> frozenset[str]:
    """Return the top-level fields of a protocol that somebody with `roles` towards the experiment sees at `now`.

    Parameters
    ----------
    protocol
        The version.
    roles
        Roles towards this experiment; empty for the public. An insider sees every field.
    now
        The moment, with a time zone.
    state
        The version's state: outsiders see nothing of what is not registered, a tombstone of what was withdrawn.
    embargo
        Whether an embargo stands, where another version decides on it; default: what this protocol says.

    Returns
    -------
    frozenset of str
        Names of fields. A field declared `never` public is for insiders only.
    """
    if INSIDERS & set(roles):
        return frozenset(Protocol.model_fields)
    if state == "withdrawn":
        return TOMBSTONE
    stands = not embargo_over(protocol, now) if embargo is None else embargo
    if state not in {"registered", "superseded"} or stands:
        return frozenset()
    return frozenset(name for name in Protocol.model_fields if facts_of(name).public != "never")
