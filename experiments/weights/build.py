"""From a panel and a declared weight to the weights of those who responded at every wave asked for, with their record.

Belongs here: the order of the steps base → response, wave by wave → trimming → calibration. Does not: the steps themselves
(response, trimming, raking), reading releases (experiments.weighing).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.messages import refusal as spec_refusal
from experiments.result import finite
from experiments.sample import Flags, Vector
from experiments.weights.messages import refusal
from experiments.weights.raking import Raked, level_text, rake
from experiments.weights.response import Step, adjust
from experiments.weights.spec import WeightSpec, spec_sha256
from experiments.weights.trimming import trim


@dataclass(frozen=True)
class Weights:
    """A made weight: `table` has the unit's key and `weight`, a row per unit that has one, sorted by key.

    `record` is JSON-ready.
    """

    weight_id: str
    table: pd.DataFrame
    record: dict[str, Any]


@dataclass(frozen=True)
class _Panel:
    """The waves asked for, each a frame indexed by the unit's key, in one order of units."""

    waves: Mapping[int, pd.DataFrame]
    spec: WeightSpec

    def flags(self, wave: int, name: str | None) -> Flags:
        if name is None:
            return np.ones(len(self.waves[wave]), dtype=bool)
        found: Flags = self.waves[wave][name].fillna(value=False).to_numpy(dtype=bool)
        return found


def make_weights(spec: WeightSpec, frame: pd.DataFrame, source: str = "") -> Weights:
    """Return the weights that a declaration asks for.

    A unit out of scope at a wave leaves without a weight and without being a non-respondent. Everybody in scope at the first
    wave begins with the design weight; at each wave the weights of those who respond are raised by the inverse of their
    chance to.

    Parameters
    ----------
    frame
        A row per unit and wave, also for those not seen; other columns and waves are passed over.
    source
        Digest or fingerprint of the data, for the record.

    Raises
    ------
    Refused
        E-SPEC-09: columns that the data lack. E-WGT-02: a wave or a unit's row of it is not there, or stands twice. E-WGT-03:
        design weights that are not above zero, or frame columns without a value. E-WGT-04, E-WGT-05, E-RAKE-01 to -03: see there.
    """
    panel = _panel(spec, frame)
    everybody = panel.flags(spec.waves[0], spec.in_scope)
    base = _base(spec, panel, everybody)
    weights, steps = _responding(spec, panel, everybody, base)
    kept = weights > 0
    table = panel.waves[spec.waves[0]].index.to_frame(index=False)[kept].reset_index(drop=True)
    final, notes = _finished(spec, panel, base, weights, kept)
    table = table.assign(weight=final).sort_values(list(spec.unit), ignore_index=True)
    digest = spec_sha256(spec)
    record = {
        "weight_id": f"{spec.id}-{digest[:12]}",
        "spec_sha256": digest,
        "spec": spec.model_dump(mode="json"),
        "data_sha256": source,
        "n_in_scope": int(everybody.sum()),
        "n_weighted": int(kept.sum()),
        "steps": [asdict(step) for step in steps],
        **notes,
        **quality_of(table["weight"].to_numpy(float)),
    }
    told = finite(record)
    assert isinstance(told, dict)  # noqa: S101 - narrows the type
    return Weights(str(record["weight_id"]), table, told)


def quality_of(weights: Vector) -> dict[str, float]:
    """Return sum, range, Kish's effective sample size (Σw)²/Σw² and design effect 1 + CV² of weights, (n,).

    >>> quality_of(np.array([1.0, 3.0]))["effective_n"]
    1.6
    """
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return {
        "sum": float(weights.sum()),
        "smallest": float(weights.min()),
        "largest": float(weights.max()),
        "effective_n": effective,
        "design_effect": len(weights) / effective,
    }


def _panel(spec: WeightSpec, frame: pd.DataFrame) -> _Panel:
    lacking = [name for name in spec.columns() if name not in frame.columns]
    if lacking:
        raise spec_refusal("E-SPEC-09", columns=", ".join(lacking), known=", ".join(map(str, frame.columns)))
    key = list(spec.unit)
    waves = {wave: frame[frame[spec.wave] == wave].set_index(key, drop=False).sort_index() for wave in spec.waves}
    first = waves[spec.waves[0]]
    for wave, rows in waves.items():
        twice = int(rows.index.duplicated().sum())
        apart = len(rows.index.symmetric_difference(first.index)) if not twice else 0
        if rows.empty or twice or apart:
            raise refusal("E-WGT-02", wave=wave, n=len(rows), twice=twice, apart=apart)
    return _Panel(waves, spec)


def _base(spec: WeightSpec, panel: _Panel, everybody: Flags) -> Vector:
    first = panel.waves[spec.waves[0]]
    base = np.ones(len(first)) if spec.base is None else first[spec.base].to_numpy(float, na_value=np.nan)
    faulty = int((~(np.isfinite(base) & (base > 0)) & everybody).sum())
    unknown = {name: int(first.loc[everybody, name].isna().sum()) for name in (*spec.response.frame, *spec.calibrate)}
    lost = {name: count for name, count in unknown.items() if count and spec.calibrate.get(name, "base") == "base"}
    if faulty or lost:
        named = ", ".join(f"{name}: {count}" for name, count in lost.items())
        raise refusal("E-WGT-03", n=faulty, columns=named or "-")
    return np.where(everybody, base, 0.0)


def _responding(spec: WeightSpec, panel: _Panel, everybody: Flags, base: Vector) -> tuple[Vector, list[Step]]:
    weights, at_risk, steps = base.copy(), everybody, []
    for place, wave in enumerate(spec.waves):
        at_risk = at_risk & panel.flags(wave, spec.in_scope)
        earlier = panel.waves[spec.waves[max(place - 1, 0)]]
        names = spec.response.frame if place == 0 else (*spec.response.frame, *spec.response.covariates)
        known = earlier.loc[at_risk, list(dict.fromkeys(names))]
        responded = panel.flags(wave, spec.observed)
        factor, step = adjust(wave, known, responded[at_risk], weights[at_risk], spec.response)
        now = np.zeros(len(weights))
        now[at_risk] = weights[at_risk] * factor
        weights, at_risk = now, at_risk & responded
        steps.append(step)
    return weights, steps


def _finished(
    spec: WeightSpec, panel: _Panel, base: Vector, weights: Vector, kept: Flags
) -> tuple[Vector, dict[str, Any]]:
    """Trim and calibrate the weights of those who have one."""
    found = weights[kept]
    notes: dict[str, Any] = {"trimming": None, "calibration": None}
    if spec.trim is not None:
        found, told = trim(found, spec.trim.at)
        notes["trimming"] = asdict(told)
    if spec.calibrate:
        first = panel.waves[spec.waves[0]]
        totals = {name: _totals(wanted, first[name], base) for name, wanted in spec.calibrate.items()}
        raked: Raked = rake(found, first[kept], totals)
        found = raked.weights
        notes["calibration"] = {"rounds": raked.rounds, "distance": raked.distance, "totals": totals}
    return found, notes


def _totals(wanted: str | Mapping[Any, float], column: pd.Series, base: Vector) -> dict[str, float]:
    """Return level → total of one margin: as given, or counted with the design weights."""
    if not isinstance(wanted, str):
        return {level_text(level): float(total) for level, total in wanted.items()}
    known = base > 0
    counted = pd.Series(base[known]).groupby(column[known].map(level_text).to_numpy()).sum()
    return {str(level): float(total) for level, total in counted.items()}
