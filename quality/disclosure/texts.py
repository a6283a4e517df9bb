"""Text (R11): its numbers are placeholders bound to released objects; a free number is flagged.

Belongs here: binding and filling. Does not: scanning files (files).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter

from quality.disclosure.messages import WHY
from quality.disclosure.outputs import TextOf
from quality.disclosure.policy import Policy
from quality.disclosure.verdict import Decision, Released, accepted, refused
from quality.privacy import has_personal_number

DIGITS = re.compile(r"\d|[〇零一二三四五六七八九十百千两]+(?=[名人个家位])")
FREE = re.compile(
    r"\b(?:SE-\d{4}-\d{4}|R\d{1,2}|W\d{1,2}|H\d{1,2}|PM2\.5|(?:19|20)\d{2}(?:-\d{2}(?:-\d{2})?)?)\b|95\s?%"
)
"""Numbers that name things (protocols, rules, waves, hypotheses, years) and the level of intervals."""
WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine)\s+(?:person|people|participant|worker|woman|man|firm|clinic)",
    re.IGNORECASE,
)


def judge_text(output: TextOf, policy: Policy, is_released: Callable[[object], bool]) -> Decision:
    """Judge a text; accepted, it is filled with the released numbers."""
    del policy
    names = [name for _, name, _, _ in Formatter().parse(output.template) if name is not None]
    plain = "".join(part for part, *_ in Formatter().parse(output.template))
    if has_personal_number(plain):
        return _no(output, "personal")
    if DIGITS.search(FREE.sub("", plain)) or WORDS.search(plain):
        return _no(output, "free_number")
    values: dict[str, object] = {}
    for name in names:
        released, key = output.bound.get(name, (None, ()))
        if not is_released(released) or released.values.get(key) is None:
            return _no(output, "placeholder")
        values[name] = released.values[key]
    return accepted(Released("text", output.about, {("text",): _filled(output.template, values)}, {}))


def _filled(template: str, values: Mapping[str, object]) -> str:
    return template.format(**values)


def _no(output: TextOf, reason: str) -> Decision:
    return refused("R11", "E-SDC-11", evidence={"why": reason}, what=output.about.measure, why=WHY[reason])
