"""Cutting large weights: less variance for a little bias, and a record of how much was moved.

Belongs here: the cut. Does not: whether to cut (spec). Source: Potter (1990); the sum of the weights stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.sample import Vector

ROUNDS = 100


@dataclass(frozen=True)
class Trimming:
    """`cap` is the largest weight allowed; `n_trimmed` were cut; `share_moved` of the sum went from them to the others."""

    cap: float
    n_trimmed: int
    share_moved: float


def trim(weights: Vector, at: float) -> tuple[Vector, Trimming]:
    """Return weights, (n,), none above `at` times their median, with the same sum.

    What is cut off goes to the others in proportion to their weights, again and again until nobody is above the cap.

    >>> cut, told = trim(np.array([1.0, 1.0, 1.0, 1.0, 16.0]), at=4)
    >>> cut.tolist(), told.n_trimmed, round(told.share_moved, 2)
    ([4.0, 4.0, 4.0, 4.0, 4.0], 1, 0.6)
    """
    cap, total = at * float(np.median(weights)), float(weights.sum())
    found = weights.astype(float).copy()
    if total > cap * len(found):
        cap = total / len(found)
    for _ in range(ROUNDS):
        over = found >= cap
        if not (found > cap * (1 + 1e-12)).any():
            break
        found[over] = cap
        rest = ~over
        if not rest.any():
            break
        found[rest] *= (total - cap * over.sum()) / found[rest].sum()
    moved = float(np.maximum(weights - found, 0).sum() / total)
    return np.minimum(found, cap), Trimming(cap, int((weights > cap).sum()), moved)
