"""The threshold for single counts and shares (R1): what a page shows of one number, without a table around it.

Belongs here: counts and shares one at a time. Does not: tables, whose cells give each other away (gate), wording (apps.viewer).
`MIN_CELL` is held equal to the threshold of policy.yml by a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MIN_CELL = 10
"""Fewest distinct units a shown cell may rest on."""


@dataclass(frozen=True)
class Share:
    """A share that may be shown: `value` is safe, `kind` says how it is to be read.

    ``exact``: the share itself · ``above`` / ``below``: only a bound that follows from the denominator · ``hidden``: nothing.
    `units` is None when hidden.
    """

    kind: Literal["exact", "above", "below", "hidden"]
    value: float | None
    units: int | None


def share(count: int, units: int) -> Share:
    """Return `count / units` as far as it may be shown.

    A cell needs `MIN_CELL` distinct units, and so do the share's numerator and its complement; a complement or a numerator of
    0 is a structural zero of the design (everybody was seen). A share too close to 0 or 1 is told as a bound on the
    denominator alone.

    Examples
    --------
    >>> share(60, 80).value
    0.75
    >>> share(78, 80)
    Share(kind='above', value=0.875, units=80)
    >>> share(3, 80).kind, share(5, 9).kind, share(80, 80).value
    ('below', 'hidden', 1.0)
    """
    if units < MIN_CELL:
        return Share("hidden", None, None)
    rest = units - count
    if 0 < rest < MIN_CELL:
        return Share("above", (units - MIN_CELL) / units, units) if count >= MIN_CELL else Share("hidden", None, None)
    if 0 < count < MIN_CELL:
        return Share("below", MIN_CELL / units, units)
    return Share("exact", count / units, units)


def count_shown(units: int) -> int | None:
    """Return the count, or None if it is between 1 and `MIN_CELL` - 1.

    >>> count_shown(0), count_shown(9), count_shown(10)
    (0, None, 10)
    """
    return None if 0 < units < MIN_CELL else units
