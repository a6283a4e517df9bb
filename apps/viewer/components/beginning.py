"""The start of a registration: an example of a design, a copy of a registered protocol, an empty form, or a draft of one's own.

Belongs here: what a new draft starts from. Does not: the form. People, attestations, ethics decisions and ids of the source
are not taken over: they are never another study's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import streamlit as st

from apps.viewer import drafting, registry_reads
from apps.viewer.components import address, markup
from apps.viewer.components.form.content import Content, pruned
from apps.viewer.desk import Desk, link
from apps.viewer.language import moment, own, t
from data import drafts
from data.settings import REPOSITORY
from data.yaml_text import read_yaml
from experiments.registry.migrations import upgraded

EXAMPLES = REPOSITORY / "experiments" / "registry" / "examples"
NOT_TAKEN = (
    "schema_version",
    "experiment_id",
    "version",
    "responsible_party",
    "investigators",
    "attestations",
    "ethics",
    "simulated",
)


def show(desk: Desk) -> None:
    """Show the ways to begin."""
    markup.title(
        t("Register an experiment"), lead=t("Start from an example, a copy, or an empty form. All is saved as you go.")
    )
    _own_drafts(desk)
    markup.heading(t("Start a new registration"))
    source = st.selectbox(
        t("Start from"),
        ["", *(f"example:{name}" for name in examples()), *(f"copy:{item}" for item in _registered(desk))],
        format_func=lambda code: _source_name(desk, code),
        key="start_from",
    )
    st.button(t("Start"), key="start", type="primary", on_click=_start, args=(desk, source))


@cache
def examples() -> dict[str, Content]:
    """Return the example protocols by the name of their design."""
    return {path.stem: read_yaml(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.yml"))}


def taken_over(document: dict[str, Any], user: str) -> Content:
    """Return what a new draft takes from a protocol."""
    kept = {name: value for name, value in upgraded(document).items() if name not in NOT_TAKEN}
    return {**pruned(kept), "responsible_party": {"user": user}}


def _own_drafts(desk: Desk) -> None:
    held = [item for item in drafting.listed(desk.workspace, desk.who.user) if "protocol" in item.content]
    markup.heading(t("Your drafts"))
    if not held:
        markup.note(t("You have no draft."))
        return
    columns = [
        markup.Column(t("Draft")),
        markup.Column(t("Title")),
        markup.Column(t("Kind")),
        markup.Column(t("Saved")),
    ]
    markup.table(columns, [_draft_cells(item) for item in held], t("Your drafts"))


def _draft_cells(item: drafts.Draft) -> Sequence[object]:
    title = own(item.content.get("protocol", {}).get("title_brief")) or t("Untitled experiment")
    about = item.content.get("about", {})
    kinds = {
        "new": t("new"),
        "amendment": t("amendment of {id}", id=about.get("of", "")),
        "revision": t("revision of {id}", id=about.get("of", "")),
    }
    saved = moment(datetime.fromisoformat(item.saved_at))
    return [link("register", item.draft_id, draft=item.draft_id), title, kinds.get(str(about.get("kind")), ""), saved]


def _registered(desk: Desk) -> dict[str, str]:
    return {
        row.experiment_id: own(row.title) for row in registry_reads.rows(desk.workspace, desk.who) if row.registered_at
    }


def _source_name(desk: Desk, code: str) -> str:
    if not code:
        return t("Empty form")
    kind, _, name = code.partition(":")
    if kind == "example":
        return t("Example: {title}", title=own(examples()[name].get("title_brief")) or name)
    return t("Copy of {id}: {title}", id=name, title=_registered(desk).get(name, ""))


def _start(desk: Desk, source: str) -> None:
    kind, _, name = source.partition(":")
    content: Content = {"responsible_party": {"user": desk.who.user}}
    if kind == "example":
        content = taken_over(examples()[name], desk.who.user)
    elif kind == "copy":
        content = taken_over(registry_reads.current_document(desk.workspace, name), desk.who.user)
    address.put(draft=drafting.start(desk.workspace, desk.who.user, content), section="A", mode=None)
