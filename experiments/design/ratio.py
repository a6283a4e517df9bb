"""Shares of arms, exactly: ratio → fractions → counts in a block, with a drawn remainder.

Belongs here: arithmetic without rounding error, so that a declared 1:2 is 1/3 and 2/3. Does not: which unit gets which
arm (mechanisms).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import floor, isfinite

from experiments.design.messages import refusal

Shares = tuple[Fraction, ...]


def shares_of(ratio: Mapping[str, float], names: Sequence[str]) -> Shares:
    """Return the share of each name; without a ratio all are equal, and a name that the ratio leaves out has weight 1.

    >>> shares_of({"a": 1, "b": 2}, ["a", "b"])
    (Fraction(1, 3), Fraction(2, 3))

    Raises
    ------
    Refused
        E-ASSIGN-06: the ratio names something else, or a weight is not above 0.
    """
    known = ", ".join(names)
    unknown = sorted(set(ratio) - set(names))
    if unknown:
        listed = ", ".join(unknown)
        raise refusal("E-ASSIGN-06", reason=f"it names {listed}", reason_zh=f"其中有 {listed}", known=known)
    weights = [ratio.get(name, 1.0) for name in names]
    if not all(isfinite(weight) and weight > 0 for weight in weights):
        raise refusal("E-ASSIGN-06", reason="a weight is not above 0", reason_zh="存在不大于 0 的权重", known=known)
    exact = [Fraction(repr(float(weight))) for weight in weights]
    return tuple(weight / sum(exact) for weight in exact)


@lru_cache(maxsize=4096)
def whole_and_rest(size: int, shares: Shares) -> tuple[tuple[int, ...], Shares]:
    """Return how many of `size` units each arm gets for certain, and each arm's chance of one more.

    >>> whole_and_rest(5, (Fraction(1, 2), Fraction(1, 2)))
    ((2, 2), (Fraction(1, 2), Fraction(1, 2)))
    """
    wanted = [size * share for share in shares]
    whole = tuple(floor(number) for number in wanted)
    return whole, tuple(number - least for number, least in zip(wanted, whole, strict=True))


def with_remainder(whole: Sequence[int], rest: Shares, uniform: Fraction, order: Sequence[int]) -> tuple[int, ...]:
    """Return counts in which each arm has one more with exactly its chance: systematic sampling (Madow 1949).

    Arms are laid end to end in `order` with their chances as lengths; those hit by ``uniform, uniform + 1, …`` get one more. The
    order is drawn too: in a fixed one, arms that lie side by side would never both be hit.

    >>> with_remainder((2, 2), (Fraction(1, 2), Fraction(1, 2)), Fraction(3, 4), (0, 1))
    (2, 3)
    """
    counts, end = list(whole), Fraction(0)
    for place in order:
        start, end = end, end + rest[place]
        counts[place] += _hits(end, uniform) - _hits(start, uniform)
    return tuple(counts)


def _hits(point: Fraction, uniform: Fraction) -> int:
    """Return how many of ``uniform, uniform + 1, …`` lie below the point."""
    return max(0, -floor(uniform - point))
