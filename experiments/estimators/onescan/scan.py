"""A Parquet file → its cube, in one pass and little memory.

Belongs here: streaming the columns that an analysis reads, rows left out with a reason, units that go over the end of a batch,
sorting what is not in the order of units (by DuckDB, which spills to disk). Does not: groups (runs), moments (cube).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import dataset

from data.side_by_side import side_by_side
from experiments.estimators.onescan.cube import Cube, joined
from experiments.estimators.onescan.runs import Block, NotInOneScan, cube_of
from experiments.expression import filter_columns
from experiments.frames import plain
from experiments.messages import refusal
from experiments.sample import Codes, complete_rows, numbers, spec_columns
from experiments.spec import AnalysisSpec

BATCH_ROWS = 1 << 20
AHEAD = 2
"""Batches that are decoded before their turn."""
MOST_GROUPS = 4096
"""More groups than this are no small cube: gaps and paths are nearly each unit's own."""


class _NotInOrder(Exception):
    """A unit's rows do not follow each other."""


def scan(path: Path, spec: AnalysisSpec) -> Cube:
    """Return the cube of a Parquet file for an analysis by unit and time.

    Parameters
    ----------
    path
        One row per unit and period. Fastest where a unit's rows follow each other and units ascend; any other order is sorted.
    spec
        Names `unit`, `time`, `outcome` and `cohort` or `treatment`; maybe `cluster` (one), `weights`, `filter`.

    Raises
    ------
    Refused
        As `sample.draw`; two rows of a unit in a period, a cohort, cluster or weight that changes within a unit.
    NotInOneScan
        Too many groups.
    """
    names = list(dict.fromkeys([*spec_columns(spec), *filter_columns(spec.filter or "")]))
    known = pq.read_schema(path).names
    lost = [name for name in names if name not in known]
    if lost:
        raise refusal("E-SPEC-09", columns=", ".join(lost), known=", ".join(known))
    try:
        return _cube(spec, _in_file(path, names))
    except _NotInOrder:
        return _cube(spec, _sorted(path, names, spec))


def scan_frame(frame: pd.DataFrame, spec: AnalysisSpec) -> Cube:
    """Return the cube of rows in memory, in any order; see `scan`."""
    ordered = frame.sort_values([str(spec.unit), str(spec.time)], kind="stable", ignore_index=True)
    return _cube(spec, [pa.Table.from_pandas(ordered, preserve_index=False)])


def _in_file(path: Path, names: list[str]) -> Iterator[pa.Table]:
    scanner = dataset.dataset(path, format="parquet").scanner(
        columns=names, batch_size=BATCH_ROWS, batch_readahead=AHEAD
    )
    for batch in scanner.to_batches():  # in the order of the file; `_starts` would see another one
        yield pa.Table.from_batches([batch])


def _sorted(path: Path, names: list[str], spec: AnalysisSpec) -> Iterator[pa.Table]:
    quoted = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in names)
    keys = ", ".join(f'"{str(name).replace(chr(34), chr(34) * 2)}"' for name in (spec.unit, spec.time))
    with duckdb.connect() as connection:
        relation = connection.execute(f"select {quoted} from read_parquet(?) order by {keys}", [str(path)])
        for batch in relation.to_arrow_reader(BATCH_ROWS):
            yield pa.Table.from_batches([batch])


@dataclass(frozen=True)
class _Part:
    """A batch: the rows of its first and of its last unit, which may go on in its neighbours, and the cube of those between."""

    first: pa.Table
    last: pa.Table | None
    inner: Cube
    counts: dict[str, Any]


def _cube(spec: AnalysisSpec, tables: Iterable[pa.Table]) -> Cube:
    """Add up the cubes of batches, two of which are worked on at once."""
    cube, waiting, counts = Cube({}), None, Cube({})
    for part in side_by_side(partial(_part, spec), tables):
        counts += Cube({}, part.counts)
        waiting = part.first if waiting is None else pa.concat_tables([waiting, part.first])
        if part.last is None:
            continue
        cube += joined([_edge(spec, waiting), part.inner])
        waiting = part.last
        if len(cube.groups) > MOST_GROUPS:
            raise NotInOneScan
    if waiting is None or not waiting.num_rows:
        told = counts.counts
        raise refusal("E-EST-01", n_read=told.get("n_read", 0), n_filter=told.get("n_after_filter", 0), n_complete=0)
    return joined([cube, _edge(spec, waiting), counts])


