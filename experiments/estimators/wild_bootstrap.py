"""The wild cluster bootstrap-t with the null imposed: p-values and intervals for a coefficient when clusters are few.

When: under about forty clusters, several of them treated. Not when: a single treated cluster (it under- or over-rejects
whatever the weights, MacKinnon & Webb 2017): placebo and permutation tests then. Up to 16 clusters all sign vectors are taken,
so that nothing is drawn; beyond, Webb's six-point weights. Ties count (≥): the identity is among the vectors. Cameron, Gelbach
& Miller (2008); MacKinnon, Nielsen & Webb (2023) for the variance from per-cluster sums: no draw touches a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from experiments.estimators.bias_reduced import basis_of
from experiments.estimators.linear import Fit
from experiments.sample import Codes, Matrix, Vector

EXACT = 16
"""Up to so many clusters every sign vector is taken."""
WEBB: Vector = np.array([-(1.5**0.5), -1.0, -(0.5**0.5), 0.5**0.5, 1.0, 1.5**0.5])
ROUNDING = 1e-9
FLOPS = 1 << 18
"""Products of so many numbers stay in the processor's own memory and are added by one thread of any BLAS."""
DENSE = 64
"""Up to so many clusters a draw's scores are one product; beyond, products with the few columns of the basis."""
DOUBLINGS = 40
HALVINGS = 60
NARROWED = 3
"""After so many halvings draws whose side no longer depends on where in the bracket the end lies are counted for good."""
MANY = 1 << 12
"""Fewer draws than this are looked at each time."""
NOTHING = 1e-24
"""Share of a sum of squares that is rounding: the data themselves leave no score to the column, at any distance."""
SLACK = 1e-9
"""Of their numbers: draws nearer to the bar than this are looked at again."""


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
    squared length of the residualised column. `draws` were made; those that are not here are known, `sure` of them beyond.
    """

    n0: Vector
    n1: Vector
    q0: Vector
    q1: Vector
    q2: Vector
    own: float
    length: float
    exact: bool
    draws: int
    sure: int = 0

    def p_value(self, gap: float, *, ties: float = -ROUNDING) -> float:
        """Return the p-value of the null at distance `gap`; `ties` moves the bar a little down (they count) or up."""
        theirs, bar = np.abs(self.n0 + gap * self.n1), self._bar(gap, self._spread(gap), ties)
        beyond = self.sure + int(np.count_nonzero(theirs >= bar))
        return beyond / self.draws if self.exact else (beyond + 1) / (self.draws + 1)

    def _spread(self, gap: float) -> Vector:
        found: Vector = np.sqrt(np.maximum(self.q0 + gap * (2 * self.q1 + gap * self.q2), 0.0))
        return found

    def _bar(self, gap: float, spread: Vector, ties: float) -> Vector:
        found: Vector = spread * (abs(gap) * self.length / self.own**0.5 * (1 + ties))
        return found

    def between(self, low: float, high: float, *, ties: float) -> _Draws:
        """Return the draws whose side depends on where the null lies between two distances of one sign; count the others.

        Between the two, |n₀ + δn₁| is largest at an end and smallest at an end or 0; the sum of squares, convex, is largest at
        an end and smallest at an end or its bottom.
        """
        near, far = (self.n0 + gap * self.n1 for gap in (low, high))
        least = np.where(near * far > 0, np.minimum(np.abs(near), np.abs(far)), 0.0)
        most, ends = np.maximum(np.abs(near), np.abs(far)), (self._spread(low), self._spread(high))
        with np.errstate(divide="ignore", invalid="ignore"):
            bottom = np.clip(np.nan_to_num(-self.q1 / self.q2), min(low, high), max(low, high))
        flat = np.sqrt(np.maximum(self.q0 + bottom * (2 * self.q1 + bottom * self.q2), 0.0))
        inner, outer = sorted((low, high), key=abs)
        slack = SLACK * (np.abs(self.n0) + abs(outer) * np.abs(self.n1))
        over = least - slack > self._bar(outer, np.maximum(*ends), ties) * (1 + SLACK)
        under = most + slack < self._bar(inner, np.minimum(flat, np.minimum(*ends)), ties) * (1 - SLACK)
        left = ~(over | under)
        parts = {name: getattr(self, name)[left] for name in ("n0", "n1", "q0", "q1", "q2")}
        return replace(self, **parts, sure=self.sure + int(np.count_nonzero(over)))


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
    bounds = [_end(draws, side * error, alpha, -ROUNDING) for side in (1.0, -1.0)]
    strict = [_end(draws, side * error, alpha, ROUNDING) for side in (1.0, -1.0)]
    return WildTest(
        statistic=beta / (error * factor**0.5),
        p_value=draws.p_value(beta),
        p_value_strict=draws.p_value(beta, ties=ROUNDING),
        conf_low=beta - bounds[0],
        conf_high=beta - bounds[1],
        conf_low_strict=beta - strict[0],
        conf_high_strict=beta - strict[1],
        draws=draws.draws * (2 if draws.exact else 1),
        weights=kind,
    )


def _draws(fit: Fit, codes: Codes, place: int, reps: int, seed: int) -> tuple[_Draws, str]:
    column = _residualised(fit.x, place)
    basis = basis_of(fit, codes, "wild_bootstrap")
    along, across = _sums(column * fit.residual, codes), _sums(column * column, codes)
    moment = np.column_stack([_sums(one * fit.residual, codes) for one in basis.T])
    lever = np.column_stack([_sums(one * column, codes) for one in basis.T])
    first, second = _Scores(along, moment, lever), _Scores(across, lever, lever)
    exact, count = len(along) <= EXACT, len(along)
    draws = 2 ** (count - 1) if exact else reps
    found, start = np.empty((5, draws)), 0
    for v in _weights(count, draws, seed):
        one, two, here = first.of(v), second.of(v), slice(start, start + len(v))
        found[:, here] = v @ along, v @ across, _inner(one, one), _inner(one, two), _inner(two, two)
        start += len(v)
    found[3:, found[4] < NOTHING * float(across @ across)] = 0.0
    own, length = float(along @ along), float(column @ column)
    kind = f"Rademacher, all 2^{count} vectors" if exact else "Webb, six points"
    n0, n1, q0, q1, q2 = found
    return _Draws(n0, n1, q0, q1, q2, own=own, length=length, exact=exact, draws=draws), kind


@dataclass(frozen=True)
class _Scores:
    """The scores of the clusters under draws v: v·own less what the regression takes of them, v M L'."""

    own: Vector
    moment: Matrix
    lever: Matrix

    def of(self, v: Matrix) -> Matrix:
        """Return draws × clusters."""
        if len(self.own) <= DENSE:
            return v @ self._whole
        return v * self.own - (v @ self.moment) @ self.lever.T

    @cached_property
    def _whole(self) -> Matrix:
        found: Matrix = np.diag(self.own) - self.moment @ self.lever.T
        return found


