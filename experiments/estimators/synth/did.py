"""Synthetic difference-in-differences: donors and periods weighted so that paths are parallel, then two differences.

Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021). Belongs here: both sets of weights, the estimate, placebo estimates. Does
not: rows of a result (synthetic_did). The weights solve their quadratic problems exactly (the authors' code stops early).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.estimators.synth.simplex import simplex_weights
from experiments.sample import Codes, Flags, Matrix, Vector

FAINT = 1e-6
"""Penalty on period weights in units of the outcome's noise: only so that they are unique."""


@dataclass(frozen=True)
class Block:
    """Outcomes T × N, the treated units first, and which periods are of treatment."""

    outcome: Matrix
    n_treated: int
    post: Flags


@dataclass(frozen=True)
class Found:
    """The effect, donor weights, period weights, the gap between treated and synthetic path by period (T)."""

    estimate: float
    donors: Vector
    periods: Vector
    gap: Vector


def synthetic_difference(block: Block) -> Found:
    """Return the estimate of a block design: all treated units start together."""
    treated, control = block.outcome[:, : block.n_treated].mean(axis=1), block.outcome[:, block.n_treated :]
    past, after = control[~block.post], control[block.post]
    noise = float(np.diff(past, axis=0).std(ddof=1))
    zeta = (block.n_treated * len(after)) ** 0.25 * noise
    donors = _penalised(past, treated[~block.post], zeta)
    periods = _penalised(past.T, after.mean(axis=0), FAINT * noise)
    gap = treated - control @ donors
    estimate = float(gap[block.post].mean() - periods @ gap[~block.post])
    return Found(estimate, donors, periods, gap - periods @ gap[~block.post])


def _penalised(columns: Matrix, target: Vector, zeta: float) -> Vector:
    """Return simplex weights with a free intercept and the penalty ζ² · rows · ‖w‖²."""
    size = columns.shape[1]
    ridge = zeta * np.sqrt(len(columns)) * np.eye(size)
    return simplex_weights(
        np.vstack([columns - columns.mean(axis=0), ridge]), np.concatenate([target - target.mean(), np.zeros(size)])
    )


def placebo_estimates(block: Block, draws: list[Codes]) -> Vector:
    """Return the estimates with drawn donors in the place of the treated units, which are left out."""
    control = block.outcome[:, block.n_treated :]
    found = []
    for drawn in draws:
        order = np.concatenate([drawn, np.setdiff1d(np.arange(control.shape[1]), drawn)])
        found.append(synthetic_difference(Block(control[:, order], len(drawn), block.post)).estimate)
    return np.array(found)


def placebo_draws(donors: int, treated: int, reps: int, seed: int) -> list[Codes]:
    """Return which donors stand in: each once when one unit is treated, `reps` random sets otherwise.

    >>> [draw.tolist() for draw in placebo_draws(3, 1, 99, 1)]
    [[0], [1], [2]]
    """
    if treated == 1:
        return [np.array([place]) for place in range(donors)]
    rng = np.random.default_rng(seed)
    return [np.sort(rng.choice(donors, treated, replace=False)) for _ in range(reps)]
