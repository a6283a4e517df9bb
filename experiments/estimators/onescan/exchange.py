"""Cubes as files that a zone hands out instead of its rows, and the pooled answer.

Belongs here: the file (Parquet, its meaning in the schema's metadata), small cells held back, pooling, what must agree. Does not:
the algebra (cube, results), permissions and records (the acts that call this). Units must be disjoint between files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.estimators.did.messages import refusal, warning
from experiments.estimators.onescan.choice import can_answer, cube_of, treated_clusters
from experiments.estimators.onescan.cube import WaveCube, empty_second, pooled
from experiments.estimators.onescan.parquet import NotOnePass, Scanned, cube_of_parquet
from experiments.estimators.onescan.regression import NotFromCube
from experiments.estimators.onescan.results import ESTIMATORS, from_cube
from experiments.frames import file_digest, read_frame
from experiments.result import EstimateResult
from experiments.sample import draw
from experiments.spec import AnalysisSpec
from quality.disclosure import MIN_CELL

if TYPE_CHECKING:
    import pyarrow as pa

KIND, VERSION = b"zonelab_cube", 1
READ = ("outcome", "treatment", "cohort", "unit", "time", "weights", "filter")
"""What cubes must have been made of alike; the estimator may differ."""


@dataclass(frozen=True)
class Export:
    """What left: cells, units and rows in the file, and those held back because fewer than the smallest cell stood together."""

    cells: int
    units: int
    rows: int
    held_units: int
    held_rows: int
    sha256: str


def export_cube(spec: AnalysisSpec, data: Path, target: Path) -> Export:
    """Write the cube of a data file; cells of fewer than `quality.disclosure.MIN_CELL` units are held back.

    Raises
    ------
    Refused
        A spec that sums cannot answer, data that are no panel, or no cell that is large enough.
    """
    if not can_answer(spec):
        raise refusal("E-CUBE-01", estimator=spec.estimator, known=", ".join(ESTIMATORS))
    scanned = _scanned(spec, data)
    large = scanned.cube.count >= MIN_CELL
    if not large.any():
        raise refusal("E-CUBE-06", least=MIN_CELL)
    kept, held = scanned.cube.select(large), scanned.cube.select(~large)
    facts = {"counts": scanned.counts, "held_units": held.units, "held_rows": held.rows, "made_of": made_of(spec)}
    write_cube(kept.rebased(_mean(kept)), facts, target)
    return Export(len(kept.count), kept.units, kept.rows, held.units, held.rows, file_digest(target))


def _mean(cube: WaveCube) -> float:
    """Return the mean outcome: what a file measures from, where the pass had taken one person's value."""
    mass = (cube.weight[:, None] * cube.present).sum()
    return cube.origin + float(cube.first.sum() / mass)


def _scanned(spec: AnalysisSpec, data: Path) -> Scanned:
    if data.suffix.lower() == ".parquet" and spec.filter is None:
        try:
            return cube_of_parquet(spec, data)
        except NotOnePass:
            pass
    sample = draw(spec, read_frame(data))
    cube = cube_of(spec, sample)
    if cube is None:
        raise refusal("E-CUBE-01", estimator=spec.estimator, known=", ".join(ESTIMATORS))
    return Scanned(cube, sample.counts)


def made_of(spec: AnalysisSpec) -> dict[str, Any]:
    """Return the columns that a cube is made of; the coarse cluster, if there is one, among them."""
    coarse = [name for name in spec.cluster if name != spec.unit]
    return {**{name: getattr(spec, name) for name in READ}, "cluster": coarse[0] if coarse else None}


def estimate_cubes(spec: AnalysisSpec, files: Sequence[Path]) -> EstimateResult:
    """Return the result of all units behind some cubes: what their rows together would give, but for cells held back.

    Raises
    ------
    Refused
        A file that is no cube, made of other columns, given twice, or a question that only rows can answer.
    """
    from experiments.estimators.did.report import result_of

    if not can_answer(spec):
        raise refusal("E-CUBE-01", estimator=spec.estimator, known=", ".join(ESTIMATORS))
    digests = [file_digest(path) for path in files]
    if len(set(digests)) < len(digests):
        raise refusal("E-CUBE-03", n=len(digests) - len(set(digests)))
    found = [read_cube(path) for path in files]
    _check_alike(spec, files, [facts for _, facts in found])
    cube = pooled([cube for cube, _ in found])
    if treated_clusters(cube) <= 1:
        raise refusal("E-CUBE-04")
    try:
        effects = from_cube(spec, cube)
    except NotFromCube as error:
        raise refusal("E-CUBE-05", estimator=spec.estimator) from error
    digest = hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
    result = result_of(spec, _counts([facts for _, facts in found]), digest, effects)
    held = sum(int(facts["held_units"]) for _, facts in found)
    told = (warning("W-CUBE-01", n=held, least=MIN_CELL),) if held else ()
    return result.model_copy(update={"warnings": (*result.warnings, *told)})


