"""Guards about an experiment in one zone: who speaks for it, may it start, pause, go on, end.

Belongs here: conditions on the operational status. Does not: the plan (conditions_plan), reviewing (conditions_people).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from data.access import roles_of
from data.ethics_gate import permits
from data.messages import Text
from data.submissions import Submission, submissions
from experiments.registry.case import Case, failed, names
from experiments.registry.conditions_plan import REASONS, decisions
from experiments.registry.protocol import Protocol
from experiments.registry.schema.people import ZoneRole
from experiments.registry.separation import team
from quality.review.desk import Desk

CAUSES = ("ethics", "harm", "recruitment", "funding", "policy_change", "technology", "data", "other")
"""Why an experiment is suspended in a zone."""

ETHICS_CAUSES = frozenset({"ethics", "harm"})
"""Only an ethics reviewer lets it go on after these."""


WAITING = frozenset({"received", "validating", "validated", "in_review", "has_issues"})
"""States of a delivery (quality.machines) in which somebody still has to act on it."""


def _zone(case: Case) -> ZoneRole | None:
    """Return what the protocol says of the zone; None for one that a later version dropped."""
    return next((item for item in case.protocol.zones if item.zone_id == case.zone), None)


def own_part(case: Case) -> Text | None:
    """Each role speaks for its own part: the team for its experiment, the lead for the zone, the reviewer for neither."""
    if case.role == "zone_lead":
        zone = _zone(case)
        lead = zone.local_lead if zone else None
        holds = "zone_lead" in roles_of(case.actor, case.registry.workspace, case.zone)
        return failed(not holds or (lead is not None and lead.user != case.actor))
    if case.role == "investigator":
        return failed(case.actor not in team(case.known))
    return failed(case.role == "ethics_reviewer" and case.actor in team(case.known))


def recruiting_asked_by_other(case: Case) -> Text | None:
    """Demand: the zone's lead has asked for it, and the investigator who confirms is another person."""
    return failed(case.status.asked_by in {None, case.actor})


def version_registered(case: Case) -> Text | None:
    """Demand: the current version stands."""
    return failed(case.about.state != "registered")


def zone_approved(case: Case) -> Text | None:
    """Demand: the zone's administration has approved."""
    zone = _zone(case)
    return failed(zone is None or zone.zone_approval_state != "approved")


def zone_ethics_current(case: Case) -> Text | None:
    """Demand: a committee's decision covers the zone and has not run out."""
    decision = decisions(case.known, case.protocol, case.today).get(str(case.zone))
    return failed(decision is None or not permits(decision, case.today))


def assignment_committed(case: Case) -> Text | None:
    """In an interventional study the seed is committed before anybody is enrolled, unless nothing is drawn."""
    drawn = case.protocol.study_type == "interventional" and case.protocol.allocation in {None, "randomised"}
    return failed(drawn and case.known.assignment is None)


def instruments_published(case: Case) -> Text | None:
    """Each instrument's content is fixed by its hash."""
    missing = [item.id for item in case.protocol.instruments if item.content_sha256 is None]
    return failed(missing, f"Without content_sha256: {names(missing)}.", f"缺少 content_sha256：{names(missing)}。")


def consent_form_active(case: Case) -> Text | None:
    """Demand: the consent form's text is fixed by its hash, or consent is waived."""
    plan = case.protocol.consent_plan
    return failed(plan is None or (plan.mode != "waived" and plan.form_sha256 is None))


def cause_given(case: Case) -> Text | None:
    """Demand: a suspension names its cause."""
    return failed(case.brought["cause"] not in CAUSES, f"One of: {', '.join(CAUSES)}.", f"可用：{'、'.join(CAUSES)}。")


def why_stopped_given(case: Case) -> Text | None:
    """Demand: stopping names its reason."""
    return failed(
        case.brought["reason"] not in REASONS, f"One of: {', '.join(REASONS)}.", f"可用：{'、'.join(REASONS)}。"
    )


def was_recruiting(case: Case) -> Text | None:
    """Demand: it goes back to where it was."""
    return failed(case.status.before != "recruiting")


def was_active(case: Case) -> Text | None:
    """Demand: it goes back to where it was, or on without recruiting."""
    return failed(case.status.before not in {"recruiting", "active_not_recruiting"})


def cause_cleared(case: Case) -> Text | None:
    """After ethics or harm, an ethics reviewer decides."""
    return failed(case.status.cause in ETHICS_CAUSES and case.role != "ethics_reviewer")


def last_wave_closed(case: Case) -> Text | None:
    """Every wave's window is over."""
    closes = _last_day(case.protocol)
    if closes is None:
        return Text(en="Neither schedule nor dates say when it ends.", zh="日程与日期均未说明何时结束。")
    return failed(case.today <= closes, f"The last one closes on {closes}.", f"最后一波于 {closes} 结束。")


def _last_day(protocol: Protocol) -> date | None:
    start = date.fromisoformat(protocol.dates.study_start.date) if protocol.dates else None
    days = []
    for wave in protocol.schedule:
        due = date.fromisoformat(wave.target_date) if wave.target_date else None
        if due is None and start is not None and wave.target_offset_days is not None:
            due = start + timedelta(days=wave.target_offset_days)
        if due is not None:
            days.append(due + timedelta(days=wave.window_after))
    if protocol.dates and not days:
        days.append(date.fromisoformat(protocol.dates.study_end.date))
    return max(days, default=None)


def no_batch_unreviewed(case: Case) -> Text | None:
    """No delivery of the zone still waits for its verdict or its review."""
    ids = {item.submission_id for item in _deliveries(case)}
    desk = Desk(case.registry.workspace, case.registry.ledger)
    waiting = [item.id for item in desk.deliveries() if item.id in ids and item.state in WAITING]
    return failed(waiting, f"Waiting: {names(waiting)}.", f"待处理：{names(waiting)}。")


def nobody_enrolled(case: Case) -> Text | None:
    """No row of the zone has been taken in for this experiment."""
    rows = sum(item.rows_accepted for item in _deliveries(case))
    return failed(rows, f"{rows} rows were taken in: terminate it instead.", f"已接收 {rows} 行：请改为终止。")


def _deliveries(case: Case) -> Iterable[Submission]:
    contracts = {item.contract_id for item in case.protocol.data_sources}
    every = submissions(case.registry.ledger)
    return [item for item in every if item.zone == case.zone and item.contract in contracts]
