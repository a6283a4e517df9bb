"""Sums that one or two contributors dominate (R3): whoever knows their own figure would know the other's.

Belongs here: the two tests, and the two largest contributions of a set. Does not: complementary cells.
"""

from __future__ import annotations

from collections.abc import Mapping

from quality.disclosure.outputs import Amount
from quality.disclosure.policy import Policy


def dominated(amount: Amount, policy: Policy) -> bool:
    """Whether a sum is held back: its two largest hold more than 90 % of it, or the rest is below 10 % of the largest.

    >>> from quality.disclosure.outputs import Cell
    >>> from quality.disclosure.policy import load_policy
    >>> [dominated(Amount(100.0, Cell(20, 20), x, y), load_policy()) for x, y in ((60, 35), (30, 10))]
    [True, False]
    """
    total = abs(amount.total)
    if amount.cell.units == 0:
        return False
    rest = total - amount.largest - amount.second
    return amount.largest + amount.second > policy.two_share * total or rest < policy.p_percent * amount.largest


def contributions(by_unit: Mapping[object, float]) -> tuple[float, float, float, bool]:
    """Return total, the two largest absolute contributions, and whether signs are mixed.

    >>> contributions({"a": 5.0, "b": 2.0, "c": 1.0})
    (8.0, 5.0, 2.0, False)
    """
    sizes = [*sorted((abs(value) for value in by_unit.values()), reverse=True), 0.0, 0.0]
    signs = {value > 0 for value in by_unit.values() if value}
    return sum(by_unit.values()), sizes[0], sizes[1], len(signs) > 1
