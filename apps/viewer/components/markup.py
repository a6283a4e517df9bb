"""HTML pieces: tiles, tables, notes, definition strips. Everything that came with data is escaped here, once.

Belongs here: strings of markup with the classes of static/style.css. Does not: Streamlit calls other than `st.html`, charts.
Short tables are real HTML tables: a screen reader reads them, a phone scrolls them, and the text can be copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Literal

import streamlit as st

from apps.viewer.language import spoken


@dataclass(frozen=True)
class Html:
    """Markup that is already safe; any other value is escaped."""

    text: str


@dataclass(frozen=True)
class Column:
    """A table column: its heading, and whether it holds numbers (right-aligned, tabular figures) or sentences (they wrap)."""

    heading: str
    kind: Literal["text", "number", "prose"] = "text"


@dataclass(frozen=True)
class Group:
    """A row that spans the table and names what follows."""

    heading: str


@dataclass(frozen=True)
class Remark:
    """A row that spans the table and says why there is nothing else."""

    text: str


Cells = Sequence[object]
Kind = Literal["good", "bad", "unsure", "plain", "simulated"]


def safe(value: object) -> str:
    """Return `value` as safe markup.

    >>> safe("<b>"), safe(Html("<b>x</b>")), safe(None)
    ('&lt;b&gt;', '<b>x</b>', '')
    """
    if isinstance(value, Html):
        return value.text
    return "" if value is None else escape(str(value))


def code(value: object) -> Html:
    """Mark up an id, a command or a column name: never translated, never hyphenated."""
    return Html(f"<code>{escape(str(value))}</code>")


def with_code(sentence: str, **codes: object) -> Html:
    """Fill the `{placeholders}` of a translated sentence with codes.

    >>> with_code("Run {command} & wait.", command="make demo").text
    'Run <code>make demo</code> &amp; wait.'
    """
    return Html(escape(sentence).format(**{name: code(value).text for name, value in codes.items()}))


def data(shown: str, value: float | None) -> Html:
    """Mark up a number that is rounded for the eye and exact for a machine; one that does not exist is its text alone."""
    if value is None or not isfinite(value):
        return Html(escape(shown))
    return Html(f'<data value="{value!r}">{escape(shown)}</data>')


def tag(text: str, kind: Kind = "plain") -> Html:
    """Mark up a status word."""
    return Html(f'<span class="zl-tag zl-{kind}">{escape(text)}</span>')


def simulated_word() -> str:
    """Return the word that marks simulated data; the English one is a code and stays in both languages."""
    return "SIMULATED" if spoken() == "en" else "模拟数据 SIMULATED"


def simulated() -> Html:
    """Mark up that data are simulated."""
    return tag(simulated_word(), "simulated")


def table_html(columns: Sequence[Column], rows: Sequence[Cells | Group | Remark], caption: str) -> str:
    """Return a table; the first cell of a row is its header.

    Parameters
    ----------
    columns
        Left to right.
    rows
        Cells in the order of `columns`, or a `Group` heading.
    caption
        What the table shows: its accessible name, printed above it.
    """
    head = "".join(f'<th scope="col" class="zl-{c.kind}">{escape(c.heading)}</th>' for c in columns)
    body = "".join(_row(columns, row) for row in rows)
    return (
        f'<div class="zl-scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table class="zl-table">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(columns: Sequence[Column], row: Cells | Group | Remark) -> str:
    if isinstance(row, Remark):
        return f'<tr><td colspan="{len(columns)}">{escape(row.text)}</td></tr>'
    if isinstance(row, Group):
        return f'<tr class="zl-group"><th scope="rowgroup" colspan="{len(columns)}">{escape(row.heading)}</th></tr>'
    cells = [
        f'<{element} class="zl-{column.kind}">{safe(value)}</{element.split()[0]}>'
        for column, value, element in zip(columns, row, ["th scope='row'"] + ["td"] * (len(columns) - 1), strict=True)
    ]
    return f"<tr>{''.join(cells)}</tr>"


def table(columns: Sequence[Column], rows: Sequence[Cells | Group | Remark], caption: str) -> None:
    """Show a table."""
    st.html(table_html(columns, rows, caption))


def tiles(items: Sequence[tuple[str, str, str]]) -> None:
    """Show headline numbers: (label, value, note) each."""
    inner = "".join(
        f'<div class="zl-tile"><dt>{escape(label)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>'
        for label, value, note in items
    )
    st.html(f'<dl class="zl-tiles">{inner}</dl>')


def strip(items: Sequence[tuple[object, object]]) -> None:
    """Show a line of facts: (name, value) each."""
    inner = "".join(f"<div><dt>{safe(name)}</dt><dd>{safe(value)}</dd></div>" for name, value in items)
    st.html(f'<dl class="zl-strip">{inner}</dl>')


def facts(items: Sequence[tuple[object, object]]) -> None:
    """Show facts below each other, each with its name: (name, value); for values that may be sentences."""
    inner = "".join(f"<div><dt>{safe(name)}</dt><dd>{safe(value)}</dd></div>" for name, value in items)
    st.html(f'<dl class="zl-facts">{inner}</dl>')


def legend(items: Sequence[str]) -> None:
    """Show the key of a two-arm chart: a dashed line with a circle, then a full line with a square."""
    inner = "".join(
        f'<li><span class="zl-key zl-key-{mark}" aria-hidden="true"></span>{escape(item)}</li>'
        for item, mark in zip(items, ("dashed", "full"), strict=False)
    )
    st.html(f'<ul class="zl-legend">{inner}</ul>')


def bars(items: Sequence[tuple[str, float | None, str]]) -> None:
    """Show shares of 1 as bars with their value in words: (name, share or None, text) each."""
    inner = "".join(
        f'<li><span class="zl-bar-name">{escape(name)}</span><span class="zl-bar-track" aria-hidden="true">'
        f'<span class="zl-bar-fill" style="width:{100 * (share or 0):.1f}%"></span></span>'
        f'<span class="zl-bar-text">{escape(text)}</span></li>'
        for name, share, text in items
    )
    st.html(f'<ul class="zl-bars">{inner}</ul>')


def title(text: str, over: object = None, lead: str = "") -> None:
    """Show the page's one `h1`, a small line above it, and a sentence below."""
    eyebrow = f'<p class="zl-over">{safe(over)}</p>' if over else ""
    below = f'<p class="zl-lead">{escape(lead)}</p>' if lead else ""
    st.html(f'<header class="zl-title">{eyebrow}<h1>{escape(text)}</h1>{below}</header>')


