"""Fixed effects swept out of columns: directly where there are one or two, else by weighted alternating projections.

Belongs here: residuals of columns on any number of group factors, levels and singletons counted. Does not: what is regressed
on what (linear), degrees of freedom (variance). Projections are accelerated by conjugate gradients:
Hernández-Ramos, Escalante & Raydan (2011); Correia (2016) for the symmetric sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from experiments.messages import refusal
from experiments.sample import Codes, Matrix, Vector

TOLERANCE = 1e-12
"""Largest group mean left in a residual column, relative to the column's own spread."""
ROUNDING = 1e-9
"""Where rounding stops the descent short of `TOLERANCE`, this much is still accepted."""
ROUNDS = 20_000
NARROW = 200
"""Two fixed effects of which one has no more levels are solved directly,"""
CELLS = 20_000_000
"""if their table holds no more cells (160 MB)."""


@dataclass(frozen=True)
class Factor:
    """One fixed effect: a name, a group number per row, how many groups, the weight in each."""

    name: str
    codes: Codes
    levels: int
    totals: Vector

    @classmethod
    def of(cls, name: str, codes: Codes, weights: Vector) -> Factor:
        """Count the groups of `codes` (numbered 0, 1, … without gaps)."""
        totals: Vector = np.bincount(codes, weights=weights).astype(np.float64)
        return cls(name, codes, len(totals), totals)

    def means(self, columns: Matrix, weights: Vector) -> Matrix:
        """Return weighted group means, levels × columns."""
        sums = [np.bincount(self.codes, weights=weights * column, minlength=self.levels) for column in columns.T]
        return np.column_stack(sums) / self.totals[:, None]

    def sweep(self, columns: Matrix, weights: Vector) -> Matrix:
        """Return the columns with their group means taken out."""
        return columns - self.means(columns, weights)[self.codes]


@dataclass(frozen=True)
class Pair:
    """Two fixed effects, one of few levels: their normal equations solved directly instead of by descent.

    With N the table of weights, levels of `wide` by levels of `narrow`, the narrow effects solve
    (D₂ − N'D₁⁻¹N) γ = s₂ − N'D₁⁻¹s₁, where D are the totals and s the sums of a column; the wide ones are D₁⁻¹(s₁ − Nγ).
    """

    wide: Factor
    narrow: Factor
    weights: Vector
    table: Matrix
    inverse: Matrix

    @classmethod
    def of(cls, wide: Factor, narrow: Factor, weights: Vector) -> Pair:
        """Tabulate the weights and invert the small system; a level that others explain gets no effect of its own."""
        cells = wide.codes * narrow.levels + narrow.codes
        flat = np.bincount(cells, weights, wide.levels * narrow.levels).astype(np.float64)
        table: Matrix = flat.reshape(wide.levels, narrow.levels)
        left = np.diag(narrow.totals) - table.T @ (table / wide.totals[:, None])
        inverse: Matrix = np.linalg.pinv(left, rcond=1e-12, hermitian=True).astype(np.float64)
        return cls(wide, narrow, weights, table, inverse)

    def residual(self, columns: Matrix) -> Matrix:
        """Return the columns less their projection on both fixed effects."""
        outer = self.wide.means(columns, self.weights)
        inner = self.narrow.means(columns, self.weights) * self.narrow.totals[:, None]
        gamma = self.inverse @ (inner - self.table.T @ outer)
        alpha = outer - self.table @ gamma / self.wide.totals[:, None]
        found: Matrix = columns - alpha[self.wide.codes] - gamma[self.narrow.codes]
        return found


