"""Tab Trajectories: the mean of an outcome by arm and period with its interval; no line crosses a declared break.

Belongs here: the figure and its table. Does not: numbers (outcomes, panel_reads), breaks (apps.viewer.breaks).
"""

from __future__ import annotations

import streamlit as st

from apps.viewer import outcomes, panel_reads, reads
from apps.viewer.breaks import Break, breaks
from apps.viewer.components import address, broken, charts, figure, markup
from apps.viewer.components.explorer.scene import Scene, any_of, base_columns, say_hidden
from apps.viewer.components.shares import units_text
from apps.viewer.language import number, t
from apps.viewer.measures import Measure, Panel, measure_name


def show(scene: Scene) -> None:
    """Show the tab."""
    panel = scene.panel
    held = reads.columns(*scene.place, panel.mart)
    measures = {measure.column: measure for measure in panel.outcomes if measure.column in held}
    labels = {column: measure_name(measure) for column, measure in measures.items()}
    outcome = address.choose("outcome", t("Outcome"), labels) or next(iter(measures))
    with st.spinner(t("Averaging …")):
        points = outcomes.trajectory(scene.desk.workspace, scene.release, panel.mart, outcome, scene.zone)
    _trajectory(points, panel, measures[outcome], breaks(*scene.place, panel.mart, outcome))


def _trajectory(points: list[panel_reads.Point], panel: Panel, measure: Measure, cuts: list[Break]) -> None:
    markup.heading(
        t("Trajectory: {outcome}", outcome=measure_name(measure)),
        t("Averages by arm with 95% intervals. They describe; they are not effects. Effects are on the Report page."),
    )
    if not points:
        markup.callout(t("Nothing to show"), [t("Nobody in this selection has a value for this outcome.")], "empty")
        return
    broken.tell([point.period for point in points if point.mean is not None], cuts)
    figures = [charts.trajectory(points, panel, measure, cuts)] if any_of(point.mean for point in points) else []
    columns = [*base_columns(panel), markup.Column(t("Mean"), "number"), markup.Column(t("95% interval"), "number")]
    rows = [_point_cells(point, panel, measure) for point in points]
    key = [t(label) for label in panel.arms.values()]
    figure.show(figures, columns, rows, key=key, caption=measure_name(measure))
    say_hidden(sum(point.mean is None for point in points), len(points))
    markup.note(t(panel.interval_note))


def _point_cells(point: panel_reads.Point, panel: Panel, measure: Measure) -> markup.Cells:
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
