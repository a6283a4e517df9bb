"""Tab Sensors: a calendar of what share of each day's hours had a valid reading, by zone, or by device in one zone.

Belongs here: the choice of what is measured, the figure, its table by month. Does not: numbers (flow_reads). Only devices that
are nobody's are drawn one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from apps.viewer import flow_reads
from apps.viewer.components import address, figure, flow_charts, markup
from apps.viewer.components.explorer.scene import Scene
from apps.viewer.flow_reads import Coverage
from apps.viewer.language import number, own, percent, t
from apps.viewer.measures import PANELS, measure_name
from data.reference import zones
from quality.exports.variables import subject_of


def show(scene: Scene) -> None:
    """Show the tab."""
    variables = flow_reads.sensor_variables(*scene.place)
    if not variables or subject_of(flow_reads.SENSORS) != "nobody":
        said = t("This release has no readings of sensors by day.")
        markup.callout(t("Nothing to show"), [said], "empty")
        return
    markup.heading(
        t("Sensor calendar"),
        t("Share of each day's expected hours that had enough valid readings. Nothing is filled in."),
    )
    variable = address.choose("item", t("Measured"), {name: _label(name) for name in variables}) or variables[0]
    days = flow_reads.coverage(*scene.place, variable, scene.zone)
    if not days:
        markup.callout(t("Nothing to show"), [t("This zone has no sensors for it. Choose another zone.")], "empty")
        return
    names = {zone.zone_id: own(zone.name) for zone in zones().values()}
    lines = {line: names.get(line, line) if scene.zone is None else line for line in dict.fromkeys(d.row for d in days)}
    drawn = flow_charts.calendar([(lines[each.row], each.day, each.share) for each in days], _label(variable))
    months = sorted({f"{each.day:%Y-%m}" for each in days})
    heads = [markup.Column(t("Zone") if scene.zone is None else t("Device"))]
    columns = [*heads, markup.Column(t("Devices"), "number"), *(markup.Column(month, "number") for month in months)]
    rows = [[lines[line], *_cells([each for each in days if each.row == line], months)] for line in lines]
    figure.show([drawn], columns, rows, t("Share of hours with valid readings, by month"))


def _label(variable: str) -> str:
    """Return what a variable of the sensors is called where a panel shows it too; else its code."""
    measures = (measure for panel in PANELS.values() for measure in panel.outcomes)
    return next((measure_name(measure) for measure in measures if measure.column == variable), variable)


def _cells(days: Sequence[Coverage], months: Sequence[str]) -> list[str]:
    told = [number(max(each.devices for each in days))]
    for month in months:
        shares = [each.share for each in days if f"{each.day:%Y-%m}" == month and each.share is not None]
        told.append(percent(fmean(shares)) if shares else "–")
    return told
