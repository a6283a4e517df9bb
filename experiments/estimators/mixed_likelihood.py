"""The likelihood of a linear mixed model with nested groups, with its first and second derivatives.

Belongs here: REML and ML as functions of the relative covariance factor Λ(θ), β and σ² profiled out. Does not: cross-products
(mixed_products), the optimum and the df (mixed_optimum). With V = I + ZDZ' and D = ΛΛ', all is said by H = Z'V⁻¹Z and
U = Z'V⁻¹[X y]: dH = −H dD H, dU = −H dD U (Bates et al. 2015, sections 3.4-3.6; Lindstrom & Bates 1988 for the derivatives).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.estimators.mixed_products import CrossProducts, Cube
from experiments.sample import Matrix, Vector

Criterion = Literal["reml", "ml"]


@dataclass(frozen=True)
class Evaluated:
    """The criterion's parts at one θ: log|V|, log|X'V⁻¹X|, the penalised sum of squares, β, (X'V⁻¹X)⁻¹.

    `inner` is I − AB by kind of group, with A = Z'Z and B = D(I + AD)⁻¹: what takes Z'[X y] to U.
    """

    factor: Matrix
    inner: Cube
    log_random: float
    log_fixed: float
    squares: float
    beta: Vector
    inverse: Matrix

    def free(self, data: CrossProducts, criterion: Criterion) -> int:
        """Return by what the sum of squares is divided: rows, less coefficients for REML."""
        return data.rows - (len(self.beta) if criterion == "reml" else 0)

    def deviance(self, data: CrossProducts, criterion: Criterion, sigma2: float | None = None) -> float:
        """Return −2 log likelihood, restricted or not; at the best residual variance where none is given."""
        free = self.free(data, criterion)
        used = self.squares / free if sigma2 is None else sigma2
        found = free * np.log(2 * np.pi * used) + self.log_random + self.squares / used
        return float(found + (self.log_fixed if criterion == "reml" else 0.0))


@dataclass(frozen=True)
class Slopes:
    """First (m) and second (m, m) derivatives by θ of log|V|, log|X'V⁻¹X| and the sum of squares, and of X'V⁻¹X, (m, p, p)."""

    log_random: tuple[Vector, Matrix]
    log_fixed: tuple[Vector, Matrix]
    squares: tuple[Vector, Matrix]
    fixed: Cube

    def deviance(self, at: Evaluated, free: int, criterion: Criterion) -> tuple[Vector, Matrix]:
        """Return gradient and Hessian of the deviance with σ² profiled out."""
        first, second = (own / at.squares for own in self.squares)
        gradient = self.log_random[0] + free * first
        hessian = self.log_random[1] + free * (second - np.outer(first, first))
        if criterion == "reml":
            return gradient + self.log_fixed[0], hessian + self.log_fixed[1]
        return gradient, hessian


def evaluate(data: CrossProducts, theta: Vector) -> Evaluated:
    """Return the parts of the criterion at θ.

    Raises
    ------
    numpy.linalg.LinAlgError
        Nothing is left of the fixed effects.
    """
    factor = data.factor(theta)
    between = factor @ factor.T
    system = np.eye(len(factor)) + data.inner @ between
    inner: Cube = np.linalg.inv(system).astype(np.float64, copy=False)
    left = data.outer - forms(data, between @ inner)
    fixed, right, total = left[:-1, :-1], left[:-1, -1], float(left[-1, -1])
    sign, log_fixed = np.linalg.slogdet(fixed)
    inverse: Matrix = np.linalg.inv(fixed).astype(np.float64, copy=False)
    beta: Vector = inverse @ right
    squares = total - float(right @ beta)
    if sign <= 0 or squares <= 0:
        raise np.linalg.LinAlgError
    log_random = float(data.copies @ np.linalg.slogdet(system)[1])
    return Evaluated(factor, inner, log_random, float(log_fixed), squares, beta, inverse)


def forms(data: CrossProducts, middle: Cube) -> Matrix:
    """Return Σ C'MC over the groups, C = Z'[X y] and M of the group's kind: (…, G, q, q) → (…, p + 1, p + 1)."""
    lead, width = middle.shape[:-3], data.across.shape[2]
    if data.spread is not None:
        return (middle.reshape(*lead, -1) @ data.spread).reshape(*lead, width, width)
    size = data.across.shape[0] * data.across.shape[1]
    weighted = (data.across * data.copies[:, None, None]).reshape(size, width)
    found: Matrix = weighted.T @ (middle @ data.across).reshape(*lead, size, width)
    return found


def slopes(data: CrossProducts, at: Evaluated) -> Slopes:
    """Return the derivatives of the criterion's parts at a θ that was evaluated."""
    count, p = len(data.directions), len(at.beta)
    rows, columns = np.tril_indices(count)
    parts = [_slopes_of(part, inner, at.factor) for part, inner in data.parts(at.inner, len(rows))]
    random, twice, first, flat = (sum(part) for part in zip(*parts, strict=True))
    second, bend = np.empty((count, count, p + 1, p + 1)), np.empty((count, count))
    second[rows, columns] = second[columns, rows] = flat
    bend[rows, columns] = bend[columns, rows] = twice
    return _profiled(at, (random, bend), first, second)


def _slopes_of(data: CrossProducts, inner: Cube, factor: Matrix) -> tuple[Vector, Vector, Cube, Cube]:
    """Return what some groups add: first and second derivatives of log|V| and of [X y]'V⁻¹[X y], the second by pairs of θ."""
    ways = data.directions
    k, j = np.tril_indices(len(ways))
    own = inner @ data.inner
    moved = ways @ factor.T + factor @ ways.transpose(0, 2, 1)
    bent = ways[k] @ ways[j].transpose(0, 2, 1)
    bent = bent + bent.transpose(0, 2, 1)
    turned = own @ moved[:, None]
    chain = moved[k][:, None] @ turned[j]
    middle = np.concatenate([-moved[:, None] + 0 * turned, chain + np.swapaxes(chain, 2, 3) - bent[:, None]])
    found = forms(data, np.swapaxes(inner, 1, 2) @ middle @ inner)
    whole = np.tensordot(data.copies, own, axes=1)
    twice = np.einsum("kgab,kgba,g->k", turned[k], turned[j], data.copies)
    level = (whole * moved).sum(axis=(1, 2))
    return level, (whole * bent).sum(axis=(1, 2)) - twice, found[: len(ways)], found[len(ways) :]


def _profiled(at: Evaluated, log_random: tuple[Vector, Matrix], first: Cube, second: Cube) -> Slopes:
    """Return the derivatives with β at its best, from those of [X y]'V⁻¹[X y]."""
    along = np.append(-at.beta, 1.0)
    pull = (first @ along)[:, :-1]
    squares = along @ first @ along, along @ second @ along - 2 * pull @ at.inverse @ pull.T
    fixed = first[:, :-1, :-1]
    shares = at.inverse @ fixed
    bend = np.einsum("ab,kjba->kj", at.inverse, second[:, :, :-1, :-1]) - np.einsum("kab,jba->kj", shares, shares)
    return Slopes(log_random, (np.einsum("kaa->k", shares), bend), squares, fixed)
