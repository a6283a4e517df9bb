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
        _pair(place, draft, label)
    elif node.kind == "text" and named:
        _pick(place, draft, look, named)
    elif node.kind == "texts" and named:
        _pick_several(place, draft, look, named)
    else:
        _PLAIN[node.kind](node, place, draft, look)


def _bind(place: Place, draft: drafting.Draft, read: Callable[[Any], Any], *, variant: str = "") -> dict[str, Any]:
    """Return key and callback of a widget. What it shows at first is its default, from the draft, in every run.

    It is not written into the session's state: that reaches the browser once, and where a run is cut short, not at all; the
    browser would then send an empty answer over a full one. `variant` keeps apart two widgets for one answer, of which the draft
    decides: what one holds the other cannot read.
    """
    key = draft.key(place) + (f"/{variant}" if variant else "")
    return {"key": key, "on_change": drafting.answered, "args": (place, key, read)}


def _plainly(node: Node) -> Callable[[Any], Any]:
    return lambda typed: answers.kept(node, typed)


def _index(options: Sequence[Any], held: object) -> int | None:
    return options.index(held) if held in options else None


def _text(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    hint = {"date": "2026-03-04", "texts": t("Separate with commas")}.get(node.kind)
    start = answers.shown(node, find(draft.content, place))
    st.text_input(**look, value=start, placeholder=hint, **_bind(place, draft, _plainly(node)))


def _area(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    hint = t("One line for each: name = value") if node.kind == "table" else t("Written as YAML: name: value")
    start = answers.shown(node, find(draft.content, place))
    st.text_area(
        **look,
        value=start,
        placeholder=hint,
        height=min(420, 96 + 22 * start.count("\n")),
        **_bind(place, draft, _plainly(node)),
    )


def _number(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    start = answers.shown(node, find(draft.content, place))
    steps: dict[str, Any] = {"step": 1} if node.kind == "integer" else {"step": 0.01, "format": "%g"}
    st.number_input(**look, **steps, value=start, **_bind(place, draft, _plainly(node)))


def _choice(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    start = answers.shown(node, find(draft.content, place))
    st.selectbox(
        **look,
        options=list(node.options),
        index=_index(node.options, start),
        placeholder=t("Choose"),
        format_func=lambda code: words.value(node, code),
        **_bind(place, draft, _plainly(node)),
    )


def _choices(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    start = answers.shown(node, find(draft.content, place))
    st.multiselect(
        **look,
        options=list(node.options),
        default=start,
        placeholder=t("Choose any number"),
        format_func=lambda code: words.value(node, code),
        **_bind(place, draft, _plainly(node)),
    )


def _flag(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    start = answers.shown(node, find(draft.content, place))
    st.radio(
        **look,
        options=[True, False],
        index=_index((True, False), start),
        horizontal=True,
        format_func=lambda said: words.yes_no(said=said),
        **_bind(place, draft, _plainly(node)),
    )


def _fixed(node: Node, place: Place, draft: drafting.Draft, look: dict[str, Any]) -> None:
    """Show an answer that can only be one thing: something to confirm, or nothing to ask."""
    if node.required:
        start = find(draft.content, place) == node.options[0]
        bound = _bind(place, draft, lambda typed: node.options[0] if typed else None)
        st.checkbox(look["label"], value=start, **bound)


def _pick(place: Place, draft: drafting.Draft, look: dict[str, Any], named: dict[str, str]) -> None:
    held = find(draft.content, place)
    options = [*named, *([held] if isinstance(held, str) and held not in named else [])]

    def read(typed: str | None) -> str | None:
        return _code_of(typed, options) if typed else None

    st.selectbox(
        **look,
        options=options,
        index=_index(options, held),
        placeholder=t("Choose"),
        format_func=lambda code: named.get(code, code),
        **_bind(place, draft, read, variant="pick"),
    )


def _pick_several(place: Place, draft: drafting.Draft, look: dict[str, Any], named: dict[str, str]) -> None:
    held = find(draft.content, place)
    chosen = [str(code) for code in held] if isinstance(held, list) else []
    options = [*named, *(code for code in chosen if code not in named)]

    def read(typed: list[str]) -> list[str] | None:
        return [_code_of(code, options) for code in typed] or None

    st.multiselect(
        **look,
        options=options,
        default=chosen,
        placeholder=t("Choose any number"),
        format_func=lambda code: named.get(code, code),
        **_bind(place, draft, read, variant="picks"),
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
        bound = _bind(here, draft, _plainly(UNBOUND))
        with column:
            if node.name in BRIEF:
                st.text_input(name, value=start, **bound)
            else:
                st.text_area(name, value=start, height=96, **bound)


def _each(node: Node, place: Place, draft: drafting.Draft, label: str, named: dict[str, str]) -> None:
    """Ask for one number for each thing that is already named in the draft."""
    inner = Node("integer" if node.inner == "integer" else "number", "", "")
    for row in range(0, len(named), 2):
        for column, code in zip(st.columns(2), list(named)[row : row + 2], strict=False):
            with column:
                _number(inner, (*place, code), draft, {"label": f"{label} · {named[code]}"})


def _pair(place: Place, draft: drafting.Draft, label: str) -> None:
    held = find(draft.content, place)
    start = ", ".join(str(item) for item in held) if isinstance(held, list) else str(held or "")
    st.text_input(label, value=start, placeholder="0, 365", **_bind(place, draft, _two))


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
