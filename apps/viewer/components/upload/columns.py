"""Step 3: which column of the file is which of the table, with examples; guesses are confirmed here, for this zone, for good.

Belongs here: the table of matches and the fields for guesses. Does not: finding and keeping them (quality.matches,
quality.match_memory). What the readers know for sure needs no click.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from apps.viewer import uploading
from apps.viewer.components import doing, markup
from apps.viewer.desk import Desk
from apps.viewer.language import own, t
from apps.viewer.uploading import Upload
from data.contracts import Column, Contract
from quality.matches import ColumnMatch, MatchStatus, status_words

MOST = 12
"""More unknown columns than this are no typing errors."""

KINDS: dict[MatchStatus, markup.Kind] = {"guessed": "bad", "unknown": "unsure"}


def show(desk: Desk, held: Upload) -> None:
    """Show the columns, folded away when all of them are known."""
    look = held.look
    if not look.matches:
        return
    loaded = sum(match.status in ("exact", "alias", "remembered") for match in look.matches)
    guessed = [match for match in look.matches if match.status == "guessed"]
    ignored = sum(match.status == "unknown" for match in look.matches)
    said = t(
        "Columns: {n} recognised, {g} guessed, {k} not loaded, {m} missing",
        n=loaded,
        g=len(guessed),
        k=ignored,
        m=len(look.missing),
    )
    with st.expander(said, expanded=bool(look.missing or guessed)):
        headings = (t("Your column"), t("Variable"), t("Examples"), t("Status"))
        rows = [*(_cells(match, held.context.contract) for match in look.matches), *map(_absent, look.missing)]
        markup.table([markup.Column(heading) for heading in headings], rows, said)
        markup.note(t("Examples are shown only where the variable is not sensitive."))
        if held.content and (guessed or look.missing):
            _confirmation(desk, held)


def _cells(match: ColumnMatch, contract: Contract) -> Sequence[object]:
    variable = markup.Html("–") if match.column is None else _variable(contract.column(match.column))
    tag = markup.tag(own(status_words(match.status)), KINDS.get(match.status, "good"))
    return [match.header, variable, t(", ").join(match.examples) or "–", tag]


def _absent(column: Column) -> Sequence[object]:
    return ["–", _variable(column), "–", markup.tag(t("missing"), "bad")]


def _variable(column: Column) -> markup.Html:
    return markup.Html(f"{markup.safe(own(column.label))} {markup.code(column.name).text}")


def _confirmation(desk: Desk, held: Upload) -> None:
    """Ask what the guessed and unknown headers are; nothing is applied before the button."""
    contract = held.context.contract
    open_ones = [match for match in held.look.matches if match.status in ("guessed", "unknown")][:MOST]
    if not open_ones:
        return
    free = {c.name: f"{own(c.label)} · {c.name}" for c in contract.columns if c.name not in held.look.cells}
    labels = {"": t("not loaded"), **free}
    fields = {match.place: f"match_{held.sha256[:12]}_{match.place}" for match in open_ones}
    for match in open_ones:
        first = match.column if match.status == "guessed" and match.column in labels else ""
        place = list(labels).index(first or "")
        question = t("“{header}” is", header=match.header)
        st.selectbox(question, list(labels), place, labels.__getitem__, key=fields[match.place])
    doing.button(t("Confirm matches"), "confirm_matches", lambda: _confirm(desk, held, open_ones, fields))
    markup.note(t("Your zone's next files are read so without a question."))


def _confirm(desk: Desk, held: Upload, asked: Sequence[ColumnMatch], fields: dict[int, str]) -> None:
    """Keep what was chosen; an unknown header that stays unknown is no word about it."""
    headers = {} if held.look.raw is None else dict(enumerate(held.look.raw.columns, start=1))
    chosen = {match.place: st.session_state.get(fields[match.place]) or None for match in asked}
    pairs = {
        headers[match.place]: chosen[match.place]
        for match in asked
        if match.place in headers and (match.status == "guessed" or chosen[match.place])
    }
    uploading.confirm(desk.workspace, desk.who.user, pairs)
