"""Cluster cross-products: per cell of like rows how many there are, the means of their numbers, and the products between these.

Belongs here: cells, adding them up, the rows that an analysis takes of them. Does not: reading files (products_scan), the fit. A
cell is a cluster × treatment × fixed effect × which of the declared filters hold × which values are missing, so that one table
answers every choice of outcome, covariates, sample and weights. Means and centred products, as in the wave cube (cube).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.estimators.onescan.cube import Moments
from experiments.estimators.onescan.stand_in import points_of
from experiments.sample import Matrix, Sample, Vector

Cubes = npt.NDArray[np.float64]
Value = str | float | bool | None


@dataclass(frozen=True)
class Wanted:
    """What cross-products are made of.

    Parameters
    ----------
    numbers
        Columns whose products are kept: outcomes and covariates.
    keys
        Columns that tell cells apart: treatment, clusters, fixed effects, categories.
    filters
        Expressions; of every row it is kept which hold.
    weights
        Columns; products are kept without weights and with each.
    """

    numbers: tuple[str, ...]
    keys: tuple[str, ...]
    filters: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that may be missing in a row, in the order of the bits of `Cell.lacking`."""
        return tuple(dict.fromkeys((*self.numbers, *self.keys, *self.weights)))

    def holds(self, other: Wanted) -> bool:
        """Tell whether these cross-products answer what `other` would."""
        mine, theirs = vars(self), vars(other)
        return all(set(theirs[name]) <= set(mine[name]) for name in mine)


@dataclass(frozen=True, order=True)
class Cell:
    """What the rows of a cell have in common: values of the keys, bits of filters (yes, unknown) and of missing columns."""

    values: tuple[Value, ...]
    yes: int
    unknown: int
    lacking: int


@dataclass(frozen=True)
class Sums:
    """n rows and, without weights and with each of W: total weight (1 + W), means (1 + W, k), centred products (1 + W, k, k)."""

    rows: int
    totals: Vector
    means: Matrix
    spreads: Cubes

    @classmethod
    def of(cls, numbers: Matrix, weights: Matrix) -> Sums:
        """Return the sums of n × k numbers under n × (1 + W) weights."""
        totals: Vector = weights.sum(axis=0)
        means: Matrix = (weights.T @ numbers) / np.where(totals > 0, totals, 1.0)[:, None]
        spreads = []
        for weight, mean in zip(weights.T, means, strict=True):
            centred = numbers - mean
            spreads.append((centred * weight[:, None]).T @ centred)
        return cls(len(numbers), totals, means, np.stack(spreads))

    def __add__(self, other: Sums) -> Sums:
        """Return the sums of both together (Chan, Golub & LeVeque 1983)."""
        totals = self.totals + other.totals
        share = np.where(totals > 0, other.totals / np.where(totals > 0, totals, 1.0), 0.0)
        gap = other.means - self.means
        between = np.einsum("w,wa,wb->wab", self.totals * share, gap, gap)
        return Sums(
            self.rows + other.rows, totals, self.means + gap * share[:, None], self.spreads + other.spreads + between
        )


@dataclass(frozen=True)
class Taken:
    """What an analysis takes: numbers and keys of its frame, the filter and the weights; `complete`: columns never missing."""

    numbers: tuple[str, ...]
    keys: tuple[str, ...]
    complete: tuple[str, ...]
    filter: str | None = None
    weights: str | None = None


