"""What an analysis takes from the assignment: the columns of units, clusters and blocks, and those of the sealed draw.

Belongs here: declaration → columns of the released table; joining a draw to a table. Does not: judging what an analysis says
(lint).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from experiments.design.assignment import AssignedUnit
from experiments.design.frame import JOIN
from experiments.lots import COLUMN
from experiments.registry.schema.design import AssignmentSpec

PREFIX = "assignment_"
"""Columns of the draw that any analysis may name: assignment_arm, _block, _cluster, _period, _probability, _weight."""
JOINED = ("arm", "block", "cluster", "period", "probability")

Key = frozenset[str]


@dataclass(frozen=True)
class Columns:
    """Where a released table has the units, clusters and blocks of an assignment; keys are names without the zone."""

    unit: str
    cluster: str
    block: str | None
    period: str | None
    unit_key: Key
    cluster_key: Key
    block_key: Key
    coarse: frozenset[Key]


def columns_of(spec: AssignmentSpec) -> Columns:
    """Return the columns that the declaration's `columns` name, or else those of the frame."""
    unit = spec.columns.get("unit", spec.unit_id)
    cluster = spec.columns.get("cluster", spec.cluster or unit)
    block = spec.columns.get("block", JOIN.join(dict.fromkeys(spec.strata)) or None)
    block_key = key(block, spec) if block else frozenset()
    cluster_key = key(cluster, spec)
    drawn = f"{PREFIX}cluster", f"{PREFIX}block"
    coarse = {cluster_key, frozenset({spec.zone_column}), frozenset({drawn[0]})}
    coarse |= {block_key, frozenset({drawn[1]})} if block else set()
    return Columns(
        unit, cluster, block, spec.columns.get("period"), key(unit, spec), cluster_key, block_key, frozenset(coarse)
    )


def key(name: str, spec: AssignmentSpec) -> Key:
    """Return what a column distinguishes: its parts without the zone (an id means the same with and without its zone).

    >>> spec = AssignmentSpec(method="simple", unit_id="clinic_id")
    >>> key("zone_id:clinic_id", spec) == key("clinic_id", spec)
    True
    """
    parts = frozenset(name.split(JOIN))
    return parts - {spec.zone_column} or parts


def with_assignment(table: pd.DataFrame, units: Iterable[AssignedUnit], column: str) -> pd.DataFrame:
    """Return the table with the draw's columns beside it; rows whose unit was not drawn have them missing.

    Parameters
    ----------
    table
        Released rows.
    units
        The draw, one entry a unit.
    column
        Column of the table that holds the unit's id; `a:b` joins two.

    Returns
    -------
    DataFrame
        With `assignment_arm`, `_block`, `_cluster`, `_period`, `_probability` and `_weight` (1 / probability).
    """
    listed = list(units)
    index = [unit.unit for unit in listed]
    made = pd.DataFrame({PREFIX + name: [getattr(unit, name) for unit in listed] for name in JOINED}, index=index)
    made[f"{PREFIX}probability"] = made[f"{PREFIX}probability"].astype(float)
    made[f"{PREFIX}weight"] = 1.0 / made[f"{PREFIX}probability"]
    keys = _keys(table, column)
    return table.assign(**{name: keys.map(made[name]).to_numpy() for name in made})


def with_lots(table: pd.DataFrame, lot_of: Mapping[str, int], column: str) -> pd.DataFrame:
    """Return the table with the number of each row's lot (`lots.COLUMN`); missing where its unit was not drawn."""
    return table.assign(**{COLUMN: _keys(table, column).map(lot_of).to_numpy(dtype=float)})


def _keys(table: pd.DataFrame, column: str) -> pd.Series:
    parts = column.split(JOIN)
    return table[parts[0]].astype(str) if len(parts) == 1 else table[parts].astype(str).agg(JOIN.join, axis=1)
