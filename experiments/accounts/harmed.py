"""Harms: what was defined as one, how it was looked for, what the stopping rules say, events on record by arm.

Belongs here: those accounts from plan and release; a harm that nobody had is a zero, never left out. Does not: estimates of harm
outcomes (analyses), suspending anything (registry.harms).
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from data.contracts import load_contract
from experiments.accounts.panel import ARM, UNIT, Panel
from experiments.accounts.shapes import Label
from experiments.accounts.shapes_judged import HarmArm, HarmEvent, HarmRuleResult, Harms, HarmWatch
from experiments.frames import read_columns
from experiments.registry.harms import evaluate
from experiments.registry.protocol import Outcome, Protocol
from experiments.source import Source
from quality.disclosure import count_shown
from quality.disclosure.policy import load_policy
from quality.disclosure.rounding import to_base

EVENTS = "fct_unit_event"
COLUMNS = ["zone_id", "unit_type", "unit_id", "event_code", "event_date"]
CONTRACTS = {"person": "unit_event", "organisation": "organisation_event"}
GRAVE = {"person": ("ended", "institution"), "organisation": ("closed",)}
"""Events that are counted by arm wherever a plan watches harm: death, institution; closure."""


def harms_of(source: Source, protocol: Protocol, panels: list[Panel]) -> Harms:
    """Return how harm was looked for."""
    since = protocol.dates.intervention_start.date if protocol.dates and protocol.dates.intervention_start else None
    events = tuple(row for panel in panels for row in _events(source, panel, since)) if since else ()
    return Harms(
        watched=tuple(_watch(item, protocol) for item in protocol.outcomes if item.tier == "safety"),
        rules=_rules(source, protocol),
        events_since=since,
        events=events,
    )


def _watch(outcome: Outcome, protocol: Protocol) -> HarmWatch:
    inquiries = {item.id for item in protocol.inquiries if item.outcome_id == outcome.id}
    claims = {item.id for item in protocol.hypotheses if item.inquiry_id in inquiries}
    note = outcome.construct_note
    return HarmWatch(
        id=outcome.id,
        name=Label.of(outcome.name),
        definition=Label.of(note) if note else None,
        source=outcome.data_source,
        waves=tuple(outcome.time_frame.waves),
        analyses=tuple(item.id for item in protocol.analyses if claims & set(item.hypothesis_ids)),
    )


def _rules(source: Source, protocol: Protocol) -> tuple[HarmRuleResult, ...]:
    zones = [zone.zone_id for zone in protocol.zones]
    found = []
    for rule in protocol.harm_stopping_rule:
        states: Counter[str] = Counter(
            item.state for item in evaluate(protocol.experiment_id, rule, zones, source.release)
        )
        counts = {name: states[name] for name in ("crossed", "quiet", "silent")}
        found.append(HarmRuleResult(id=rule.id, threshold=rule.threshold, **counts))
    return tuple(found)


def _events(source: Source, panel: Panel, since: str) -> list[HarmEvent]:
    if EVENTS not in source.release.tables or panel.kind not in CONTRACTS:
        return []
    frame = read_columns(source.release.table(EVENTS), COLUMNS)
    if not set(COLUMNS) <= set(frame.columns):
        return []
    words = load_contract(CONTRACTS[panel.kind]).column("event_code").codes or {}
    frame = frame[(frame["unit_type"] == panel.kind) & (pd.to_datetime(frame["event_date"]) >= pd.Timestamp(since))]
    arms = panel.rows.drop_duplicates(UNIT).set_index(UNIT)[ARM]
    units = frame["zone_id"].astype(str) + ":" + frame["unit_id"].astype(str)
    found = []
    for code in (name for name in GRAVE[panel.kind] if name in words):
        hit = arms[arms.index.isin(units[frame["event_code"] == code])]
        rows = tuple(HarmArm(id=arm, units=_count(int((hit == arm).sum()))) for arm in panel.arms)
        found.append(HarmEvent(id=code, label=Label.of(words[code]), arms=rows))
    return found


def _count(units: int) -> int | None:
    """Return a count as it may be told by itself: nobody is zero, one to nine is not told, else rounded."""
    told = count_shown(units)
    return None if told is None else to_base(told, load_policy().rounding_base)
