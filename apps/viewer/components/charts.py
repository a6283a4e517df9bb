"""Charts: Altair specifications from numbers handed in, each with a text that says the main number.

Belongs here: marks, scales, colours (Okabe-Ito), alternative text. Does not: reads, Streamlit layout (components.figure). Colour
never stands alone: series also differ by shape and dash and carry a label. Only aggregates reach a chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from apps.viewer.components.labels import Spot, place
from apps.viewer.disclosure import Share
from apps.viewer.findings import Finding, digits
from apps.viewer.language import number, own, percent, t
from apps.viewer.measures import Measure, Panel
from apps.viewer.reads import Cell, Point

BLUE, VERMILION, GREEN, INK, MUTED, GRID = "#0072B2", "#D55E00", "#009E73", "#101418", "#4A5660", "#E3E8EC"
SERIES = [VERMILION, BLUE]
FONT = "Source Sans, Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True)
class Figure:
    """A chart and what it says in words (its accessible name)."""

    chart: alt.TopLevelMixin
    alt: str


@dataclass(frozen=True)
class ZonePoint:
    """A zone on the map: where, how many participants, what share answered last (None: not shown)."""

    name: str
    longitude: float
    latitude: float
    participants: int | None
    response: Share | None
    chosen: bool


def zone_map(points: Sequence[ZonePoint]) -> Figure:
    """Draw zones as labelled points on a graticule: no boundaries, no tiles, nothing fetched."""
    frame = pd.DataFrame([_map_row(point) for point in points])
    placed = place([Spot(row["lon"], row["lat"], len(str(row["name"]))) for row in frame.to_dict("records")])
    frame["dx"], frame["dy"], frame["align"] = zip(*placed, strict=True)
    base = alt.Chart(frame).encode(
        x=alt.X("lon:Q", scale=alt.Scale(domain=[100, 126], nice=False), axis=_degrees("E", [100, 105, 110, 115, 120, 125])),
        y=alt.Y("lat:Q", scale=alt.Scale(domain=[20.5, 42.5], nice=False), axis=_degrees("N", [25, 30, 35, 40])),
    )
    dots = base.mark_point(filled=True, opacity=0.92, stroke="white", strokeWidth=1.2).encode(
        size=alt.Size("participants:Q", scale=alt.Scale(range=[70, 620], zero=True), legend=None),
        color=alt.condition("datum.has_data", alt.value(BLUE), alt.value("#9AA6AF")),
        shape=alt.condition("datum.has_data", alt.value("circle"), alt.value("diamond")),
    )
    ring = base.transform_filter("datum.chosen").mark_point(size=1100, stroke=VERMILION, strokeWidth=2.5, filled=False)
    names = [
        alt.Chart(part).mark_text(dx=dx, dy=dy, align=align, fontSize=13, fontWeight=600, color=INK).encode(
            x=alt.X("lon:Q"), y=alt.Y("lat:Q"), text="name:N"
        )
        for (dx, dy, align), part in frame.groupby(["dx", "dy", "align"])
    ]
    figure = alt.layer(dots, ring, *names).properties(height=470, width="container")
    shown = int(frame["has_data"].sum())
    text = t("Map of {n} pilot zones by longitude and latitude; {k} have data in this release.", n=len(points), k=shown)
    return Figure(_plain(figure), text)


def _map_row(point: ZonePoint) -> dict[str, Any]:
    return {
        "name": point.name,
        "lon": point.longitude,
        "lat": point.latitude,
        "participants": point.participants or 0,
        "has_data": point.participants is not None,
        "chosen": point.chosen,
    }


def _degrees(side: str, values: list[int]) -> alt.Axis:
    return alt.Axis(title=None, values=values, labelExpr=f"datum.value + '° {side}'", grid=True, domain=False, ticks=False)


def participation(cells: Sequence[Cell], panel: Panel) -> Figure:
    """Draw the share of units seen by period and arm; a bound is an open mark, a hidden cell is left out."""
    shown = [cell for cell in cells if cell.seen.value is not None]
    frame = pd.DataFrame(
        {
            "period": [cell.period for cell in shown],
            "arm": [t(panel.arms[cell.arm]) for cell in shown],
            "share": [cell.seen.value for cell in shown],
            "exact": [cell.seen.kind == "exact" for cell in shown],
        }
    )
    base = _by_arm(frame, panel, shown).encode(
        y=alt.Y("share:Q", scale=alt.Scale(domain=[_floor(frame["share"]), 1]), axis=alt.Axis(format="%", title=None, tickCount=5)),
    )
    chart = alt.layer(
        base.mark_line(strokeWidth=2).encode(strokeDash=_dash(panel)),
        base.mark_point(size=80, filled=True, opacity=1).transform_filter("datum.exact"),
        base.mark_point(size=80, filled=False, fill="white", strokeWidth=2).transform_filter("!datum.exact"),
    ).properties(height=300, width="container")
    return Figure(_plain(chart), _participation_text(shown, panel))


def trajectory(points: Sequence[Point], panel: Panel, measure: Measure) -> Figure:
    """Draw the mean of an outcome by period and arm with its 95 % interval as a band and bars."""
    shown = [point for point in points if point.mean is not None]
    frame = pd.DataFrame(
        {
            "period": [point.period for point in shown],
            "arm": [t(panel.arms[point.arm]) for point in shown],
            "mean": [point.mean for point in shown],
            "low": [point.low for point in shown],
            "high": [point.high for point in shown],
        }
    )
    title = f"{t(measure.label)} ({t(measure.unit)})"
    base = _by_arm(frame, panel, shown)
    mean = alt.Y("mean:Q", scale=alt.Scale(zero=False, padding=12), axis=alt.Axis(title=None, tickCount=5))
    chart = alt.layer(
        base.mark_area(opacity=0.14).encode(y=alt.Y("low:Q", title=None), y2="high:Q"),
        base.mark_rule(strokeWidth=1.5).encode(y=alt.Y("low:Q", title=None), y2="high:Q"),
        base.mark_line(strokeWidth=2).encode(y=mean, strokeDash=_dash(panel)),
        base.mark_point(size=64, filled=True, opacity=1).encode(y=mean),
    ).properties(height=340, width="container", title=alt.Title(title, anchor="start", fontSize=14, fontWeight=600, color=INK))
    return Figure(_plain(chart), _trajectory_text(shown, panel, measure))


def forest(findings: Sequence[Finding]) -> Figure:
    """Draw estimates of one unit on one axis: point, 95 % interval, the line of no difference."""
    unit = own(findings[0].unit)
    names = [finding_name(finding) for finding in findings]
    frame = pd.DataFrame(
        {
            "name": names,
            "estimate": [finding.estimate for finding in findings],
            "low": [finding.conf_low for finding in findings],
            "high": [finding.conf_high for finding in findings],
            "kind": [_kind(finding) for finding in findings],
            "said": [f"{name}  {interval(finding)}" for name, finding in zip(names, findings, strict=True)],
        }
    )
    row = alt.Y("name:N", sort=names, axis=None, scale=alt.Scale(paddingOuter=0.35))
    kinds = ["confirmatory", "exploratory", "harm"]
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[BLUE, "#6B7780", VERMILION]), legend=None)
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=["circle", "diamond", "square"]), legend=None)
    span = alt.Scale(domain=_span(frame), nice=True)
    low = alt.X("low:Q", scale=span, axis=alt.Axis(title=unit, tickCount=6, grid=True))
    base = alt.Chart(frame)
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK, strokeDash=[4, 3]).encode(x=alt.X("zero:Q", scale=span)),
        base.mark_rule(strokeWidth=3).encode(x=low, x2="high:Q", y=row, color=colour),
        base.mark_point(filled=True, size=130, opacity=1).encode(x=alt.X("estimate:Q"), y=row, color=colour, shape=shape),
        base.mark_text(align="left", dy=-17, fontSize=13, color=INK).encode(x=alt.value(4), y=row, text="said:N"),
    ).properties(height=max(58 * len(findings), 70), width="container")
    said = "; ".join(str(text) for text in frame["said"])
    return Figure(_plain(chart), t("Forest plot, {unit}: {said}.", unit=unit, said=said))


def interval(finding: Finding) -> str:
    """Return the estimate and its interval as the whole page prints them."""
    places = digits(finding)
    low, high = number(finding.conf_low, places), number(finding.conf_high, places)
    return t("{estimate} [{low}, {high}]", estimate=number(finding.estimate, places), low=low, high=high)


def finding_name(finding: Finding) -> str:
    """Return the outcome's name with the analysis's id, which tells subgroups and cohorts apart."""
    return f"{own(finding.outcome)} · {finding.analysis_id}"


def _kind(finding: Finding) -> str:
    return "harm" if finding.is_harm else finding.label


def _span(frame: pd.DataFrame) -> list[float]:
    low, high = min(0.0, float(frame["low"].min())), max(0.0, float(frame["high"].max()))
    margin = (high - low or 1.0) * 0.06
    return [low - margin, high + margin]


def _by_arm(frame: pd.DataFrame, panel: Panel, shown: Sequence[Cell] | Sequence[Point]) -> alt.Chart:
    order = [item.period for item in sorted(shown, key=lambda item: item.order)]
    arms = [t(label) for label in panel.arms.values()]
    key = alt.Legend(title=None, orient="top", direction="vertical", labelLimit=320, symbolSize=90)
    return alt.Chart(frame).encode(
        x=alt.X("period:O", sort=list(dict.fromkeys(order)), axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True)),
        color=alt.Color("arm:N", scale=alt.Scale(domain=arms, range=SERIES), legend=key),
        shape=alt.Shape("arm:N", scale=alt.Scale(domain=arms, range=["circle", "square"]), legend=key),
    )


def _dash(panel: Panel) -> alt.StrokeDash:
    arms = [t(label) for label in panel.arms.values()]
    return alt.StrokeDash("arm:N", scale=alt.Scale(domain=arms, range=[[6, 4], [1, 0]]), legend=None)


def _floor(shares: pd.Series) -> float:
    lowest = float(shares.min()) if len(shares) else 0.0
    return max(0.0, int(lowest * 10 - 0.5) / 10)


def _participation_text(shown: Sequence[Cell], panel: Panel) -> str:
    said = "; ".join(
        f"{t(label)} {percent(last.seen.value)} ({last.period})" for label, last in _last_of(shown, panel).items()
    )
    return t("Line chart. {what}: {said}.", what=t(panel.share_of), said=said or "–")


def _trajectory_text(shown: Sequence[Point], panel: Panel, measure: Measure) -> str:
    said = "; ".join(
        f"{t(label)} {number(last.mean, measure.digits)} ({last.period})" for label, last in _last_of(shown, panel).items()
    )
    return t("Line chart. {what}: {said}.", what=f"{t(measure.label)} ({t(measure.unit)})", said=said or "–")


def _last_of(shown: Sequence[Any], panel: Panel) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for item in sorted(shown, key=lambda item: item.order):
        found[panel.arms[item.arm]] = item
    return found


def _plain(chart: Any) -> alt.TopLevelMixin:
    axis = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 13, "titleFontSize": 13, "labelColor": MUTED}
    return (
        chart.configure(font=FONT, background="transparent", padding={"left": 4, "right": 12, "top": 4, "bottom": 4})
        .configure_view(stroke=None)
        .configure_axis(**axis, titleColor=MUTED, titleFontWeight="normal", gridColor=GRID, domainColor="#9AA6AF", tickColor="#9AA6AF")
        .configure_legend(labelFont=FONT, labelFontSize=14, labelColor=INK)
    )
