"""Least squares with weights that are not negative and sum to 1: the problem inside every synthetic control.

Belongs here: the exact solution by an active set. Does not: what is fitted (predictors, did).
"""

from __future__ import annotations

import numpy as np

from experiments.sample import Flags, Matrix, Vector

HEAVY = 1e5
"""How much more than the data the sum-to-1 row counts while the active set is sought; afterwards it is exact."""
TINY = 1e-12


def simplex_weights(columns: Matrix, target: Vector) -> Vector:
    """Return w ≥ 0 with sum 1 that minimises ‖columns·w − target‖².

    >>> simplex_weights(np.array([[0.0, 2.0]]), np.array([0.5])).round(6).tolist()
    [0.75, 0.25]
    """
    found = rough_weights(columns, target)
    for _ in range(columns.shape[1]):
        support = found > TINY
        exact = _on_support(columns[:, support], target)
        if (exact >= -TINY).all():
            return _scaled(support, exact)
        found = _scaled(support, exact)
    return found


def rough_weights(columns: Matrix, target: Vector) -> Vector:
    """Return the same to about ten digits: fast, for the inside of a search."""
    from scipy import optimize

    heavy = HEAVY * max(float(np.abs(columns).max(initial=0.0)), 1e-300)
    left = np.vstack([columns, np.full(columns.shape[1], heavy)])
    found: Vector = optimize.nnls(left, np.append(target, heavy))[0]
    return _scaled(found > 0, found[found > 0])


def _scaled(support: Flags, weights: Vector) -> Vector:
    """Return the weights of the support, none negative, sum 1; 0 elsewhere."""
    found: Vector = np.zeros(len(support))
    found[support] = np.maximum(weights, 0.0)
    found /= found.sum()
    return found


def _on_support(columns: Matrix, target: Vector) -> Vector:
    """Return the least-squares weights with sum 1, free in sign."""
    if columns.shape[1] == 1:
        return np.ones(1)
    base, rest = columns[:, 0], columns[:, 1:] - columns[:, :1]
    free = np.linalg.lstsq(rest, target - base, rcond=None)[0]
    found: Vector = np.append(1 - free.sum(), free)
    return found
