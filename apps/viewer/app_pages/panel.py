"""Page Panel: who is still here, and how an outcome moved, by arm and period.

Belongs here: the order of things on the page. Does not: numbers (reads), drawing (components). Averages by arm are not effects,
and the page says so; effects are on the Report page.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from apps.viewer import outcomes, reads
from apps.viewer.breaks import Break, breaks
from apps.viewer.components import address, broken, charts, figure, markup
from apps.viewer.components.shares import share_text, units_text
from apps.viewer.language import N_, number, own, t
from apps.viewer.measures import PANELS, Measure, Panel, measure_name
from data.paths import Workspace
from data.reference import zones
from data.releases import Release
from quality.disclosure import MIN_CELL

TITLE = N_("Panel")


def show(workspace: Workspace, release: Release) -> None:
    """Show the page for `release`."""
    markup.title(t("Panel"), lead=t("Who is still here, and how an outcome moved over time."))
    present = {mart: t(panel.label) for mart, panel in PANELS.items() if _has_rows(release, mart)}
    if not present:
        said = t("This release holds no panel by wave, quarter or month. Send data, then run {command}.")
        step = markup.with_code(said, command="zonelab run --job everything")
        markup.callout(t("No panel yet"), [step], "empty")
        return
    panel, measure, zone = _filters(workspace, release, present)
    _participation(reads.participation(workspace.home, release.release_id, panel.mart, zone), panel)
    points = outcomes.trajectory(workspace, release, panel.mart, measure.column, zone)
    _trajectory(points, panel, measure, breaks(workspace.home, release.release_id, panel.mart, measure.column))


def _has_rows(release: Release, mart: str) -> bool:
    return mart in release.tables and release.now(mart).rows > 0


def _filters(workspace: Workspace, release: Release, present: dict[str, str]) -> tuple[Panel, Measure, str | None]:
    wanted = {name: address.code(name) for name in ("panel", "outcome", "zone")}
    left, middle, right = st.columns(3)
    with left:
        panel = PANELS[address.choose("panel", t("Panel"), present) or next(iter(present))]
    held = reads.columns(workspace.home, release.release_id, panel.mart)
    measures = {measure.column: measure for measure in panel.outcomes if measure.column in held}
    with middle:
        labels = {column: measure_name(measure) for column, measure in measures.items()}
        outcome = address.choose("outcome", t("Outcome"), labels) or next(iter(measures))
    with right:
        names = {zone.zone_id: own(zone.name) for zone in zones().values()}
        zone = address.choose("zone", t("Zone"), names, every=t("All zones"))
    if wanted["panel"] and wanted["panel"] not in present:
        _unknown(wanted["panel"])
    if wanted["zone"] and wanted["zone"] not in names:
        _unknown(wanted["zone"])
    return panel, measures[outcome], zone


def _unknown(code: str) -> None:
    said = t("The address asks for {code}, which this release does not have. The first choice is shown instead.")
    markup.callout(t("Not found"), [markup.with_code(said, code=code)], "warning")


def _participation(cells: list[reads.Cell], panel: Panel) -> None:
    markup.heading(t("Participation"), t(panel.share_of) + t("."))
    if not cells:
        markup.callout(
            t("Nothing to show"), [t("This zone has no rows in this panel. Choose another zone or panel.")], "empty"
        )
        return
    figures = [charts.participation(cells, panel)] if _open(cell.seen.value for cell in cells) else []
    columns = [*_base_columns(panel), markup.Column(t("Share observed"), "number")]
    rows = [[c.period, t(panel.arms[c.arm]), units_text(c.seen.units), share_text(c.seen)] for c in cells]
    figure.show(figures, columns, rows, key=_key(panel), caption=t("Participation by period and arm"))
    _say_hidden(sum(cell.seen.kind == "hidden" for cell in cells), len(cells))
    if any(cell.seen.kind in ("above", "below") for cell in cells):
        markup.note(
            t("Pale bars span what the share may be: the exact one would reveal fewer than {n} units.", n=MIN_CELL)
        )


def _trajectory(points: list[reads.Point], panel: Panel, measure: Measure, cuts: list[Break]) -> None:
    markup.heading(
        t("Trajectory: {outcome}", outcome=measure_name(measure)),
        t("Averages by arm with 95% intervals. They describe; they are not effects. Effects are on the Report page."),
    )
    if not points:
        markup.callout(t("Nothing to show"), [t("Nobody in this selection has a value for this outcome.")], "empty")
        return
    broken.tell([point.period for point in points if point.mean is not None], cuts)
    figures = [charts.trajectory(points, panel, measure, cuts)] if _open(point.mean for point in points) else []
    columns = [*_base_columns(panel), markup.Column(t("Mean"), "number"), markup.Column(t("95% interval"), "number")]
    rows = [_point_cells(point, panel, measure) for point in points]
    figure.show(figures, columns, rows, key=_key(panel), caption=measure_name(measure))
    _say_hidden(sum(point.mean is None for point in points), len(points))
    markup.note(t(panel.interval_note))


def _key(panel: Panel) -> list[str]:
    return [t(label) for label in panel.arms.values()]


def _base_columns(panel: Panel) -> list[markup.Column]:
    units = t("Number of {units}", units=t(panel.units_label))
    return [markup.Column(t(panel.period_label)), markup.Column(t("Arm")), markup.Column(units, "number")]


def _point_cells(point: reads.Point, panel: Panel, measure: Measure) -> markup.Cells:
    arm = t(panel.arms[point.arm])
    if point.mean is None:
        return [point.period, arm, units_text(None), "–", "–"]
    places = measure.digits
    low_high = (
        t("[{low}, {high}]", low=number(point.low, places), high=number(point.high, places))
        if point.low is not None
        else "–"
    )
    return [point.period, arm, number(point.units), markup.data(number(point.mean, places), point.mean), low_high]


def _open(values: Iterable[float | None]) -> bool:
    """Return whether any value may be drawn."""
    return any(value is not None for value in values)


def _say_hidden(hidden: int, cells: int) -> None:
    if hidden:
        markup.note(
            t("{k} of {n} cells rest on fewer than {floor} units and are not shown.", k=hidden, n=cells, floor=MIN_CELL)
        )
