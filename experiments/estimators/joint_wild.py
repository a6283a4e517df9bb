"""Several regressions resampled together: wild cluster bootstrap-t statistics that share the draws of their clusters.

When: a family of tests on the same units (several outcomes, subgroups), so that step-down maxT knows how they go together. Not
when: the estimators are no least-squares fits (Westfall & Young's way by the registered lottery, or Holm). The null of each
test is imposed in its own regression (restricted residuals), each draw gives every cluster one weight, the same in all
regressions: a cluster of one is the same cluster in the others. Cameron, Gelbach & Miller (2008); Romano & Wolf (2005).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.estimators.bias_reduced import basis_of
from experiments.estimators.linear import Fit
from experiments.estimators.wild_bootstrap import EXACT, WEBB
from experiments.sample import Codes, Matrix, Vector

CHUNK = 4_000_000
"""Draws × clusters that are held at once."""


@dataclass(frozen=True)
class Coefficient:
    """One regression of a family: its fit, the coefficient that is tested, and the label of each row's cluster."""

    fit: Fit
    term: str
    labels: Codes | np.ndarray


@dataclass(frozen=True)
class JointDraws:
    """The statistics of the data, (m,), and of each draw, (D, m); how many clusters, and whether these are all draws."""

    statistics: Vector
    drawn: Matrix
    clusters: int
    exact: bool
    weights: str


@dataclass(frozen=True)
class _Scores:
    """What a draw needs of one regression: its clusters' numbers, restricted scores, and what the nuisance columns take away."""

    cluster: Codes
    own: Vector
    moment: Matrix
    lever: Matrix

    def statistics(self, weights: Matrix) -> Vector:
        """Return |t*| of each draw, (D,)."""
        v = weights[:, self.cluster]
        scores = v * self.own - (v @ self.moment) @ self.lever.T
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Vector = np.abs(v @ self.own) / np.sqrt((scores**2).sum(axis=1))
        return np.nan_to_num(found, nan=0.0, posinf=np.inf)


def joint_draws(tested: Sequence[Coefficient], *, reps: int, seed: int) -> JointDraws:
    """Return bootstrap-t statistics of several coefficients under shared draws.

    Parameters
    ----------
    tested
        The family; clusters are the same where their labels are.
    reps, seed
        Of Webb's weights beyond 16 clusters; up to there all sign vectors are taken (ties count, see `wild_bootstrap`).
    """
    labels = np.unique(np.concatenate([np.asarray(item.labels) for item in tested]))
    prepared = [_prepared(item, np.searchsorted(labels, item.labels)) for item in tested]
    parts = [
        np.column_stack([scores.statistics(weights) for scores, _ in prepared])
        for weights in _weights(len(labels), reps, seed)
    ]
    exact = len(labels) <= EXACT
    kind = f"Rademacher, all 2^{len(labels)} vectors" if exact else "Webb, six points"
    return JointDraws(np.array([own for _, own in prepared]), np.concatenate(parts), len(labels), exact, kind)


def _prepared(item: Coefficient, codes: Codes) -> tuple[_Scores, float]:
    """Return a regression's scores under its null, and its own statistic."""
    fit, place = item.fit, item.fit.names.index(item.term)
    present, own = np.unique(codes, return_inverse=True)
    others = np.delete(fit.x, place, axis=1)
    basis = np.linalg.qr(others)[0]
    column = fit.x[:, place] - basis @ (basis.T @ fit.x[:, place])
    restricted = fit.residual + fit.beta[place] * column
    wide = basis_of(fit, own.astype(np.int64), "wild_bootstrap")

    def sums(values: Vector) -> Vector:
        found: Vector = np.bincount(own, weights=values).astype(np.float64)
        return found

    moment = np.column_stack([sums(one * restricted) for one in wide.T])
    lever = np.column_stack([sums(one * column) for one in wide.T])
    spread = float((sums(column * fit.residual) ** 2).sum()) ** 0.5
    statistic = float(fit.beta[place] * (column @ column) / spread)
    return _Scores(present.astype(np.int64), sums(column * restricted), moment, lever), statistic


def _weights(clusters: int, reps: int, seed: int) -> Iterator[Matrix]:
    """Return draws × clusters in chunks; of all sign vectors half, since a vector and its mirror give one |t|."""
    if clusters <= EXACT:
        numbers = np.arange(2 ** (clusters - 1))
        yield 1.0 - 2.0 * ((numbers[:, None] >> np.arange(clusters)) & 1).astype(np.float64)
        return
    rng = np.random.default_rng(seed)
    size = max(CHUNK // clusters, 1)
    for start in range(0, reps, size):
        yield WEBB[rng.integers(0, len(WEBB), size=(min(size, reps - start), clusters), dtype=np.int8)]
