"""Cell-key noise (R5): the same units give the same noise, other units other noise, from one fixed table.

Belongs here: keys of units, of cells and of populations; the table. Does not: when noise is due (differencing). The population is
part of a cell's key: were it not, the one cell that changes after a single withdrawal would tell where the person was.
"""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from math import exp

MOST = 5
SCALE = 6.2
"""Twice the variance before cutting at `MOST`: the variance of the table is 3."""
SPAN = 2**32


def unit_key(key: bytes, member: int) -> int:
    """Return the 32-bit key of a unit under a study's key, which never changes."""
    return int.from_bytes(hmac.digest(key, member.to_bytes(8, "big"), hashlib.sha256)[:4], "big")


def cell_key(key: bytes, members: Iterable[int]) -> int:
    """Return the sum of the units' keys.

    >>> cell_key(b"k", {1, 2}) == (cell_key(b"k", {1}) + cell_key(b"k", {2})) % SPAN
    True
    """
    return sum(unit_key(key, member) for member in members) % SPAN


def noise_of(key: bytes, cell: int, population: int, count: int) -> int:
    """Return the noise of a cell: within ±5, variance 3, never below minus its count.

    >>> noise_of(b"k", 12345, 99, 40) == noise_of(b"k", 12345, 99, 40)
    True
    """
    drawn = hmac.digest(key, f"{cell}|{population}".encode(), hashlib.sha256)[:4]
    return max(-count, table_value(int.from_bytes(drawn, "big")))


def table_value(drawn: int) -> int:
    """Return the entry of the fixed table for 32 uniform bits.

    >>> table_value(0), table_value(2**31), table_value(2**32 - 1)
    (-5, 0, 5)
    """
    return bisect(_bounds(), drawn) - MOST


@cache
def _bounds() -> tuple[int, ...]:
    weights = [exp(-value * value / SCALE) for value in range(-MOST, MOST + 1)]
    total = sum(weights)
    return tuple(round(SPAN * part / total) for part in accumulate(weights[:-1]))
