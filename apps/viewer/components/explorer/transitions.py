"""Tab Transitions: from which answer to which between two periods, as shares of those who gave the first.

Belongs here: the choice of variable and periods, the figure and its table. Does not: numbers (flow_reads), protection
(quality.disclosure).
"""

from __future__ import annotations

from itertools import pairwise

import streamlit as st

from apps.viewer import codebook_reads, flow_reads
from apps.viewer.app_pages.variable import may_see
from apps.viewer.codebook_reads import Found
from apps.viewer.components import address, figure, flow_charts, markup
from apps.viewer.components.explorer.participation import held
from apps.viewer.components.explorer.scene import Scene, any_of, say_protected
from apps.viewer.components.variable_list import breaks_of
from apps.viewer.language import own, t
from apps.viewer.outcomes import noted

MOST = 12
"""Codes up to which a variable's transitions are drawn."""
FIXED = ("zone_id", "is_simulated")


def show(scene: Scene) -> None:
    """Show the tab."""
    every = codebook_reads.variables(scene.release, scene.desk.workspace.home)
    items = {
        item.entry.name: item
        for item in every
        if item.table.name == scene.panel.mart and 1 < len(item.entry.codes) <= MOST and item.entry.name not in FIXED
    }
    order = flow_reads.periods(*scene.place, scene.panel.mart)
    pairs = {f"{before}~{after}": f"{before} → {after}" for before, after in pairwise(order)}
    if not items or not pairs:
        said = t("This panel has no variable with codes that was asked in two periods.")
        markup.callout(t("Nothing to show"), [said], "empty")
        return
    left, right = st.columns(2)
    with left:
        name = address.choose("item", t("Variable"), {name: own(item.entry.label) for name, item in items.items()})
    with right:
        pair = address.choose("pair", t("From period to period"), pairs)
    item = items[name or next(iter(items))]
    _shown(scene, item, *(pair or next(iter(pairs))).split("~"))


def _shown(scene: Scene, item: Found, before: str, after: str) -> None:
    label = own(item.entry.label)
    markup.heading(t("{variable}: {before} to {after}", variable=label, before=before, after=after))
    if not may_see(scene.desk, item):
        said = t(
            "Transitions of a sensitive variable are shown to those who may read the workspace. "
            "Give your user name, or ask an administrator for the right."
        )
        markup.callout(t("Not for you yet"), [said], "warning")
        return
    noted(scene.desk.workspace, scene.release, scene.panel.mart, (item.entry.name,))
    sensitive = item.entry.grade != "none"
    cells = flow_reads.transitions(
        *scene.place, scene.panel.mart, item.entry.name, before, after, scene.zone, sensitive=sensitive
    )
    if not cells:
        markup.callout(t("Nothing to show"), [t("Nobody in this selection has rows in both periods.")], "empty")
        return
    cuts = [wave for wave in breaks_of(item) if before < wave <= after]
    if cuts:
        markup.callout(
            t("Not one series"),
            [t("The series breaks at {waves}: a change of code may be none of the unit.", waves=t(", ").join(cuts))],
            "warning",
        )
    _figure(item, cells, before, after)


def _figure(item: Found, cells: dict[flow_reads.Cell, int | None], before: str, after: str) -> None:
    order = [*item.entry.codes, ""]
    lines = [code for code in order if any(line == code for line, _ in cells)]
    places = [code for code in order if any(place == code for _, place in cells)]
    names = {code: own(text) for code, text in item.entry.codes.items()} | {"": t("no value")}
    shown = [
        flow_charts.Cell(names[place], names[line], cells.get((line, place), 0)) for line in lines for place in places
    ]
    caption = t("Units by code in {before} (rows) and {after} (columns)", before=before, after=after)
    drawn = flow_charts.heat(shown, caption, of_row=True) if any_of(cells.values()) else None
    columns = [markup.Column(before), *(markup.Column(names[place], "number") for place in places)]
    rows = [[names[line], *(held(cells.get((line, place), 0)) for place in places)] for line in lines]
    markup.note(t("Rows: the code before; columns: the code after. Darker: a larger part of the row."))
    figure.show([drawn] if drawn else [], columns, rows, caption)
    say_protected(sum(value is None for value in cells.values()), len(cells))
