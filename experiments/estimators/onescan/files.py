"""A cube as a Parquet file that may leave its zone, and back.

Belongs here: the columns, what is written beside them, small groups withheld. Does not: moments (cube). A row is a group; lists
hold its periods, marks, means and the upper triangle of its cross-products.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.durable import write_parquet
from experiments.estimators.onescan.cube import Cube, Key, Moments
from experiments.messages import refusal
from experiments.sample import Matrix
from experiments.spec import AnalysisSpec

FORM = "zonelab wave cube 1"
LISTS = pa.list_(pa.float64())
READ = ("outcome", "unit", "time", "cohort", "treatment", "cluster", "weights", "filter")
"""Fields of a spec that a cube is made by; estimators and options may differ."""


@dataclass(frozen=True)
class Protected:
    """A cube without its small groups, and how many groups, units and rows were withheld."""

    cube: Cube
    groups: int
    units: int
    rows: int


def protected(cube: Cube, least: int) -> Protected:
    """Return the groups of at least `least` units, and of at least twice as many units as periods.

    From the means and cross-products of hardly more units than periods their single values could be worked out, but for a
    rotation. Withheld units are counted; what is pooled later leaves them out and says so.
    """
    kept = {key: moments for key, moments in cube.groups.items() if moments.units >= max(least, 2 * len(key.seen))}
    lost = Cube({key: moments for key, moments in cube.groups.items() if key not in kept})
    counts = {**cube.counts, "n_withheld_units": lost.units, "n_withheld_rows": lost.rows}
    return Protected(Cube(kept, counts), len(lost.groups), lost.units, lost.rows)


def write_cube(path: Path, cube: Cube, spec: AnalysisSpec) -> None:
    """Write a cube with the fields of the spec that it was made by."""
    rows = [_row(key, moments) for key, moments in cube.groups.items()]
    schema = pa.schema(
        [
            ("seen", LISTS),
            ("mark", LISTS),
            ("cluster", pa.string()),
            ("weight", pa.float64()),
            ("units", pa.int64()),
            ("mean", LISTS),
            ("products", LISTS),
        ]
    )
    made_by = json.dumps({"form": FORM, "made_by": _made_by(spec), "counts": cube.counts}, ensure_ascii=False)
    write_parquet(path, pa.Table.from_pylist(rows, schema), metadata={"cube": made_by})


def read_cube(path: Path, spec: AnalysisSpec) -> Cube:
    """Return a cube, for an analysis that reads the same columns and rows.

    Raises
    ------
    Refused
        E-CUBE-01: no cube of this form, or damaged. E-CUBE-02: made by other fields (named).
    """
    told, table = _read(path)
    other = [name for name, value in _made_by(spec).items() if told["made_by"].get(name) != value]
    if other:
        raise refusal("E-CUBE-02", name=path.name, fields=", ".join(other))
    return Cube(dict(map(_group, table.to_pylist())), told["counts"])


def _read(path: Path) -> tuple[dict[str, Any], pa.Table]:
    try:
        table = pq.read_table(path)
        told = json.loads((table.schema.metadata or {})[b"cube"])
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise refusal("E-CUBE-01", name=path.name, form=FORM) from error
    if told.get("form") != FORM:
        raise refusal("E-CUBE-01", name=path.name, form=FORM)
    return told, table


def _made_by(spec: AnalysisSpec) -> dict[str, Any]:
    told: dict[str, Any] = spec.model_dump(mode="json", include=set(READ))
    return told


def _row(key: Key, moments: Moments) -> dict[str, Any]:
    return {
        "seen": key.seen,
        "mark": key.mark,
        "cluster": None if key.cluster is None else json.dumps(key.cluster, ensure_ascii=False),
        "weight": key.weight,
        "units": moments.units,
        "mean": moments.mean.tolist(),
        "products": moments.spread[np.triu_indices(len(key.seen))].tolist(),
    }


def _group(row: dict[str, Any]) -> tuple[Key, Moments]:
    cluster = None if row["cluster"] is None else json.loads(row["cluster"])
    key = Key(tuple(row["seen"]), tuple(row["mark"]), cluster, row["weight"])
    width = len(key.seen)
    spread: Matrix = np.zeros((width, width))
    spread[np.triu_indices(width)] = row["products"]
    return key, Moments(row["units"], np.array(row["mean"]), spread + np.triu(spread, 1).T)
