"""When a question was asked: the part of XLSForm's `relevant` expressions that can be decided from one row.

Belongs here: the grammar (`${a} = 'x'`, `!=`, `<`, `<=`, `>`, `>=`, numbers or quoted texts, `selected(${a}, 'x')`, `not(…)`,
`and`, `or`, parentheses) and its tree. Anything else is refused, so that nobody takes a routing rule for carried over that was
not. Does not: SQL (quality.asked), forms (xlsform).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

TOKEN = re.compile(
    r"\s*(?:(?P<name>\$\{[^}]+\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)|(?P<sign><=|>=|!=|=|<|>)"
    r"|(?P<word>and|or|not|selected)\b|(?P<mark>[(),]))"
)
Sign = Literal["=", "!=", "<", "<=", ">", ">="]


class RoutingError(ValueError):
    """The expression says more than this grammar knows."""


@dataclass(frozen=True)
class Compare:
    """A column against a constant; `number` says that both are compared as numbers."""

    column: str
    sign: Sign
    value: str
    number: bool


@dataclass(frozen=True)
class Selected:
    """A code among the blank-separated codes of a column."""

    column: str
    code: str


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: Node


@dataclass(frozen=True)
class Join:
    """All parts, or any of them."""

    word: Literal["and", "or"]
    parts: tuple[Node, ...]


Node = Compare | Selected | Not | Join


def parse(expression: str) -> Node:
    """Return the tree of a routing expression.

    Raises
    ------
    RoutingError
        It holds something that the grammar does not know.

    >>> parse("${age} >= 18 and selected(${tool}, 'chat')").word
    'and'
    """
    reader = _Reader(_tokens(expression))
    tree = reader.either()
    if reader.rest:
        raise RoutingError(f"cannot be decided from one row: {expression}")
    return tree


def mentioned(tree: Node) -> frozenset[str]:
    """Return the columns that a tree speaks of.

    >>> sorted(mentioned(parse("${a} = 1 or not(${b} = 'x')")))
    ['a', 'b']
    """
    if isinstance(tree, Join):
        return frozenset().union(*(mentioned(part) for part in tree.parts))
    return mentioned(tree.part) if isinstance(tree, Not) else frozenset([tree.column])


def _tokens(expression: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(expression.rstrip()):
        match = TOKEN.match(expression, place)
        if match is None:
            raise RoutingError(f"cannot be decided from one row: {expression}")
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        place = match.end()
    return found


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.rest = tokens

    def either(self) -> Node:
        return self._joined("or")

    def _joined(self, word: Literal["and", "or"]) -> Node:
        parts = [self._part(word)]
        while self.rest and self.rest[0] == ("word", word):
            self._next()
            parts.append(self._part(word))
        return parts[0] if len(parts) == 1 else Join(word, tuple(parts))

    def _part(self, word: Literal["and", "or"]) -> Node:
        return self._joined("and") if word == "or" else self._single()

    def _single(self) -> Node:
        kind, text = self._next()
        if text in ("(", "not"):
            if text == "not":
                self._take("mark", "(")
            inner = self.either()
            self._take("mark", ")")
            return Not(inner) if text == "not" else inner
        if text == "selected":
            return self._selected()
        if kind != "name":
            raise RoutingError(f"a condition cannot begin with {text}")
        return self._comparison(_column(text))

    def _selected(self) -> Node:
        self._take("mark", "(")
        column = _column(self._take("name"))
        self._take("mark", ",")
        kind, text = self._next()
        if kind not in ("text", "number"):
            raise RoutingError(f"selected() of {column} names {text}")
        code = text[1:-1] if kind == "text" else text
        self._take("mark", ")")
        return Selected(column, code)

    def _comparison(self, column: str) -> Node:
        sign = self._take("sign")
        kind, text = self._next()
        if kind not in ("text", "number"):
            raise RoutingError(f"{column} is compared with {text}")
        number = kind == "number"
        if not number and sign not in ("=", "!="):
            raise RoutingError(f"{column} is compared with a text by {sign}")
        return Compare(column, cast("Sign", sign), text if number else text[1:-1], number)

    def _next(self) -> tuple[str, str]:
        if not self.rest:
            raise RoutingError("the condition ends too early")
        token, self.rest = self.rest[0], self.rest[1:]
        return token

    def _take(self, kind: str, text: str | None = None) -> str:
        found = self._next()
        if found[0] != kind or (text is not None and found[1] != text):
            raise RoutingError(f"{text or kind} is missing before {found[1]}")
        return found[1]


def _column(name: str) -> str:
    return name[2:-1].strip()
