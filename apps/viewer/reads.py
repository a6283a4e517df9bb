"""All that the viewer reads: one release, through one hardened in-memory DuckDB connection a query.

Belongs here: SQL over released marts, protected by the smallest cell, and the cache whose key is the release. Does not: the
lake or the ledger (never read), drawing, results files (findings). A release is immutable, so a cached answer never ages.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import streamlit as st

from apps.viewer.measures import PANELS, Panel
from data.duck import open_duckdb, parquet_source, quote_name, quote_text
from data.messages import NotFound
from data.paths import Workspace
from data.releases import NOTES, Release, load_release
from quality.disclosure import Share, count_shown, share

Row = dict[str, object]


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


@dataclass(frozen=True)
class Cell:
    """Participation of one arm in one period; `units` is None when the cell is too small to show."""

    period: str
    order: int
    arm: str
    seen: Share


@dataclass(frozen=True)
class Point:
    """Mean outcome of one arm in one period with its 95 % interval; all None when fewer than `Panel.floor` units stand behind."""

    period: str
    order: int
    arm: str
    units: int | None
    mean: float | None
    low: float | None
    high: float | None


def latest_release(workspace: Workspace) -> Release | None:
    """Return the newest release, or None in a workspace without one; forget what was read before an erasure."""
    _forget_rewritten(workspace)
    try:
        return load_release(workspace, "latest")
    except NotFound:
        return None


_seen: dict[Path, tuple[tuple[str, int], ...]] = {}
"""What was noted of rewritten releases when this process last looked; a release's id does not tell."""


def _forget_rewritten(workspace: Workspace) -> None:
    found = tuple((path.name, path.stat().st_mtime_ns) for path in sorted((workspace.releases / NOTES).glob("*.json")))
    if _seen.setdefault(workspace.home, found) != found:
        _seen[workspace.home] = found
        st.cache_data.clear()


def query(release: Release, sql: str, parameters: list[object] | None = None) -> list[Row]:
    """Run one statement over the marts of `release`, each a view of its name.

    The connection sees the folders of the release's files and nothing else: no other file, no extension, no Python variable, and
    its settings are locked (domain/trust.md T13).

    Raises
    ------
    duckdb.Error
        Among others `PermissionException` when the statement reaches for anything else.
    """
    files = {mart: release.table(mart) for mart in release.tables}
    with closing(open_duckdb(threads=1, apart=True)) as connection:
        _wall(connection, files)
        cursor = connection.execute(sql, parameters or [])
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _wall(connection: duckdb.DuckDBPyConnection, files: dict[str, Path]) -> None:
    folders = ", ".join(quote_text(folder) for folder in sorted({str(path.parent) for path in files.values()}))
    connection.execute("set memory_limit = '1GB'")
    connection.execute(f"set allowed_directories = [{folders}]")
    connection.execute("set enable_external_access = false")
    for mart, path in files.items():
        connection.execute(f"create view {quote_name(mart)} as select * from {parquet_source([path])}")
    connection.execute("set lock_configuration = true")


@st.cache_data(max_entries=64, show_spinner=False)
def columns(home: Path, release_id: str, mart: str) -> list[str]:
    """Return the column names of a released mart; empty when the release does not hold it."""
    release = load_release(Workspace(home), release_id)
    if mart not in release.tables:
        return []
    return [str(row["column_name"]) for row in query(release, f"describe {quote_name(mart)}")]


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
        participants=count_shown(_int(people.get("units"))),
        organisations=count_shown(_int(organisations.get("units"))),
        districts=_int(districts.get("units")),  # an administrative area is no unit to protect
        latest_wave=str(people["latest_wave"]) if people.get("latest_wave") else None,
        response=share(_int(people["last_seen"]), _int(people["units"])) if people else None,
        retained=share(_int(people["kept"]), _int(people["first_seen"])) if people else None,
        last_data=max(days, default=None),
        simulated=any(bool(row["simulated"]) for row in sources),
    )


