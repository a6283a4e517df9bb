"""A Parquet table → a wave cube in one pass, a batch of units in memory at a time.

Belongs here: streaming, rows that are left out, units that a batch cuts in two. Does not: sums (build), which specs can be so
answered (choice). Rows sorted by unit are read as they lie; others are sorted by DuckDB on the way, on disk if need be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.estimators.onescan.build import Units, cells_of
from experiments.estimators.onescan.cube import WaveCube, pooled
from experiments.sample import Codes, Flags, Vector
from experiments.spec import AnalysisSpec

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 500_000
"""Rows of a batch."""
SPAN = 4_096
"""Most whole-numbered periods that are found by their place on the line instead of by search."""


class NotOnePass(ValueError):
    """The table cannot be summed up so: the rows must answer, or refuse by name."""


@dataclass(frozen=True)
class Batch:
    """Rows of a batch as arrays, by unit and time."""

    unit: Vector
    time: Vector
    outcome: Vector
    start: Vector
    weights: Vector | None
    cluster: Vector | None

    def take(self, chosen: slice | Flags) -> Batch:
        """Return some rows."""
        parts = (None if part is None else part[chosen] for part in (self.weights, self.cluster))
        return Batch(self.unit[chosen], self.time[chosen], self.outcome[chosen], self.start[chosen], *parts)

    def then(self, after: Batch) -> Batch:
        """Return both, one after the other."""
        names = ("unit", "time", "outcome", "start", "weights", "cluster")
        pairs = ((getattr(self, name), getattr(after, name)) for name in names)
        return Batch(*(None if left is None else np.concatenate([left, right]) for left, right in pairs))  # type: ignore[arg-type]


@dataclass
class Scan:
    """What the pass has found so far."""

    origin: float | None = None
    last: Any = None
    rows: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    clusters: dict[Any, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Scanned:
    """A cube, and the counts that a drawn sample would carry."""

    cube: WaveCube
    counts: dict[str, Any]


def cube_of_parquet(spec: AnalysisSpec, path: Path) -> Scanned:
    """Return the cube of the columns that a spec names.

    Raises
    ------
    NotOnePass
        Units or times that are no numbers or texts that sort, infinite or repeated values, what changes within a unit.
    """
    try:
        return _scanned(spec, _as_it_lies(spec, path))
    except _Unsorted:
        return _scanned(spec, _sorted(spec, path))


class _Unsorted(Exception):
    """Rows of a unit do not lie together in ascending order."""


def columns_of(spec: AnalysisSpec) -> list[str]:
    """Return the columns of the pass: unit, time, outcome, start, then weights and a coarse cluster where there are."""
    coarse = [name for name in spec.cluster if name != spec.unit]
    names = [spec.unit, spec.time, spec.outcome, spec.cohort or spec.treatment, spec.weights, *coarse]
    return list(dict.fromkeys(str(name) for name in names if name))


def _as_it_lies(spec: AnalysisSpec, path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    if not set(columns_of(spec)) <= set(file.schema_arrow.names):
        raise NotOnePass
    yield from file.iter_batches(batch_size=ROWS, columns=columns_of(spec))


def _sorted(spec: AnalysisSpec, path: Path) -> Iterator[pa.RecordBatch]:
    import duckdb

    names = ", ".join(f'"{name}"' for name in columns_of(spec))
    order = f'"{spec.unit}", "{spec.time}"'
    with duckdb.connect() as connection:
        found = connection.execute(f"select {names} from read_parquet(?) order by {order}", [str(path)])
        yield from found.to_arrow_reader(ROWS)


def _scanned(spec: AnalysisSpec, batches: Iterator[pa.RecordBatch]) -> Scanned:
    scan = Scan()
    cubes = [_cube(spec, part, scan) for part in _whole_units(_arrays(spec, table, scan) for table in batches)]
    if not cubes:
        raise NotOnePass
    dropped = sum(scan.dropped.values())
    counts = {"n_read": scan.rows, "n_after_filter": scan.rows, "n_dropped": scan.dropped, "n_incomplete": dropped}
    return Scanned(pooled(cubes), counts)


def _whole_units(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Return the rows again, no unit in two parts; only the unit that a batch cuts is copied."""
    rest: Batch | None = None
    for batch in batches:
        if not len(batch.unit):
            continue
        begin = 0
        if rest is not None:
            begin = int(np.argmax(np.append(batch.unit != rest.unit[0], True)))
            rest = rest.then(batch.take(slice(0, begin)))
        if begin == len(batch.unit):
            continue
        if rest is not None:
            yield rest
        cut = len(batch.unit) - int(np.argmax(np.append(batch.unit[::-1] != batch.unit[-1], True)))
        if cut > begin:
            yield batch.take(slice(begin, cut))
        rest = batch.take(slice(cut, None))
    if rest is not None:
        yield rest


def _arrays(spec: AnalysisSpec, table: pa.RecordBatch, scan: Scan) -> Batch:
    scan.rows += table.num_rows
    names = columns_of(spec)
    start = str(spec.cohort or spec.treatment)
    for name in names:
        column = table.column(name)
        if column.null_count and not (name == start and spec.cohort):
            raise NotOnePass  # missing values are counted by the sample
    arrays = {name: _numbers(table.column(name), gaps=name == start and spec.cohort is not None) for name in names}
    if scan.origin is None and table.num_rows:
        scan.origin = float(arrays[spec.outcome][0])
    coarse = [name for name in spec.cluster if name != spec.unit]
    return Batch(
        arrays[str(spec.unit)],
        arrays[str(spec.time)].astype(np.float64, copy=False),
        arrays[spec.outcome].astype(np.float64, copy=False),
        arrays[start].astype(np.float64, copy=False),
        arrays[spec.weights].astype(np.float64, copy=False) if spec.weights else None,
        arrays[coarse[0]] if coarse else None,
    )


