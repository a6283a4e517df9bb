"""Attrition: whether leaving depended on the arm, and bounds where some were registered.

Belongs here: `participation.attrition_of` in the shape of the results; bounds from the analyses that estimate them. Does not: the
test itself (participation), bounds (estimators).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.messages import NotFound, Refused
from experiments.accounts.panel import Panel
from experiments.accounts.shapes import Attrition, AttritionWave, Bound
from experiments.participation.of_release import attrition_of
from experiments.registry.protocol import Protocol
from experiments.source import Source

BOUNDS = ("lower", "upper")


def attrition_rows(source: Source, protocol: Protocol, found: Sequence[Panel]) -> tuple[Attrition, ...]:
    """Return differential attrition per released table; none where it cannot be told."""
    try:
        tested = attrition_of(source.release, protocol)
    except (Refused, NotFound):
        return ()
    names = {panel.dataset: panel.names() for panel in found}
    return tuple(_attrition(item, names.get(item["dataset"], {})) for item in tested)


def _attrition(found: dict[str, Any], names: dict[str, str]) -> Attrition:
    joint = found["joint"]
    return Attrition(
        id=found["dataset"],
        analyses=tuple(found["analyses"]),
        waves=tuple(_wave(row, names) for row in found["differences"]),
        joint_p_value=joint["p_value"] if joint else None,
        n_clusters=found["n_clusters"],
    )


def _wave(row: dict[str, Any], names: dict[str, str]) -> AttritionWave:
    told = {name: row[name] for name in ("estimate", "conf_low", "conf_high", "p_value")}
    number = row["term"].partition("[")[2].rstrip("]")
    return AttritionWave(id=names.get(number, number), **told)


def bounds_of(entries: list[dict[str, Any]]) -> tuple[Bound, ...]:
    """Return the bounds that registered analyses estimated."""
    found = []
    for entry in entries:
        rows = {row["term"]: row["estimate"] for row in entry["result"]["estimates"]}
        if entry["result"]["estimator"] == "lee_bounds" and set(BOUNDS) <= set(rows):
            found.append(Bound(id=entry["analysis_id"], low=rows["lower"], high=rows["upper"]))
    return tuple(found)