def _check_alike(spec: AnalysisSpec, files: Sequence[Path], facts: list[dict[str, Any]]) -> None:
    wanted = made_of(spec)
    for path, fact in zip(files, facts, strict=True):
        other = [name for name, value in wanted.items() if fact["made_of"].get(name) != value]
        if other:
            raise refusal("E-CUBE-02", name=path.name, fields=", ".join(other))


def _counts(facts: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("n_read", "n_after_filter", "n_incomplete")
    held = {name: sum(int(fact[name]) for fact in facts) for name in ("held_units", "held_rows")}
    summed = {name: sum(int(fact["counts"].get(name, 0)) for fact in facts) for name in names}
    return {**summed, **held, "n_cubes": len(facts)}


def write_cube(cube: WaveCube, facts: dict[str, Any], target: Path) -> None:
    """Write a cube: one row a cell, lists over periods; periods, origin and facts in the metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = cube.second.reshape(len(cube.count), -1)
    names = [cube.clusters[place] if cube.clusters else None for place in cube.cluster]
    table = pa.table(
        {
            "cohort": pa.array([None if np.isinf(start) else start for start in cube.cohort], pa.float64()),
            "cluster": pa.array(names, pa.string()),
            **{name: pa.array(getattr(cube, name).tolist(), pa.list_(pa.bool_())) for name in ("present", "treated")},
            **{name: pa.array(getattr(cube, name)) for name in ("count", "weight", "weight2")},
            **{name: pa.array(getattr(cube, name).tolist(), pa.list_(pa.float64())) for name in ("first", "first2")},
            "second": pa.array(flat.tolist(), pa.list_(pa.float64())),
        }
    )
    meaning = {"version": VERSION, "periods": cube.periods.tolist(), "origin": cube.origin, **facts}
    pq.write_table(
        table.replace_schema_metadata({KIND: json.dumps(meaning, sort_keys=True)}), target, compression="zstd"
    )


def read_cube(path: Path) -> tuple[WaveCube, dict[str, Any]]:
    """Return a cube and the facts that stand beside it.

    Raises
    ------
    Refused
        The file is no cube of this version.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        facts = json.loads((table.schema.metadata or {})[KIND])
    except (OSError, KeyError, ValueError, pa.ArrowInvalid) as error:
        raise refusal("E-CUBE-07", name=path.name) from error
    if facts.get("version") != VERSION:
        raise refusal("E-CUBE-07", name=path.name)
    return _cube(table, facts), facts


def _cube(table: pa.Table, facts: dict[str, Any]) -> WaveCube:
    cells, width = table.num_rows, len(facts["periods"])
    texts = table.column("cluster").to_pylist()
    names = tuple(dict.fromkeys(name for name in texts if name is not None))

    def lists(name: str, kind: type) -> np.ndarray[Any, Any]:
        return np.array(table.column(name).to_pylist(), dtype=kind).reshape(cells, -1)

    second = lists("second", float)
    return WaveCube(
        periods=np.array(facts["periods"], dtype=float),
        origin=float(facts["origin"]),
        cohort=np.array([np.inf if start is None else start for start in table.column("cohort").to_pylist()]),
        present=lists("present", bool),
        treated=lists("treated", bool),
        cluster=np.array([names.index(name) if names else 0 for name in texts], dtype=np.int64),
        clusters=names,
        count=table.column("count").to_numpy(),
        weight=table.column("weight").to_numpy(),
        weight2=table.column("weight2").to_numpy(),
        first=lists("first", float),
        first2=lists("first2", float),
        second=second.reshape(cells, width, width) if not names else empty_second(cells, width, wanted=False),
    )
