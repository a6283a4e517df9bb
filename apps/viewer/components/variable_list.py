"""Variables as a list of cards and as a matrix by wave, each with the way to its page and into the cart.

Belongs here: drawing what was found. Does not: finding (app_pages.variables), counting (codebook_reads), one variable in full
(variable_view).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

import streamlit as st
from streamlit.navigation.page import Page

from apps.viewer import cart
from apps.viewer.codebook_reads import LEVELS, Found
from apps.viewer.components import address, markup, waves
from apps.viewer.components.names import GRADES
from apps.viewer.components.shares import units_text
from apps.viewer.language import number, own, t, tn
from quality.codebook.protection import Shown

Counts = Mapping[str, Shown]


def breaks_of(item: Found) -> tuple[str, ...]:
    """Return the waves at which a variable's series breaks."""
    return tuple(dict.fromkeys(each.wave_first for each in item.entry.compared if each.broken is not None))


def cards(items: Sequence[Found], counts: Counts, page: Page) -> None:
    """Show one card a variable."""
    for item in items:
        with st.container(key=f"zl_variable_{item.table.name}_{item.entry.name}", border=True, gap="xxsmall"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.page_link(page, label=_title(item), query_params=address.carried(v=item.code), width="stretch")
                toggle(item)
            st.html(_about(item, counts[item.code]))


def _title(item: Found) -> str:
    """Return the link's label; it is Markdown, so the label's own marks are escaped."""
    label = own(item.entry.label)
    for mark in r"\`*_[]<>$~#:":
        label = label.replace(mark, f"\\{mark}")
    return f"**{label}**"


def toggle(item: Found, *, primary: bool = False) -> None:
    """Show the button that puts a variable into the cart or takes it out; its key tells the two apart."""
    table, name, label = item.table.name, item.entry.name, own(item.entry.label)
    if cart.holds(table, name):
        said, key, act = t("In the cart: take out"), f"cart_take_{item.code}", cart.take
    else:
        said, key, act = t("Add to cart"), f"cart_put_{item.code}", cart.put
    kind = "primary" if primary and act is cart.put else "secondary"
    st.button(said, key=key, on_click=act, args=(table, name), help=label, type=kind)  # type: ignore[arg-type, unused-ignore]


def _about(item: Found, shown: Shown) -> str:
    entry = item.entry
    asked = own(entry.asked[0].question) if entry.asked else ""
    text = f'<p class="zl-card-text">{escape(asked)}</p>' if asked not in ("", own(entry.label)) else ""
    marks = [
        own(item.table.title),
        t(LEVELS[item.level]),
        own(item.concept) if item.concept else "",
        t(GRADES[entry.grade]),
    ]
    tags = "".join(f"<li>{markup.safe(mark)}</li>" for mark in (markup.code(entry.name), *marks) if mark)
    valid, missing = waves.totals(shown)
    if valid is None:
        told = t("n: some counts are not shown")
    else:
        told = t("n {n} · missing {k}", n=number(valid), k=units_text(missing))
    cut = breaks_of(item)
    broken = markup.tag(t("Breaks at {waves}", waves=t(", ").join(cut)), "bad").text if cut else ""
    return (
        f'<div class="zl-card">{text}<ul class="zl-marks">{tags}</ul>'
        f'<div class="zl-card-n"><span>{escape(told)}</span>{waves.strip(shown, cut)}{broken}</div></div>'
    )


def matrices(
    items: Sequence[Found], counts: Counts, waves_of: Mapping[str, Sequence[str]], link: Mapping[str, markup.Html]
) -> None:
    """Show one matrix a table: variables by wave."""
    for table, group in groupby(items, key=lambda item: item.table):
        found = list(group)
        caption = t("{table}: rows with a value by wave", table=own(table.title))
        markup.heading(own(table.title), tn("{n} row", "{n} rows", table.rows))
        rows = [(link[item.code], counts[item.code], breaks_of(item)) for item in found]
        waves.matrix(waves_of[table.name], rows, caption)
    waves.explain()
