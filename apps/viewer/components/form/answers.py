"""Between a widget and the draft: what a widget shows for an answer, and what is kept of what was typed.

Belongs here: pure conversions. Does not: drawing widgets. What cannot be read as its kind is kept as typed, so that the
checker can say what is wrong with it and nothing is lost.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from apps.viewer.components.form.shape import Node
from data.yaml_text import read_yaml

_BETWEEN = re.compile(r"[,，;；、\n]")


def shown(node: Node, held: Any) -> Any:  # noqa: ANN401 -- whatever a protocol may hold
    """Return the widget's value for an answer.

    >>> shown(Node("texts", "", "keywords"), ["wait", "AI"])
    'wait, AI'
    """
    if node.kind in ("text", "date"):
        return str(node.default or "") if held is None else str(held)
    if node.kind in ("choice", "flag"):
        return held if held in ((True, False) if node.kind == "flag" else node.options) else node.default
    if node.kind == "choices":
        return [code for code in held if code in node.options] if isinstance(held, list) else []
    if node.kind in ("integer", "number"):
        return _number(node, node.default if held is None else held)
    if isinstance(held, str):
        return held
    return {"texts": _listed, "table": _lines, "document": _yaml}[node.kind](held)


def kept(node: Node, typed: Any) -> Any:  # noqa: ANN401
    r"""Return the answer to keep for what a widget holds; None where it says nothing.

    >>> kept(Node("table", "", "per_arm", inner="integer"), "ai = 23\nusual: 24")
    {'ai': 23, 'usual': 24}
    >>> kept(Node("table", "", "per_arm", inner="integer"), "twenty")
    'twenty'
    """
    if isinstance(typed, str):
        typed = typed.strip()
    if typed is None or typed in ("", []):
        return None
    if node.kind == "texts":
        return split(typed)
    if node.kind == "table":
        return _table(node, typed)
    return _document(typed) if node.kind == "document" else typed


def split(typed: str) -> list[str]:
    """Return the parts of a list typed with commas (also full-width), semicolons or line breaks between."""
    return [part.strip() for part in _BETWEEN.split(typed) if part.strip()]


def _number(node: Node, held: Any) -> float | int | None:  # noqa: ANN401
    if isinstance(held, bool) or not isinstance(held, int | float):
        return None
    return int(held) if node.kind == "integer" and held == int(held) else float(held)


def _listed(held: Any) -> str:  # noqa: ANN401
    return ", ".join(str(item) for item in held) if isinstance(held, list) else ""


def _lines(held: Any) -> str:  # noqa: ANN401
    if not isinstance(held, dict):
        return ""
    return "\n".join(f"{name} = {_listed(said) if isinstance(said, list) else said}" for name, said in held.items())


def _yaml(held: Any) -> str:  # noqa: ANN401
    if not held:
        return ""
    return str(yaml.safe_dump(held, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100))


def _table(node: Node, typed: str) -> Any:  # noqa: ANN401
    read: dict[str, Any] = {}
    for line in filter(None, (part.strip() for part in typed.splitlines())):
        name, sign, said = (part.strip() for part in _parted(line))
        if not sign or not name or (value := _inner(node.inner, said)) is None:
            return typed
        read[name] = value
    return read


def _parted(line: str) -> tuple[str, str, str]:
    found = re.match(r"^([^=:：]*)([=:：])(.*)$", line)
    return (found[1], found[2], found[3]) if found else (line, "", "")


def _inner(kind: str, said: str) -> Any:  # noqa: ANN401
    if kind == "array":
        return split(said)
    if kind == "string":
        return said
    try:
        return int(said) if kind == "integer" else float(said)
    except ValueError:
        return None


def _document(typed: str) -> Any:  # noqa: ANN401
    try:
        read = read_yaml(typed)
    except yaml.YAMLError:
        return typed
    return read if isinstance(read, dict) else typed
