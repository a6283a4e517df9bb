"""What the form calls things: questions from the schema's facts, parts and codes from the protocol's vocabulary.

Belongs here: looking words up in the screen's language. Does not: the words (experiments.registry), sentences of the pages
(locale).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.viewer.components.form.shape import Node, sections
from apps.viewer.language import own, spoken, t
from data.reference import zones
from experiments.registry.fields import sections as declared
from experiments.registry.vocabulary import field_name, value_name

_NAMING = ("id", "arm_id", "zone_id", "wave_id", "user", "org", "practice", "group", "text_id")
_GIVES = {"en": "English", "zh": "中文"}


def label(node: Node) -> str:
    """Return what the answer is called."""
    return told(node, "label") or field_name(node.part, node.name).get(spoken())


def told(node: Node, what: str) -> str:
    """Return one of the facts `label`, `guidance`, `judged`, `example`; empty where nothing was declared."""
    found: Any = node.facts.get(what)
    return own(found) if isinstance(found, Mapping) else str(found or "")


def value(node: Node, code: object) -> str:
    """Return what a code means."""
    if isinstance(code, bool):
        return yes_no(said=code)
    return value_name(node.part, node.name, str(code)).get(spoken())


def yes_no(*, said: bool) -> str:
    """Return yes or no."""
    return t("Yes") if said else t("No")


def section_title(letter: str) -> str:
    """Return the title of a section without its letter."""
    return own({section.key: section.title for section in declared()}[letter])  # type: ignore[index, unused-ignore]


def number_of(name: str) -> str:
    """Return the number of a top-level question, such as F1; empty for a field that nobody is asked for."""
    for letter, nodes in sections().items():
        for place, node in enumerate(nodes, start=1):
            if node.name == name:
                return f"{letter}{place}"
    return ""


def item_title(node: Node, position: int, content: object) -> str:
    """Return what one of several parts is called: its number, and its id or first words where it has any."""
    found = content if isinstance(content, Mapping) else {}
    name = next((name for name in _NAMING if found.get(name)), "")
    said = _meant(node, name, str(found[name])) if name else ""
    return f"{label(node)} {position + 1}" + (f" · {said}" if said else "")


def _meant(node: Node, name: str, code: str) -> str:
    """Return an id as it is, and the words of a code that only the platform writes."""
    if name == "zone_id" and code in zones():
        return own(zones()[code].name)
    inner = next((inner for inner in node.fields if inner.name == name), None)
    return value(inner, code) if inner is not None and inner.kind == "choice" else code


def language_name(code: str) -> str:
    """Return the name of a language in itself."""
    return _GIVES[code]
