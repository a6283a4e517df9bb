"""Where each zone stands as of a day: life cycle, conditions, annual reports due, targets, practices, platforms.

Belongs here: a release and a day → `ProgrammeStatus`. Does not: the marts (dbt_project), printing (apps). No clock is read: the
day is the caller's, so that the same question on the same release has the same answer for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import pyarrow.parquet as pq

from data.messages import NotFound, Text
from data.reference import zones
from data.releases import Release

MARTS = ("fct_zone_document", "fct_zone_state", "fct_zone_condition", "fct_annual_report", "fct_zone_practice")
CONSTRUCTION = ("recommendation", "expert_assessment", "construction_plan", "plan_province_review", "plan_most_review")
"""What the file of an approved zone must hold beside the letter of approval (G20 III)."""
Row = Mapping[str, Any]
ReportStatus = Literal["submitted", "submitted_late", "overdue", "due"]


@dataclass(frozen=True)
class Report:
    """One annual report: `due` is not yet past, `overdue` is, `submitted_late` came after 31 December."""

    report_year: int
    due_date: date
    submitted_date: date | None
    status: ReportStatus


@dataclass(frozen=True)
class ZoneStatus:
    """One zone as of the day.

    `state` is the last one that a document has opened; None before any. `conditions` are those of the last year that was over, by
    status; `is_ready` is None while one has no data. `missing_documents` are kinds that the file of an approved zone lacks.
    """

    zone_id: str
    state: str | None
    since: date | None
    missing_documents: tuple[str, ...]
    condition_year: int
    conditions: Mapping[str, tuple[str, ...]]
    is_ready: bool | None
    is_waivable: bool
    reports: tuple[Report, ...]
    candidates: tuple[str, ...]
    claims: tuple[str, ...]

    @property
    def overdue(self) -> tuple[int, ...]:
        """The years whose annual report is overdue."""
        return tuple(report.report_year for report in self.reports if report.status == "overdue")


@dataclass(frozen=True)
class ProgrammeStatus:
    """All zones, and what concerns the programme: targets by the last year that was over, platforms shut down for harm."""

    release_id: str
    as_of: date
    is_simulated: bool
    zones: tuple[ZoneStatus, ...]
    targets: tuple[Mapping[str, Any], ...]
    platforms: tuple[Mapping[str, Any], ...]

    def document(self) -> dict[str, Any]:
        """Return everything as plain values for JSON; dates as text."""
        found = asdict(self)
        for zone, status in zip(found["zones"], self.zones, strict=True):
            zone["overdue"] = list(status.overdue)
        return found


def programme_status(release: Release, as_of: date, zone_ids: Sequence[str] = ()) -> ProgrammeStatus:
    """Tell where the zones stand as of a day, by what a release holds.

    A document counts from the date on it, an indicator once its year is over; what
    arrived after the release is not in it.

    Parameters
    ----------
    as_of
        The day; a day before a zone was created leaves it without state.
    zone_ids
        Pilot zones; none means all.

    Raises
    ------
    NotFound
        E-PROG-01: the release was built before these marts existed.
    """
    needed = (*MARTS, "fct_target_progress", "dim_open_platform")
    tables = {name: _rows(release, name) for name in needed}
    chosen = zone_ids or tuple(zones())
    return ProgrammeStatus(
        release_id=release.release_id,
        as_of=as_of,
        is_simulated=any(row["is_simulated"] for rows in tables.values() for row in rows),
        zones=tuple(zone_status(zone, as_of, {name: _of(tables[name], zone) for name in MARTS}) for zone in chosen),
        targets=_targets(tables["fct_target_progress"], as_of),
        platforms=_platforms(tables["dim_open_platform"], as_of),
    )


def zone_status(zone_id: str, as_of: date, tables: Mapping[str, Sequence[Row]]) -> ZoneStatus:
    """Tell where one zone stands, given its rows of each mart of `MARTS`."""
    state = _state(tables["fct_zone_state"], as_of)
    conditions = _conditions_of(tables["fct_zone_condition"], as_of.year - 1)
    practices = [row for row in tables["fct_zone_practice"] if row["proposed_date"] <= as_of]
    by_status = {status: _conditions(conditions, status) for status in ("met", "not_met", "no_data")}
    return ZoneStatus(
        zone_id=zone_id,
        state=state["state_code"] if state else None,
        since=state["since_date"] if state else None,
        missing_documents=_missing(tables["fct_zone_document"], as_of),
        condition_year=as_of.year - 1,
        conditions=by_status,
        is_ready=_ready(by_status),
        is_waivable=any(row["is_waivable"] for row in conditions),
        reports=tuple(report_status(row, as_of) for row in tables["fct_annual_report"] if _is_asked(row, as_of)),
        candidates=tuple(row["practice_id"] for row in practices if row["is_candidate"]),
        claims=tuple(row["practice_id"] for row in practices if not row["is_candidate"]),
    )


def report_status(row: Row, as_of: date) -> Report:
    """Return how an annual report stands as of a day.

    >>> row = {"report_year": 2025, "due_date": date(2025, 12, 31), "submitted_date": date(2026, 1, 9)}
    >>> [report_status(row, day).status for day in (date(2025, 12, 31), date(2026, 1, 8), date(2026, 1, 9))]
    ['due', 'overdue', 'submitted_late']
    """
    submitted = row["submitted_date"] if row["submitted_date"] and row["submitted_date"] <= as_of else None
    if submitted is None:
        status: ReportStatus = "overdue" if as_of > row["due_date"] else "due"
    else:
        status = "submitted_late" if submitted > row["due_date"] else "submitted"
    return Report(row["report_year"], row["due_date"], submitted, status)


def _is_asked(row: Row, as_of: date) -> bool:
    return bool(row["report_year"] <= as_of.year)


def _state(rows: Sequence[Row], as_of: date) -> Row | None:
    begun = [row for row in rows if row["since_date"] <= as_of]
    return max(begun, key=lambda row: row["state_order"], default=None)


def _missing(documents: Sequence[Row], as_of: date) -> tuple[str, ...]:
    there = {row["kind_code"] for row in documents if row["issued_date"] <= as_of}
    return tuple(kind for kind in CONSTRUCTION if kind not in there) if "approval" in there else ()


def _conditions_of(rows: Sequence[Row], year: int) -> list[Row]:
    """Return the conditions of a year; one that nobody has reported on yet is no data."""
    found = {row["condition_id"]: {**row, "status_code": "no_data"} for row in rows}
    return list((found | {row["condition_id"]: row for row in rows if row["year"] == year}).values())


def _conditions(rows: Sequence[Row], status: str) -> tuple[str, ...]:
    ordered = sorted(rows, key=lambda row: row["condition_order"])
    return tuple(row["condition_id"] for row in ordered if row["status_code"] == status)


def _ready(conditions: Mapping[str, tuple[str, ...]]) -> bool | None:
    if conditions["not_met"]:
        return False
    return None if conditions["no_data"] or not conditions["met"] else True


def _targets(rows: Sequence[Row], as_of: date) -> tuple[Mapping[str, Any], ...]:
    """Return progress in the last reported year that was over, against every target."""
    past = [row for row in rows if row["year"] < as_of.year]
    last = max((row["year"] for row in past), default=None)
    return tuple(dict(row) for row in past if row["year"] == last)


def _platforms(rows: Sequence[Row], as_of: date) -> tuple[Mapping[str, Any], ...]:
    known = [row for row in rows if row["applied_date"] is None or row["applied_date"] <= as_of]
    return tuple({**row, "is_running": _is_running(row, as_of)} for row in known)


def _is_running(row: Row, as_of: date) -> bool:
    confirmed = row["confirmed_date"] is not None and row["confirmed_date"] <= as_of
    return confirmed and not (row["shut_down_date"] is not None and row["shut_down_date"] <= as_of)


def _of(rows: Sequence[Row], zone_id: str) -> list[Row]:
    return [row for row in rows if row["zone_id"] == zone_id]


def _rows(release: Release, mart: str) -> list[Row]:
    if mart not in release.tables:
        raise NotFound(
            "E-PROG-01",
            Text(
                en=f"Release {release.release_id} has no {mart}: it was built before the programme's tables existed. Build one.",
                zh=f"发布版本 {release.release_id} 没有 {mart}：该版本早于项目进展表。请重新生成发布版本。",
            ),
        )
    rows: list[Row] = pq.read_table(release.table(mart)).to_pylist()
    return rows