@dataclass(frozen=True)
class Products:
    """Cells with their sums, in order."""

    wanted: Wanted
    cells: dict[Cell, Sums]

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return sum(sums.rows for sums in self.cells.values())

    def __add__(self, other: Products) -> Products:
        """Return those of both files together; both are made of the same."""
        return added([self, other])

    def ever_missing(self) -> frozenset[str]:
        """Return the columns that some row lacks."""
        seen = 0
        for cell in self.cells:
            seen |= cell.lacking
        return frozenset(name for place, name in enumerate(self.wanted.columns) if seen >> place & 1)

    def taken(self, what: Taken) -> Iterator[tuple[Cell, Sums]]:
        """Yield the cells of complete rows for which the filter holds."""
        needed, yes = self._bits(what.complete), self._filter_bit(what.filter)
        for cell, sums in self.cells.items():
            if not cell.lacking & needed and cell.yes & yes == yes:
                yield cell, sums

    def counts(self, what: Taken) -> dict[str, Any]:
        """Return what `sample.complete_rows` counts: rows read, after the filter, dropped for each column."""
        yes, needed = self._filter_bit(what.filter), self._bits(what.complete)
        after = [(cell, sums.rows) for cell, sums in self.cells.items() if cell.yes & yes == yes]
        found: dict[str, Any] = {"n_read": self.rows, "n_after_filter": sum(rows for _, rows in after)}
        if what.filter is not None:
            found["n_filter_unknown"] = sum(sums.rows for cell, sums in self.cells.items() if cell.unknown & yes)
        places = {name: 1 << place for place, name in enumerate(self.wanted.columns)}
        absent = {name: sum(rows for cell, rows in after if cell.lacking & places[name]) for name in what.complete}
        found["n_dropped"] = {name: count for name, count in absent.items() if count}
        found["n_incomplete"] = sum(rows for cell, rows in after if cell.lacking & needed)
        return found

    def sample(self, what: Taken) -> Sample:
        """Return a few rows that have the same sums as all that an analysis takes (`stand_in`), by cell."""
        places = [self.wanted.numbers.index(name) for name in what.numbers]
        own = 0 if what.weights is None else 1 + self.wanted.weights.index(what.weights)
        key_places = [self.wanted.keys.index(name) for name in what.keys]
        points, sizes, copies, weights, values = [], [], [], [], []
        for cell, sums in self.taken(what):
            some = _points(sums.totals[own], sums.means[own, places], sums.spreads[own][np.ix_(places, places)])
            points.append(some)
            sizes.append(len(some))
            copies.append(sums.rows / len(some))
            weights.append(sums.totals[own] / len(some))
            values.append([cell.values[place] for place in key_places])
        many = np.array(sizes, dtype=np.int64)
        frame = pd.DataFrame(np.vstack(points or [np.zeros((0, len(places)))]), columns=list(what.numbers))
        for place, name in enumerate(what.keys):
            frame[name] = np.repeat(np.array([row[place] for row in values]), many)
        each = np.repeat(np.array(weights), many), np.repeat(np.array(copies), many)
        return Sample(frame, each[0], self.counts(what), each[1])

    def _bits(self, names: Iterable[str]) -> int:
        return sum(1 << self.wanted.columns.index(name) for name in names)

    def _filter_bit(self, expression: str | None) -> int:
        return 0 if expression is None else 1 << self.wanted.filters.index(expression)


def added(parts: Iterable[Products]) -> Products:
    """Return the cross-products of several files together; cells are in order, whatever that of the files."""
    listed = list(parts)
    cells: dict[Cell, Sums] = {}
    for part in listed:
        for cell, sums in part.cells.items():
            cells[cell] = cells[cell] + sums if cell in cells else sums
    return Products(listed[0].wanted, {cell: cells[cell] for cell in sorted(cells, key=_order)})


def _order(cell: Cell) -> tuple[Any, ...]:
    values = tuple(
        (isinstance(value, str), str(value) if isinstance(value, str) else value or 0) for value in cell.values
    )
    return (values, cell.yes, cell.unknown, cell.lacking)


def _points(total: float, mean: Vector, spread: Matrix) -> Matrix:
    """Return `points_of`, columns measured in their own spread: no column is rounding beside another."""
    if not len(mean):
        return np.zeros((1, 0))
    scale = np.sqrt(np.maximum(np.diag(spread) / total, 0.0))
    used = np.where(scale > 0, scale, 1.0)
    some = points_of(Moments(1, np.zeros(len(mean)), spread / total / np.outer(used, used)))
    found: Matrix = mean + some * used
    return found
