"""Where zones stand, from the programme's marts: life cycle, conditions, reports, practices, indicators, targets, platforms.

Belongs here: the status and the marts in the shape of the document. Does not: judging them (quality.programme), words (sections).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow.parquet as pq

from data.releases import Release
from experiments.annual.shapes import Indicator, Platform, Practice, ReportDue, Target, ZoneStanding
from quality.programme import ProgrammeStatus, ZoneStatus

Row = Mapping[str, Any]


def standing(zone: ZoneStatus) -> ZoneStanding:
    """Return the standing of one zone."""
    return ZoneStanding(
        id=zone.zone_id,
        state=zone.state,
        since=_day(zone.since),
        missing_documents=zone.missing_documents,
        condition_year=zone.condition_year,
        met=zone.conditions["met"],
        not_met=zone.conditions["not_met"],
        no_data=zone.conditions["no_data"],
        reports=tuple(
            ReportDue(
                id=str(item.report_year),
                due=str(item.due_date),
                submitted=_day(item.submitted_date),
                status=item.status,
            )
            for item in zone.reports
        ),
        overdue=zone.overdue,
    )


def practices(release: Release, zones: tuple[str, ...], until: str) -> tuple[Practice, ...]:
    """Return the practices that zones had proposed by a day."""
    rows = [row for row in _rows(release, "fct_zone_practice") if row["zone_id"] in zones]
    return tuple(
        Practice(
            id=row["practice_id"],
            zone_id=row["zone_id"],
            title=row["title"],
            proposed=str(row["proposed_date"]),
            experiment_id=row["experiment_id"],
            is_candidate=bool(row["is_candidate"]),
            adopted=row["adopted_count"],
        )
        for row in sorted(rows, key=lambda row: (row["zone_id"], row["practice_id"]))
        if str(row["proposed_date"]) <= until
    )


def indicators(release: Release, zones: tuple[str, ...], year: int) -> tuple[Indicator, ...]:
    """Return what zones reported for a year, beside the year before; what nobody reported is not there."""
    rows = [row for row in _rows(release, "fct_zone_indicator") if row["zone_id"] in zones]
    values = {_key(row): row["value"] for row in rows}
    now = sorted((row for row in rows if row["year"] == year), key=_key)
    return tuple(
        Indicator(
            id=f"{row['zone_id']}-{row['indicator_code']}-{row['price_basis_code']}",
            zone_id=row["zone_id"],
            indicator=row["indicator_code"],
            price_basis=row["price_basis_code"],
            value=row["value"],
            before=values.get((*_key(row)[:3], year - 1)),
        )
        for row in now
    )


def _key(row: Row) -> tuple[str, str, str, int]:
    return row["zone_id"], row["indicator_code"], row["price_basis_code"], row["year"]


def targets(status: ProgrammeStatus) -> tuple[Target, ...]:
    """Return progress against each national target with a number."""
    names = Target.model_fields.keys() - {"id"}
    rows = [row for row in status.targets if row["threshold_bn_rmb"] is not None]
    found = [Target(id=row["target_id"], **{name: row[name] for name in names}) for row in rows]
    return tuple(sorted(found, key=lambda item: item.id))


def platforms(status: ProgrammeStatus, zones: tuple[str, ...]) -> tuple[Platform, ...]:
    """Return the open innovation platforms of some zones, and those of none."""
    found = [
        Platform(
            id=row["platform_id"],
            name=row["platform_name"],
            zone_id=row["zone_id"],
            running=bool(row["is_running"]),
            shut_down=_day(row["shut_down_date"]),
            reason=row["shut_down_reason_code"],
            harm_experiment_id=row["harm_experiment_id"],
        )
        for row in status.platforms
        if row["zone_id"] is None or row["zone_id"] in zones
    ]
    return tuple(sorted(found, key=lambda item: item.id))


def _day(value: object) -> str | None:
    return None if value is None else str(value)


def _rows(release: Release, mart: str) -> list[Row]:
    rows: list[Row] = pq.read_table(release.table(mart)).to_pylist() if mart in release.tables else []
    return rows
