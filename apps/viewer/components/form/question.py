"""One question of the form: number, title, help, example and how reviewers judge it, then the answer and its problems.

Belongs here: the frame around an answer. Does not: the answer (parts, widgets), the words (the schema's facts).
"""

from __future__ import annotations

from html import escape

import streamlit as st

from apps.viewer.components.form import parts, words
from apps.viewer.components.form.judge import needed
from apps.viewer.components.form.parts import Form
from apps.viewer.components.form.shape import Node
from apps.viewer.language import t


def show(form: Form, node: Node) -> None:
    """Show a question with its answer."""
    title = words.label(node)
    number = words.number_of(node.name)
    with st.container(key=f"zl_question_{node.name}"):
        st.html(_head(node, number, title))
        label = "" if node.kind == "words" else f"{number} {title}"
        parts.answer(form, node, (node.name,), label=label or title, hidden=node.kind != "fixed")
        rest = [item for item in form.judged.of(node.name) if item.path not in form.told]
        parts.problem_lines(rest, with_path=True)
        if form.draft.tried and node.name in form.judged.missing:
            st.html(
                f'<p class="zl-missing" role="status">{escape(t("This answer is needed before you can submit."))}</p>'
            )


def _head(node: Node, number: str, title: str) -> str:
    return (
        f'<div class="zl-question"><h3><span class="zl-qn">{escape(number)}</span> {escape(title)}{_need(node)}</h3>'
        f"{_help(node)}{_folded(node)}</div>"
    )


def _need(node: Node) -> str:
    if needed(node, "S"):
        return f' <span class="zl-need">{escape(t("needed to submit"))}</span>'
    return f' <span class="zl-need">{escape(t("needed to register"))}</span>' if needed(node, "R") else ""


def _help(node: Node) -> str:
    said = words.told(node, "guidance")
    hidden = _hidden_until(node)
    return (f"<p>{escape(said)}</p>" if said else "") + (f'<p class="zl-hidden">{escape(hidden)}</p>' if hidden else "")


def _hidden_until(node: Node) -> str:
    said = {"after_embargo": t("Hidden until the embargo ends."), "never": t("Never shown to the public.")}
    return said.get(str(node.facts.get("public_default", "")), "")


def _folded(node: Node) -> str:
    pairs = ((t("Example"), words.told(node, "example")), (t("How reviewers judge this"), words.told(node, "judged")))
    inner = "".join(
        f"<details><summary>{escape(head)}</summary><div>{escape(said)}</div></details>" for head, said in pairs if said
    )
    return f'<div class="zl-folded">{inner}</div>' if inner else ""
