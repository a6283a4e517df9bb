"""One act under judgement: what is on record, who acts in which role, with what they brought.

Belongs here: the frozen value that every guard looks at, and the words a guard answers with. Does not: the guards (guards,
conditions_*).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from data.access import Role
from data.ethics_gate import LOCAL
from data.messages import Text
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record, VersionRecord, ZoneStatus
from experiments.registry.store import Registry


@dataclass(frozen=True)
class Case:
    """What is judged. `record` and `version` are None for the first draft of an experiment.

    `version` is the version that the act is about; `zone` the zone, for acts on the operational status; `brought` what the act
    carries (side, vote, comments, reason …).
    """

    registry: Registry
    record: Record | None
    version: VersionRecord | None
    actor: str
    role: Role
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    zone: str | None = None
    brought: Mapping[str, Any] = field(default_factory=dict)

    @property
    def known(self) -> Record:
        """The record, for acts that need one."""
        if self.record is None:
            raise ValueError("this act needs an experiment on record")
        return self.record

    @property
    def about(self) -> VersionRecord:
        """The version, for acts that need one."""
        if self.version is None:
            raise ValueError("this act needs a version")
        return self.version

    @property
    def protocol(self) -> Protocol:
        """The protocol of the version."""
        return self.about.protocol

    @property
    def today(self) -> date:
        """The calendar day of the act, where the zones are."""
        return self.at.astimezone(LOCAL).date()

    @property
    def status(self) -> ZoneStatus:
        """The zone's status, for acts on it."""
        return self.known.zones[str(self.zone)]


Finds = Callable[[Case], Text | None]
"""A guard's function: None when the rule holds, else what is wrong here (which may be empty)."""


@dataclass(frozen=True)
class Guard:
    """A condition of a transition: its rule in words, what kind of refusal it gives, and the function that looks."""

    code: str
    kind: Literal["rule", "permission"]
    rule: Text
    finds: Finds


NOTHING_MORE = Text(en="", zh="")
"""The rule alone says it all."""


def failed(condition: object, en: str = "", zh: str = "") -> Text | None:
    """Return the detail when the condition is true, else None.

    >>> failed([], "rows are missing", "缺少行") is None
    True
    """
    if not condition:
        return None
    return Text(en=en, zh=zh) if en else NOTHING_MORE


def names(users: object) -> str:
    """Return users as one text, in the order of the alphabet."""
    return ", ".join(sorted(users)) if isinstance(users, (set, frozenset, list, tuple)) else str(users)
