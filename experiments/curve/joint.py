"""Is the whole curve more than chance? Every specification at once in worlds without an effect.

Belongs here: the worlds (weights of the design's clusters, the null imposed in each specification), what is counted in each. Does
not: specifications (points). Simonsohn, Simmons & Nelson (2020), with the wild bootstrap of Cameron, Gelbach & Miller (2008) for
their resampling: one draw weights a cluster's residuals alike in every specification, so that it keeps how they go together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.curve.points import Evaluated
from experiments.curve.result import JointInference, JointTest
from experiments.estimators.wild_bootstrap import WEBB
from experiments.sample import Matrix, Vector

CELLS = 1 << 19
"""Draws × scores that are held at once."""
TIES = 1e-9


@dataclass(frozen=True)
class Worlds:
    """Draws × specifications: effects and t statistics where there is no effect. `exact`: all sign vectors."""

    effects: Matrix
    statistics: Matrix
    exact: bool

    def share(self, numbers: Vector, ours: float) -> float:
        """Return the share of worlds whose number is as large as ours; ties count, a drawn set counts ourselves."""
        beyond = int((numbers >= ours - TIES * max(abs(ours), 1e-300)).sum())
        return beyond / len(numbers) if self.exact else (beyond + 1) / (len(numbers) + 1)


def weights_of(clusters: int, reps: int, seed: int) -> tuple[Matrix, str]:
    """Return draws × clusters: all sign vectors (half of them, mirrors are alike) where they are no more than `reps` + 1."""
    if 2 ** (clusters - 1) <= reps + 1:
        numbers = np.arange(2 ** (clusters - 1))
        signs: Matrix = (1.0 - 2.0 * ((numbers[:, None] >> np.arange(clusters)) & 1)).astype(np.float64)
        return signs, f"Rademacher, all 2^{clusters} vectors"
    rng = np.random.default_rng(seed)
    drawn: Matrix = np.take(WEBB, rng.integers(0, len(WEBB), size=(reps, clusters), dtype=np.int8)).astype(np.float64)
    return drawn, "Webb, six points"


def worlds(found: Sequence[Evaluated], weights: Matrix, *, exact: bool) -> Worlds:
    """Return what every specification finds in every world."""
    effects = weights @ np.column_stack([one.shift for one in found])
    squares = np.empty_like(effects)
    width = max(one.clusters for one in found)
    most = max(CELLS // (len(weights) * width), 1)
    for start in range(0, len(found), most):
        some = found[start : start + most]
        side = np.hstack([np.pad(one.scores, ((0, 0), (0, width - one.scores.shape[1]))) for one in some])
        scores = (weights @ side).reshape(len(weights), len(some), width)
        squares[:, start : start + most] = np.einsum("bmh,bmh->bm", scores, scores)
    factors = np.array([one.factor for one in found])
    errors = np.sqrt(squares * factors)
    return Worlds(effects, effects / np.where(errors > 0, errors, np.inf), exact)


def joint(found: Sequence[Evaluated], made: Worlds, scales: Vector, told: dict[str, str]) -> JointInference:
    """Return the three tests of Simonsohn, Simmons & Nelson on effects divided by `scales`."""
    own = np.array([one.row.estimate for one in found]) / scales
    bars = np.array([one.bar for one in found])
    ours = _numbers(own[None], np.array([[one.row.statistic for one in found]]), bars)
    theirs = _numbers(made.effects / scales, made.statistics, bars)
    tests = {name: (float(ours[name][0]), made.share(theirs[name], float(ours[name][0]))) for name in ours}
    median = float(np.median(own))
    return JointInference(
        median=JointTest(value=median, p_value=tests["median"][1]),
        same_sign=JointTest(value=tests["same_sign"][0], p_value=tests["same_sign"][1]),
        significant=JointTest(value=tests["significant"][0], p_value=tests["significant"][1]),
        draws=len(made.effects) * (2 if made.exact else 1),
        **told,
    )


def _numbers(effects: Matrix, statistics: Matrix, bars: Vector) -> dict[str, Vector]:
    up, down = (statistics > bars).mean(axis=1), (statistics < -bars).mean(axis=1)
    signs = (effects > 0).mean(axis=1), (effects < 0).mean(axis=1)
    return {
        "median": np.abs(np.median(effects, axis=1)),
        "same_sign": np.maximum(*signs),
        "significant": np.maximum(up, down),
    }


def adjusted(found: Sequence[Evaluated], made: Worlds) -> list[float]:
    """Return, for each specification, how often the largest |t| of a world is as large as its own (Westfall & Young's maxT)."""
    largest = np.sort(np.abs(made.statistics).max(axis=1))
    return [made.share(largest, abs(one.row.statistic)) for one in found]
