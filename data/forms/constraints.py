"""What a form's constraint on one answer says of a column: a range, codes beside it, a pattern. Anything else is not kept.

Belongs here: the grammar (`. >= 0 and . <= 120`, `. = -999 or (…)`, `regex(., '…')`). Does not: conditions on other answers
(data.contracts.routing decides when a question is asked).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

NUMBER = r"(-?\d+(?:\.\d+)?)"
SPLIT = {word: re.compile(rf"\s+{word}\s+") for word in ("or", "and")}
COMPARISON = re.compile(rf"^\.\s*(=|<=|>=|<|>)\s*{NUMBER}$")
TURNED = re.compile(rf"^{NUMBER}\s*(=|<=|>=|<|>)\s*\.$")
MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
PATTERN = re.compile(r"^regex\(\s*\.\s*,\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)$")


@dataclass(frozen=True)
class Bounds:
    """`alone`: single values allowed beside the range; `open`: bounds that the range itself leaves out."""

    minimum: float | None = None
    maximum: float | None = None
    alone: tuple[str, ...] = ()
    pattern: str | None = None
    open: tuple[float, ...] = ()


def bounds(constraint: str, *, whole: bool) -> Bounds | None:
    """Return what a constraint says, None where the grammar does not reach.

    >>> bounds(". = -888 or . = -999 or (. >= 0 and . <= 120)", whole=True)
    Bounds(minimum=0.0, maximum=120.0, alone=('-888', '-999'), pattern=None, open=())
    >>> bounds(". <= ${size}", whole=True) is None
    True
    """
    pattern = PATTERN.match(constraint.strip())
    if pattern:
        return Bounds(pattern=pattern[1] if pattern[1] is not None else pattern[2])
    ranges: list[Bounds] = []
    alone: list[str] = []
    for part in SPLIT["or"].split(_bare(constraint)):
        found = _range(_bare(part), whole=whole)
        if found is None:
            return None
        if found.minimum is not None and found.minimum == found.maximum:
            alone.append(f"{found.minimum:g}")
        else:
            ranges.append(found)
    if len(ranges) > 1:
        return None
    return replace(ranges[0] if ranges else Bounds(), alone=tuple(alone))


def _bare(text: str) -> str:
    """Strip parentheses that enclose the whole text."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _encloses(text):
        text = text[1:-1].strip()
    return text


def _encloses(text: str) -> bool:
    depth = 0
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return place == len(text) - 1
    return False


def _range(text: str, *, whole: bool) -> Bounds | None:
    low, high, left_out = None, None, []
    for part in SPLIT["and"].split(text):
        found = _comparison(_bare(part))
        if found is None:
            return None
        sign, value = found
        if sign in ("<", ">") and whole and value == int(value):
            value += 1 if sign == ">" else -1
        elif sign in ("<", ">"):
            left_out.append(value)
        if sign in (">", ">=", "="):
            low = value if low is None else max(low, value)
        if sign in ("<", "<=", "="):
            high = value if high is None else min(high, value)
    if low is not None and high is not None and low > high:
        return None
    return Bounds(low, high, open=tuple(left_out))


def _comparison(text: str) -> tuple[str, float] | None:
    straight, turned = COMPARISON.match(text), TURNED.match(text)
    if straight:
        return straight[1], float(straight[2])
    return (MIRROR[turned[2]], float(turned[1])) if turned else None
