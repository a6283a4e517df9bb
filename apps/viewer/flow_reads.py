"""What moves between periods of a panel: how many stayed, left, came back, why, from which answer to which; when sensors spoke.

Belongs here: SQL over released marts, protected where it is about people or organisations, cached by release. Does not: the
connection (reads), shares by arm (panel_reads), rules (quality.disclosure), drawing. Only counts leave a function, never a unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from apps.viewer.measures import PANELS, Panel
from apps.viewer.panel_reads import period_of
from apps.viewer.reads import Row, columns, query, whole
from data.duck import quote_name
from data.paths import Workspace
from data.releases import load_release
from quality.disclosure import About, Share, share
from quality.disclosure.outputs import Units

Cell = tuple[str, str]
SENSORS = "panel_sensor_day"
KINDS = ("stayed", "left", "came_back", "away")
"""What a unit did from one period to the next: seen in both, in the first, in the second, in neither."""
_KIND = {("1", "1"): "stayed", ("1", "0"): "left", ("0", "1"): "came_back", ("0", "0"): "away"}


@dataclass(frozen=True)
class Move:
    """How many units did one of `KINDS` from the period before to `period`; None: held back."""

    period: str
    order: int
    kind: str
    units: int | None


@dataclass(frozen=True)
class Lost:
    """Of an arm's units seen in the first period, the share not seen in the last."""

    arm: str
    first: str
    last: str
    share: Share


@dataclass(frozen=True)
class Coverage:
    """What share of the hours of a day had a valid reading, for one row of the calendar (a zone or a device)."""

    row: str
    day: date
    share: float | None
    devices: int


def _order(panel: Panel) -> str:
    return f"dense_rank() over (order by {panel.order_column})"


def _seen(panel: Panel) -> str:
    return f"coalesce(({panel.seen})::boolean, false)"


@st.cache_data(max_entries=256, show_spinner=False)
def moves(home: Path, release_id: str, mart: str, zone: str | None) -> list[Move]:
    """Return what units did from each period to the next one of the panel (grain: period × kind)."""
    panel, release = PANELS[mart], load_release(Workspace(home), release_id)
    rows = query(
        release,
        f"""
        with panel as (
          select coalesce(zone_id, '') || chr(31) || {panel.unit_column} as unit, {period_of(panel)} as period,
                 {_order(panel)} as position, {_seen(panel)} as seen
          from {panel.mart} where $1 is null or zone_id = $1
        ),
        pairs as (
          select unit, period, position, seen::int::varchar as now,
                 lag(seen::int::varchar) over (partition by unit order by position) as before,
                 lag(position) over (partition by unit order by position) as place
          from panel
        )
        select period, position, before, now, count(distinct unit) as units from pairs
        where place = position - 1 group by period, position, before, now order by position, before, now
        """,
        [zone],
    )
    found: list[Move] = []
    for period, position in dict.fromkeys((str(row["period"]), whole(row["position"])) for row in rows):
        counts = {(str(r["before"]), str(r["now"])): whole(r["units"]) for r in rows if str(r["period"]) == period}
        shown = _told(panel, ("before", "now"), {cell: counts.get(cell, 0) for cell in _KIND})
        found += [Move(period, position, _KIND[cell], units) for cell, units in shown.items()]
    return found


def _told(
    panel: Panel, dims: tuple[str, str], counts: dict[Cell, int], *, sensitive: bool = False
) -> dict[Cell, int | None]:
    """Return the counts as they may be shown; published figures of cities as they are."""
    if panel.floor == 1:
        return dict(counts)
    from quality.disclosure.pages import counts_shown  # brings scipy: not for every start of the viewer

    unit: Units = "organisation" if panel.unit_column == "org_id" else "person"
    about = About(panel.units_label, panel.mart, variables=dims, unit=unit)
    shown = counts_shown(about, dims, {tuple(cell): count for cell, count in counts.items()}, sensitive=sensitive)
    return {cell: shown[cell] for cell in counts}


@st.cache_data(max_entries=256, show_spinner=False)
def lost(home: Path, release_id: str, mart: str, zone: str | None) -> list[Lost]:
    """Return by arm the share of those seen in the first period who were not seen in the last."""
    panel, release = PANELS[mart], load_release(Workspace(home), release_id)
    rows = query(
        release,
        f"""
        with panel as (
          select coalesce(zone_id, '') || chr(31) || {panel.unit_column} as unit, {panel.arm} as arm,
                 {period_of(panel)} as period, {panel.order_column} as position, {_seen(panel)} as seen
          from {panel.mart} where $1 is null or zone_id = $1
        ),
        ends as (
          select min(position) as first, max(position) as last, arg_min(period, position) as first_period,
                 arg_max(period, position) as last_period
          from panel
        ),
        units as (
          select unit, arm, bool_or(seen and position = first) as began, bool_or(seen and position = last) as ended
          from panel cross join ends group by unit, arm
        )
        select arm, any_value(first_period) as first, any_value(last_period) as last, count(*) as units,
               count(*) filter (where not ended) as gone
        from units cross join ends where began and arm is not null and first < last group by arm order by arm
        """,
        [zone],
    )
    return [
        Lost(str(r["arm"]), str(r["first"]), str(r["last"]), _share(panel, whole(r["gone"]), whole(r["units"])))
        for r in rows
    ]


