"""Rounding (R6), after suppression and noise: counts to a base, rates from rounded counts, sums and estimates to few figures.

Belongs here: pure functions on numbers. Does not: which numbers are shown at all.
"""

from __future__ import annotations

import math


def to_base(count: float, base: int) -> int:
    """Return a count rounded to the next multiple of `base`, halves up.

    >>> [to_base(n, 5) for n in (0, 12, 13, 1203)]
    [0, 10, 15, 1205]
    """
    return base * math.floor(count / base + 0.5)


def midpoint(count: int, base: int) -> int:
    """Return the midpoint of the run of `base` numbers that a count lies in; 0 stays 0.

    >>> [midpoint(n, 6) for n in (0, 1, 6, 7, 50)]
    [0, 3, 3, 9, 51]
    """
    return 0 if count == 0 else base * math.ceil(count / base) - base // 2


def figures(value: float, digits: int) -> float:
    """Return a number with `digits` significant figures.

    >>> figures(31.4159, 3), figures(1987.6, 3), figures(0.0, 3)
    (31.4, 1990.0, 0.0)
    """
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def rate(part: int, whole: int) -> float | None:
    """Return a rate of two rounded counts; None where nobody is in the whole.

    >>> rate(45, 80), rate(0, 0)
    (0.5625, None)
    """
    return None if whole == 0 else part / whole
