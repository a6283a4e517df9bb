"""Step 3: which column of the file is which of the table, with examples.

Belongs here: the table of matches. Does not: finding them (quality.columns). A match that is only guessed will be confirmed
here; what the readers know for sure needs no click.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.language import own, t
from apps.viewer.uploading import Upload
from quality.looking import Match


def show(held: Upload) -> None:
    """Show the columns, folded away when all of them are known."""
    matches = held.look.matches
    if not matches:
        return
    loaded = sum(match.column is not None and match.header is not None for match in matches)
    ignored = sum(match.how == "ignored" for match in matches)
    missing = sum(match.how == "missing" for match in matches)
    said = t("Columns: {n} recognised, {k} not loaded, {m} missing", n=loaded, k=ignored, m=missing)
    with st.expander(said, expanded=bool(missing)):
        headings = (t("Your column"), t("Variable"), t("Examples"), t("Status"))
        markup.table([markup.Column(heading) for heading in headings], [_cells(match) for match in matches], said)
        markup.note(t("Examples are shown only where the variable is not sensitive."))


def _cells(match: Match) -> Sequence[object]:
    variable: object = "–"
    if match.column is not None:
        name = markup.code(match.column.name).text
        variable = markup.Html(f"{markup.safe(own(match.column.label))} {name}")
    return [match.header or "–", variable, t(", ").join(match.examples) or "–", _status(match)]


def _status(match: Match) -> markup.Html:
    if match.how == "missing":
        return markup.tag(t("missing"), "bad")
    if match.how == "ignored":
        return markup.tag(t("not loaded"), "unsure")
    return markup.tag(t("part of a value") if match.how == "part" else t("recognised"), "good")
