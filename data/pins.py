"""What a pin says: the whole lake as of one closed number, each table with its rows and fingerprint.

Belongs here: that record. Does not: making one (lake), keeping it (generations, releases).
"""

from __future__ import annotations

from dataclasses import dataclass

from data.standing import Excluded


@dataclass(frozen=True)
class TablePin:
    """What one table held at a pin: rows of the as-of view, files it was read from, fingerprint of its content."""

    rows: int
    files: int
    fingerprint: str


@dataclass(frozen=True)
class Pin:
    """The whole lake as of a closed sequence number, without what did not stand then. Nothing later ever changes it."""

    as_of_seq: int
    tables: dict[str, TablePin]
    excluded: tuple[Excluded, ...] = ()

    @property
    def held(self) -> frozenset[str]:
        """The submissions whose rows are in the lake and are not shown."""
        return frozenset(item.submission_id for item in self.excluded)
