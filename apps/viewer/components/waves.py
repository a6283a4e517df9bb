"""Where a variable has values, wave by wave: a strip for a line of a list, a matrix for a table, sentences for both.

Belongs here: shares of rows with a value as marks and cells. Does not: counting or holding back (quality.codebook): what is held
back there is a dot here. Colour only repeats the number or the title beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.language import percent, t
from quality.codebook.protection import Shown, WaveShown

MANY = 12
"""Waves up to which a matrix has a column for each; of a longer series it shows the last."""


def share_of(wave: WaveShown) -> float | None:
    """Return the share of a wave's rows with a value; None where it is held back or there is no row."""
    return wave.valid / wave.rows if wave.rows and wave.valid is not None else None


def told(wave: WaveShown) -> str:
    """Return that share in words: a dot where it is held back, a dash where the wave has no row."""
    if wave.rows == 0:
        return "–"
    share = share_of(wave)
    return "·" if share is None else percent(share)


def totals(shown: Shown) -> tuple[int | None, int | None]:
    """Return rows with a value and rows without over all waves; None where a wave's count is held back."""
    valid = [wave.valid for wave in shown.waves]
    rows = [wave.rows for wave in shown.waves]
    if None in valid or None in rows:
        return None, None
    got = sum(each or 0 for each in valid)
    return got, sum(each or 0 for each in rows) - got


def sentence(shown: Shown) -> str:
    """Return in words what a strip draws."""
    named = [wave for wave in shown.waves if wave.wave]
    if not named:
        return t("No waves: {told} of the rows have a value.", told=told(shown.waves[0])) if shown.waves else "–"
    if len(named) <= MANY:
        return t(", ").join(f"{wave.wave} {told(wave)}" for wave in named)
    shares = [share for share in map(share_of, named) if share is not None]
    low, high = (percent(min(shares)), percent(max(shares))) if shares else ("·", "·")
    return t(
        "{n} waves, {first} to {last}: between {low} and {high} of the rows have a value.",
        n=len(named),
        first=named[0].wave,
        last=named[-1].wave,
        low=low,
        high=high,
    )


def strip(shown: Shown, breaks: Collection[str] = ()) -> str:
    """Return a strip of marks, one a wave, as full as the share of rows with a value."""
    named = [wave for wave in shown.waves if wave.wave]
    said = t("Rows with a value: {told}", told=sentence(shown))
    marks = "".join(_mark(wave, with_name=len(named) <= MANY // 2, broken=wave.wave in breaks) for wave in named)
    return f'<div class="zl-waves" role="img" aria-label="{escape(said)}">{marks}</div>' if marks else ""


def _mark(wave: WaveShown, *, with_name: bool, broken: bool) -> str:
    share = share_of(wave)
    name = f"<b>{escape(wave.wave)}</b>" if with_name else ""
    kind = "held" if share is None else "open"
    style = "" if share is None else f' style="--share:{share:.3f}"'
    cut = " zl-wave-break" if broken else ""
    return f'<span class="zl-wave zl-wave-{kind}{cut}" title="{escape(f"{wave.wave}: {told(wave)}")}"{style}><i></i>{name}</span>'


def matrix(
    columns: Sequence[str],
    rows: Sequence[tuple[markup.Html, Shown, Collection[str]]],
    caption: str,
) -> None:
    """Show variables by wave with the share of rows that have a value printed in each cell.

    Parameters
    ----------
    columns
        The table's waves; beyond `MANY` the last ones are shown and it is said.
    rows
        Name, counts, and the waves at which the series breaks.
    caption
        What the table shows.
    """
    kept = list(columns)[-MANY:]
    heads = [markup.Column(wave or t("All rows"), "number") for wave in kept]
    body = [[name, *_cells(shown, kept, breaks)] for name, shown, breaks in rows]
    st.html(markup.table_html([markup.Column(t("Variable"), "prose"), *heads], body, caption))
    if len(kept) < len(columns):
        markup.note(t("The last {k} of {n} waves; a variable's own page has all.", k=len(kept), n=len(columns)))


def _cells(shown: Shown, waves: Sequence[str], breaks: Collection[str]) -> list[markup.Html]:
    held: Mapping[str, WaveShown] = {wave.wave: wave for wave in shown.waves}
    return [_cell(held.get(wave), broken=wave in breaks) for wave in waves]


def _cell(wave: WaveShown | None, *, broken: bool) -> markup.Html:
    if wave is None:
        return markup.Html("–")
    share = share_of(wave)
    style = f' style="--share:{share:.3f}"' if share is not None else ""
    cut = f'<abbr title="{escape(t("the series breaks here"))}">‖</abbr> ' if broken else ""
    return markup.Html(f'<span class="zl-cell"{style}>{cut}{escape(told(wave))}</span>')


def explain() -> None:
    """Say how to read strips and matrices."""
    markup.note(
        t(
            "Share of the rows of a wave that have a value; a dot (·) is a number that is not shown: "
            "it rests on few units, or would give such a number away."
        )
    )
