"""Tab Participation: who is still here by arm, what they did from period to period, why they were not seen, response rates.

Belongs here: the order of figures and their tables. Does not: numbers (panel_reads, flow_reads), drawing (charts, flow_charts).
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from apps.viewer import codebook_reads, flow_reads, panel_reads
from apps.viewer.components import charts, figure, flow_charts, markup
from apps.viewer.components.explorer.scene import Scene, any_of, base_columns, say_hidden, say_protected
from apps.viewer.components.shares import share_text, units_text
from apps.viewer.language import N_, number, own, percent, t
from apps.viewer.measures import Panel
from data.messages import Text
from data.paths import Workspace
from data.reference import PROGRAMME
from data.releases import load_release
from quality.disclosure import MIN_CELL

DISPOSITIONS = "fct_disposition"
RATES = {"rr1": N_("RR1"), "rr2": N_("RR2"), "coop3": N_("COOP3"), "ref1": N_("REF1"), "con1": N_("CON1")}
"""The rates that are shown, by what AAPOR calls them."""
KINDS = {"panel_individual_wave": "person", "panel_organisation_quarter": "organisation"}
"""Panel → the kind of unit under which its response rates stand."""


def show(scene: Scene) -> None:
    """Show the tab."""
    cells = panel_reads.participation(*scene.place, scene.panel.mart, scene.zone)
    seen(cells, scene.panel)
    if not cells:
        return
    _lost(scene)
    _moves(scene)
    _reasons(scene)
    _rates(scene, frozenset(cell.period for cell in cells if cell.seen.kind != "exact"))


def seen(cells: list[panel_reads.Cell], panel: Panel) -> None:
    """Show who was seen by period and arm, as a chart and a table."""
    markup.heading(t("Participation"), t(panel.share_of) + t("."))
    if not cells:
        markup.callout(
            t("Nothing to show"), [t("This zone has no rows in this panel. Choose another zone or panel.")], "empty"
        )
        return
    figures = [charts.participation(cells, panel)] if any_of(cell.seen.value for cell in cells) else []
    columns = [*base_columns(panel), markup.Column(t("Share observed"), "number")]
    rows = [[c.period, t(panel.arms[c.arm]), units_text(c.seen.units), share_text(c.seen)] for c in cells]
    key = [t(label) for label in panel.arms.values()]
    figure.show(figures, columns, rows, key=key, caption=t("Participation by period and arm"))
    say_hidden(sum(cell.seen.kind == "hidden" for cell in cells), len(cells))
    if any(cell.seen.kind in ("above", "below") for cell in cells):
        markup.note(
            t("Pale bars span what the share may be: the exact one would reveal fewer than {n} units.", n=MIN_CELL)
        )


def _lost(scene: Scene) -> None:
    """Say what share of each arm was lost, and how far the arms are apart."""
    found = flow_reads.lost(*scene.place, scene.panel.mart, scene.zone)
    if not found:
        return
    tiles = [_lost_tile(scene.panel, each) for each in found]
    exact = [each.share.value for each in found if each.share.kind == "exact" and each.share.value is not None]
    if len(exact) == 2:  # noqa: PLR2004 - two arms
        gap = abs(exact[0] - exact[1])
        told = t("{n} points", n=number(100 * gap, 1))
        tiles.append((t("Difference"), told, t("between the arms; not tested here")))
    markup.tiles(tiles)


def _lost_tile(panel: Panel, lost: flow_reads.Lost) -> tuple[str, str, str]:
    units = units_text(lost.share.units)
    note = t("of {n} seen in {first}, not seen in {last}", n=units, first=lost.first, last=lost.last)
    return t("Lost, {arm}", arm=t(panel.arms[lost.arm])), share_text(lost.share), note


def _moves(scene: Scene) -> None:
    found = flow_reads.moves(*scene.place, scene.panel.mart, scene.zone)
    if not found:
        return
    markup.heading(
        t("From one period to the next"), t("What became of the units that were in the panel in both periods.")
    )
    drawn = flow_charts.moves(found) if any_of(move.units for move in found) else None
    heads = [t(scene.panel.period_label), *(t(flow_charts.MOVES[kind][0]) for kind in flow_reads.KINDS)]
    columns = [markup.Column(heads[0]), *(markup.Column(head, "number") for head in heads[1:])]
    by_period: dict[str, dict[str, int | None]] = {}
    for move in found:
        by_period.setdefault(move.period, {})[move.kind] = move.units
    rows = [[period, *(held(kinds.get(kind, 0)) for kind in flow_reads.KINDS)] for period, kinds in by_period.items()]
    figure.show([drawn] if drawn else [], columns, rows, t("Moves by period"))
    say_protected(sum(move.units is None for move in found), len(found))


def held(units: int | None) -> str:
    """Return a count; a dot where it is held back."""
    return "·" if units is None else number(units)


def _reasons(scene: Scene) -> None:
    cells = flow_reads.reasons(*scene.place, scene.panel.mart, scene.zone)
    if not cells:
        return
    names = _class_names(scene)
    markup.heading(t("Why units were not seen"), t("Class of the final disposition (AAPOR), of those not seen."))
    periods = list(dict.fromkeys(period for _, period in cells))
    classes = list(dict.fromkeys(line for line, _ in cells))
    called = {line: own(names.get(line)) or line or t("none on record") for line in classes}
    shown = [flow_charts.Cell(period, called[line], cells[line, period]) for period in periods for line in classes]
    drawn = flow_charts.heat(shown, t("Units not seen, by reason and period")) if any_of(cells.values()) else None
    columns = [markup.Column(t("Reason")), *(markup.Column(period, "number") for period in periods)]
    rows = [[called[line], *(held(cells[line, period]) for period in periods)] for line in classes]
    figure.show([drawn] if drawn else [], columns, rows, t("Units not seen, by reason and period"))
    say_protected(sum(value is None for value in cells.values()), len(cells))


_NO_ROW = Text(en="interviewed, no row in the archive", zh="已访问，档案中无记录")
"""Of those not seen: the sample file says that they were, and the archive does not have it (any more)."""


def _class_names(scene: Scene) -> dict[str, Text]:
    every = codebook_reads.variables(scene.release, scene.desk.workspace.home)
    code = f"{scene.panel.mart}.disposition_class"
    names = next((dict(item.entry.codes) for item in every if item.code == code), {})
    return names | {"I": _NO_ROW}


@st.cache_data(max_entries=8, show_spinner=False)
def _all_rates(home: Any, release_id: str) -> list[dict[str, Any]]:  # noqa: ANN401 - a path; streamlit's cache hides it
    from experiments.participation.of_release import rates_by_wave  # brings scipy: not for every start of the viewer

    return rates_by_wave(load_release(Workspace(home), release_id))


def _rates(scene: Scene, bounded: frozenset[str]) -> None:
    """Show response rates by the standard definitions; none of a period whose participation above is told as a bound."""
    kind = KINDS.get(scene.panel.mart)
    if kind is None or DISPOSITIONS not in scene.release.tables or not scene.release.now(DISPOSITIONS).rows:
        return
    zone = scene.zone or PROGRAMME
    with st.spinner(t("Working out response rates …")):
        rows = [row for row in _all_rates(*scene.place) if row["unit_type"] == kind and row["zone_id"] == zone]
    if not rows:
        return
    note = t("AAPOR: complete interviews, cooperation, refusals, contacts, of the units issued; a dot is held back.")
    markup.heading(t("Response rates"), note)
    columns = [markup.Column(t(scene.panel.period_label)), markup.Column(t("Issued"), "number")]
    columns += [markup.Column(t(name), "number") for name in RATES.values()]
    body = [_rate_cells(row, hidden=row["wave"] in bounded) for row in rows]
    markup.table(columns, body, t("Response rates"))


def _rate_cells(row: dict[str, Any], *, hidden: bool) -> list[str]:
    rates = [None if hidden else row["rates"].get(name) for name in RATES]
    return [row["wave"], held(row["n_issued"]), *map(_rate, rates)]


def _rate(value: float | None) -> str:
    return "·" if value is None else percent(value)
