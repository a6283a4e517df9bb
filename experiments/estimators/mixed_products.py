"""What a linear mixed model needs of its rows: cross-products of the outermost groups, alike groups put together.

Belongs here: levels, their cross-products, the relative covariance factor Λ that θ fills. Does not: the likelihood
(mixed_likelihood), its optimum (mixed_optimum). After one pass over the rows nothing depends on their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from experiments.sample import Codes, Matrix, Vector

Cube = npt.NDArray[np.float64]
CELLS = 4_000_000
"""Numbers held at once."""
ALIKE = 4
"""Groups are put together where their kinds are so many times fewer."""


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
    spread: Matrix | None = None

    def alike(self) -> CrossProducts:
        """Return the groups put together that have one Z'Z, as in a panel whose units have the same waves.

        `inner` is then (P, q, q) of the P kinds, `copies` counts their groups, and `spread` (P q q, (p + 1)²) sums the products
        of Z'[X y] with itself: the likelihood costs as much for a million units as for ten. Nothing is won with many kinds.
        """
        flat = self.inner.reshape(len(self.inner), -1)
        kinds, kind = np.unique(flat, axis=0, return_inverse=True)
        if len(kinds) * ALIKE > len(flat):
            return self
        _, q, width = self.across.shape
        size = q * width
        rows, kind = self.across.reshape(-1, size), kind.ravel()
        weighted = rows * self.copies[:, None]
        spread = np.stack([rows[kind == place].T @ weighted[kind == place] for place in range(len(kinds))])
        apart = spread.reshape(-1, q, width, q, width).transpose(0, 1, 3, 2, 4)
        return replace(
            self,
            inner=kinds.reshape(-1, *self.inner.shape[1:]),
            copies=np.bincount(kind, weights=self.copies).astype(np.float64),
            spread=apart.reshape(-1, width * width),
        )

    @cached_property
    def directions(self) -> Cube:
        """Return Λ's derivative by each element of θ, (m, q, q): ones in each slot of a level."""
        width = self.inner.shape[1]
        found, start = [], 0
        for size, slots in zip(self.sizes, self.slots, strict=True):
            for column in range(size):
                for row in range(column, size):
                    one = np.zeros((width, width))
                    places = start + size * np.arange(slots)
                    one[places + row, places + column] = 1.0
                    found.append(one)
            start += size * slots
        return np.stack(found)

    def parts(self, inner: Cube, ways: int) -> Iterator[tuple[CrossProducts, Cube]]:
        """Yield the groups, with a matrix of each, so many at a time as `ways` products of their Z'Z leave in memory."""
        many = max(CELLS // (ways * self.inner.shape[1] ** 2), 1)
        if self.spread is not None or len(self.inner) <= many:
            yield self, inner
            return
        for start in range(0, len(self.inner), many):
            some = slice(start, start + many)
            yield (
                replace(self, inner=self.inner[some], across=self.across[some], copies=self.copies[some]),
                inner[some],
            )

    def factor(self, theta: Vector) -> Matrix:
        """Return Λ, (q, q): each level's Cholesky factor, once for every slot."""
        return np.tensordot(theta, self.directions, axes=1)


def triangle(values: Vector, size: int) -> Matrix:
    """Return a lower triangle filled column by column, as lme4 orders θ."""
    found = np.zeros((size, size))
    places = [(row, column) for column in range(size) for row in range(column, size)]
    for (row, column), value in zip(places, values, strict=True):
        found[row, column] = value
    return found


def triangle_of_one(size: int) -> Vector:
    """Return θ of the unit matrix.

    >>> triangle_of_one(2).tolist()
    [1.0, 0.0, 1.0]
    """
    return np.array([float(row == column) for column in range(size) for row in range(column, size)])


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
