"""A Parquet table → a wave cube in one pass, a batch of units in memory at a time.

Belongs here: streaming, rows that are left out, units that a batch cuts in two. Does not: sums (build), which specs can be so
answered (choice). Rows sorted by unit are read as they lie; others are sorted by DuckDB on the way, on disk if need be.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.estimators.onescan.build import Units, cells_of, numbered
from experiments.estimators.onescan.cube import WaveCube, pooled
from experiments.sample import Codes, Flags, Vector
from experiments.spec import AnalysisSpec

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 250_000
"""Rows of a batch."""
NEAR = 4_096
"""Rows in which the end of a unit is looked for first."""


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
    yield from _ahead(file.iter_batches(batch_size=ROWS, columns=columns_of(spec)))


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return the batches, the next one read while this one is summed up."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting = reader.submit(next, batches, None)
        while (batch := waiting.result()) is not None:
            waiting = reader.submit(next, batches, None)
            yield batch


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
            begin = _run(batch.unit, rest.unit[0])
            rest = rest.then(batch.take(slice(0, begin)))
        if begin == len(batch.unit):
            continue
        if rest is not None:
            yield rest
        cut = len(batch.unit) - _run(batch.unit[::-1], batch.unit[-1])
        if cut > begin:
            yield batch.take(slice(begin, cut))
        rest = batch.take(slice(cut, None))
    if rest is not None:
        yield rest


def _run(unit: Vector, value: Any) -> int:  # noqa: ANN401 - an id is a number or a text
    """Return how many of the first rows are of one unit; looks no farther than it must."""
    near = unit[:NEAR]
    other = near != value
    if other.any() or len(near) == len(unit):
        return int(np.argmax(other)) if other.any() else len(unit)
    return int(np.argmax(np.append(unit != value, True)))


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
        arrays[str(spec.time)],
        arrays[spec.outcome],
        arrays[start],
        arrays[spec.weights] if spec.weights else None,
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
    if gaps and found.dtype.kind == "f" and np.isnan(found).any():
        found = np.nan_to_num(found, nan=0.0, posinf=np.inf, neginf=-np.inf)
    return found


def _cube(spec: AnalysisSpec, batch: Batch, scan: Scan) -> WaveCube:
    first, length = _runs(batch.unit)
    starts = batch.unit[first]
    if (starts[1:] < starts[:-1]).any() or (scan.last is not None and starts[0] <= scan.last):
        raise _Unsorted
    scan.last = starts[-1]
    origin = float(scan.origin or 0.0)
    laid = _laid_out(batch, first, length, origin)
    cohort, treated = _timing(spec, batch, (first, length), laid)
    weights = None if batch.weights is None else _constant(batch.weights, first, length).astype(np.float64)
    names, cluster = _clusters(batch, first, length, scan)
    units = Units(laid.outcome, cohort, cluster, laid.present, treated, weights)
    cube = cells_of(units, laid.periods, origin, names)
    if not (np.isfinite(cube.first).all() and np.isfinite(cube.weight).all()) or (cube.weight2 <= 0).any():
        raise NotOnePass  # missing or infinite numbers: the rows count or refuse them by name
    if weights is not None and (weights <= 0).any():
        raise NotOnePass
    return cube


def _runs(unit: Vector) -> tuple[Codes, Codes]:
    """Return where each unit's rows begin, and how many they are; equal numbers of rows are seen at once."""
    width = _run(unit, unit[0])
    if len(unit) % width == 0:
        table = unit.reshape(-1, width)
        if (table == table[:, :1]).all() and (table[1:, 0] != table[:-1, 0]).all():
            return np.arange(0, len(unit), width), np.full(len(table), width)
    first = np.concatenate([[0], np.flatnonzero(unit[1:] != unit[:-1]) + 1])
    return first, np.diff(np.append(first, len(unit)))


@dataclass(frozen=True)
class LaidOut:
    """Periods, outcomes N × T, presence (None: everybody throughout), the place of each row in the table (None: as it lies)."""

    periods: Vector
    outcome: Any
    present: Flags | None
    place: Any


def _laid_out(batch: Batch, first: Codes, length: Codes, origin: float) -> LaidOut:
    width = int(length[0])
    if (length == width).all():
        times = batch.time.reshape(-1, width)
        if (times == times[0]).all() and (np.diff(times[0]) > 0).all():
            return LaidOut(times[0].astype(np.float64), batch.outcome.reshape(-1, width) - origin, None, None)
    periods, place = _places(batch.time)
    flat = np.repeat(np.arange(len(first)), length) * len(periods) + place
    present = np.zeros(len(first) * len(periods), dtype=bool)
    present[flat] = True
    if present.sum() < len(flat):
        raise NotOnePass  # two rows of a unit in a period: the rows refuse it by name
    table = np.zeros(len(present))
    table[flat] = batch.outcome - origin
    shape = (len(first), len(periods))
    return LaidOut(periods, table.reshape(shape), present.reshape(shape), flat)


def _places(time: Vector) -> tuple[Vector, Codes]:
    """Return the periods of a batch, and each row's place among them."""
    place = numbered(time)
    periods = np.zeros(int(place.max()) + 1)
    periods[place] = time
    return periods, place


def _timing(spec: AnalysisSpec, batch: Batch, runs: tuple[Codes, Codes], laid: LaidOut) -> tuple[Vector, Flags | None]:
    """Return cohort (N) and treatment (N × T; None: it follows from the cohort)."""
    if spec.cohort is not None:
        values = _constant(batch.start, *runs)
        return np.where(values > 0, values, np.inf).astype(np.float64), None
    if not ((batch.start == 0) | (batch.start == 1)).all():
        raise NotOnePass
    present = np.ones(laid.outcome.shape, dtype=bool) if laid.present is None else laid.present
    treated = np.zeros(present.shape, dtype=bool)
    treated.reshape(-1)[slice(None) if laid.place is None else laid.place] = batch.start == 1
    if spec.estimator == "twfe":
        return np.full(len(present), np.inf), treated
    ever = treated.any(axis=1)
    cohort = np.where(ever, laid.periods[treated.argmax(axis=1)], np.inf)
    if ((laid.periods >= cohort[:, None]) & present & ~treated).any():
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
