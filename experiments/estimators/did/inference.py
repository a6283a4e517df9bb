"""Influence functions → variances, and joint tests of several effects.

Belongs here: unit and coarser clusters, the Wald test. Does not: rows of a result (rows), what the influences are of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.sample import Codes, Matrix, Vector

FLAT = 1e-10
"""Eigenvalues below this share of the largest count as 0: effects that repeat each other."""


@dataclass(frozen=True)
class Wald:
    """A joint test: χ², its degrees of freedom, its p-value."""

    statistic: float
    df: int
    p_value: float


def covariance(influence: Matrix, clusters: Codes, copies: Vector | None = None) -> Matrix:
    """Return the variance of n × K influences: ψ'ψ/n² by unit; sums within coarser clusters, times G/(G−1).

    By unit no small-sample factor is applied, as in `did`. `copies`: for how many units each stands; it has that many times the
    influence of each of them.

    >>> float(covariance(np.array([[1.0], [-1.0]]), np.array([0, 1]))[0, 0])
    0.5
    """
    count, groups = len(influence), int(clusters.max()) + 1
    if groups == count:
        found: Matrix = influence.T @ (influence if copies is None else influence / copies[:, None]) / count**2
        return found
    sums = np.zeros((groups, influence.shape[1]))
    np.add.at(sums, clusters, influence)
    coarse: Matrix = sums.T @ sums / count**2 * groups / (groups - 1)
    return coarse


def wald(estimate: Vector, variance: Matrix) -> Wald | None:
    """Return the test that all estimates are 0; None where there is none or the variance has no rank.

    >>> wald(np.array([2.0]), np.array([[1.0]])).statistic
    4.0
    """
    from scipy import special

    if not len(estimate):
        return None
    values, vectors = np.linalg.eigh(variance)
    kept = values > FLAT * max(values.max(), 0.0)
    if not kept.any():
        return None
    turned = vectors[:, kept].T @ estimate
    statistic = float((turned**2 / values[kept]).sum())
    df = int(kept.sum())
    return Wald(statistic, df, float(special.chdtrc(df, statistic)))
