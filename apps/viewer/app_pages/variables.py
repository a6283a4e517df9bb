"""Page Variables: finding what the release measures, in Chinese or English, and choosing some of it for an extract.

Belongs here: search, filters, the order of things. Does not: the codebook (codebook_reads), drawing (components). Everybody may
look: what is shown here are words and protected counts; rows leave by the cart, which asks for the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from apps.viewer import cart, codebook_reads
from apps.viewer.codebook_reads import LEVELS, Found
from apps.viewer.components import address, cart_view, markup, variable_list
from apps.viewer.components.names import GRADES
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, own, t, tn
from apps.viewer.searching import found, meant
from data.releases import Release
from quality.codebook.protection import Shown

TITLE = N_("Variables")
GROUP = "browse"
ROLES: tuple[str, ...] = ()
AT_ONCE = 15
"""Variables on one page of the list; each is counted when it is first shown."""
FILTERS = ("table", "level", "wave", "concept", "source", "grade")
VIEWS = {"list": N_("List"), "matrix": N_("Waves"), "cart": N_("My cart")}


def tables(release: Release) -> tuple[str, ...]:
    """Return the tables that the page shows: every one, or the one that is filtered for."""
    chosen = address.keep("table", tuple(release.tables))
    return (chosen,) if chosen else tuple(release.tables)


def show(desk: Desk, release: Release) -> None:
    """Show the page for `release`."""
    with st.spinner(t("Reading the codebook …")):
        every = codebook_reads.variables(release, desk.workspace.home)
    tables = len({item.table.name for item in every})
    lead = t("{n} variables in {k} tables. Search in English or Chinese.", n=len(every), k=tables)
    markup.title(t("Variables"), lead=lead)
    listing(desk, release, every, FILTERS)


def listing(
    desk: Desk, release: Release, every: Sequence[Found], filters: Sequence[str], views: Sequence[str] = tuple(VIEWS)
) -> None:
    """Show search, filters and what was found among `every`, or the cart."""
    view = address.choose("view", t("Show"), {code: t(VIEWS[code]) for code in views}, widget=st.segmented_control)
    if view == "cart":
        cart_view.show(desk, release)
        return
    markup.note(t("In the cart: {n}", n=cart.size(cart.held())))
    words = address.words("q", t("Search label, question, name or concept"), example=t("for example: waiting time"))
    kept = _filtered(every, filters)
    items = found(words, [(item, item.findable) for item in kept])
    if not items:
        _nothing(words, every)
        return
    markup.note(t("{n} found.", n=len(items)))
    shown = _page(items)
    counts = _counts(desk, release, shown)
    if view == "matrix":
        shown = sorted(shown, key=lambda item: [each.table.name for each in every].index(item.table.name))
        waves = {item.table.name: item.waves for item in shown}
        links = {item.code: _link(item) for item in shown}
        variable_list.matrices(shown, counts, waves, links)
    else:
        variable_list.cards(shown, counts, desk.pages["variable"])


def _link(item: Found) -> markup.Html:
    opener = link("variable", own(item.entry.label), v=item.code)
    return markup.Html(f"{opener.text}<small>{markup.code(item.entry.name).text}</small>")


def _filtered(every: Sequence[Found], filters: Sequence[str]) -> list[Found]:
    """Show the filters, each with the choices that the release has, and return what passes all."""
    kept = list(every)
    with st.expander(t("Filters"), expanded=any(address.code(name) for name in filters)):
        columns = st.columns(3)
        for place, name in enumerate(filters):
            with columns[place % 3]:
                chosen = address.choose(name, t(_FILTER[name]), _options(name, every), every=t("All"))
            if chosen:
                kept = [item for item in kept if chosen in _values(name, item)]
    return kept


_FILTER = {
    "table": N_("Table"),
    "level": N_("Level of the units"),
    "wave": N_("Has the wave"),
    "concept": N_("Concept"),
    "source": N_("Source"),
    "grade": N_("Disclosure grade"),
}


def _values(name: str, item: Found) -> tuple[str, ...]:
    if name == "wave":
        return _waves(item)
    single = {
        "table": item.table.name,
        "level": item.level,
        "concept": item.concept.en if item.concept else "",
        "grade": item.entry.grade,
    }
    return item.sources if name == "source" else (single[name],)


def _waves(item: Found) -> tuple[str, ...]:
    """Return the waves in which an instrument asks a variable, as far as its source says; else those of its table."""
    said = [wave for each in item.entry.asked for _, named in each.instruments for wave in named]
    return tuple(said) or tuple(wave for wave in item.waves if wave)


def _options(name: str, every: Sequence[Found]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for item in every:
        for value in _values(name, item):
            labels.setdefault(value, _label(name, value, item))
    labels.pop("", None)
    if name == "level":
        return {code: labels[code] for code in LEVELS if code in labels}
    return labels if name == "table" else dict(sorted(labels.items()))


def _label(name: str, value: str, item: Found) -> str:
    if name == "table":
        return own(item.table.title)
    if name == "concept":
        return own(item.concept)
    if name == "source":
        return next((own(each.title) for each in item.entry.asked if each.contract == value), value)
    return {"level": t(LEVELS.get(value, value)), "grade": t(GRADES.get(value, value))}.get(name, value)


def _page(items: Sequence[Found]) -> list[Found]:
    """Show the choice of a page where there are several, and return its items."""
    pages = -(-len(items) // AT_ONCE)
    if pages == 1:
        return list(items)
    asked = address.code("page") or ""
    now = min(int(asked), pages) if asked.isdecimal() and int(asked) else 1
    key = "variables_page"
    st.session_state[key] = now
    st.pagination(pages, key=key, on_change=partial(_turn, key))
    return list(items[(now - 1) * AT_ONCE : now * AT_ONCE])


def _turn(key: str) -> None:
    address.put(page=str(st.session_state[key]))


def _counts(desk: Desk, release: Release, items: Sequence[Found]) -> variable_list.Counts:
    """Count what is on this page; whoever is the first to look waits, and sees for what."""
    by_table: dict[str, list[Found]] = {}
    for item in items:
        by_table.setdefault(item.table.name, []).append(item)
    counted: dict[str, Shown] = {}
    with st.spinner(tn("Counting {n} variable …", "Counting {n} variables …", len(items))):
        for table, group in by_table.items():
            seen = codebook_reads.counts(release, desk.workspace.home, table, (item.entry.name for item in group))
            counted |= {item.code: seen[item.entry.name] for item in group}
    return counted


def _nothing(words: str, every: Sequence[Found]) -> None:
    near = meant(words, [item.findable for item in every]) if words else []
    said: list[object] = [t("No variable holds all these words with these filters. Take out a word or a filter.")]
    if near:
        said.append(t("Did you mean: {names}?", names=t(", ").join(near)))
    markup.callout(t("None match"), said, "empty")
    st.button(t("Clear filters"), key="clear_variables", on_click=_clear)


def _clear() -> None:
    address.put(q=None, page=None, **dict.fromkeys(FILTERS))


def named(code: str | None, every: Sequence[Found]) -> Found | None:
    """Return the variable of a code such as `panel_individual_wave.wait_min`; None if the release has none."""
    return next((item for item in every if item.code == code), None)
