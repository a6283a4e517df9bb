"""The likelihood of a linear mixed model with nested groups, from cross-products of the outermost groups.

Belongs here: REML and ML as functions of the relative covariance factor, their optimum, Satterthwaite's df. Does not: columns,
terms, the result (mixed). After one pass over the rows, cost depends on the number of outermost groups, not on the rows. Bates
et al. (2015), sections 3.4-3.6, for the profiled criterion; Fai & Cornelius (1996), Kuznetsova et al. (2017) for the df.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from experiments.sample import Codes, Matrix, Vector

Cube = npt.NDArray[np.float64]
Criterion = Literal["reml", "ml"]
STEP = 1e-4
LARGEST = 1e5
"""Of a random effect's standard deviation, in residual ones."""
WORST = 1e12
ALIKE = 4
"""Groups are put together where their kinds are so many times fewer."""
FLAT = 1e-2
"""Slope of the deviance below which it is at its maximum; rounding of a large deviance is allowed for."""


@dataclass(frozen=True)
class Level:
    """One level of grouping: the group of each row (nested in the level before), and its columns, (n, m)."""

    name: str
    terms: tuple[str, ...]
    codes: Codes
    columns: Matrix


@dataclass(frozen=True)
class CrossProducts:
    """What the likelihood needs of the data: Z'Z (G, q, q), Z'[X y] (G, q, p + 1), [X y]'[X y], and the levels' blocks.

    `copies` (G): for how many outermost groups each stands (`sample.Sample.copies`); `outer` and `rows` have them in them.
    """

    inner: Cube
    across: Cube
    outer: Matrix
    rows: int
    sizes: tuple[int, ...]
    slots: tuple[int, ...]
    copies: Vector
    spread: Cube | None = None

    def alike(self) -> CrossProducts:
        """Return the groups put together that have one Z'Z, as in a panel whose units have the same waves.

        `inner` is then (P, q, q) of the P kinds, `copies` counts their groups, and `spread` (P, q, p + 1, q, p + 1) sums the
        products of Z'[X y] with itself: the likelihood costs as much for a million units as for ten. Nothing is won with many
        kinds.
        """
        flat = self.inner.reshape(len(self.inner), -1)
        kinds, kind = np.unique(flat, axis=0, return_inverse=True)
        if len(kinds) * ALIKE > len(flat):
            return self
        size = self.across.shape[1] * self.across.shape[2]
        rows, kind = self.across.reshape(-1, size), kind.ravel()
        weighted = rows * self.copies[:, None]
        spread = np.stack([rows[kind == place].T @ weighted[kind == place] for place in range(len(kinds))])
        shape = self.across.shape[1:]
        return replace(
            self,
            inner=kinds.reshape(-1, *self.inner.shape[1:]),
            copies=np.bincount(kind, weights=self.copies).astype(np.float64),
            spread=spread.reshape(-1, *shape, *shape),
        )

    @property
    def parameters(self) -> int:
        """Return the length of θ: the lower triangles of each level."""
        return sum(size * (size + 1) // 2 for size in self.sizes)

    def factor(self, theta: Vector) -> Matrix:
        """Return Λ, (q, q): each level's Cholesky factor, once for every slot."""
        found = np.zeros((self.inner.shape[1],) * 2)
        start, place = 0, 0
        for size, slots in zip(self.sizes, self.slots, strict=True):
            count = size * (size + 1) // 2
            block = triangle(theta[start : start + count], size)
            for _ in range(slots):
                found[place : place + size, place : place + size] = block
                place += size
            start += count
        return found


@dataclass(frozen=True)
class Evaluated:
    """The criterion's parts at one θ: log|L|², log|R_X|², the penalised sum of squares, β and (R_X'R_X)⁻¹."""

    log_random: float
    log_fixed: float
    squares: float
    beta: Vector
    inverse: Matrix


@dataclass(frozen=True)
class MixedFit:
    """A fitted mixed model; `matrix` is the variance of β, `df` Satterthwaite's for each coefficient."""

    theta: Vector
    beta: Vector
    matrix: Matrix
    sigma2: float
    loglik: float
    df: Vector
    converged: bool
    gradient: float


def triangle(values: Vector, size: int) -> Matrix:
    """Return a lower triangle filled column by column, as lme4 orders θ."""
    found = np.zeros((size, size))
    places = [(row, column) for column in range(size) for row in range(column, size)]
    for (row, column), value in zip(places, values, strict=True):
        found[row, column] = value
    return found


def cross_products(x: Matrix, y: Vector, levels: list[Level], copies: Vector | None = None) -> CrossProducts:
    """Return the cross-products of each outermost group, groups of fewer inner groups filled with zeros.

    `copies`: a row, the same in all rows of an outermost group.
    """
    outer = levels[0].codes
    count = int(outer.max()) + 1
    places, slots, start = [], [], 0
    for level in levels:
        rank, most = _ranks(level.codes, outer)
        places.append(start + rank * level.columns.shape[1])
        slots.append(most)
        start += most * level.columns.shape[1]
    both = np.column_stack([x, y])
    inner, across = np.zeros(count * start * start), np.zeros((count * start, both.shape[1]))
    for first, left in zip(places, levels, strict=True):
        for one, column in enumerate(left.columns.T):
            row = outer * start + first + one
            for place, values in enumerate(both.T):
                across[:, place] += np.bincount(row, weights=column * values, minlength=count * start)
            for second, right in zip(places, levels, strict=True):
                for other, further in enumerate(right.columns.T):
                    inner += np.bincount(row * start + second + other, weights=column * further, minlength=len(inner))
    sizes = tuple(level.columns.shape[1] for level in levels)
    shaped = inner.reshape(count, start, start), across.reshape(count, start, both.shape[1])
    each = np.ones(len(y)) if copies is None else copies
    groups = np.ones(count)
    groups[outer] = each
    whole = both.T @ (both * each[:, None])
    return CrossProducts(*shaped, whole, round(float(each.sum())), sizes, tuple(slots), groups).alike()


def _ranks(codes: Codes, outer: Codes) -> tuple[Codes, int]:
    """Return each row's group as its place among the groups of its outermost group, and the most that one has."""
    home = np.zeros(int(codes.max()) + 1, dtype=np.int64)
    home[codes] = outer
    order = np.argsort(home, kind="stable")
    first = np.searchsorted(home[order], np.arange(int(outer.max()) + 1))
    rank = np.zeros(len(home), dtype=np.int64)
    rank[order] = np.arange(len(home)) - first[home[order]]
    return rank[codes], int(rank.max()) + 1


def evaluate(data: CrossProducts, theta: Vector) -> Evaluated:
    """Return the parts of the criterion at θ."""
    factor = data.factor(theta)
    system = factor.T @ data.inner @ factor + np.eye(len(factor))
    lower = np.linalg.cholesky(system)
    heights = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    if data.spread is None:
        half = np.linalg.solve(lower, factor.T @ data.across)
        left = data.outer - np.einsum("gqa,gqb->ab", half * data.copies[:, None, None], half)
    else:
        half = np.linalg.solve(lower, np.broadcast_to(factor.T, system.shape))
        middle = np.einsum("grq,grs->gqs", half, half)
        left = data.outer - np.einsum("gqs,gqasb->ab", middle, data.spread)
    fixed, right, total = left[:-1, :-1], left[:-1, -1], float(left[-1, -1])
    beta: Vector = np.linalg.solve(fixed, right)
    return Evaluated(
        log_random=2 * float(data.copies @ heights),
        log_fixed=float(np.linalg.slogdet(fixed)[1]),
        squares=total - float(right @ beta),
        beta=beta,
        inverse=np.linalg.inv(fixed),
    )


def deviance(data: CrossProducts, at: Evaluated, criterion: Criterion, sigma2: float | None = None) -> float:
    """Return −2 log likelihood, restricted or not; at the best residual variance where none is given."""
    free = data.rows - (len(at.beta) if criterion == "reml" else 0)
    used = at.squares / free if sigma2 is None else sigma2
    found = free * np.log(2 * np.pi * used) + at.log_random + at.squares / used
    return float(found + (at.log_fixed if criterion == "reml" else 0.0))


def fit_mixed(data: CrossProducts, criterion: Criterion) -> MixedFit:
    """Return the model at the criterion's optimum."""
    from scipy import optimize

    start = np.concatenate([triangle_of_one(size) for size in data.sizes])
    bounds = [(0.0, LARGEST) if one else (-LARGEST, LARGEST) for one in start]

    def target(theta: Vector) -> float:
        try:
            return deviance(data, evaluate(data, theta), criterion)
        except np.linalg.LinAlgError:  # a line search may try a θ at which nothing is left of the fixed effects
            return WORST

    found = optimize.minimize(
        target, start, jac="3-point", bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-7}
    )
    again = optimize.minimize(
        target, found.x, bounds=bounds, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000}
    )
    theta: Vector = again.x if again.fun < found.fun else found.x
    at = evaluate(data, theta)
    free = data.rows - (len(at.beta) if criterion == "reml" else 0)
    sigma2 = at.squares / free
    slope = _gradient(target, theta)
    inside = theta > STEP
    gradient = float(np.abs(np.where(inside | (start == 0), slope, np.minimum(slope, 0.0))).max())
    df = _satterthwaite(data, criterion, theta, sigma2)
    best = target(theta)
    flat = gradient < max(FLAT, abs(best) * 1e-6)
    return MixedFit(theta, at.beta, sigma2 * at.inverse, sigma2, -best / 2, df, flat, gradient)


