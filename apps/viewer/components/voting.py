"""A reviewer's own desk: comments pinned to questions, prepared in a saved draft, and one vote that stands.

Belongs here: preparing and casting. Does not: the rules of a vote (experiments.registry.guards), what others said (commenting).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import streamlit as st

from apps.viewer import registry_reads
from apps.viewer.components import doing, markup
from apps.viewer.components.commenting import SIDES, VOTES, place_name
from apps.viewer.components.form import words
from apps.viewer.components.form.shape import shapes
from apps.viewer.desk import Desk
from apps.viewer.language import t
from data import drafts
from experiments.registry import acts
from experiments.registry.records import Record, Side, VersionRecord, Vote

Prepared = list[dict[str, str]]


def show(desk: Desk, record: Record, version: VersionRecord, side: str) -> None:
    """Show the desk of one side's reviewer who has not voted."""
    with st.container(border=True, key=f"zl_vote_{side}"):
        st.html(f'<h2 class="zl-side">{markup.safe(t("Your review: {side}", side=t(SIDES[side])))}</h2>')
        markup.note(t("Nobody sees your comments or your vote until every reviewer has voted."))
        doing.refusal()
        kept = _kept(desk, record, version, side)
        _listed(desk, kept)
        _pin(desk, record, version, side, kept)
        _cast(desk, record, side, kept)


def _kept(desk: Desk, record: Record, version: VersionRecord, side: str) -> drafts.Draft | None:
    about = _about(record, version, side)
    held = drafts.list_of(registry_reads.registry(desk.workspace).ledger, desk.who.user)
    return next((item for item in held if item.content.get("about") == about), None)


def _about(record: Record, version: VersionRecord, side: str) -> dict[str, str]:
    return {"kind": "review", "of": record.experiment_id, "document": version.document_sha256, "side": side}


def _comments(kept: drafts.Draft | None) -> Prepared:
    return cast("Prepared", kept.content["comments"]) if kept else []


def _listed(desk: Desk, kept: drafts.Draft | None) -> None:
    for position, item in enumerate(_comments(kept)):
        with st.container(border=True, key=f"zl_prepared_{position}"):
            st.html(
                f'<p class="zl-part">{markup.safe(place_name(item["path"]))}</p>'
                f'<p class="zl-said">{markup.safe(item["text"])}</p>'
            )
            st.button(
                t("Take back"), key=f"unpin_{position}", type="tertiary", on_click=_unpin, args=(desk, kept, position)
            )


def _pin(desk: Desk, record: Record, version: VersionRecord, side: str, kept: drafts.Draft | None) -> None:
    path, text = f"pin_path_{side}", f"pin_text_{side}"
    with st.form(f"pin_{side}", border=False, clear_on_submit=True):
        st.selectbox(
            t("Comment on"),
            [node.name for node in shapes()],
            format_func=lambda name: f"{words.number_of(name)} {words.label(_node(name))}",
            key=path,
        )
        st.text_area(t("Comment"), key=text, height=96)
        about = _about(record, version, side)
        st.form_submit_button(t("Add the comment"), on_click=_add, args=(desk, kept, about, path, text))


def _add(desk: Desk, kept: drafts.Draft | None, about: dict[str, str], path: str, text: str) -> None:
    said = str(st.session_state[text]).strip()
    if said:
        _save(desk, kept, about, [*_comments(kept), {"path": str(st.session_state[path]), "text": said}])


def _node(name: str) -> Any:  # noqa: ANN401
    return next(node for node in shapes() if node.name == name)


def _cast(desk: Desk, record: Record, side: str, kept: drafts.Draft | None) -> None:
    key = f"vote_{side}"
    vote = st.radio(t("Your vote"), list(VOTES), index=None, format_func=lambda code: t(VOTES[code]), key=key)

    def act() -> None:
        opened = registry_reads.registry(desk.workspace)
        acts.vote(
            opened,
            record.experiment_id,
            side=cast("Side", side),
            vote=cast("Vote", st.session_state[key]),
            comments=_comments(kept),
            actor=desk.who.user,
        )
        if kept is not None:
            drafts.remove(opened.ledger, kept.draft_id, desk.who.user)

    doing.button(t("Vote for good"), f"cast_{side}", act, disabled=vote is None)


def _unpin(desk: Desk, kept: drafts.Draft, position: int) -> None:
    left = [item for place, item in enumerate(_comments(kept)) if place != position]
    _save(desk, kept, kept.content["about"], left)


def _save(desk: Desk, kept: drafts.Draft | None, about: dict[str, str], comments: Sequence[dict[str, str]]) -> None:
    ledger = registry_reads.registry(desk.workspace).ledger
    content = {"about": about, "comments": list(comments)}
    if kept is None:
        drafts.create(ledger, desk.who.user, content)
    else:
        drafts.save(ledger, kept.draft_id, desk.who.user, content, kept.revision)
