"""Occasions: what has happened or is overdue now, read from what is on record.

Belongs here: one function a kind, each naming an occasion by a key that stays the same while it lasts. Does not: waves (waves),
who hears of it (rules). Numbers about people stay out: a harm rule is named, and its value looked up by who acts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from data.ethics_gate import LOCAL, permits
from data.messages import NotFound, Text
from data.releases import load_release
from experiments.notices import JOB
from experiments.notices.waves import overdue_waves
from experiments.registry.conditions_plan import decisions
from experiments.registry.ethics import RUNNING
from experiments.registry.harms import CROSSED
from experiments.registry.reminders import reminders
from experiments.registry.store import Registry
from quality.programme import programme_status

Kind = Literal["failure", "overdue_report", "overdue_wave", "harm", "ethics_expired", "review_waits"]
RECENT = timedelta(days=14)
"""Failures and crossings before that are history: whoever sets notices up is not told of years."""


@dataclass(frozen=True)
class Occasion:
    """One thing that somebody should hear of. `key` names it for good; `zone` is None where it concerns no one zone."""

    kind: Kind
    key: str
    zone: str | None
    since: str
    text: Text


def occasions(registry: Registry, now: datetime) -> list[Occasion]:
    """Return what there is to tell, the oldest first.

    Parameters
    ----------
    registry
        Where.
    now
        The moment, with a time zone: days end at midnight where the zones are.
    """
    kinds: tuple[Callable[[Registry, datetime], Iterator[Occasion]], ...] = (
        _failures,
        _reports,
        _waves,
        _harms,
        _ethics,
        _waiting,
    )
    found = [occasion for kind in kinds for occasion in kind(registry, now)]
    return sorted(found, key=lambda item: (item.since, item.key))


def _failures(registry: Registry, now: datetime) -> Iterator[Occasion]:
    for path in sorted((registry.workspace.home / "failures").glob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["job"] == JOB or datetime.fromisoformat(said["seen_at"]) < now - RECENT:
            continue  # that a notice did not leave is no reason for another
        codes = ", ".join(dict.fromkeys(f"{item['step']} {item['code']}" for item in said["failures"])) or "–"
        text = _FAILED.fill(run=said["run_id"], job=said["job"], codes=codes)
        yield Occasion("failure", f"failure:{said['run_id']}", None, said["seen_at"], text)


def _reports(registry: Registry, now: datetime) -> Iterator[Occasion]:
    """Yield annual reports that are overdue by the newest release; without one, or without the programme's tables, none."""
    try:
        status = programme_status(load_release(registry.workspace, "latest"), _day(now))
    except NotFound:
        return
    for zone in status.zones:
        for report in zone.reports:
            if report.status == "overdue":
                text = _REPORT.fill(zone=zone.zone_id, year=report.report_year, due=report.due_date)
                key = f"overdue_report:{zone.zone_id}:{report.report_year}"
                yield Occasion("overdue_report", key, zone.zone_id, report.due_date.isoformat(), text)


def _waves(registry: Registry, now: datetime) -> Iterator[Occasion]:
    for late in overdue_waves(registry, _day(now)):
        text = _WAVE.fill(id=late.experiment_id, wave=late.wave, zone=late.zone, last=late.last_day)
        key = f"overdue_wave:{late.experiment_id}:{late.wave}:{late.zone}"
        yield Occasion("overdue_wave", key, late.zone, late.last_day.isoformat(), text)


def _harms(registry: Registry, now: datetime) -> Iterator[Occasion]:
    for event in registry.ledger.events(CROSSED):
        said = event.detail
        if datetime.fromisoformat(event.at_utc) < now - RECENT:
            continue
        text = _HARM.fill(id=event.object_id, rule=said["rule_id"], zone=said["zone_id"], who=said["who_acts"])
        yield Occasion("harm", f"harm:{event.seq}", said["zone_id"], event.at_utc, text)


def _ethics(registry: Registry, now: datetime) -> Iterator[Occasion]:
    on = _day(now)
    for record in registry.records():
        current = record.current
        if current is None:
            continue
        at_work = [zone for zone, status in record.zone_status.items() if status in {*RUNNING, "suspended"}]
        latest = decisions(record, current.protocol, on)
        for zone in at_work:
            decision = latest.get(zone)
            if decision is not None and permits(decision, on):
                continue
            ended = "–" if decision is None else decision.expires_on
            text = _ETHICS.fill(id=record.experiment_id, zone=zone, ended=ended)
            yield Occasion("ethics_expired", f"ethics:{record.experiment_id}:{zone}:{ended}", zone, ended, text)


def _waiting(registry: Registry, now: datetime) -> Iterator[Occasion]:
    for item in reminders(registry, now):
        key = f"review:{item.experiment_id}:{item.version}:{item.state}:{item.remind}:{item.level}:{item.since}"
        yield Occasion("review_waits", key, None, item.since, item.text)


def _day(now: datetime) -> date:
    return now.astimezone(LOCAL).date()


_FAILED = Text(
    en="Run {run} of {job} failed: {codes}. See Runs and freshness, or the log of the run.",
    zh="作业 {job} 的运行 {run} 失败：{codes}。请查看“运行与时效”页面或该次运行的日志。",
)
_REPORT = Text(
    en="Zone {zone}: the annual report of {year} was due on {due} and is not there.",
    zh="试点区 {zone}：{year} 年度报告应于 {due} 前提交，尚未收到。",
)
_WAVE = Text(
    en="Experiment {id}, zone {zone}: nothing has come for wave {wave}, whose last day was {last}.",
    zh="实验 {id}，试点区 {zone}：第 {wave} 波的最后一天为 {last}，尚未收到数据。",
)
_HARM = Text(
    en="Experiment {id}, zone {zone}: the harm rule {rule} is crossed. {who} must act.",
    zh="实验 {id}，试点区 {zone}：触发危害规则 {rule}，须由 {who} 处理。",
)
_ETHICS = Text(
    en="Experiment {id}, zone {zone}: no ethics decision is in force (the last one ended on {ended}).",
    zh="实验 {id}，试点区 {zone}：没有有效的伦理批准（最近一次于 {ended} 到期）。",
)
