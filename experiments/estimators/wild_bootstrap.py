"""The wild cluster bootstrap-t with the null imposed: p-values and intervals for a coefficient when clusters are few.

When: under about forty clusters, several of them treated. Not when: a single treated cluster (it under- or over-rejects
whatever the weights, MacKinnon & Webb 2017): placebo and permutation tests then. Up to 16 clusters all sign vectors are taken,
so that nothing is drawn; beyond, Webb's six-point weights. Ties count (≥): the identity is among the vectors. Cameron, Gelbach
& Miller (2008); MacKinnon, Nielsen & Webb (2023) for the variance from per-cluster sums: no draw touches a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from experiments.estimators.bias_reduced import basis_of
from experiments.estimators.linear import Fit
from experiments.sample import Codes, Matrix, Vector

EXACT = 16
"""Up to so many clusters every sign vector is taken."""
WEBB = np.array([-(1.5**0.5), -1.0, -(0.5**0.5), 0.5**0.5, 1.0, 1.5**0.5])
ROUNDING = 1e-9
CHUNK = 4_000_000
"""Draws × clusters that are held at once."""
DOUBLINGS = 40
HALVINGS = 60


@dataclass(frozen=True)
class WildTest:
    """A bootstrap test of one coefficient against 0 and the interval of values that it does not reject.

    `p_value` and the interval count ties, those called strict leave them out; an end may be infinite.
    """

    statistic: float
    p_value: float
    p_value_strict: float
    conf_low: float
    conf_high: float
    conf_low_strict: float
    conf_high_strict: float
    draws: int
    weights: str

    def to_dict(self) -> dict[str, Any]:
        """Return the test as it stands in the diagnostics."""
        return asdict(self)


@dataclass(frozen=True)
class _Draws:
    """What each draw needs, as functions of the distance δ of the estimate from the null.

    The numerator is n₀ + δn₁, the sum of squared scores q₀ + 2δq₁ + δ²q₂; `own` is that sum for the data themselves, `length` the
    squared length of the residualised column.
    """

    n0: Vector
    n1: Vector
    q0: Vector
    q1: Vector
    q2: Vector
    own: float
    length: float
    exact: bool

    def p_value(self, gap: float, *, ties: float = -ROUNDING) -> float:
        """Return the p-value of the null at distance `gap`; `ties` moves the bar a little down (they count) or up."""
        ours = abs(gap) * self.length / self.own**0.5
        theirs = np.abs(self.n0 + gap * self.n1)
        spread = np.sqrt(np.maximum(self.q0 + 2 * gap * self.q1 + gap**2 * self.q2, 0.0))
        beyond = int((theirs >= spread * ours * (1 + ties)).sum())
        return beyond / len(self.n0) if self.exact else (beyond + 1) / (len(self.n0) + 1)


def wild_cluster(
    fit: Fit, codes: Codes, place: int, *, reps: int, seed: int, alpha: float = 0.05, factor: float = 1.0
) -> WildTest:
    """Return the test and the interval of coefficient `place`.

    Parameters
    ----------
    fit
        A least-squares fit, absorbed or not.
    codes
        (n,) cluster numbers 0, 1, … without gaps.
    reps, seed
        Draws beyond 16 clusters and where they begin; not used below.
    factor
        Small-sample factor of the CR1 variance in `statistic`; it does not move p-values.

    Examples
    --------
    >>> import pandas as pd
    >>> from experiments.estimators.linear import Design, fit_linear
    >>> from experiments.sample import Sample
    >>> x, y, zone = np.arange(8.0) % 3, np.array([1.0, 2, 4, 2, 3, 5, 1, 4]), np.arange(8) // 2
    >>> fit = fit_linear(Design("y", y, {"x": x}), Sample(pd.DataFrame({"x": x}), None, {}))
    >>> found = wild_cluster(fit, zone, 1, reps=99, seed=1)
    >>> found.draws, found.p_value
    (16, 0.125)
    """
    draws, kind = _draws(fit, codes, place, reps, seed)
    beta = float(fit.beta[place])
    error = draws.own**0.5 / draws.length
    bounds = [edge(draws.p_value, side * error, alpha) for side in (1.0, -1.0)]
    strict = [edge(partial(draws.p_value, ties=ROUNDING), side * error, alpha) for side in (1.0, -1.0)]
    return WildTest(
        statistic=beta / (error * factor**0.5),
        p_value=draws.p_value(beta),
        p_value_strict=draws.p_value(beta, ties=ROUNDING),
        conf_low=beta - bounds[0],
        conf_high=beta - bounds[1],
        conf_low_strict=beta - strict[0],
        conf_high_strict=beta - strict[1],
        draws=len(draws.n0) * (2 if draws.exact else 1),
        weights=kind,
    )


def _draws(fit: Fit, codes: Codes, place: int, reps: int, seed: int) -> tuple[_Draws, str]:
    column = _residualised(fit.x, place)
    basis = basis_of(fit, codes, "wild_bootstrap")
    along, across = _sums(column * fit.residual, codes), _sums(column * column, codes)
    moment = np.column_stack([_sums(one * fit.residual, codes) for one in basis.T])
    lever = np.column_stack([_sums(one * column, codes) for one in basis.T])
    signs, kind = _weights(len(along), reps, seed)
    parts = []
    for start in range(0, len(signs), max(CHUNK // len(along), 1)):
        v = signs[start : start + max(CHUNK // len(along), 1)]
        first = v * along - (v @ moment) @ lever.T
        second = v * across - (v @ lever) @ lever.T
        squares = ((first**2).sum(axis=1), (first * second).sum(axis=1), (second**2).sum(axis=1))
        parts.append((v @ along, v @ across, *squares))
    n0, n1, q0, q1, q2 = (np.concatenate(part) for part in zip(*parts, strict=True))
    own, length = float(along @ along), float(column @ column)
    return _Draws(n0, n1, q0, q1, q2, own=own, length=length, exact=len(along) <= EXACT), kind


def _residualised(x: Matrix, place: int) -> Vector:
    others = np.delete(x, place, axis=1)
    if not others.shape[1]:
        return x[:, place]
    orthogonal = np.linalg.qr(others)[0]
    found: Vector = x[:, place] - orthogonal @ (orthogonal.T @ x[:, place])
    return found


def _sums(values: Vector, codes: Codes) -> Vector:
    found: Vector = np.bincount(codes, weights=values).astype(np.float64)
    return found


def _weights(clusters: int, reps: int, seed: int) -> tuple[Matrix, str]:
    """Return draws × clusters; of all sign vectors half, since a vector and its mirror give one |t|."""
    if clusters <= EXACT:
        numbers = np.arange(2 ** (clusters - 1))
        signs: Matrix = 1.0 - 2.0 * ((numbers[:, None] >> np.arange(clusters)) & 1).astype(np.float64)
        return signs, f"Rademacher, all 2^{clusters} vectors"
    rng = np.random.default_rng(seed)
    drawn: Matrix = WEBB[rng.integers(0, len(WEBB), size=(reps, clusters), dtype=np.int8)].astype(np.float64)
    return drawn, "Webb, six points"


def edge(p_value: Callable[[float], float], step: float, alpha: float) -> float:
    """Return the distance at which the null begins to be rejected, in the direction of `step`; infinite if it never is."""
    inner, outer = 0.0, step
    for _ in range(DOUBLINGS):
        if p_value(outer) <= alpha:
            break
        inner, outer = outer, 2 * outer
    else:
        return float(np.copysign(np.inf, step))
    for _ in range(HALVINGS):
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if p_value(middle) <= alpha else (middle, outer)
    return outer
