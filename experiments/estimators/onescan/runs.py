"""Rows in the order of units → groups of a cube: each unit's rows are a run; units with like runs are taken together.

Belongs here: the two ways through a block of rows (every unit seen in the same periods; or any gaps), and what must hold in a
unit. Does not: reading (scan), moments (cube). No loop goes over units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.estimators.onescan.cube import Cube, Key, Moments
from experiments.messages import refusal
from experiments.sample import Codes, Flags
from experiments.spec import AnalysisSpec

FEW = 1 << 16
"""Numbers below this are sorted by their digits."""


class NotInOneScan(Exception):
    """These data do not fit into a small cube, or an estimator needs their rows; go by rows."""


@dataclass(frozen=True)
class Block:
    """The rows of whole units: `first` rows of the units, then one number a row, of any type of numbers.

    `mark`: cohort or treatment; `cluster` and `weight` are None where there is none.
    """

    first: Codes
    time: np.ndarray
    outcome: np.ndarray
    mark: np.ndarray
    cluster: np.ndarray | None = None
    weight: np.ndarray | None = None


@dataclass(frozen=True)
class _Wide:
    """N units × T periods: which are seen, outcomes and marks (anything where not seen)."""

    periods: np.ndarray
    seen: Flags | None
    outcome: np.ndarray
    mark: np.ndarray


def cube_of(spec: AnalysisSpec, block: Block) -> Cube:
    """Return the cube of a block.

    Raises
    ------
    Refused
        E-DID-01: two rows of a unit in a period. E-DID-02: a cohort, cluster or weight that changes within a unit.
    """
    wide = _wide(spec, block)
    if spec.cohort is not None:
        wide = _Wide(
            wide.periods, wide.seen, wide.outcome, _constant(spec.cohort, "cohort", block.mark, block)[:, None]
        )
    clusters = None if block.cluster is None else _constant(spec.cluster[0], "cluster", block.cluster, block)
    weights = None if block.weight is None else _constant(str(spec.weights), "weights", block.weight, block)
    code = _codes(wide, clusters, weights)
    order = np.argsort(code.astype(np.uint16) if code.max() < FEW else code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    groups: dict[Key, Moments] = {}
    for members in np.split(order, starts[1:]):
        one = members[0]
        seen = slice(None) if wide.seen is None else np.flatnonzero(wide.seen[one])
        path = wide.mark[one] if wide.mark.shape[1] == 1 else wide.mark[one][seen]
        key = Key(
            tuple(map(float, wide.periods[seen])),
            tuple(map(float, path)),
            None if clusters is None else _plain(clusters[one]),
            1.0 if weights is None else float(weights[one]),
        )
        is_all = len(members) == len(order) and wide.seen is None
        outcomes = wide.outcome if is_all else wide.outcome[members][:, seen]
        groups[key] = Moments.of(outcomes.astype(np.float64, copy=False), spend=not is_all)
    return Cube(groups)


def _plain(name: object) -> str | float | None:
    """Return a cluster's name as Python's own text or number."""
    found: str | float | None = name.item() if isinstance(name, np.generic) else name  # type: ignore[assignment]
    return found


def _wide(spec: AnalysisSpec, block: Block) -> _Wide:
    lengths = np.diff(block.first, append=len(block.time))
    width, count = int(lengths[0]), len(block.first)
    if (lengths == width).all():
        times = block.time.reshape(count, width)
        if (times == times[0]).all() and (np.diff(times[0]) > 0).all():
            shape = (count, width)
            return _Wide(times[0].copy(), None, block.outcome.reshape(shape), block.mark.reshape(shape))
    periods, place = np.unique(block.time, return_inverse=True)
    unit = np.repeat(np.arange(count), lengths)
    cells = unit * len(periods) + place
    filled = np.bincount(cells, minlength=count * len(periods))
    if filled.max() > 1:
        raise refusal("E-DID-01", n=int((filled > 1).sum()), unit=spec.unit, time=spec.time)
    shape = (count, len(periods))
    outcome, mark = np.zeros(shape), np.zeros(shape)
    outcome[unit, place], mark[unit, place] = block.outcome, block.mark
    return _Wide(periods, (filled > 0).reshape(shape), outcome, mark)


def _constant(name: str, role: str, values: np.ndarray, block: Block) -> np.ndarray:
    own = values[block.first]
    lengths = np.diff(block.first, append=len(values))
    width = int(lengths[0])
    if (lengths == width).all() and (values.reshape(-1, width) == own[:, None]).all():
        return own
    changed = values != np.repeat(own, lengths)
    if changed.any():
        units = np.repeat(np.arange(len(own)), lengths)[changed]
        raise refusal("E-DID-02", column=name, role=role, n=len(np.unique(units)))
    return own


def _codes(wide: _Wide, clusters: np.ndarray | None, weights: np.ndarray | None) -> Codes:
    """Return a number for each unit, the same for units that have all in common."""
    code = _rows_alike(wide.mark)
    more = [values for values in (clusters, weights) if values is not None]
    parts = [_numbered(values) for values in more]
    if wide.seen is not None:
        parts.append(_rows_alike(wide.seen.astype(np.float64)))
    for part in parts:
        code = _numbered(code * (int(part.max()) + 1) + part)
    return code


def _rows_alike(matrix: np.ndarray) -> Codes:
    """Return a number for each row, the same for equal rows: by a sum with fixed irrational factors, then made sure of."""
    first = matrix[:, 0]
    if matrix.shape[1] == 1 or (matrix[:, 1:] == first[:, None]).all():
        return _numbered(first)
    sums = matrix.astype(np.float64, copy=False) @ np.sqrt(np.arange(2, matrix.shape[1] + 2) + np.pi)
    _, one, found = np.unique(sums, return_index=True, return_inverse=True)
    if not (matrix[one][found] == matrix).all():
        return np.unique(matrix, axis=0, return_inverse=True)[1].astype(np.int64)
    return found.astype(np.int64)


def _numbered(values: np.ndarray) -> Codes:
    """Return a number for each value, in the order in which they come: nothing is sorted."""
    found: Codes = pd.factorize(values)[0].astype(np.int64, copy=False)
    return found