@st.cache_data(max_entries=64, show_spinner=False)
def programme_shares(home: Path, release_id: str) -> dict[str, Share]:
    """Return `response` (each zone at its latest wave) and `retained` over all zones; empty without a panel of people."""
    people = _people(load_release(Workspace(home), release_id)).values()
    if not people:
        return {}
    total = {name: sum(_int(row[name]) for row in people) for name in ("units", "first_seen", "last_seen", "kept")}
    return {
        "response": share(total["last_seen"], total["units"]),
        "retained": share(total["kept"], total["first_seen"]),
    }


@st.cache_data(max_entries=256, show_spinner=False)
def participation(home: Path, release_id: str, mart: str, zone: str | None) -> list[Cell]:
    """Return the share of units seen, per period and arm (grain: period × arm), in `zone` or everywhere."""
    panel, release = PANELS[mart], load_release(Workspace(home), release_id)
    rows = query(
        release,
        f"""
        with panel as (
          select coalesce(zone_id, '') || chr(31) || {panel.unit_column} as unit, {panel.arm} as arm, {_period(panel)} as period,
                 {panel.order_column} as position, coalesce(({panel.seen})::boolean, false) as seen
          from {panel.mart} where $1 is null or zone_id = $1
        ),
        roster as (select arm, count(distinct unit) as units from panel group by arm)
        select period, position, arm, any_value(units) as units, count(distinct unit) filter (where seen) as seen
        from panel join roster using (arm) where arm is not null group by period, position, arm order by position, arm
        """,
        [zone],
    )
    return [
        Cell(str(r["period"]), _int(r["position"]), str(r["arm"]), _share(panel, _int(r["seen"]), _int(r["units"])))
        for r in rows
    ]


@st.cache_data(max_entries=256, show_spinner=False)
def trajectory(home: Path, release_id: str, mart: str, outcome: str, zone: str | None) -> list[Point]:
    """Return mean and 95 % interval of `outcome` per period and arm (grain: period × arm).

    The standard error of the mean is cluster-robust: with residual sums `u_g` over the clusters, its square is
    `G / (G - 1) * sum(u_g^2) / n^2`. A cluster of one unit each gives the textbook standard error. One cluster: no interval.

    Raises
    ------
    KeyError
        The mart has no such outcome (only listed columns reach the SQL).
    """
    panel, release = PANELS[mart], load_release(Workspace(home), release_id)
    column = {measure.column: measure.column for measure in panel.outcomes}[outcome]
    rows = query(
        release,
        f"""
        with panel as (
          select {panel.arm} as arm, {_period(panel)} as period, {panel.order_column} as position,
                 coalesce(zone_id, '') || chr(31) || {panel.cluster} as cluster, cast({column} as double) as y
          from {panel.mart} where {column} is not null and ($1 is null or zone_id = $1)
        ),
        clusters as (
          select arm, period, position, cluster, count(*) as n, sum(y) as total
          from panel where arm is not null group by arm, period, position, cluster
        ),
        means as (
          select arm, position, sum(total) / sum(n) as mean, sum(n) as units, count(*) as groups
          from clusters group by arm, position
        )
        select period, position, arm, any_value(units) as units, any_value(mean) as mean,
               case when any_value(groups) > 1
                    then sqrt(any_value(groups) / (any_value(groups) - 1.0) * sum((total - n * mean) ** 2))
                         / any_value(units) end as std_error
        from clusters join means using (arm, position) group by period, position, arm order by position, arm
        """,
        [zone],
    )
    return [_point(row, panel.floor) for row in rows]


def _share(panel: Panel, seen: int, units: int) -> Share:
    return share(seen, units) if panel.floor > 1 else Share("exact", seen / units, units)


def _point(row: Row, floor: int) -> Point:
    period, order, arm, units = str(row["period"]), _int(row["position"]), str(row["arm"]), _int(row["units"])
    if units < floor:
        return Point(period, order, arm, None, None, None, None)
    mean, error = float(str(row["mean"])), row["std_error"]
    margin = None if error is None else 1.96 * float(str(error))
    low, high = (None, None) if margin is None else (mean - margin, mean + margin)
    return Point(period, order, arm, units, mean, low, high)


def _period(panel: Panel) -> str:
    return "strftime(month, '%Y-%m')" if panel.period_column == "month" else panel.period_column


def _int(value: object) -> int:
    return int(str(value)) if value is not None else 0
