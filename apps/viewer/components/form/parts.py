"""Answers that hold other answers: one part with its fields, and lists of parts as cards that can be added and taken away.

Belongs here: the recursion over `Node`s and where problems are shown. Does not: single widgets (widgets), questions (question).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from apps.viewer import drafting
from apps.viewer.components import markup
from apps.viewer.components.form import widgets, words
from apps.viewer.components.form.content import Content, Place, dotted, find
from apps.viewer.components.form.judge import Judged
from apps.viewer.components.form.shape import Node
from apps.viewer.language import own, t
from experiments.registry.check import ProtocolProblem

_ENUMERATED = frozenset({"practice", "group", "text_id"})
"""A part that leads with one of these is wanted once for each code: all its cards can be added at once."""


@dataclass
class Form:
    """What the widgets of one page share; `told` are the paths whose problems are on the page already."""

    draft: drafting.Draft
    judged: Judged
    told: set[str] = field(default_factory=set)

    def tell(self, place: Place) -> None:
        """Show the problems of exactly this place."""
        self.told.add(dotted(place))
        problem_lines(self.judged.at(dotted(place)))


def problem_lines(problems: Sequence[ProtocolProblem], *, with_path: bool = False) -> None:
    """Show problems, each a line that says error or warning in words."""
    lines = "".join(_line(item, with_path=with_path) for item in problems)
    if lines:
        st.html(f'<ul class="zl-problems" role="status">{lines}</ul>')


def _line(item: ProtocolProblem, *, with_path: bool) -> str:
    kind = t("Error") if item.severity == "error" else t("Warning")
    where = f"{markup.code(item.path).text} " if with_path else ""
    return f'<li class="zl-{item.severity}"><strong>{markup.safe(kind)}</strong> {where}{markup.safe(own(item.message))}</li>'


def answer(form: Form, node: Node, place: Place, *, label: str, hidden: bool = False) -> None:
    """Show whatever an answer is: a widget, a part, or cards."""
    if node.kind == "group":
        _part(form, node, place, label)
    elif node.kind == "cards":
        _cards(form, node, place)
    else:
        widgets.ask(node, place, form.draft, label=label, hidden=hidden)
        form.tell(place)


def fields(form: Form, nodes: Sequence[Node], place: Place) -> None:
    """Show the fields of a part, short ones in two columns."""
    waiting: list[Node] = []
    for node in nodes:
        if node.short():
            waiting.append(node)
            continue
        _beside(form, waiting, place)
        waiting = []
        answer(form, node, (*place, node.name), label=_marked(node))
    _beside(form, waiting, place)


def _beside(form: Form, nodes: Sequence[Node], place: Place) -> None:
    for start in range(0, len(nodes), 2):
        for column, node in zip(st.columns(2), nodes[start : start + 2], strict=False):
            with column:
                answer(form, node, (*place, node.name), label=_marked(node))


def _marked(node: Node) -> str:
    return words.label(node) + (" *" if node.required else "")


def _part(form: Form, node: Node, place: Place, label: str) -> None:
    """Show one part; one that may be left out is opened by a button."""
    if len(place) == 1:
        fields(form, node.fields, place)
        _defaults(form, node, place)
        form.tell(place)
        return
    held = find(form.draft.content, place)
    optional = node.nullable
    if optional and held is None:
        st.button(
            t("Add: {name}", name=words.label(node)),
            key=f"open:{form.draft.key(place)}",
            icon=":material/add:",
            on_click=drafting.state,
            args=(place, {}),
        )
        form.tell(place)
        return
    with st.container(border=True, key=_css(form, "part", place)):
        _head(form, label, place, removable=optional)
        fields(form, node.fields, place)
        form.tell(place)


def _defaults(form: Form, node: Node, place: Place) -> None:
    """Let a part be answered by what it shows: a value that nobody confirmed is no answer."""
    if find(form.draft.content, place) is None and all(inner.default is not None for inner in node.fields):
        st.button(
            t("Keep these values"),
            key=f"keep:{form.draft.key(place)}",
            on_click=drafting.state,
            args=(place, {inner.name: inner.default for inner in node.fields}),
        )


def _head(form: Form, text: str, place: Place, *, removable: bool, position: int | None = None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="zl-part">{markup.safe(text)}</p>')
        if removable:
            act, args = (
                (drafting.state, (place, None)) if position is None else (drafting.fewer, (place[:-1], position))
            )
            st.button(
                t("Remove"),
                key=f"remove:{form.draft.key(place)}",
                help=t("Remove {name}", name=text),
                type="tertiary",
                on_click=act,
                args=args,
            )


def _cards(form: Form, node: Node, place: Place) -> None:
    held = find(form.draft.content, place)
    items = held if isinstance(held, list) else []
    for position, item in enumerate(items):
        here = (*place, position)
        with st.container(border=True, key=_css(form, "card", here)):
            _head(form, words.item_title(node, position, item), here, removable=True, position=position)
            fields(form, node.fields, here)
            form.tell(here)
    form.tell(place)
    with st.container(horizontal=True):
        _adders(form, node, place, items)
    if not items and node.required and len(place) > 1:
        _nothing(form, node, place, held)


def _adders(form: Form, node: Node, place: Place, items: Sequence[object]) -> None:
    key = form.draft.key(place)
    st.button(
        t("Add: {name}", name=words.label(node)),
        key=f"add:{key}",
        icon=":material/add:",
        on_click=drafting.more,
        args=(place, [{}]),
    )
    lead = node.fields[0]
    if lead.name in _ENUMERATED:
        there = {item.get(lead.name) for item in items if isinstance(item, dict)}
        rest: list[Content] = [{lead.name: code} for code in lead.options if code not in there]
        if rest:
            st.button(
                t("Add one for each ({n})", n=len(rest)), key=f"all:{key}", on_click=drafting.more, args=(place, rest)
            )


def _nothing(form: Form, node: Node, place: Place, held: object) -> None:
    """Offer to state that there is none: an empty list is a statement, leaving it out is not."""
    key = f"none:{form.draft.key(place)}"
    st.checkbox(t("None: {name}", name=words.label(node)), held == [], key=key, on_change=_stated, args=(place, key))


def _stated(place: Place, key: str) -> None:
    drafting.state(place, [] if st.session_state[key] else None)


def _css(form: Form, kind: str, place: Place) -> str:
    return f"zl_{kind}_{form.draft.shape}_{'_'.join(str(step) for step in place)}"
