"""Where a result would hold: the analysis zone by zone, pooled by random effects, the effect of a new zone predicted.

When: an analysis of at least three zones that can be estimated in each. Belongs here: estimating per zone, pooling (REML, Hartung
and Knapp's interval), the prediction interval (Higgins et al. 2009), the effect without each zone. Does not: ranking zones,
which no report does. A zone of under ten units, or without an estimate, is left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from data.messages import NotFound, Refused
from experiments.accounts.shapes import Label
from experiments.accounts.shapes_judged import Elsewhere
from experiments.accounts.zone_words import NO_ZONES
from experiments.disclosed import units_of
from experiments.estimate import estimate
from experiments.leave_one_out import without_extras
from experiments.registry.protocol import Protocol, RegisteredAnalysis
from experiments.result import Estimate, EstimateResult
from experiments.source import Source
from experiments.spec import AnalysisSpec
from quality.disclosure.policy import load_policy

ZONE, LEAST = "zone_id", 3
MOST_ROWS = 250_000
"""Rows above which the effect without each zone is not computed unless the plan asks for it (`leave_one_out`)."""


def elsewhere_of(source: Source, protocol: Protocol, entries: list[dict[str, Any]]) -> tuple[Elsewhere, ...]:
    """Return a row for each analysis that has a result and a confirmatory hypothesis."""
    known = {item.id: item for item in protocol.analyses}
    asked = [entry for entry in entries if entry["hypothesis"]["tier"] == "confirmatory"]
    return tuple(zone_by_zone(source, known[entry["analysis_id"]], entry) for entry in asked)


def zone_by_zone(source: Source, analysis: RegisteredAnalysis, entry: dict[str, Any]) -> Elsewhere:
    """Return one analysis zone by zone; without three estimates only how many zones there are, and why no more."""
    spec = without_extras(analysis.spec())
    try:
        frame = source.frame(analysis.dataset, spec, more=[*units_of(analysis.dataset), ZONE])
    except (Refused, NotFound):
        frame = pd.DataFrame()
    if ZONE not in frame:
        return _none(analysis.id, 0, 0)
    zones = sorted(frame[ZONE].dropna().astype(str).unique())
    rows = {zone: _row(analysis, spec, frame[frame[ZONE] == zone], entry["term"]) for zone in zones}
    told = {zone: row for zone, row in rows.items() if row is not None}
    if len(told) < LEAST:
        return _none(analysis.id, len(told), len(zones) - len(told))
    left = _left_out(spec, frame, zones, entry)
    return Elsewhere(id=analysis.id, zones=len(told), zones_left_out=len(zones) - len(told), **pooled(told), **left)


def pooled(rows: dict[str, Estimate]) -> dict[str, float | None]:
    """Return the pooled effect with its interval, the variance between zones and the prediction interval."""
    table = pd.DataFrame({"y": [row.estimate for row in rows.values()], "se": [row.std_error for row in rows.values()]})
    spec = AnalysisSpec(estimator="meta_analysis", outcome="y", options={"std_error": "se", "hartung_knapp": True})
    try:
        found = estimate(spec, table, data_sha256="")
    except Refused:
        names = ("pooled", "conf_low", "conf_high", "tau2", "i2", "prediction_low", "prediction_high")
        return dict.fromkeys(names)
    row, notes = found.row("pooled"), found.diagnostics
    ahead = notes["prediction"] or {"low": None, "high": None}
    return {
        "pooled": row.estimate,
        "conf_low": row.conf_low,
        "conf_high": row.conf_high,
        "tau2": notes["tau2"],
        "i2": notes["i2"],
        "prediction_low": ahead["low"],
        "prediction_high": ahead["high"],
    }


def _row(analysis: RegisteredAnalysis, spec: AnalysisSpec, part: pd.DataFrame, term: str) -> Estimate | None:
    """Return the estimate of one zone, if there is one with an error and on enough units; it is pooled, never shown."""
    units = units_of(analysis.dataset)
    if units and len(part.drop_duplicates(list(units))) < load_policy().threshold:
        return None
    try:
        with np.errstate(all="ignore"):
            row = estimate(spec, part.reset_index(drop=True), data_sha256="").row(term)
    except (Refused, NotFound, KeyError):
        return None
    error = row.std_error
    return row if error is not None and math.isfinite(error) and error > 0 and math.isfinite(row.estimate) else None


def _left_out(spec: AnalysisSpec, frame: pd.DataFrame, zones: list[str], entry: dict[str, Any]) -> dict[str, Any]:
    """Return the range of the estimate without each zone: as registered, else on tables that are small enough to repeat it."""
    noted = entry["result"]["diagnostics"].get("leave_one_out")
    if noted is not None:
        return _range(noted["low"], noted["high"], noted["moves_most"], noted["changes_sign"])
    if len(frame) > MOST_ROWS:
        return _range(None, None, None, None)
    own = next(row["estimate"] for row in entry["result"]["estimates"] if row["term"] == entry["term"])
    found: dict[str, float] = {}
    for zone in zones:
        value = _estimate_of(
            lambda kept: estimate(spec, kept, data_sha256=""), frame[frame[ZONE] != zone], entry["term"]
        )
        if value is not None:
            found[zone] = value
    if not found:
        return _range(None, None, None, None)
    most = max(found, key=lambda zone: abs(found[zone] - own))
    return _range(min(found.values()), max(found.values()), most, any(value * own < 0 for value in found.values()))


def _estimate_of(run: Callable[[pd.DataFrame], EstimateResult], part: pd.DataFrame, term: str) -> float | None:
    try:
        return run(part.reset_index(drop=True)).row(term).estimate
    except (Refused, KeyError):
        return None


def _range(low: float | None, high: float | None, most: str | None, changes: bool | None) -> dict[str, Any]:  # noqa: FBT001
    return {"without_low": low, "without_high": high, "moves_most": most, "changes_sign": changes}


def _none(name: str, zones: int, left: int) -> Elsewhere:
    numbers = ("pooled", "conf_low", "conf_high", "tau2", "i2", "prediction_low", "prediction_high")
    empty = {**dict.fromkeys(numbers), **_range(None, None, None, None)}
    return Elsewhere(id=name, zones=zones, zones_left_out=left, reason=Label.of(NO_ZONES.fill(n=zones)), **empty)
