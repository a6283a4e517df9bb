"""What the Panel page reads: participation and the mean of an outcome, by arm and period.

Belongs here: SQL over released marts, protected by the smallest cell, cached by release. Does not: the connection (reads), moves
between periods (flow_reads), drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from apps.viewer.measures import PANELS, Panel
from apps.viewer.reads import Row, query, whole
from data.paths import Workspace
from data.releases import load_release
from quality.disclosure import Share, outputs, share
from quality.disclosure.policy import load_policy
from quality.disclosure.rounding import figures, to_base


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


@st.cache_data(max_entries=256, show_spinner=False)
def participation(home: Path, release_id: str, mart: str, zone: str | None) -> list[Cell]:
    """Return the share of units seen, per period and arm (grain: period × arm), in `zone` or everywhere."""
    panel, release = PANELS[mart], load_release(Workspace(home), release_id)
    rows = query(
        release,
        f"""
        with panel as (
          select coalesce(zone_id, '') || chr(31) || {panel.unit_column} as unit, {panel.arm} as arm,
                 {period_of(panel)} as period, {panel.order_column} as position, coalesce(({panel.seen})::boolean, false) as seen
          from {panel.mart} where $1 is null or zone_id = $1
        ),
        roster as (select arm, count(distinct unit) as units from panel group by arm)
        select period, position, arm, any_value(units) as units, count(distinct unit) filter (where seen) as seen
        from panel join roster using (arm) where arm is not null group by period, position, arm order by position, arm
        """,
        [zone],
    )
    return [
        Cell(str(r["period"]), whole(r["position"]), str(r["arm"]), _share(panel, whole(r["seen"]), whole(r["units"])))
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
    return _points(query(release, _trajectory_sql(panel, column), [zone]), panel)


def _trajectory_sql(panel: Panel, column: str) -> str:
    return f"""
        with panel as (
          select {panel.arm} as arm, {period_of(panel)} as period, {panel.order_column} as position,
                 coalesce(zone_id, '') || chr(31) || {panel.cluster} as cluster, cast({column} as double) as y,
                 coalesce(zone_id, '') || chr(31) || {panel.unit_column} as unit
          from {panel.mart} where {column} is not null and ($1 is null or zone_id = $1)
        ),
        clusters as (
          select arm, period, position, cluster, count(*) as n, sum(y) as total
          from panel where arm is not null group by arm, period, position, cluster
        ),
        units as (
          select arm, position, unit, abs(sum(y)) as size from panel where arm is not null group by arm, position, unit
        ),
        largest as (
          select arm, position, count(*) as distinct_units, max(size) as largest, coalesce(max(size, 2)[2], 0) as second
          from units group by arm, position
        ),
        signs as (select arm, position, min(y) < 0 and max(y) > 0 as mixed from panel group by arm, position),
        means as (
          select arm, position, sum(total) / sum(n) as mean, sum(n) as units, count(*) as groups
          from clusters group by arm, position
        )
        select period, position, arm, any_value(units) as units, any_value(mean) as mean,
               any_value(distinct_units) as distinct_units, any_value(largest) as largest, any_value(second) as second,
               bool_or(mixed) as mixed,
               case when any_value(groups) > 1
                    then sqrt(any_value(groups) / (any_value(groups) - 1.0) * sum((total - n * mean) ** 2))
                         / any_value(units) end as std_error
        from clusters join means using (arm, position) join largest using (arm, position) join signs using (arm, position)
        group by period, position, arm order by position, arm
        """


def _share(panel: Panel, seen: int, units: int) -> Share:
    return share(seen, units) if panel.floor > 1 else Share("exact", seen / units, units)


def _points(rows: list[Row], panel: Panel) -> list[Point]:
    """Return the points that may be shown: enough units, and no mean that one or two of them dominate."""
    if panel.floor == 1:
        return [_point(row, float(str(row["mean"]))) for row in rows]
    from quality.disclosure.pages import means_shown  # brings scipy: not for every start of the viewer

    unit: outputs.Units = "organisation" if panel.unit_column == "org_id" else "person"
    about = outputs.About(panel.label, panel.mart, variables=("arm", "period"), unit=unit)
    shown = means_shown(about, ("arm", "period"), {_place(row): _amount(row) for row in rows})
    return [_rounded(_point(row, shown[_place(row)])) for row in rows]


def _rounded(point: Point) -> Point:
    """Return a point with its units to the base and its interval to the figures that tell nothing of single units (R6)."""
    policy, ends = load_policy(), (point.low, point.high)
    low, high = (None if end is None else figures(end, policy.magnitude_figures) for end in ends)
    units = None if point.units is None else to_base(point.units, policy.rounding_base)
    return replace(point, units=units, low=low, high=high)


def _place(row: Row) -> outputs.Key:
    return str(row["arm"]), str(row["period"])


def _amount(row: Row) -> outputs.Amount:
    mean, largest, second = (float(str(row[name])) for name in ("mean", "largest", "second"))
    cell = outputs.Cell(whole(row["units"]), whole(row["distinct_units"]))
    return outputs.Amount(mean * cell.count, cell, largest, second, mixed=bool(row["mixed"]))


def _point(row: Row, mean: float | None) -> Point:
    period, order, arm, units = str(row["period"]), whole(row["position"]), str(row["arm"]), whole(row["units"])
    if mean is None:
        return Point(period, order, arm, None, None, None, None)
    error = row["std_error"]
    margin = None if error is None else 1.96 * float(str(error))
    low, high = (None, None) if margin is None else (mean - margin, mean + margin)
    return Point(period, order, arm, units, mean, low, high)


def period_of(panel: Panel) -> str:
    """Return the SQL for the name of a period."""
    return "strftime(month, '%Y-%m')" if panel.period_column == "month" else panel.period_column
