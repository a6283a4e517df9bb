"""Charts: Altair specifications from numbers handed in, each with a text that says the main number.

Belongs here: marks, scales, colours (Okabe-Ito), alternative text. Does not: reads, Streamlit layout (components.figure). Colour
never stands alone: series also differ by shape and dash and carry a label. Only aggregates reach a chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import altair as alt
import pandas as pd

from apps.viewer.breaks import Break
from apps.viewer.components import broken
from apps.viewer.components.labels import Spot, place
from apps.viewer.components.shares import share_text
from apps.viewer.language import number, t
from apps.viewer.measures import Measure, Panel, measure_name
from apps.viewer.panel_reads import Cell, Point

BLUE, VERMILION, GREEN, INK, MUTED, GRID = "#0072B2", "#D55E00", "#009E73", "#101418", "#4A5660", "#E3E8EC"
Item = TypeVar("Item", Cell, Point)
SERIES = [VERMILION, BLUE]
HALO: dict[str, Any] = {"stroke": "white", "strokeWidth": 5, "strokeJoin": "round"}  # keeps a name legible on a line
_FEW = 8  # periods up to which intervals are bars; above, a band
FONT = "Source Sans, Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True)
class Figure:
    """A chart and what it says in words (its accessible name)."""

    chart: alt.LayerChart
    alt: str


@dataclass(frozen=True)
class ZonePoint:
    """A zone on the map: where, how many participants (None: not shown), whether the release holds data of it."""

    name: str
    longitude: float
    latitude: float
    participants: int | None
    has_data: bool
    chosen: bool


def zone_map(points: Sequence[ZonePoint]) -> Figure:
    """Draw zones as labelled points on a graticule: no boundaries, no tiles, nothing fetched."""
    frame = pd.DataFrame([_map_row(point) for point in points])
    placed = place([Spot(row["lon"], row["lat"], len(str(row["name"]))) for row in frame.to_dict("records")])
    frame["dx"], frame["dy"], frame["align"] = zip(*placed, strict=True)
    base = alt.Chart(frame).encode(
        x=alt.X("lon:Q", scale=alt.Scale(domain=[101, 128], nice=False), axis=_degrees("E", [105, 110, 115, 120, 125])),
        y=alt.Y("lat:Q", scale=alt.Scale(domain=[20.5, 42.5], nice=False), axis=_degrees("N", [25, 30, 35, 40])),
    )
    dots = base.mark_point(filled=True, opacity=0.92, stroke="white", strokeWidth=1.2).encode(
        size=alt.Size("participants:Q", scale=alt.Scale(range=[90, 330], zero=True), legend=None),
        color=alt.condition("datum.has_data", alt.value(BLUE), alt.value("#9AA6AF")),
        shape=alt.condition("datum.has_data", alt.value("circle"), alt.value("diamond")),
    )
    ring = base.transform_filter("datum.chosen").mark_point(size=560, stroke=VERMILION, strokeWidth=2.5, filled=False)
    names = [
        alt.Chart(part)
        .mark_text(dx=dx, dy=dy, align=align, fontSize=13, fontWeight=600, color=INK)
        .encode(x=alt.X("lon:Q"), y=alt.Y("lat:Q"), text="name:N")
        for (dx, dy, align), part in frame.groupby(["dx", "dy", "align"])
    ]
    rings = [ring] if frame["chosen"].any() else []  # a layer without marks is an image without a name
    figure = alt.layer(dots, *rings, *names).properties(height=500, width="container")
    shown = int(frame["has_data"].sum())
    text = t("Map of {n} pilot zones by longitude and latitude; {k} have data in this release.", n=len(points), k=shown)
    return Figure(plain(figure), text)


def _map_row(point: ZonePoint) -> dict[str, Any]:
    return {
        "name": point.name,
        "lon": point.longitude,
        "lat": point.latitude,
        "participants": point.participants or 0,
        "has_data": point.has_data,
        "chosen": point.chosen,
    }


def _degrees(side: str, values: list[int]) -> alt.Axis:
    return alt.Axis(
        title=None, values=values, labelExpr=f"datum.value + '° {side}'", grid=True, domain=False, ticks=False
    )


def participation(cells: Sequence[Cell], panel: Panel) -> Figure:
    """Draw the share of units seen by period and arm.

    A share that is told as a bound is a bar over all values it may have, and the line breaks there; a hidden cell is left out.
    """
    shown = _in_order([cell for cell in cells if cell.seen.value is not None], panel)
    frame = pd.DataFrame([_share_row(cell, panel) for cell in shown])
    floor = min(frame["low"])
    scale = alt.Scale(domain=[max(0.0, int(floor * 10 - 0.5) / 10), 1])
    axis = alt.Axis(format="%", title=None, tickCount=5)
    base = _by_arm(frame, panel, _periods(shown)).encode(y=alt.Y("share:Q", scale=scale, axis=axis))
    bars = base.transform_filter("!isValid(datum.share)").mark_rule(strokeWidth=9, opacity=0.35)
    chart = alt.layer(
        *([bars.encode(y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q")] if frame["share"].isna().any() else []),
        base.mark_line(strokeWidth=2).encode(strokeDash=_dash(panel)),
        _marks(base.transform_filter("isValid(datum.share)"), panel),
    ).properties(height=300, width="container")
    return Figure(plain(chart), _participation_text(shown, panel))


def _share_row(cell: Cell, panel: Panel) -> dict[str, Any]:
    value, kind = cell.seen.value, cell.seen.kind
    return {
        "period": cell.period,
        "arm": t(panel.arms[cell.arm]),
        "share": value if kind == "exact" else None,
        "low": 0.0 if kind == "below" else value,
        "high": 1.0 if kind == "above" else value,
    }


def trajectory(points: Sequence[Point], panel: Panel, measure: Measure, breaks: Sequence[Break] = ()) -> Figure:
    """Draw the mean of an outcome by period and arm with its 95 % interval; no line crosses a break of the series."""
    shown = _in_order([point for point in points if point.mean is not None], panel)
    periods = _periods(shown)
    frame = pd.DataFrame([{"period": p.period, "mean": p.mean, "low": p.low, "high": p.high} for p in shown])
    frame["arm"] = [t(panel.arms[point.arm]) for point in shown]
    frame["segment"] = broken.segments([point.period for point in shown], breaks)
    base = _by_arm(frame, panel, periods).encode(detail="segment:N")
    mean = alt.Y("mean:Q", scale=alt.Scale(zero=False, padding=12), axis=alt.Axis(title=None, tickCount=5))
    span = {"y": alt.Y("low:Q", title=None), "y2": "high:Q"}
    many = len({point.period for point in shown}) > _FEW
    spread = base.mark_area(opacity=0.16) if many else base.mark_rule(strokeWidth=2)
    chart = alt.layer(
        spread.encode(**span),
        base.mark_line(strokeWidth=2).encode(y=mean, strokeDash=_dash(panel)),
        _marks(base.encode(y=mean), panel),
        *broken.rules(periods, breaks),
    ).properties(height=340, width="container")
    text = f"{_trajectory_text(shown, panel, measure)} {broken.said(periods, breaks)}".strip()
    return Figure(plain(chart), text)


def _by_arm(frame: pd.DataFrame, panel: Panel, periods: Sequence[str]) -> alt.Chart:
    arms = [t(label) for label in panel.arms.values()]
    return alt.Chart(frame).encode(
        x=alt.X("period:O", sort=list(periods), axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True)),
        color=alt.Color("arm:N", scale=alt.Scale(domain=arms, range=SERIES), legend=None),
    )


def _periods(items: Sequence[Item]) -> list[str]:
    return list(dict.fromkeys(item.period for item in sorted(items, key=lambda item: item.order)))


def _in_order(items: Sequence[Item], panel: Panel) -> list[Item]:
    """Sort so that the comparison arm is drawn first, below the other."""
    arms = list(panel.arms)
    return sorted(items, key=lambda item: (arms.index(item.arm), item.order))


def _marks(base: alt.Chart, panel: Panel) -> alt.Chart:
    """Draw the points: the comparison arm larger and first, so that equal values stay visible as two."""
    arms = [t(label) for label in panel.arms.values()]
    shape = alt.Shape("arm:N", scale=alt.Scale(domain=arms, range=["circle", "square"]), legend=None)
    size = alt.condition(alt.datum.arm == arms[0], alt.value(150), alt.value(62))
    marks: alt.Chart = base.mark_point(opacity=1, filled=True).encode(shape=shape, size=size)
    return marks


def _dash(panel: Panel) -> alt.StrokeDash:
    arms = [t(label) for label in panel.arms.values()]
    return alt.StrokeDash("arm:N", scale=alt.Scale(domain=arms, range=[[6, 4], [1, 0]]), legend=None)


def _participation_text(shown: Sequence[Cell], panel: Panel) -> str:
    said = "; ".join(
        f"{t(label)} {share_text(last.seen)} ({last.period})" for label, last in _last_of(shown, panel).items()
    )
    return t("Line chart. {what}: {said}.", what=t(panel.share_of), said=said or "–")


def _trajectory_text(shown: Sequence[Point], panel: Panel, measure: Measure) -> str:
    said = "; ".join(
        f"{t(label)} {number(last.mean, measure.digits)} ({last.period})"
        for label, last in _last_of(shown, panel).items()
    )
    return t("Line chart. {what}: {said}.", what=measure_name(measure), said=said or "–")


def _last_of(shown: Sequence[Any], panel: Panel) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for item in sorted(shown, key=lambda item: item.order):
        found[panel.arms[item.arm]] = item
    return found


def plain(chart: alt.LayerChart | alt.FacetChart) -> alt.LayerChart:
    """Dress a chart: fonts, grid, colours of axes."""
    axis: dict[str, Any] = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelColor": MUTED,
    }
    dressed: alt.LayerChart = (
        chart.configure(
            aria=False, font=FONT, background="transparent", padding={"left": 4, "right": 12, "top": 4, "bottom": 4}
        )
        .configure_mark(aria=False)  # the chart has its own name; marks without one are faults to axe
        .configure_view(stroke=None)
        .configure_axis(
            **axis,
            titleColor=MUTED,
            titleFontWeight="normal",
            gridColor=GRID,
            domainColor="#9AA6AF",
            tickColor="#9AA6AF",
        )
    )
    return dressed
