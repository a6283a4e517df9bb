"""Sections of a protocol and the side of review that each belongs to.

Belongs here: which top-level fields differ between two texts, in which sections they stand, whose review they touch. Does not:
the class of a change (amendments), the field-by-field diff (diff).
"""

from __future__ import annotations

from experiments.registry.fields import facts_of
from experiments.registry.protocol import Protocol
from experiments.registry.records import Side
from experiments.registry.schema.meta import Section

SIDE_OF_SECTION: dict[Section, frozenset[Side]] = {
    "A": frozenset({"methods", "ethics"}),
    "B": frozenset({"methods"}),
    "C": frozenset({"methods"}),
    "D": frozenset({"methods", "ethics"}),
    "E": frozenset({"methods", "ethics"}),
    "F": frozenset({"methods"}),
    "G": frozenset({"methods"}),
    "H": frozenset({"methods"}),
    "I": frozenset({"ethics"}),
    "J": frozenset({"methods", "ethics"}),
    "K": frozenset({"ethics"}),
}
"""Who reviews what: team, zones, intervention and existing data concern both."""

NOT_REVIEWED = frozenset({"schema_version", "experiment_id", "version", "attestations"})
"""Numbers that the platform allots, and signatures that are given anew with every submission."""


def changed_fields(before: Protocol, after: Protocol) -> tuple[str, ...]:
    """Return the top-level fields whose content differs, without what the platform allots."""
    return tuple(
        name
        for name in Protocol.model_fields
        if name not in NOT_REVIEWED and getattr(before, name) != getattr(after, name)
    )


def sides_touched(before: Protocol, after: Protocol) -> frozenset[Side]:
    """Return the sides of review whose sections differ: their votes are to be cast anew."""
    touched: frozenset[Side] = frozenset()
    for name in changed_fields(before, after):
        touched |= SIDE_OF_SECTION[facts_of(name).section]
    return touched