def _inner(left: Matrix, right: Matrix) -> Vector:
    found: Vector = np.einsum("ij,ij->i", left, right)
    return found


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


def _weights(clusters: int, draws: int, seed: int) -> Iterator[Matrix]:
    """Yield draws × clusters in parts; of all sign vectors half, since a vector and its mirror give one |t|."""
    size = max(FLOPS // (clusters * min(clusters, DENSE)), DENSE)
    if clusters <= EXACT:
        for start in range(0, draws, size):
            numbers = np.arange(start, min(start + size, draws))
            yield (1.0 - 2.0 * ((numbers[:, None] >> np.arange(clusters)) & 1)).astype(np.float64)
        return
    drawn = np.random.default_rng(seed).integers(0, len(WEBB), size=(draws, clusters), dtype=np.int8)
    for start in range(0, draws, size):
        some: Matrix = np.take(WEBB, drawn[start : start + size]).astype(np.float64, copy=False)
        yield some


def _end(draws: _Draws, step: float, alpha: float, ties: float) -> float:
    """Return `edge` of the draws' p-value; the narrower the bracket, the fewer draws are looked at."""

    def narrowed(low: float, high: float) -> Callable[[float], float]:
        nonlocal draws
        draws = draws.between(low, high, ties=ties) if len(draws.n0) > MANY else draws
        return partial(draws.p_value, ties=ties)

    return edge(partial(draws.p_value, ties=ties), step, alpha, narrowed)


def edge(
    p_value: Callable[[float], float],
    step: float,
    alpha: float,
    narrowed: Callable[[float, float], Callable[[float], float]] | None = None,
) -> float:
    """Return the distance at which the null begins to be rejected, in the direction of `step`; infinite if it never is.

    `narrowed` may give a quicker p-value that is right between two distances.
    """
    inner, outer = 0.0, step
    for _ in range(DOUBLINGS):
        if p_value(outer) <= alpha:
            break
        inner, outer = outer, 2 * outer
    else:
        return float(np.copysign(np.inf, step))
    for halving in range(HALVINGS):
        if narrowed is not None and halving % NARROWED == 0:
            p_value = narrowed(inner, outer)
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if p_value(middle) <= alpha else (middle, outer)
    return outer
