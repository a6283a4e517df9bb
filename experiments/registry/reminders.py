"""What waits too long: who is to be reminded, and when the registrar is told.

Belongs here: the overdue lists at 7 and 14 days, computed from the ledger. Does not: sending anything; deciding anything: nothing
is approved by silence, there is no act that time alone performs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.messages import Text
from experiments.registry.records import Record, VersionRecord
from experiments.registry.reviews import visible_reviews
from experiments.registry.store import Registry

REMIND_AFTER_DAYS = 7
ESCALATE_AFTER_DAYS = 14
REGISTRAR = "registrar"
"""Stands for whoever holds the role, where no one person is waited for."""


@dataclass(frozen=True)
class Reminder:
    """One thing that waits. `remind` is a user, or `registrar` for whoever holds that role.

    After 14 days the same thing is told to the registrar (`escalate`), who may remind or replace.
    """

    experiment_id: str
    version: str
    state: str
    remind: str
    level: Literal["reminder", "escalate"]
    days: int
    since: str
    text: Text


def reminders(registry: Registry, now: datetime) -> list[Reminder]:
    """Return what waits for longer than 7 days, longest first.

    Parameters
    ----------
    registry
        Where.
    now
        The moment, with a time zone.
    """
    found = [item for record in registry.records() for item in _of(record, now)]
    return sorted(found, key=lambda item: (item.since, item.experiment_id, item.remind))


def _of(record: Record, now: datetime) -> Iterator[Reminder]:
    version = record.open
    if version is None:
        return
    for user, what in _waiting(record, version):
        days = (now - datetime.fromisoformat(version.since)).days
        if days >= REMIND_AFTER_DAYS:
            yield _reminder(record, version, user, what, days)


def _waiting(record: Record, version: VersionRecord) -> Iterator[tuple[str, Text]]:
    if version.state == "submitted":
        yield REGISTRAR, Text(en="assign reviewers", zh="指派评审")
    elif version.state == "approved":
        yield REGISTRAR, Text(en="register", zh="注册")
    elif version.state == "in_review":
        missing = visible_reviews(record, "").waiting_for
        for user in missing:
            yield user, Text(en="vote", zh="投票")
        if not missing:
            yield REGISTRAR, Text(en="decide on the votes", zh="根据投票作出决定")
    elif version.state == "changes_requested" and version.protocol.responsible_party is not None:
        yield version.protocol.responsible_party.user, Text(en="answer and submit again", zh="回复意见并重新提交")


def _reminder(record: Record, version: VersionRecord, user: str, what: Text, days: int) -> Reminder:
    escalated = days >= ESCALATE_AFTER_DAYS
    return Reminder(
        experiment_id=record.experiment_id,
        version=version.version,
        state=version.state,
        remind=user,
        level="escalate" if escalated else "reminder",
        days=days,
        since=version.since,
        text=Text(
            en=f"{record.experiment_id} {version.version} has waited {days} days for {user} to {what.en}.",
            zh=f"{record.experiment_id} {version.version} 已等待 {user}{what.zh} {days} 天。",
        ),
    )
