"""The threshold for single counts and shares (R1): what a page shows of one number, without a table around it.

Belongs here: counts and shares one at a time. Does not: tables, whose cells give each other away (gate), wording (apps.viewer).
`MIN_CELL` is held equal to the threshold of policy.yml by a test.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

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


K = TypeVar("K")


def line_held(counts: Mapping[K, int], small: Collection[K]) -> frozenset[K]:
    """Return which cells of one line are held back, whose total may be known: the small ones, and others until nothing follows.

    What `quality.disclosure.gate` proves for a table of one dimension, without a solver: of the cells held back each may be
    anything from 0 to their sum, so two of them that hold `MIN_CELL` together leave every one uncertain enough.

    Parameters
    ----------
    counts
        Cell → what is printed of it. A cell of 0 is never held back for another.
    small
        The cells that rest on too few units.

    >>> sorted(line_held({"a": 50, "b": 3, "c": 20}, {"b"}))
    ['b', 'c']
    """
    held = set(small)
    rest = sorted((key for key, count in counts.items() if key not in held and count > 0), key=lambda key: counts[key])
    while held and rest and (len(held) == 1 or sum(counts[key] for key in held) < MIN_CELL):
        held.add(rest.pop(0))
    return frozenset(held)


def count_shown(units: int) -> int | None:
    """Return the count, or None if it is between 1 and `MIN_CELL` - 1.

    >>> count_shown(0), count_shown(9), count_shown(10)
    (0, None, 10)
    """
    return None if 0 < units < MIN_CELL else units
