"""Waves that are overdue: a registered experiment's schedule beside what the zones have sent.

Belongs here: the comparison. Does not: telling anybody (occasions, apps). A wave without a date, or one that the plan does not
require, is never overdue; a zone that is not at work in the experiment owes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.ethics_gate import LOCAL
from data.submissions import Submission, submissions
from experiments.registry.ethics import RUNNING
from experiments.registry.records import Record
from experiments.registry.schema.governance import Wave
from experiments.registry.store import Registry

ENTERED = ("accepted", "quarantined", "duplicate")


@dataclass(frozen=True)
class OverdueWave:
    """One wave of one experiment of which a zone has sent nothing, though its last day is over."""

    experiment_id: str
    zone: str
    wave: str
    last_day: date


def overdue_waves(registry: Registry, on: date) -> list[OverdueWave]:
    """Return the overdue waves as of a day, by last day.

    A wave has come once a file of one of the plan's tables names it and was taken in; a file that names no wave counts for the
    waves whose window had opened when it came.
    """
    sent = [item for item in submissions(registry.ledger) if item.status in ENTERED]
    found = [late for record in registry.records() for late in _of(record, sent, on)]
    return sorted(found, key=lambda late: (late.last_day, late.experiment_id, late.wave, late.zone))


def _of(record: Record, sent: list[Submission], on: date) -> Iterator[OverdueWave]:
    current = record.current
    if current is None or current.state != "registered":
        return
    tables = {source.contract_id for source in current.protocol.data_sources}
    own = [item for item in sent if item.contract in tables]
    for wave in current.protocol.schedule:
        if wave.target_date is None or not wave.mandatory:
            continue
        last = date.fromisoformat(wave.target_date) + timedelta(days=wave.window_after)
        for zone in (zone.zone_id for zone in current.protocol.zones):
            at_work = record.zone_status.get(zone) in RUNNING
            if at_work and last < on and not any(_is_of(item, wave, zone) for item in own):
                yield OverdueWave(record.experiment_id, zone, wave.wave_id, last)


def _is_of(item: Submission, wave: Wave, zone: str) -> bool:
    if item.zone != zone:
        return False
    if item.wave is not None:
        return item.wave == wave.wave_id
    opened = date.fromisoformat(str(wave.target_date)) - timedelta(days=wave.window_before)
    return datetime.fromisoformat(item.received_at).astimezone(LOCAL).date() >= opened