@dataclass(frozen=True)
class Absorber:
    """The fixed effects of one regression.

    Parameters
    ----------
    factors
        At least one.
    weights
        Above 0, one a row (ones when the regression has none).
    """

    factors: tuple[Factor, ...]
    weights: Vector

    def singletons(self, copies: Vector | None = None, copied: str | None = None) -> int:
        """Return how many rows are alone in a group of some fixed effect: they carry no information about the coefficients.

        `copies`: for how many rows each stands; all of them in groups of their own of the factor `copied`.
        """
        each = np.ones(len(self.weights)) if copies is None else copies
        alone = np.zeros(len(self.weights), dtype=bool)
        for factor in self.factors:
            inside = np.bincount(factor.codes, weights=None if factor.name == copied else each)
            alone |= (np.rint(inside) == 1)[factor.codes]
        return round(float(each[alone].sum()))

    @property
    def parameters(self) -> int:
        """Levels of all fixed effects, less one for each after the first (fixest's default count)."""
        return sum(factor.levels for factor in self.factors) - (len(self.factors) - 1)

    def residual(self, columns: Matrix) -> Matrix:
        """Return the residuals of each column on all fixed effects.

        Parameters
        ----------
        columns
            Rows × columns; a column that the fixed effects explain comes back as rounding noise around 0.

        Raises
        ------
        Refused
            No convergence to `TOLERANCE` within `ROUNDS`: the data are connected by too thin a thread.
        """
        columns = columns - self._average(columns)
        spread = np.sqrt(self._average(columns**2))
        if len(self.factors) == 1:
            first = self.factors[0]
            return first.sweep(first.sweep(columns, self.weights), self.weights)  # twice: rounding of the first pass
        if self._pair is not None:
            current = self._pair.residual(self._pair.residual(columns))
        else:
            current = columns
            for factor in self.factors:
                current = factor.sweep(current, self.weights)
        floor = np.maximum(spread, np.finfo(float).tiny)
        loose = np.flatnonzero(self._gap(current, floor) > TOLERANCE)
        if len(loose):
            current = current.copy()
            for place in loose:
                current[:, [place]] = self._conjugate(current[:, [place]], floor[[place]])
        return current

    def _average(self, columns: Matrix) -> Vector:
        # einsum, not @: on columns this narrow a threaded BLAS spends more in waking its threads than in adding
        found: Vector = np.einsum("i,ij->j", self.weights, columns) / self.weights.sum()
        return found

    @cached_property
    def _pair(self) -> Pair | None:
        if len(self.factors) != 2 or min(factor.levels for factor in self.factors) > NARROW:  # noqa: PLR2004
            return None
        wide, narrow = sorted(self.factors, key=lambda factor: -factor.levels)
        return Pair.of(wide, narrow, self.weights) if wide.levels * narrow.levels <= CELLS else None

    def _symmetric(self, columns: Matrix) -> Matrix:
        for factor in (*self.factors, *reversed(self.factors[:-1])):
            columns = factor.sweep(columns, self.weights)
        return columns

    def _gap(self, columns: Matrix, spread: Vector) -> Vector:
        left = [np.abs(factor.means(columns, self.weights)).max(axis=0) for factor in self.factors]
        found: Vector = np.max(left, axis=0) / spread
        return found

    def _conjugate(self, column: Matrix, spread: Vector) -> Matrix:
        """Return one column's residual by conjugate gradients, started afresh where rounding has stopped the descent."""
        rounds, gap = 0, np.inf
        while rounds < ROUNDS:
            column, used = self._descend(column, spread, ROUNDS - rounds)
            rounds, before, gap = rounds + used, gap, float(self._gap(column, spread)[0])
            if gap <= TOLERANCE or (gap <= ROUNDING and gap > before / 2):
                return column
        names = ", ".join(factor.name for factor in self.factors)
        raise refusal("E-EST-09", columns=names, gap=gap, rounds=rounds)

    def _descend(self, column: Matrix, spread: Vector, most: int) -> tuple[Matrix, int]:
        """Solve (I − T) z = (I − T) y for the part z of y that lies in the fixed effects; T is the symmetric sweep."""
        weights = self.weights[:, None]
        gradient = column - self._symmetric(column)
        direction, size = gradient, float((weights * gradient**2).sum())
        floor = float((self.weights * spread**2).sum()) * np.finfo(float).eps ** 2
        for count in range(1, most + 1):
            image = direction - self._symmetric(direction)
            curvature = float((weights * direction * image).sum())
            if size <= floor or curvature <= 0:
                return self._symmetric(column), count
            column = column - size / curvature * direction
            gradient = gradient - size / curvature * image
            fresh = float((weights * gradient**2).sum())
            direction, size = gradient + fresh / size * direction, fresh
            if count % 5 == 0 and self._gap(column, spread)[0] <= TOLERANCE / 10:
                return self._symmetric(column), count
        return column, most
