"""Units with their outcomes → cells of a wave cube.

Belongs here: grouping units by cohort, pattern and cluster, and the sums. Does not: reading (parquet), which analyses can use a
cube (choice). Sums run over fixed blocks of units, so that the number of threads does not change a digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.estimators.onescan.cube import Cells, WaveCube, empty_second
from experiments.sample import Codes, Flags, Matrix, Vector

BLOCK = 8_192
"""Units whose products are summed at once."""
SPAN = 4_096
"""Whole numbers that span no more than this are numbered by counting."""


@dataclass(frozen=True)
class Units:
    """N units.

    Parameters
    ----------
    outcome
        N × T less the origin, 0 where absent.
    cohort, cluster
        N.
    present, treated
        N × T; None where everybody is present throughout, and where treatment follows from the cohort.
    weights
        N; None when all are 1.
    """

    outcome: Matrix
    cohort: Vector
    cluster: Codes
    present: Flags | None = None
    treated: Flags | None = None
    weights: Vector | None = None

    @property
    def size(self) -> int:
        """Return the number of units."""
        return len(self.cohort)


def cells_of(units: Units, periods: Vector, origin: float, clusters: tuple[str, ...]) -> WaveCube:
    """Return the cube of some units; products of outcomes are summed only where the unit is the cluster."""
    order, starts = _grouped(units)
    ends = np.append(starts[1:], units.size)
    cells, width = len(starts), units.outcome.shape[1]
    count = (ends - starts).astype(np.float64)
    key = order[starts]
    first, first2 = np.zeros((cells, width)), np.zeros((cells, width))
    second = empty_second(cells, width, wanted=not clusters)
    weight, weight2 = count.copy(), count.copy()
    for cell, (begin, end) in enumerate(zip(starts, ends, strict=True)):
        weights = None if units.weights is None else units.weights[order[begin:end]]
        if weights is not None:
            weight[cell], weight2[cell] = weights.sum(), weights @ weights
        first[cell], first2[cell] = _sums(
            units.outcome, order[begin:end], weights, second[cell] if not clusters else None
        )
    present = np.ones((cells, width), dtype=bool) if units.present is None else units.present[key]
    cohort = units.cohort[key]
    treated = (periods >= cohort[:, None]) & present if units.treated is None else units.treated[key]
    return WaveCube(
        periods=periods,
        origin=origin,
        cohort=cohort,
        present=present,
        treated=treated,
        cluster=units.cluster[key],
        clusters=clusters,
        count=count,
        weight=weight,
        weight2=weight2,
        first=first,
        first2=first2,
        second=second,
    )


def _sums(outcome: Matrix, members: Codes, weights: Vector | None, second: Cells | None) -> tuple[Vector, Vector]:
    """Return Σwy and Σw²y over some units, and add Σw²yy' to `second`."""
    first, first2 = np.zeros(outcome.shape[1]), np.zeros(outcome.shape[1])
    whole = len(members) == len(outcome) and bool((members[:1] == 0).all())
    for begin in range(0, len(members), BLOCK):
        chosen = slice(begin, begin + BLOCK)
        block = outcome[chosen] if whole else outcome[members[chosen]]
        if weights is None:
            total = block.sum(axis=0)
            first += total
            first2 += total
        else:
            own = weights[chosen, None]
            first += (block * own).sum(axis=0)
            block = block * own
            first2 += (block * own).sum(axis=0)
        if second is not None:
            second += block.T @ block
    return first, first2


def _grouped(units: Units) -> tuple[Codes, Codes]:
    """Return an order in which the units of a cell lie together, and where each cell begins."""
    key = _codes(units)
    if (key == key[0]).all():
        return np.arange(units.size), np.zeros(1, dtype=np.int64)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(key[order]) != 0))
    return order, starts.astype(np.int64)


def _codes(units: Units) -> Codes:
    """Return a number for each unit's cohort, pattern and cluster."""
    key = numbered(units.cohort)
    for table in (units.present, units.treated):
        if table is not None and not (table == table[:1]).all():
            packed = np.packbits(table, axis=1)
            wide = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
            wide[:, : packed.shape[1]] = packed
            for word in wide.view(np.uint64).T:
                key = _joined(key, numbered(word))
    return _joined(key, units.cluster) if units.cluster.any() else key


def _joined(outer: Codes, inner: Codes) -> Codes:
    return numbered(outer * (int(inner.max()) + 1) + inner)


def numbered(values: Vector | Codes) -> Codes:
    """Return numbers 0, 1, … in the order of values; whole numbers in a small range need no sorting, infinite ones come last.

    >>> numbered(np.array([7.0, np.inf, 3.0, 7.0])).tolist()
    [1, 2, 0, 1]
    """
    endless = np.isinf(values) if values.dtype.kind == "f" else np.zeros(0, dtype=bool)
    low = values.min()
    safe = np.where(endless, low, values) if endless.any() else values
    span = float(safe.max() - low) if np.isfinite(low) else 0.0
    if span >= SPAN or (values.dtype.kind == "f" and np.isfinite(low) and not (safe == np.floor(safe)).all()):
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    place = (safe - low).astype(np.int64) if np.isfinite(low) else np.zeros(len(values), dtype=np.int64)
    if endless.any() and np.isfinite(low):
        place[endless] = int(span) + 1
    present = np.bincount(place) > 0
    found: Codes = (np.cumsum(present) - 1)[place]
    return found
