"""A value of a protocol on one line in one language, for tables on a screen.

Belongs here: shortening. Does not: the shapes (outline), full text (html, markdown).
"""

from __future__ import annotations

from data.messages import Language, Text
from experiments.registry.exchange.outline import Grid, Group, Groups, Node, Said, Series


def brief(node: Node, language: Language) -> str:
    """Return a value on one line; of a list of parts, how many there are and what they are called."""
    if isinstance(node, Said):
        return node.text.get(language)
    if isinstance(node, Series):
        return ", ".join(brief(item, language) for item in node.items)
    if isinstance(node, Group):
        return "; ".join(_named(node, label, brief(value, language), language) for label, value in node.rows)
    if isinstance(node, Grid):
        return _counted([brief(row[0], language) if row[0] is not None else "–" for row in node.rows])
    if isinstance(node, Groups):
        return _counted([item.title or brief(item, language) for item in node.items])
    return node.text.get(language)


def in_both(node: Node) -> Text:
    """Return a value on one line in each language."""
    return Text(en=brief(node, "en"), zh=brief(node, "zh"))


def _named(group: Group, label: Text, value: str, language: Language) -> str:
    return value if group.compact and label.en != label.zh else f"{label.get(language)}: {value}"


def _counted(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)}: {', '.join(names)}"
