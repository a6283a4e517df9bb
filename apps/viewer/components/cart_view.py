"""The cart: what is in it, what the extract will hold, who may have it, and the extract.

Belongs here: the page's part. Does not: the cart's code (cart), the act (extracting). A reader without the right sees why and
whom to ask; the act asks for the right again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import streamlit as st

from apps.viewer import cart, codebook_reads, extracting
from apps.viewer.acting import role_name
from apps.viewer.cart import Cart
from apps.viewer.codebook_reads import Found
from apps.viewer.components import markup
from apps.viewer.desk import Desk
from apps.viewer.extracting import FORMATS, Extract
from apps.viewer.language import LANGUAGES, number, own, spoken, t, tn
from data.messages import Text, ZonelabError
from data.releases import Release
from quality.exports.dataset import Format
from quality.exports.sheet import MARK

_WISH, _DONE, _REFUSED = "extract_wish", "extract_done", "extract_refused"


def show(desk: Desk, release: Release) -> None:
    """Show the cart of this session."""
    known = {item.code: item for item in codebook_reads.variables(release, desk.workspace.home)}
    held = _known(known)
    if not held:
        step = t("Find variables in the list and add them; they stay while you look at other pages.")
        markup.callout(t("The cart is empty"), [step], "empty")
        return
    markup.heading(
        t("In the cart: {n}", n=cart.size(held)), t("The cart stands in the address: a copied link brings it along.")
    )
    for table, names in held.items():
        _table(known, table, names)
    st.button(t("Empty the cart"), key="cart_empty", on_click=cart.empty)
    markup.heading(t("Extract"))
    if not extracting.may(desk.workspace, desk.who, held):
        _not_permitted(desk, held)
        return
    _ask(desk, release, held)


def _known(known: Mapping[str, Found]) -> Cart:
    """Return what of the cart this release has, and say what it has not."""
    held = cart.held()
    kept = {table: tuple(name for name in names if f"{table}.{name}" in known) for table, names in held.items()}
    strange = [f"{table}.{name}" for table, names in held.items() for name in names if name not in kept[table]]
    if strange:
        said = t("This release does not have {names}; left out.", names=t(", ").join(strange))
        markup.callout(t("Not found"), [said], "warning")
    return {table: names for table, names in kept.items() if names}


def _table(known: Mapping[str, Found], table: str, names: Sequence[str]) -> None:
    items = [known[f"{table}.{name}"] for name in names]
    book = items[0].table
    held = {entry.name for entry in book.entries}
    beside = [name for name in (*book.key, MARK) if name in held and name not in names]
    markup.part(f"{own(book.title)} · {t('{n} rows', n=number(book.rows))}")
    for item in items:
        with st.container(horizontal=True, vertical_alignment="center", key=f"zl_cart_{table}_{item.entry.name}"):
            st.html(
                f"<span>{markup.safe(own(item.entry.label))} {markup.code(item.entry.name).text}</span>",
                width="stretch",
            )
            st.button(
                t("Take out"),
                key=f"cart_out_{item.code}",
                on_click=cart.take,
                args=(table, item.entry.name),
                help=own(item.entry.label),
            )
    if beside:
        told = markup.with_code(
            t("Always with them: {names}. One unit has one code in all tables of an extract, so they can be joined."),
            names=" ".join(beside),
        )
        st.html(f'<p class="zl-note">{told.text}</p>')


def _not_permitted(desk: Desk, held: Cart) -> None:
    verb = extracting.verb_for(held)
    names = t(", ").join(role_name(role) for role in extracting.holders(verb))
    why = (
        t("The rows are about people or organisations: they leave with the right to release, in the whole workspace.")
        if verb == "release"
        else t("The rows leave with the right to read the whole workspace.")
    )
    if desk.who.user:
        step = t(
            "Roles that hold it: {names}. Ask one of them for the extract (the link brings your cart), "
            "or an administrator for the role.",
            names=names,
        )
    else:
        step = t("Give your user name in the sidebar. Roles that hold it: {names}.", names=names)
    markup.callout(t("Not for you yet"), [why, step], "warning")


def _ask(desk: Desk, release: Release, held: Cart) -> None:
    language = LANGUAGES[spoken()]
    note = t(
        "Labels are in the language of this page ({language}). It is recorded, and counts as a reading of outcomes.",
        language=language,
    )
    markup.note(note)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        file_format: Format = st.selectbox(
            t("Format"), list(FORMATS), format_func=FORMATS.__getitem__, key="extract_format", width=220
        )
        st.button(t("Build the extract"), key="extract_build", type="primary", on_click=_wish)
    asked = extracting.asked_for(release, held, file_format, spoken())
    if st.session_state.pop(_WISH, False):
        _build(desk, release, held, file_format)
    _told(cast("Extract | None", st.session_state.get(_DONE)), asked)


def _wish() -> None:
    """Remember the click: the run that follows does the work where its progress can be shown."""
    st.session_state[_WISH] = True


def _build(desk: Desk, release: Release, held: Cart, file_format: Format) -> None:
    st.session_state.pop(_DONE, None)
    with st.spinner(
        tn("Checking the release, writing {n} table …", "Checking the release, writing {n} tables …", len(held)),
        show_time=True,
    ):
        try:
            st.session_state[_DONE] = extracting.build(desk.workspace, release, held, file_format, spoken(), desk.who)
        except ZonelabError as error:
            st.session_state[_REFUSED] = (error.code, error.text)


def _told(done: Extract | None, asked: tuple[str, Format, str, str]) -> None:
    refused = cast("tuple[str, Text] | None", st.session_state.pop(_REFUSED, None))
    if refused is not None:
        markup.callout(t("Not done"), [own(refused[1]), markup.code(refused[0])], "warning")
    if done is None or done.asked != asked:
        return
    if not done.waits:
        markup.note(t("The extract was fetched, or its time is over. Build it again if you need it."))
        return
    rows = t(", ").join(f"{table} {number(count)}" for table, count in done.rows.items())
    button = (
        f'<a class="zl-fetch" href="{markup.safe(done.address)}" download>{markup.safe(t("Download the extract"))}</a>'
    )
    about = markup.with_code(
        t("{file}, rows: {rows}. The link works once, for ten minutes, in this browser."), file=done.name, rows=rows
    )
    size = t("{n} kB", n=number(-(-done.size // 1000)))
    st.html(f'<p>{button} <span class="zl-note">{markup.safe(size)}</span></p><p class="zl-note">{about.text}</p>')
    if done.notes:
        with st.expander(t("Kept otherwise than in the release: {n}", n=len(done.notes))):
            columns = [markup.Column(t("Table")), markup.Column(t("Column")), markup.Column(t("Note"), "prose")]
            body = [[markup.code(table), markup.code(column), own(what)] for table, column, what in done.notes]
            markup.table(columns, body, t("Kept otherwise than in the release: {n}", n=len(done.notes)))