def heading(text: str, note: str = "") -> None:
    """Show a section's `h2` and a sentence below."""
    below = f'<p class="zl-note">{escape(note)}</p>' if note else ""
    st.html(f'<div class="zl-section"><h2>{escape(text)}</h2>{below}</div>')


def part(text: str) -> None:
    """Show the `h3` of a part of a section."""
    st.html(f'<h3 class="zl-part">{escape(text)}</h3>')


def note(text: str) -> None:
    """Show a remark below a chart or a table."""
    st.html(f'<p class="zl-note">{escape(text)}</p>')


def lines(items: Sequence[object]) -> None:
    """Show short lines below each other, such as links to other pages."""
    st.html("".join(f'<p class="zl-line">{safe(item)}</p>' for item in items))


def items(entries: Sequence[object]) -> None:
    """Show a list with points."""
    st.html(f'<ul class="zl-points">{"".join(f"<li>{safe(entry)}</li>" for entry in entries)}</ul>')


def foreign(text: str, language: str) -> Html:
    """Mark up a word of another language, so that a screen reader says it as such."""
    return Html(f'<span lang="{escape(language)}">{escape(text)}</span>')


def alarm(heading_text: str, entries: Sequence[object], step: str) -> None:
    """Show in red, with words, that something is not as it must be, and what to do; a screen reader says it at once."""
    inner = "".join(f"<li>{safe(entry)}</li>" for entry in entries)
    st.html(
        f'<section class="zl-box zl-alarm" role="alert"><h2>{escape(heading_text)}</h2><ul>{inner}</ul>'
        f"<p>{escape(step)}</p></section>"
    )


def callout(heading_text: str, paragraphs: Sequence[object], kind: Literal["finding", "empty", "warning"]) -> None:
    """Show a box: the bottom line, an empty state with its next step, or warnings."""
    inner = "".join(f"<p>{safe(paragraph)}</p>" for paragraph in paragraphs)
    st.html(f'<section class="zl-box zl-{kind}"><h2>{escape(heading_text)}</h2>{inner}</section>')
