"""Routing in SQL: whether a question was asked of a row.

Belongs here: the tree of `data.contracts.routing` → one SQL condition over the cleaned texts. Does not: the grammar.
XPath's rules hold: an empty answer is the empty text, and no number is equal to, above or below it.
"""

from __future__ import annotations

from data.contracts import Column
from data.contracts.routing import Compare, Join, Node, Not, Selected, parse
from data.duck import quote_text
from quality.names import names


def was_asked(column: Column) -> str:
    """Return the condition that `column` was asked of a row; "true" where it has no routing."""
    return "true" if column.asked_if is None else f"({_condition(parse(column.asked_if))})"


def _condition(node: Node) -> str:
    if isinstance(node, Join):
        return "(" + f" {node.word} ".join(_condition(part) for part in node.parts) + ")"
    if isinstance(node, Not):
        return f"not {_condition(node.part)}"
    text = f"coalesce({names(node.column).text}, '')"
    if isinstance(node, Selected):
        return f"list_contains(string_split({text}, ' '), {quote_text(node.code)})"
    return _comparison(node, text)


def _comparison(node: Compare, text: str) -> str:
    sign = "<>" if node.sign == "!=" else node.sign
    if not node.number:
        return f"({text} {sign} {quote_text(node.value)})"
    return f"coalesce(try_cast({text} as double) {sign} {float(node.value)!r}, {str(node.sign == '!=').lower()})"
