"""What differs between two versions, field by field, in the words of the form.

Belongs here: the table of differences. Does not: finding them (experiments.registry.diff), their class (amendments).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from apps.viewer.components import markup, protocol_view
from apps.viewer.components.form import words
from apps.viewer.components.form.shape import Node, shapes
from apps.viewer.language import LANGUAGES, N_, t
from experiments.registry.diff import Change, Item

KINDS = {"changed": N_("changed"), "added": N_("added"), "removed": N_("removed"), "order": N_("other order")}
CLASSES = {
    "locked": N_("locked"),
    "major": N_("major"),
    "minor": N_("minor"),
    "operational": N_("operational"),
    "system": N_("by the platform"),
}


def show(changes: Sequence[Change], caption: str, classes: Mapping[str, str] | None = None) -> None:
    """Show the differences; `classes` gives the class of a change by its path."""
    columns = [
        markup.Column(t("Field")),
        markup.Column(t("Before")),
        markup.Column(t("After")),
        markup.Column(t("Kind")),
    ]
    if classes is not None:
        columns.append(markup.Column(t("Class")))
    rows = [_cells(change, classes) for change in told(changes)]
    st.html(f'<div class="zl-diff">{markup.table_html(columns, rows, caption)}</div>')


def told(changes: Sequence[Change]) -> list[Change]:
    """Return the changes that a person made: numbers of versions are the platform's."""
    return [change for change in changes if change.field not in ("version", "schema_version", "experiment_id")]


def class_name(code: str) -> str:
    """Return what a class of change is called."""
    return t(CLASSES.get(code, code))


def node_at(change: Change) -> Node | None:
    """Return the node of the answer that a change is about; None where the form knows it only as part of a larger one."""
    nodes, found, inside = shapes(), None, False
    for step in change.steps:
        if isinstance(step, Item):
            inside = True
            continue
        if found is not None and found.kind == "words":
            return found
        found = next((node for node in nodes if node.name == step), None)
        if found is None:
            return None
        nodes, inside = found.fields, False
    return _one_of(found) if found is not None and inside else found


def _one_of(node: Node) -> Node:
    """Return the node of one item of a list."""
    return Node("group", node.part, node.name, fields=node.fields, holds=node.holds) if node.kind == "cards" else node


def _cells(change: Change, classes: Mapping[str, str] | None) -> markup.Cells:
    node = node_at(change)
    number = words.number_of(change.field)
    label = _label(node, change)
    name = markup.Html(
        f'<span class="zl-qn">{escape(number)}</span> {escape(label)}<small>{markup.code(change.path).text}</small>'
    )
    old, new = (_value(node, change, side) for side in ("old", "new"))
    cells: list[object] = [
        name,
        markup.Html(f"<del>{old}</del>"),
        markup.Html(f"<ins>{new}</ins>"),
        t(KINDS[change.kind]),
    ]
    return cells if classes is None else [*cells, class_name(classes.get(change.path, ""))]


def _label(node: Node | None, change: Change) -> str:
    last = change.path.rpartition(".")[2]
    if node is None:
        return last
    return (
        f"{words.label(node)} · {words.language_name(last)}"
        if node.kind == "words" and last in LANGUAGES
        else words.label(node)
    )


def _value(node: Node | None, change: Change, side: str) -> str:
    held = getattr(change, side)
    if held is None:
        return "–"
    if node is None or change.kind == "order":
        return escape(
            ", ".join(held) if isinstance(held, list) and all(isinstance(i, str) for i in held) else str(held)
        )
    return escape(held) if isinstance(held, str) and node.kind == "words" else protocol_view.value_html(node, held)
