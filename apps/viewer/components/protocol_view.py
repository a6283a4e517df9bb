"""A protocol to be read: its sections with every answer in words, and what the public does not see marked as such.

Belongs here: answers → markup, all of it escaped. Does not: which version (pages), who may see what
(experiments.registry.visibility). Texts of the protocol stand in the reader's language first, the other language below it;
each carries its `lang`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.components.form import answers, words
from apps.viewer.components.form.content import Content, blank
from apps.viewer.components.form.shape import Node, sections
from apps.viewer.language import HTML_LANG, LANGUAGES, number, spoken, t


def show(content: Content, *, withheld: Collection[str] = (), only: str | None = None, judged: bool = False) -> None:
    """Show a protocol document.

    Parameters
    ----------
    content
        As JSON values, complete or not.
    withheld
        Top-level fields whose answers this reader does not get; their question stays, with the reason.
    only
        One section's letter; None for all.
    judged
        Whether to show, for reviewers, how each answer is judged; unanswered questions are shown as well.
    """
    for letter, nodes in sections().items():
        if only in (None, letter):
            said = [part for node in nodes if (part := _question(node, content, withheld, judged))]
            st.html(_section(letter, said, opened=judged or letter == "A"))


def _section(letter: str, said: Sequence[str], *, opened: bool) -> str:
    """Return one section, folded unless it is to be read through: a whole plan is twenty screens long."""
    nothing = f'<p class="zl-note">{escape(t("Nothing is answered here yet."))}</p>'
    title = f"{letter} · {words.section_title(letter)}"
    count = t("answers: {n}", n=number(len(said)))
    return (
        f'<details class="zl-protocol" id="section-{letter}"{" open" if opened else ""}>'
        f'<summary><h2>{escape(title)}</h2> <span class="zl-note">{escape(count)}</span></summary>'
        f"{''.join(said) or nothing}</details>"
    )


def public_note(node: Node) -> str:
    """Return when the public sees an answer; empty when it does at once."""
    said = {"after_embargo": t("Hidden until the embargo ends."), "never": t("Never shown to the public.")}
    return said.get(str(node.facts.get("public_default", "")), "")


def _question(node: Node, content: Content, withheld: Collection[str], judged: bool) -> str:  # noqa: FBT001
    held = content.get(node.name)
    empty = held is None or (blank(held) and not isinstance(held, dict))
    if empty and not judged and node.name not in withheld:
        return ""
    head = f'<h3><span class="zl-qn">{escape(words.number_of(node.name))}</span> {escape(words.label(node))}</h3>'
    note, told = public_note(node), words.told(node, "judged") if judged else ""
    head += f'<p class="zl-hidden">{escape(note)}</p>' if note else ""
    head += (
        f'<p class="zl-judged"><strong>{escape(t("How reviewers judge this"))}</strong> {escape(told)}</p>'
        if told
        else ""
    )
    if node.name in withheld:
        return f"<div>{head}</div>"
    said = f'<p class="zl-note">{escape(t("Not answered."))}</p>' if empty else value_html(node, held)
    return f"<div>{head}{said}</div>"


def value_html(node: Node, held: Any) -> str:  # noqa: ANN401 -- whatever a protocol may hold
    """Return an answer as markup."""
    if held is None or held in ("", []):
        return escape(t("None")) if held == [] else "–"
    if node.kind == "words" and isinstance(held, Mapping):
        return _words(held)
    if node.kind == "group" and isinstance(held, Mapping):
        return _fields(node.fields, held)
    if node.kind == "cards" and isinstance(held, list):
        items = "".join(f"<li>{_card(node, place, item)}</li>" for place, item in enumerate(held))
        return f'<ol class="zl-items">{items}</ol>'
    return _plain(node, held)


def _card(node: Node, place: int, item: object) -> str:
    head = f"<h4>{escape(words.item_title(node, place, item))}</h4>"
    return head + (_fields(node.fields, item) if isinstance(item, Mapping) else escape(str(item)))


def _fields(nodes: Sequence[Node], held: Mapping[str, object]) -> str:
    rows = "".join(
        f"<div><dt>{escape(words.label(node))}</dt><dd>{value_html(node, held[node.name])}</dd></div>"
        for node in nodes
        if _says(node, held.get(node.name))
    )
    return f'<dl class="zl-fields">{rows}</dl>'


def _says(node: Node, held: object) -> bool:
    return held is not None and (not blank(held) or (held == [] and node.required))


def _words(held: Mapping[str, object]) -> str:
    order = [spoken(), *(code for code in LANGUAGES if code != spoken())]
    said = [(code, str(held[code])) for code in order if str(held.get(code) or "").strip()]
    return "".join(
        f'<p class="{"zl-said" if place == 0 else "zl-other"}" lang="{HTML_LANG[code]}">{escape(text)}</p>'
        for place, (code, text) in enumerate(said)
    )


def _plain(node: Node, held: Any) -> str:  # noqa: ANN401
    if node.kind in ("choice", "flag", "fixed"):
        return escape(words.value(node, held))
    if node.kind == "choices" and isinstance(held, list):
        return escape(t(", ").join(words.value(node, code) for code in held))
    if node.kind in ("texts", "pair") and isinstance(held, list):
        return " ".join(markup.code(item).text for item in held)
    if node.kind in ("integer", "number") and isinstance(held, int | float):
        return escape(number(held) if isinstance(held, int) else f"{held:g}")
    if node.kind in ("table", "document") and isinstance(held, dict):
        return f'<pre class="zl-pre" tabindex="0">{escape(str(answers.shown(node, held)))}</pre>'
    return markup.code(held).text if _is_code(node) else escape(str(held))


def _is_code(node: Node) -> bool:
    return node.name.endswith(("_id", "_sha256")) or node.name in ("id", "user", "expr", "filter", "path", "commit")
