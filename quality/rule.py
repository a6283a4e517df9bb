"""One rule about a row: its code, its column, its SQL predicate.

Belongs here: the record and the words that several modules of rules share. Does not: which rules there are (rules, instruments).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from data.contracts import Column
from data.messages import Text
from quality.names import names

NAMED = re.compile(r'"[xvmn]_[^"]+"')


@dataclass(frozen=True)
class Rule:
    """`predicate` is true for a row that breaks the rule; `values` fill the message beside row, label and value.

    Within it, `x` columns are cleaned texts, `v` columns typed values and `m` columns missing statuses (see `check`).
    """

    code: str
    column: Column | None
    predicate: str
    values: dict[str, object] = field(default_factory=dict)


def is_own(rule: Rule) -> bool:
    """Whether a rule looks at no column but its own, so that it can be judged once for each distinct text."""
    if rule.column is None:
        return False
    return set(NAMED.findall(rule.predicate)) <= set(vars(names(rule.column)).values())


def listed(codes: Mapping[str, Text]) -> Text:
    """Return codes with their labels, for messages."""
    return Text(
        en=", ".join(f"{code} ({label.en})" for code, label in codes.items()),
        zh="、".join(f"{code}（{label.zh}）" for code, label in codes.items()),
    )
