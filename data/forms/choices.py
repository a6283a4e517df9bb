"""Choice lists: code → label in both languages, which of them say why there is no answer, and codes that mean two things.

Belongs here: one list of a form. Does not: the question that uses it (questions).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.forms.languages import both, by_language
from data.messages import Text

REASONS = {
    "dont_know": r"(i )?(do ?n.?t|do not) know|dk|not sure|不知道|不清楚|不确定|说不清",
    "refused": (
        r"refus\w*( to (answer|say))?|declin\w*( to answer)?|prefers? not to (answer|say)|no answer"
        "|拒答|拒绝(回答)?|不愿(意)?回答"
    ),
    "not_applicable": r"not applicable|n/?a|does not apply|不适用",
}


@dataclass(frozen=True)
class Choices:
    """`codes`: answers; `missing`: codes that say why there is none; `other`: language → code → label; `twice`: see `choices`."""

    codes: dict[str, Text]
    missing: dict[str, str] = field(default_factory=dict)
    other: dict[str, dict[str, str]] = field(default_factory=dict)
    twice: tuple[str, ...] = ()


def choices(listed: Sequence[Mapping[str, Any]]) -> Choices:
    """Return a choice list; a code that stands twice under different labels takes both and is named in `twice`.

    >>> choices([{"name": "1", "label": "Yes"}, {"name": "-9", "label": "Don't know"}]).missing
    {'-9': 'dont_know'}
    """
    found: dict[str, Text] = {}
    missing: dict[str, str] = {}
    other: dict[str, dict[str, str]] = {}
    twice: list[str] = []
    for each in listed:
        code, spoken = str(each["name"]), by_language(each.get("label"))
        label = both(spoken, code)
        if code in found and found[code] != label:
            twice.append(code)
            label = Text(en=f"{found[code].en} | {label.en}", zh=f"{found[code].zh} | {label.zh}")
        found[code] = label
        reason = reason_of(*spoken.values())
        if reason is not None:
            missing[code] = reason
        for language in set(spoken) - {"en", "zh"}:
            other.setdefault(language, {})[code] = spoken[language]
    if len(missing) == len(found):  # nothing but reasons: a question about them, not an answer that is missing
        missing = {}
    return Choices(found, missing, other, tuple(dict.fromkeys(twice)))


def reason_of(*labels: str) -> str | None:
    """Return the missing reason that a choice's label states, None for an answer.

    >>> reason_of("Refuses to Answer"), reason_of("不知道"), reason_of("Refused treatment")
    ('refused', 'dont_know', None)
    """
    for label in labels:
        for reason, pattern in REASONS.items():
            if re.fullmatch(rf"(?:{pattern})[.!]?", label.strip().casefold().replace("’", "'")):
                return reason
    return None


def are_whole(codes: Sequence[str]) -> bool:
    """Whether all codes are whole numbers as they are written, so that the column can be one."""
    return bool(codes) and all(re.fullmatch(r"-?(0|[1-9]\d{0,8})", code) for code in codes)