def _numbers(column: pa.Array, *, gaps: bool) -> Vector:
    """Return a column as an array; texts as objects, a missing cohort as 0."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if gaps and column.null_count:
        column = pc.fill_null(column, 0)
    found: Vector = column.to_numpy(zero_copy_only=False)
    if found.dtype.kind == "f":
        if gaps:
            found = np.nan_to_num(found, nan=0.0, posinf=np.inf, neginf=-np.inf)
        if not np.isfinite(found).all():
            raise NotOnePass
    return found


def _cube(spec: AnalysisSpec, batch: Batch, scan: Scan) -> WaveCube:
    changed = np.flatnonzero(batch.unit[1:] != batch.unit[:-1]) + 1
    first = np.concatenate([[0], changed])
    if (batch.unit[first[1:]] < batch.unit[first[:-1]]).any() or (scan.last is not None and batch.unit[0] <= scan.last):
        raise _Unsorted
    scan.last = batch.unit[-1]
    length = np.diff(np.append(first, len(batch.unit)))
    origin = float(scan.origin or 0.0)
    periods, table, present, at = _laid_out(batch, first, length, origin)
    cohort, treated = _timing(spec, batch, first, length, (periods, present, at))
    weights = None if batch.weights is None else _constant(batch.weights, first, length)
    names, cluster = _clusters(batch, first, length, scan)
    units = Units(table, present, treated, cohort, weights, cluster)
    return cells_of(units, periods, origin, names)


def _laid_out(batch: Batch, first: Codes, length: Codes, origin: float) -> tuple[Vector, Any, Flags, Any]:
    """Return periods, outcomes and presence N × T, and the place of each row (None when all units have all periods)."""
    width = int(length[0])
    if (length == width).all():
        times = batch.time.reshape(-1, width)
        if (times == times[0]).all() and (np.diff(times[0]) > 0).all():
            return times[0].copy(), batch.outcome.reshape(-1, width) - origin, np.ones(times.shape, dtype=bool), None
    periods, place = _places(batch.time)
    unit = np.repeat(np.arange(len(first)), length)
    flat = unit * len(periods) + place
    present = np.zeros(len(first) * len(periods), dtype=bool)
    present[flat] = True
    if present.sum() < len(flat):
        raise NotOnePass  # two rows of a unit in a period: the rows refuse it by name
    table = np.zeros(len(present))
    table[flat] = batch.outcome - origin
    shape = (len(first), len(periods))
    return periods, table.reshape(shape), present.reshape(shape), flat


def _places(time: Vector) -> tuple[Vector, Codes]:
    low, high = float(time.min()), float(time.max())
    if high - low < SPAN and (time == np.floor(time)).all():
        own = (time - low).astype(np.int64)
        seen = np.flatnonzero(np.bincount(own))
        lookup = np.zeros(int(high - low) + 1, dtype=np.int64)
        lookup[seen] = np.arange(len(seen))
        return (seen + low).astype(np.float64), lookup[own]
    periods, place = np.unique(time, return_inverse=True)
    return periods, place.astype(np.int64)


def _timing(
    spec: AnalysisSpec, batch: Batch, first: Codes, length: Codes, laid: tuple[Vector, Flags, Any]
) -> tuple[Vector, Flags]:
    """Return cohort (N) and treatment (N × T)."""
    periods, present, at = laid
    if spec.cohort is not None:
        values = _constant(batch.start, first, length)
        cohort = np.where(values > 0, values, np.inf)
        return cohort, (periods >= cohort[:, None]) & present
    if not ((batch.start == 0) | (batch.start == 1)).all():
        raise NotOnePass
    treated = np.zeros(present.shape, dtype=bool)
    treated.reshape(-1)[slice(None) if at is None else at] = batch.start == 1
    if spec.estimator == "twfe":
        return np.full(len(first), np.inf), treated
    ever = treated.any(axis=1)
    cohort = np.where(ever, periods[treated.argmax(axis=1)], np.inf)
    if ((periods >= cohort[:, None]) & present & ~treated).any():
        raise NotOnePass  # treatment that ends: the rows refuse it by name
    return cohort, treated


def _constant(values: Vector, first: Codes, length: Codes) -> Vector:
    own = values[first]
    whole = values.reshape(-1, int(length[0])) == own[:, None] if (length == length[0]).all() else None
    same = whole.all() if whole is not None else (values == np.repeat(own, length)).all()
    if not same:
        raise NotOnePass
    return own


def _clusters(batch: Batch, first: Codes, length: Codes, scan: Scan) -> tuple[tuple[str, ...], Codes]:
    if batch.cluster is None:
        return (), np.zeros(len(first), dtype=np.int64)
    own = _constant(batch.cluster, first, length)
    names, place = np.unique(own, return_inverse=True)
    for name in names:
        scan.clusters.setdefault(str(name), len(scan.clusters))
    return tuple(map(str, names)), place.astype(np.int64)