def _share(panel: Panel, count: int, units: int) -> Share:
    return share(count, units) if panel.floor > 1 else Share("exact", count / units, units)


@st.cache_data(max_entries=256, show_spinner=False)
def reasons(home: Path, release_id: str, mart: str, zone: str | None) -> dict[Cell, int | None]:
    """Return (class of the disposition, period) → units not seen, `I` for I and P; empty where a panel has no dispositions."""
    panel, release = PANELS[mart], load_release(Workspace(home), release_id)
    if "disposition_class" not in columns(home, release_id, mart):
        return {}
    rows = query(
        release,
        f"""
        with panel as (
          select coalesce(zone_id, '') || chr(31) || {panel.unit_column} as unit, {period_of(panel)} as period,
                 {panel.order_column} as position,
                 case when disposition_class in ('I', 'P') then 'I' else coalesce(disposition_class, '') end as class
          from {panel.mart} where not {_seen(panel)} and ($1 is null or zone_id = $1)
        )
        select class, period, min(position) as position, count(distinct unit) as units
        from panel group by class, period order by min(position), class
        """,
        [zone],
    )
    return _told(panel, ("class", "period"), _grid(rows, "class", "period"))


def _grid(rows: list[Row], across: str, down: str) -> dict[Cell, int]:
    """Return counts with a zero wherever a row and a column meet without one."""
    counts = {(str(row[across]), str(row[down])): whole(row["units"]) for row in rows}
    lines, places = dict.fromkeys(cell[0] for cell in counts), dict.fromkeys(cell[1] for cell in counts)
    return {(line, place): counts.get((line, place), 0) for line in lines for place in places}


def periods(home: Path, release_id: str, mart: str) -> list[str]:
    """Return the periods of a panel in order."""
    panel, release = PANELS[mart], load_release(Workspace(home), release_id)
    rows = query(
        release,
        f"select {period_of(panel)} as period from {panel.mart} group by 1 order by min({panel.order_column})",
    )
    return [str(row["period"]) for row in rows]


@st.cache_data(max_entries=256, show_spinner=False)
def transitions(
    home: Path, release_id: str, mart: str, column: str, before: str, after: str, zone: str | None, *, sensitive: bool
) -> dict[Cell, int | None]:
    """Return (code in one period, code in another) → units that have a row in both; '' stands for no value.

    `column` must be one that the release's codebook describes; it is quoted, never spelled into the statement as it came.
    """
    panel, release = PANELS[mart], load_release(Workspace(home), release_id)
    if column not in columns(home, release_id, mart):
        return {}
    name = quote_name(column)
    plain = f"cast({name} as varchar)"
    value = f"coalesce(case {plain} when 'true' then '1' when 'false' then '0' else {plain} end, '')"
    rows = query(
        release,
        f"""
        with panel as (
          select coalesce(zone_id, '') || chr(31) || {panel.unit_column} as unit, {period_of(panel)} as period, {value} as code
          from {panel.mart} where $1 is null or zone_id = $1
        )
        select one.code as before, two.code as after, count(distinct unit) as units
        from panel one join panel two using (unit) where one.period = $2 and two.period = $3
        group by one.code, two.code order by one.code, two.code
        """,
        [zone, before, after],
    )
    return _told(panel, ("before", "after"), _grid(rows, "before", "after"), sensitive=sensitive)


@st.cache_data(max_entries=64, show_spinner=False)
def coverage(home: Path, release_id: str, variable: str, zone: str | None) -> list[Coverage]:
    """Return the calendar of one sensor variable: by zone, or by device in `zone`; devices are nobody's."""
    release = load_release(Workspace(home), release_id)
    row = "zone_id" if zone is None else "device_id"
    rows = query(
        release,
        f"""
        select {row} as line, day, sum(hours_valid) as valid, sum(hours_expected) as expected,
               count(distinct device_id) as devices
        from {SENSORS} where variable = $1 and ($2 is null or zone_id = $2) group by 1, 2 order by 1, 2
        """,
        [variable, zone],
    )
    return [_coverage(found) for found in rows]


def _coverage(row: Row) -> Coverage:
    expected = whole(row["expected"])
    told = min(1.0, whole(row["valid"]) / expected) if expected else None
    day = row["day"]
    return Coverage(str(row["line"]), day if isinstance(day, date) else date.min, told, whole(row["devices"]))


@st.cache_data(max_entries=64, show_spinner=False)
def sensor_variables(home: Path, release_id: str) -> list[str]:
    """Return what the sensors of a release measure; empty without such a table."""
    release = load_release(Workspace(home), release_id)
    if SENSORS not in release.tables or release.now(SENSORS).rows == 0:
        return []
    return [str(row["variable"]) for row in query(release, f"select distinct variable from {SENSORS} order by 1")]
