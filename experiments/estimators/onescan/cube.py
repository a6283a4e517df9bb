"""The wave cube: for each cohort, attrition pattern and cluster the sums of outcomes and of their products over periods.

Belongs here: the table, adding cubes up, taking some cells. Does not: filling it (build, parquet), estimators.
With w the unit's weight and y its outcomes less `origin`, a cell holds Σ1, Σw, Σw², Σwy, Σw²y and Σw²yy'. These give every
estimator whose influence is linear in a unit's outcomes within cells, with errors by unit; by coarser clusters Σwy does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.sample import Codes, Flags, Matrix, Vector

Cells = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WaveCube:
    """C cells over T periods.

    Parameters
    ----------
    periods
        T, ascending.
    origin
        What outcomes are measured from; sums of large numbers would lose digits.
    cohort
        C: first treated period, infinite for never.
    present
        C × T: the periods in which units of the cell are observed.
    treated
        C × T: where they are treated; follows from the cohort unless treatment was read by row.
    cluster
        C: place in `clusters`.
    clusters
        Names of coarse clusters; empty when the unit is the cluster.
    count, weight, weight2
        C: units, Σw, Σw².
    first, first2
        C × T: Σwy, Σw²y.
    second
        C × T × T: Σw²yy'; C × 0 × 0 when the cube is for coarse clusters.
    """

    periods: Vector
    origin: float
    cohort: Vector
    present: Flags
    treated: Flags
    cluster: Codes
    clusters: tuple[str, ...]
    count: Vector
    weight: Vector
    weight2: Vector
    first: Cells
    first2: Cells
    second: Cells

    @property
    def rows(self) -> int:
        """Return the number of observations."""
        return int((self.count[:, None] * self.present).sum())

    @property
    def units(self) -> int:
        """Return the number of units."""
        return int(self.count.sum())

    @property
    def groups(self) -> int:
        """Return the number of clusters: coarse ones, or units."""
        return len(np.unique(self.cluster)) if self.clusters else self.units

    def select(self, kept: Flags) -> WaveCube:
        """Return the cube of some cells."""
        names = ("cohort", "present", "treated", "cluster", "count", "weight", "weight2", "first", "first2", "second")
        return replace(self, **{name: getattr(self, name)[kept] for name in names})

    def rebased(self, origin: float) -> WaveCube:
        """Return the same cube with outcomes measured from another origin."""
        move = self.origin - origin
        if move == 0:
            return self
        shift = move * self.present
        second = self.second
        if second.size:
            cross = self.first2[:, :, None] * shift[:, None, :]
            square = self.weight2[:, None, None] * shift[:, :, None] * shift[:, None, :]
            second = second + cross + cross.transpose(0, 2, 1) + square
        return replace(
            self,
            origin=origin,
            first=self.first + self.weight[:, None] * shift,
            first2=self.first2 + self.weight2[:, None] * shift,
            second=second,
        )


def pooled(cubes: Sequence[WaveCube]) -> WaveCube:
    """Return the cube of all units together: the same as one scan over all files.

    Periods may differ between the cubes; cells of one cohort, pattern and cluster are added up.
    """
    periods = np.unique(np.concatenate([cube.periods for cube in cubes]))
    names = tuple(dict.fromkeys(name for cube in cubes for name in cube.clusters))
    origin = cubes[0].origin
    wide = [_spread(cube.rebased(origin), periods, names) for cube in cubes]

    def stacked(name: str) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = np.concatenate([getattr(cube, name) for cube in wide])
        return found

    present, treated = stacked("present").astype(bool), stacked("treated").astype(bool)
    cohort, cluster = stacked("cohort"), stacked("cluster")
    first, place = group_cells(cohort, present, treated, cluster)
    names_of_sums = ("count", "weight", "weight2", "first", "first2", "second")
    sums: dict[str, Any] = {name: _added(stacked(name), place, len(first)) for name in names_of_sums}
    key: dict[str, Any] = {"cohort": cohort[first], "present": present[first], "treated": treated[first]}
    return WaveCube(periods, origin, cluster=cluster[first].astype(np.int64), clusters=names, **key, **sums)


def group_cells(cohort: Vector, present: Flags, treated: Flags, cluster: Vector | Codes) -> tuple[Codes, Codes]:
    """Return one row of each distinct cell, and the cell of each row; cells are ordered by cohort, cluster, pattern."""
    bits = np.concatenate([np.packbits(present, axis=1), np.packbits(treated, axis=1)], axis=1)
    keys = np.column_stack([cohort, cluster.astype(float), bits.astype(float)])
    _, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return first.astype(np.int64), place.reshape(-1).astype(np.int64)


def _spread(cube: WaveCube, periods: Vector, names: tuple[str, ...]) -> WaveCube:
    """Return the cube over more periods and clusters, nobody present in those added."""
    at = np.searchsorted(periods, cube.periods)
    cells, width = len(cube.cohort), len(periods)

    def wide(table: npt.NDArray[Any], kind: type) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = np.zeros((cells, width), dtype=kind)
        found[:, at] = table
        return found

    second = np.zeros((cells, width, width)) if cube.second.size else np.zeros((cells, 0, 0))
    if cube.second.size:
        second[:, at[:, None], at] = cube.second
    own = np.array([names.index(name) for name in cube.clusters], dtype=np.int64)
    return replace(
        cube,
        periods=periods,
        present=wide(cube.present, bool),
        treated=wide(cube.treated, bool),
        first=wide(cube.first, float),
        first2=wide(cube.first2, float),
        second=second,
        cluster=own[cube.cluster] if len(own) else cube.cluster,
        clusters=names,
    )


def _added(table: npt.NDArray[np.float64], place: Codes, cells: int) -> npt.NDArray[np.float64]:
    found = np.zeros((cells, *table.shape[1:]))
    np.add.at(found, place, table)
    return found


def empty_second(cells: int, width: int, *, wanted: bool) -> Matrix:
    """Return the table of second moments, empty when they are not wanted."""
    return np.zeros((cells, width, width) if wanted else (cells, 0, 0))
