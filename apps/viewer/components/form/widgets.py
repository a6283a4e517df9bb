"""One widget for one answer, saved when it changes.

Belongs here: kind of answer → Streamlit widget, with a key that stays the same as long as the list it stands in does. Does not:
conversions (answers), what may be chosen (choices), lists and parts (parts).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from apps.viewer import drafting
from apps.viewer.components.form import answers, words
from apps.viewer.components.form.choices import choices
from apps.viewer.components.form.content import Place, find
from apps.viewer.components.form.shape import Node
from apps.viewer.language import t

BRIEF = frozenset({"name", "label", "unit", "title_brief", "intensity", "horizon", "affected", "refresh"})
"""Bilingual answers of one line; others get several."""
UNBOUND = Node("text", "", "")


def ask(node: Node, place: Place, draft: drafting.Draft, *, label: str, hidden: bool = False) -> None:
    """Show the widget of one plain answer.

    Parameters
    ----------
    node, place
        What is asked, and where the answer stands in the draft.
    draft
        The open draft.
    label, hidden
        Accessible name; hidden to the eye where the question above says the same.
    """
    look: dict[str, Any] = {"label": label, "label_visibility": "collapsed" if hidden else "visible"}
    named = choices(node, draft.content)
    if node.kind == "words":
        _both(node, place, draft, label)
    elif node.kind == "table" and named:
        _each(node, place, draft, label, named)
    elif node.kind == "pair":
        _pair(node, place, draft, label)
    elif node.kind == "text" and named:
        _pick(node, place, draft, look, named)
    elif node.kind == "texts" and named:
        _pick_several(node, place, draft, look, named)
    else:
        _PLAIN[node.kind](node, place, draft, look)


def _bind(
    node: Node,
    place: Place,
    draft: drafting.Draft,
    start: object,
    read: Callable[[Any], Any] | None = None,
    *,
    variant: str = "",
) -> dict[str, Any]:
    """Return key and callback of a widget, and give it the draft's answer where it has none yet.

    `variant` keeps apart two widgets for one answer, of which the draft decides: what one holds the other cannot read.
    """
    key = draft.key(place) + (f"/{variant}" if variant else "")
    if key not in st.session_state:
        st.session_state[key] = start
    take = read or (lambda typed: answers.kept(node, typed))
    return {"key": key, "on_change": drafting.answered, "args": (place, key, take)}


def _text(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    hint = {"date": "2026-03-04", "texts": t("Separate with commas")}.get(node.kind)
    start = answers.shown(node, find(draft.content, place))
    st.text_input(**look, placeholder=hint, **_bind(node, place, draft, start))


def _area(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    hint = t("One line for each: name = value") if node.kind == "table" else t("Written as YAML: name: value")
    start = answers.shown(node, find(draft.content, place))
    st.text_area(
        **look, placeholder=hint, height=min(420, 96 + 22 * start.count("\n")), **_bind(node, place, draft, start)
    )


def _number(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    start = answers.shown(node, find(draft.content, place))
    steps: dict[str, Any] = {"step": 1} if node.kind == "integer" else {"step": 0.01, "format": "%g"}
    st.number_input(**look, **steps, **_bind(node, place, draft, start))


def _choice(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    start = answers.shown(node, find(draft.content, place))
    st.selectbox(
        **look,
        options=list(node.options),
        index=None,
        placeholder=t("Choose"),
        format_func=lambda code: words.value(node, code),
        **_bind(node, place, draft, start),
    )


def _choices(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    start = answers.shown(node, find(draft.content, place))
    st.multiselect(
        **look,
        options=list(node.options),
        placeholder=t("Choose any number"),
        format_func=lambda code: words.value(node, code),
        **_bind(node, place, draft, start),
    )


def _flag(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    start = answers.shown(node, find(draft.content, place))
    st.radio(
        **look,
        options=[True, False],
        index=None,
        horizontal=True,
        format_func=lambda said: words.yes_no(said=said),
        **_bind(node, place, draft, start),
    )


def _fixed(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    """Show an answer that can only be one thing: something to confirm, or nothing to ask."""
    if node.required:
        start = find(draft.content, place) == node.options[0]
        bound = _bind(node, place, draft, start, lambda typed: node.options[0] if typed else None)
        st.checkbox(look["label"], **bound)


def _pick(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any], named: dict[str, str]) -> None:
    held = find(draft.content, place)
    options = [*named, *([held] if isinstance(held, str) and held not in named else [])]
    start = held if held in options else None

    def read(typed: str | None) -> str | None:
        return _code_of(typed, options) if typed else None

    st.selectbox(
        **look,
        options=options,
        index=None,
        placeholder=t("Choose"),
        format_func=lambda code: named.get(code, code),
        **_bind(node, place, draft, start, read, variant="pick"),
    )


def _pick_several(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any], named: dict[str, str]) -> None:
    held = find(draft.content, place)
    chosen = [str(code) for code in held] if isinstance(held, list) else []
    options = [*named, *(code for code in chosen if code not in named)]

    def read(typed: list[str]) -> list[str] | None:
        return [_code_of(code, options) for code in typed] or None

    st.multiselect(
        **look,
        options=options,
        placeholder=t("Choose any number"),
        format_func=lambda code: named.get(code, code),
        **_bind(node, place, draft, chosen, read, variant="picks"),
    )


def _code_of(typed: str, options: Sequence[str]) -> str:
    """Return the code of what the browser sent: it sends labels, and a label may have changed since (`arm · its words`)."""
    return typed if typed in options else typed.partition(" · ")[0]


def _both(node: Node, place: Place, draft: drafting.Draft, label: str) -> None:
    """Ask for a text in both languages, side by side."""
    for column, code in zip(st.columns(2), ("en", "zh"), strict=True):
        here = (*place, code)
        start = answers.shown(UNBOUND, find(draft.content, here))
        name = f"{label} · {words.language_name(code)}" if label else words.language_name(code)
        bound = _bind(UNBOUND, here, draft, start)
        with column:
            if node.name in BRIEF:
                st.text_input(name, **bound)
            else:
                st.text_area(name, height=96, **bound)


def _each(node: Node, place: Place, draft: drafting.Draft, label: str, named: dict[str, str]) -> None:
    """Ask for one number for each thing that is already named in the draft."""
    inner = Node("integer" if node.inner == "integer" else "number", "", "")
    for row in range(0, len(named), 2):
        for column, code in zip(st.columns(2), list(named)[row : row + 2], strict=False):
            with column:
                _number(inner, (*place, code), draft, {"label": f"{label} · {named[code]}"})


def _pair(node: Node, place: Place, draft: drafting.Draft, label: str) -> None:
    held = find(draft.content, place)
    start = ", ".join(str(item) for item in held) if isinstance(held, list) else str(held or "")
    st.text_input(label, placeholder="0, 365", **_bind(node, place, draft, start, _two))


def _two(typed: str) -> object:
    parts = answers.split(typed)
    return (
        [int(part) for part in parts] if parts and all(part.lstrip("-").isdigit() for part in parts) else typed or None
    )


_PLAIN: dict[str, Callable[[Node, Place, drafting.Draft, dict[str, Any]], None]] = {
    "text": _text,
    "date": _text,
    "texts": _text,
    "table": _area,
    "document": _area,
    "integer": _number,
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "flag": _flag,
    "fixed": _fixed,
}
