"""The wave cube: per group of like units how many there are, their mean in each period, and their cross-products between periods.

Belongs here: groups, adding cubes (of files, zones, countries) without loss. Does not: reading rows (scan), estimation. Means
and centred cross-products are kept, not raw sums, and joined by Chan, Golub & LeVeque (1983): raw sums of squares would cost
the digits that a mean far from 0 takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.sample import Matrix, Vector

FLOPS = 1 << 18
"""Products smaller than this are added by one thread of any BLAS: the sums are the same on every machine and thread count."""


@dataclass(frozen=True)
class Key:
    """What the units of a group have in common.

    Parameters
    ----------
    seen
        The periods in which they have a row, ascending: the pattern of attrition.
    mark
        Their value in the column `cohort` (one number), or their path of `treatment` (one number a period seen).
    cluster, weight
        Of each unit; None and 1 where the analysis has none.
    """

    seen: tuple[float, ...]
    mark: tuple[float, ...]
    cluster: str | float | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Moments:
    """n units: the mean (T) of their outcomes in the periods seen, and the sum (T × T) of products of deviations from it."""

    units: int
    mean: Vector
    spread: Matrix

    @classmethod
    def of(cls, outcomes: Matrix, *, spend: bool = False) -> Moments:
        """Return the moments of n × T outcomes; with `spend` these may be overwritten.

        >>> Moments.of(np.array([[1.0, 2.0], [3.0, 6.0]])).spread.tolist()
        [[2.0, 4.0], [4.0, 8.0]]
        """
        mean: Vector = outcomes.mean(axis=0)
        return cls(len(outcomes), mean, _products(np.subtract(outcomes, mean, out=outcomes if spend else None)))

    def __add__(self, other: Moments) -> Moments:
        """Return the moments of both together."""
        units = self.units + other.units
        gap = other.mean - self.mean
        spread = self.spread + other.spread + np.outer(gap, gap) * (self.units * other.units / units)
        return Moments(units, self.mean + gap * (other.units / units), spread)


def _products(centred: Matrix) -> Matrix:
    """Return X'X, added block by block in a fixed order."""
    count, width = centred.shape
    block = max(1, FLOPS // (width * width))
    whole = count // block * block
    parts = centred[:whole].reshape(-1, block, width)
    found: Matrix = np.matmul(parts.transpose(0, 2, 1), parts).sum(axis=0)
    left = centred[whole:]
    return found + left.T @ left


@dataclass(frozen=True)
class Cube:
    """Groups with their moments; `counts` of the rows that were read and left out (`Sample.counts`)."""

    groups: dict[Key, Moments]
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def units(self) -> int:
        """Return the number of units."""
        return sum(moments.units for moments in self.groups.values())

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return sum(moments.units * len(key.seen) for key, moments in self.groups.items())

    def __add__(self, other: Cube) -> Cube:
        """Return the cube of both files together; no unit may be in both."""
        return joined([self, other])


def joined(cubes: Iterable[Cube]) -> Cube:
    """Return the cube of several files together; groups are in order, so that the order of the files leaves no trace.

    Only rounding depends on how rows were cut into files.
    """
    groups: dict[Key, Moments] = {}
    counts: dict[str, Any] = {}
    for cube in cubes:
        for key, moments in cube.groups.items():
            groups[key] = groups[key] + moments if key in groups else moments
        counts = _added(counts, cube.counts)
    return Cube({key: groups[key] for key in sorted(groups, key=_order)}, counts)


def _order(key: Key) -> tuple[Any, ...]:
    return (key.mark, key.seen, str(key.cluster), key.weight)


def _added(counts: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    found = dict(counts)
    for name, value in more.items():
        found[name] = _added(found.get(name, {}), value) if isinstance(value, dict) else found.get(name, 0) + value
    return found
