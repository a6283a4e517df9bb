"""What a verification found wrong: where, and what in both languages.

Belongs here: the `Problem` record shared by the ledger, the lake, generations and releases. Does not: problems of an
uploaded file (quality.check has its own, with row and column).
"""

from __future__ import annotations

from dataclasses import dataclass

from data.messages import Text


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was recorded. `where` names a place (`ledger/7`, `lake/clinic_visit/part-…`)."""

    where: str
    what: Text


def problem(where: str, en: str, zh: str) -> Problem:
    """Return a `Problem` from the two sentences.

    >>> problem("ledger/3", "was edited", "被改动").what.en
    'was edited'
    """
    return Problem(where, Text(en=en, zh=zh))