def triangle_of_one(size: int) -> Vector:
    """Return θ of the unit matrix.

    >>> triangle_of_one(2).tolist()
    [1.0, 0.0, 1.0]
    """
    return np.array([float(row == column) for column in range(size) for row in range(column, size)])


def _gradient(target: Callable[[Vector], float], theta: Vector) -> Vector:
    steps = STEP * np.eye(len(theta))
    return np.array([(target(theta + step) - target(theta - step)) / (2 * STEP) for step in steps])


def _satterthwaite(data: CrossProducts, criterion: Criterion, theta: Vector, sigma2: float) -> Vector:
    """Return the df of each coefficient: twice its squared variance over the variance of that, by the delta method.

    The variance of (θ, log σ) is twice the inverse of the deviance's Hessian; θ at its bound 0 is left out.
    """
    free = np.flatnonzero(theta**2 > STEP**2)
    point = np.append(theta[free], np.log(sigma2) / 2)

    def at(values: Vector) -> tuple[float, Vector]:
        whole = theta.copy()
        whole[free] = values[:-1]
        found, used = evaluate(data, whole), float(np.exp(2 * values[-1]))
        return deviance(data, found, criterion, used), used * np.diag(found.inverse)

    size = len(point)
    steps = 5e-4 * np.diag(np.maximum(np.abs(point), 0.05))
    curve = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            corners = [at(point + a * steps[i] + b * steps[j])[0] for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            curve[i, j] = curve[j, i] = (corners[0] - corners[1] - corners[2] + corners[3]) / (
                4 * steps[i, i] * steps[j, j]
            )
    slopes = np.array([(at(point + s)[1] - at(point - s)[1]) / (2 * s.sum()) for s in steps])
    spread = 2 * np.linalg.pinv(curve, hermitian=True)
    variance = at(point)[1]
    found: Vector = 2 * variance**2 / np.einsum("ik,ij,jk->k", slopes, spread, slopes)
    return found
