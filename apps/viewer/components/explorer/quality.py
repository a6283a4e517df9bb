"""Tab Quality: what share of the rows lacks a value, by variable and wave, and where it jumps.

Belongs here: the matrix of a panel's variables. Does not: counting and holding back (quality.codebook). The numbers are of all
zones: the codebook knows no other.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from apps.viewer import codebook_reads
from apps.viewer.codebook_reads import Found
from apps.viewer.components import markup, waves
from apps.viewer.components.explorer.scene import Scene
from apps.viewer.components.variable_list import breaks_of
from apps.viewer.desk import link
from apps.viewer.language import number, own, percent, t, tn
from quality.codebook.protection import Shown, WaveShown

JUMP = 0.05
"""By how much more may be missing than in the wave before without a mark."""


def show(scene: Scene) -> None:
    """Show the tab."""
    every = codebook_reads.variables(scene.release, scene.desk.workspace.home)
    items = [item for item in every if item.table.name == scene.panel.mart]
    markup.heading(
        t("Missing by variable and wave"),
        t("Share of rows without a value, all zones together; why is on the variable's page."),
    )
    with st.spinner(tn("Counting {n} variable …", "Counting {n} variables …", len(items))):
        home = scene.desk.workspace.home
        names = tuple(item.entry.name for item in items)
        counts = codebook_reads.counts(scene.release, home, scene.panel.mart, names)
    partly = [item for item in items if _is_partly_missing(counts[item.entry.name])]
    if not partly:
        markup.callout(t("Nothing is missing"), [t("Every variable has a value in every row.")], "empty")
        return
    _matrix(partly, counts)
    whole = len(items) - len(partly)
    if whole:
        markup.note(
            tn("{n} more variable has a value in every row.", "{n} more variables have a value in every row.", whole)
        )
    markup.note(
        t(
            "“!” marks a wave in which {n} points more are missing than in the wave before; “·” is held back; "
            "“‖” is a declared break.",
            n=number(100 * JUMP),
        )
    )


def _is_partly_missing(shown: Shown) -> bool:
    return any(wave.valid is None or wave.valid != wave.rows for wave in shown.waves)


def _matrix(items: list[Found], counts: Mapping[str, Shown]) -> None:
    kept = items[0].waves[-waves.MANY :]
    heads = [markup.Column(wave or t("All rows"), "number") for wave in kept]
    body = []
    for item in items:
        opener = link("variable", own(item.entry.label), v=item.code)
        name = markup.Html(f"{opener.text}<small>{markup.code(item.entry.name).text}</small>")
        body.append([name, *_cells(counts[item.entry.name], kept, breaks_of(item))])
    markup.table([markup.Column(t("Variable"), "prose"), *heads], body, t("Missing by variable and wave"))
    if len(kept) < len(items[0].waves):
        markup.note(t("The last {k} of {n} waves; a variable's own page has all.", k=len(kept), n=len(items[0].waves)))


def _cells(shown: Shown, kept: tuple[str, ...], cuts: tuple[str, ...]) -> list[markup.Html]:
    held: dict[str, WaveShown] = {wave.wave: wave for wave in shown.waves}
    order = [wave.wave for wave in shown.waves]
    cells = []
    for wave in kept:
        if wave not in held:
            cells.append(markup.Html("–"))
            continue
        here = _missing(held[wave])
        place = order.index(wave)
        before = _missing(held[order[place - 1]]) if place else None
        jumps = here is not None and before is not None and here - before > JUMP
        cells.append(_cell(here, jumps=jumps, broken=wave in cuts))
    return cells


def _missing(wave: WaveShown) -> float | None:
    share = waves.share_of(wave)
    return None if share is None else 1 - share


def _cell(share: float | None, *, jumps: bool, broken: bool) -> markup.Html:
    if share is None:
        return markup.Html('<span class="zl-cell zl-cell-missing">·</span>')
    marks = f"{'‖ ' if broken else ''}{'! ' if jumps else ''}"
    told = markup.safe(f"{marks}{percent(share)}")
    return markup.Html(f'<span class="zl-cell zl-cell-missing" style="--share:{share:.3f}">{told}</span>')
