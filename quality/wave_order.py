"""Which wave comes before which: numbers within the names count as numbers, so W10 follows W9 and 2023Q1 follows 2022Q4.

Belongs here: the order of wave names. Does not: what is compared between waves (across_waves).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NUMBER = re.compile(r"(\d+)")


def wave_order(wave: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts wave names.

    >>> sorted(["W10", "W2", "2023Q1", "2022Q4"], key=wave_order)
    ['W2', 'W10', '2022Q4', '2023Q1']
    """
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in NUMBER.split(wave) if part)


def latest_before(wave: str, waves: Iterable[str]) -> str | None:
    """Return the last of `waves` that comes before `wave`; None if there is none.

    >>> latest_before("W3", ["W1", "W2", "W4"]), latest_before("W1", ["W1"])
    ('W2', None)
    """
    earlier = [other for other in waves if wave_order(other) < wave_order(wave)]
    return max(earlier, key=wave_order, default=None)
