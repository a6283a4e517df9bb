"""What the pages Zones and Zone read: one row a zone, shares over the programme, how complete a zone's outcomes are.

Belongs here: SQL over released marts, protected by the smallest cell, cached by release. Does not: the connection (reads).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from apps.viewer.measures import PANELS, Panel
from apps.viewer.panel_reads import period_of
from apps.viewer.reads import Row, columns, query, whole
from data.paths import Workspace
from data.releases import Release, load_release
from quality.disclosure import Share, count_shown, share


@dataclass(frozen=True)
class ZoneRow:
    """One zone of a release: who takes part, how many came back, how fresh, how real. None: not shown or not known."""

    zone_id: str
    participants: int | None
    organisations: int | None
    districts: int | None
    latest_wave: str | None
    response: Share | None
    retained: Share | None
    last_data: date | None
    simulated: bool


@st.cache_data(max_entries=64, show_spinner=False)
def zone_rows(home: Path, release_id: str) -> list[ZoneRow]:
    """Return one row for each zone that any released panel mentions, by zone id."""
    release = load_release(Workspace(home), release_id)
    people = _people(release)
    organisations = _units(release, "panel_organisation_quarter")
    districts = _units(release, "panel_district_month")
    return [
        _zone_row(zone, people.get(zone, {}), organisations.get(zone, {}), districts.get(zone, {}))
        for zone in sorted({*people, *organisations, *districts})
    ]


def _people(release: Release) -> dict[str, Row]:
    if "panel_individual_wave" not in release.tables:
        return {}
    rows = query(
        release,
        """
        with panel as (select *, is_observed::boolean as seen from panel_individual_wave),
        ends as (
          select zone_id, min(wave_order) as first_order, max(wave_order) filter (where seen) as last_order
          from panel group by zone_id
        ),
        people as (
          select zone_id, person_id,
                 coalesce(bool_or(seen and wave_order = first_order), false) as at_first,
                 coalesce(bool_or(seen and wave_order = last_order), false) as at_last
          from panel join ends using (zone_id) group by zone_id, person_id
        ),
        told as (
          select zone_id, max(wave) filter (where wave_order = last_order) as latest_wave,
                 max(interview_date) as last_data, coalesce(bool_or(is_simulated), false) as simulated
          from panel join ends using (zone_id) group by zone_id
        )
        select zone_id, count(*) as units, count(*) filter (where at_first) as first_seen,
               count(*) filter (where at_last) as last_seen, count(*) filter (where at_first and at_last) as kept,
               any_value(latest_wave) as latest_wave, any_value(last_data) as last_data, bool_or(simulated) as simulated
        from people join told using (zone_id) group by zone_id
        """,
    )
    return {str(row["zone_id"]): row for row in rows}


_LAST_DAY = {
    "panel_organisation_quarter": (
        "last_day(make_date(left(max(quarter), 4)::int, 3 * right(max(quarter), 1)::int, 1))",
        "coalesce(productivity_krmb, headcount_total, headcount_routine) is not null",
    ),
    "panel_district_month": ("last_day(max(month))", "hours_observed > 0"),
}


def _units(release: Release, mart: str) -> dict[str, Row]:
    if mart not in release.tables:
        return {}
    last_day, seen = _LAST_DAY[mart]
    rows = query(
        release,
        f"""
        select zone_id, count(distinct {PANELS[mart].unit_column}) as units, {last_day} as last_data,
               coalesce(bool_or(is_simulated), false) as simulated
        from {mart} where {seen} group by zone_id
        """,
    )
    return {str(row["zone_id"]): row for row in rows}


def _zone_row(zone: str, people: Row, organisations: Row, districts: Row) -> ZoneRow:
    sources = [row for row in (people, organisations, districts) if row]
    days = [row["last_data"] for row in sources if isinstance(row["last_data"], date)]
    return ZoneRow(
        zone_id=zone,
        participants=count_shown(whole(people.get("units"))),
        organisations=count_shown(whole(organisations.get("units"))),
        districts=whole(districts.get("units")),  # an administrative area is no unit to protect
        latest_wave=str(people["latest_wave"]) if people.get("latest_wave") else None,
        response=share(whole(people["last_seen"]), whole(people["units"])) if people else None,
        retained=share(whole(people["kept"]), whole(people["first_seen"])) if people else None,
        last_data=max(days, default=None),
        simulated=any(bool(row["simulated"]) for row in sources),
    )


@st.cache_data(max_entries=64, show_spinner=False)
def programme_shares(home: Path, release_id: str) -> dict[str, Share]:
    """Return `response` (each zone at its latest wave) and `retained` over all zones; empty without a panel of people."""
    people = _people(load_release(Workspace(home), release_id)).values()
    if not people:
        return {}
    total = {name: sum(whole(row[name]) for row in people) for name in ("units", "first_seen", "last_seen", "kept")}
    return {
        "response": share(total["last_seen"], total["units"]),
        "retained": share(total["kept"], total["first_seen"]),
    }


@dataclass(frozen=True)
class Filled:
    """Of one outcome in one zone: the share of units that have a value of it in the last period in which any unit was seen."""

    mart: str
    column: str
    period: str
    share: Share


@st.cache_data(max_entries=64, show_spinner=False)
def filled(home: Path, release_id: str, zone: str) -> list[Filled]:
    """Return how complete the outcomes of a zone are, by panel and outcome; panels without rows of the zone are left out."""
    release = load_release(Workspace(home), release_id)
    return [
        Filled(mart, column, str(row["period"]), share(whole(row["filled"]), whole(row["units"])))
        for mart, panel in PANELS.items()
        if mart in release.tables and panel.floor > 1
        for column, row in _filled_of(release, panel, zone)
        if whole(row["units"])
    ]


def _filled_of(release: Release, panel: Panel, zone: str) -> list[tuple[str, Row]]:
    held = columns(release.path.parent.parent, release.release_id, panel.mart)
    wanted = [measure.column for measure in panel.outcomes if measure.column in held]
    counted = ", ".join(
        f"count(distinct {panel.unit_column}) filter (where {name} is not null) as {name}" for name in wanted
    )
    if not wanted:
        return []
    (row,) = query(
        release,
        f"""
        with panel as (
          select *, coalesce(({panel.seen})::boolean, false) as is_seen from {panel.mart} where zone_id = $1
        ),
        last as (select max({panel.order_column}) filter (where is_seen) as position from panel)
        select count(distinct {panel.unit_column}) as units, any_value({period_of(panel)}) as period, {counted}
        from panel join last on {panel.order_column} = last.position
        """,
        [zone],
    )
    return [(name, {**row, "filled": row[name]}) for name in wanted]
