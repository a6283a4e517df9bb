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


@dataclass(frozen=True)
class Units:
    """N units: outcomes N × T (0 where absent) less the origin, patterns, cohorts, weights (None: all 1), clusters."""

    outcome: Matrix
    present: Flags
    treated: Flags
    cohort: Vector
    weights: Vector | None
    cluster: Codes

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
    return WaveCube(
        periods=periods,
        origin=origin,
        cohort=units.cohort[key],
        present=units.present[key],
        treated=units.treated[key],
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
    key = np.unique(units.cohort, return_inverse=True)[1].astype(np.int64)
    for table in (units.present, units.treated):
        if not (table == table[:1]).all():
            packed = np.packbits(table, axis=1)
            wide = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
            wide[:, : packed.shape[1]] = packed
            for word in wide.view(np.uint64).T:
                key = _joined(key, np.unique(word, return_inverse=True)[1].astype(np.int64))
    return _joined(key, units.cluster) if units.cluster.any() else key


def _joined(outer: Codes, inner: Codes) -> Codes:
    pairs = outer * (int(inner.max()) + 1) + inner
    found: Codes = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return found