def _edge(spec: AnalysisSpec, rows: pa.Table) -> Cube:
    """Return the cube of the units whose rows lay in two batches: one as a rule, two where a batch ends with a unit."""
    return cube_of(spec, _block(spec, rows, _starts(rows[str(spec.unit)]))) if rows.num_rows else Cube({})


def _part(spec: AnalysisSpec, table: pa.Table) -> _Part:
    rows, counts = _complete(spec, table)
    starts = _starts(rows[str(spec.unit)])
    if len(starts) < 2:  # noqa: PLR2004 - a single unit, or none
        return _Part(rows, None, Cube({}), counts)
    head, tail = int(starts[1]), int(starts[-1])
    inner = rows.slice(head, tail - head)
    cube = cube_of(spec, _block(spec, inner, starts[1:-1] - head)) if inner.num_rows else Cube({})
    return _Part(rows.slice(0, head), rows.slice(tail), cube, counts)


def _complete(spec: AnalysisSpec, table: pa.Table) -> tuple[pa.Table, dict[str, Any]]:
    """Return the rows that enter and counts of the others; most batches have nothing to leave out."""
    floats = [name for name, column in zip(table.column_names, table.columns, strict=True) if _is_float(column)]
    gaps = any(column.null_count for column in table.columns)
    if spec.filter is None and not gaps and all(_is_finite(table[name]) for name in floats):
        rows = table.num_rows
        return table, {"n_read": rows, "n_after_filter": rows, "n_dropped": {}, "n_incomplete": 0}
    frame, counts = complete_rows(spec, plain(table.to_pandas(date_as_object=False)))
    kept = pa.schema([table.schema.field(name) for name in frame.columns])
    return pa.Table.from_pandas(frame, kept, preserve_index=False), counts


def _is_float(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_floating(column.type))


def _is_finite(column: pa.ChunkedArray) -> bool:
    """Tell whether all numbers are finite: if their sum is, they are."""
    values = column.to_numpy()
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(values.sum()) or np.isfinite(values).all())


def _starts(unit: pa.ChunkedArray) -> Codes:
    """Return where units begin; units must ascend, so that none comes twice.

    Raises
    ------
    _NotInOrder
        They do not.
    """
    whole = unit.combine_chunks() if unit.num_chunks != 1 else unit.chunk(0)
    if not len(whole):
        return np.zeros(0, dtype=np.int64)
    if pa.types.is_integer(whole.type):
        numbered = whole.to_numpy()
        starts = np.flatnonzero(numbered[1:] != numbered[:-1]) + 1
        falls = bool((numbered[1:] < numbered[:-1]).any())
    else:
        changes = pc.not_equal(whole.slice(1), whole.slice(0, len(whole) - 1)).to_numpy(zero_copy_only=False)
        starts = np.flatnonzero(changes) + 1
        falls = pc.any(pc.less(whole.take(pa.array(starts)), whole.take(pa.array(starts - 1)))).as_py()
    if falls:
        raise _NotInOrder
    return np.concatenate([[0], starts])


def _block(spec: AnalysisSpec, table: pa.Table, starts: Codes) -> Block:
    weight = None if spec.weights is None else _numbers(table, spec.weights, "weights")
    if weight is not None and (weight <= 0).any():
        raise refusal("E-EST-05", column=spec.weights, n=int((weight <= 0).sum()))
    marked, role = (spec.cohort, "cohort") if spec.cohort else (str(spec.treatment), "treatment")
    return Block(
        starts,
        _numbers(table, str(spec.time), "time"),
        _numbers(table, spec.outcome, "outcome"),
        _numbers(table, marked, role),
        table[spec.cluster[0]].to_numpy() if spec.cluster and spec.cluster[0] != spec.unit else None,
        weight,
    )


def _numbers(table: pa.Table, name: str, role: str) -> np.ndarray:
    column = table[name]
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        found: np.ndarray = column.to_numpy()
        return found
    return numbers(plain(table.select([name]).to_pandas()), name, role)
