"""A spec on a wave cube → the same result that its rows give.

Belongs here: which sums answer which estimator, units that are left out, notes. Does not: the algebra (regression, forms),
whether a spec can be answered so (choice), reading (parquet).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.estimators.did import bacon
from experiments.estimators.did.interactions import Timing, interactions
from experiments.estimators.did.messages import refusal, warning
from experiments.estimators.did.report import FEW, Counts, Effects, Label
from experiments.estimators.did.saturated import EVENT, TERM, Coefficients, averages, checked, kind_of
from experiments.estimators.group_time import Measured, choices_of, effects_of
from experiments.estimators.onescan.cube import WaveCube
from experiments.estimators.onescan.forms import group_time_of, imputed, variance
from experiments.estimators.onescan.regression import CellFit, fit_cells
from experiments.messages import warning as stated
from experiments.sample import Flags, Matrix
from experiments.spec import AnalysisSpec

FEW_CLUSTERS = 40
SHOWN = 5
SMALL_SAMPLE = "(n-1)/(n-K) * G/(G-1), nested effects left out of K, G min"


def from_cube(spec: AnalysisSpec, cube: WaveCube) -> Effects:
    """Return the effects that a spec asks for.

    Raises
    ------
    Refused
        As the estimator from rows.
    NotFromCube
        The design cannot be told apart; the rows say why, by name.
    """
    found: Effects = _ANSWERS[spec.estimator](spec, cube)
    return replace(found, notes={**found.notes, "path": "one scan", "n_cells": len(cube.count)})


def ready_cube(cube: WaveCube, *, balanced: bool) -> tuple[WaveCube, tuple[dict[str, Any], ...]]:
    """Return the cube that effects are estimated from, with a warning for units left out or renamed (as did.panel.ready)."""
    told: list[dict[str, Any]] = []
    whole: Flags = np.asarray(cube.present.all(axis=1))
    if balanced and not whole.all():
        if not whole.any():
            raise refusal("E-DID-12", n=len(cube.periods))
        told.append(warning("W-DID-01", n=int(cube.count[~whole].sum()), total=cube.units))
        cube = cube.select(whole)
    first, last = cube.periods[0], cube.periods[-1]
    late = np.isfinite(cube.cohort) & (cube.cohort > last)
    if late.any():
        told.append(warning("W-DID-03", n=int(cube.count[late].sum())))
        cube = replace(cube, cohort=np.where(late, np.inf, cube.cohort))
    early = cube.cohort <= first
    if early.any():
        told.append(warning("W-DID-02", n=int(cube.count[early].sum())))
        cube = cube.select(np.asarray(~early))
    if not np.isfinite(cube.cohort).any():
        raise refusal("E-DID-03", first=f"{first:g}")
    return cube, tuple(told)


def _counts(cube: WaveCube) -> Counts:
    return Counts(cube.rows, cube.units, cube.groups)


def _cohort_notes(cube: WaveCube) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    started = np.unique(cube.cohort[np.isfinite(cube.cohort)])
    sizes = {f"{start:g}": int(cube.count[cube.cohort == start].sum()) for start in started}
    groups = {
        f"{start:g}": len(np.unique(cube.cluster[cube.cohort == start])) if cube.clusters else sizes[f"{start:g}"]
        for start in started
    }
    few = [name for name, count in groups.items() if count < FEW]
    told = (warning("W-DID-04", least=FEW, cohorts=", ".join(few)),) if few else ()
    return {"cohorts": sizes, "n_never_treated": int(cube.count[np.isinf(cube.cohort)].sum())}, told


def _group_time(spec: AnalysisSpec, cube: WaveCube) -> Effects:
    cube, told = ready_cube(cube, balanced=spec.options.get("panel", "balanced") == "balanced")
    effects, cohorts = group_time_of(cube, choices_of(spec))
    counts, few = _cohort_notes(cube)

    def spread(table: Matrix) -> Matrix:
        found: Matrix = variance(table, cube) / cube.count.sum() ** 2
        return found

    found = effects_of(spec, Measured(effects, cohorts, spread, _counts(cube), counts))
    return replace(found, warnings=(*told, *found.warnings, *few))


def _saturated(spec: AnalysisSpec, cube: WaveCube) -> Effects:
    stated_cohort = cube.cohort[cube.cohort > cube.periods[0]]
    cube, told = ready_cube(cube, balanced=False)
    if spec.estimator == "sun_abraham" or spec.options.get("control_group") == "never":
        _check_never(spec, cube)
    at = np.nonzero(cube.present)
    timing = Timing(cube.cohort[at[0]], cube.periods[at[1]])
    if kind_of(spec) != "etwfe_not_yet":
        timing = checked(spec, timing)
    found = interactions(kind_of(spec), timing, cube.weight[at[0]])
    columns = np.zeros((*cube.present.shape, len(found.period)))
    carried = found.place >= 0
    columns[at[0][carried], at[1][carried], found.place[carried]] = 1.0
    by_unit = not spec.fixed_effects or spec.unit in spec.fixed_effects
    groups = None if by_unit else np.unique(stated_cohort, return_inverse=True)[1].astype(np.int64)
    fitted = _coefficients(spec, cube, fit_cells(cube, columns, groups))
    effects = averages(spec, found, fitted, timing)
    counts, few = _cohort_notes(cube)
    return replace(effects, notes={**effects.notes, **counts}, warnings=(*told, *effects.warnings, *few))


def _check_never(spec: AnalysisSpec, cube: WaveCube) -> None:
    if not np.isinf(cube.cohort).any():
        raise refusal("E-DID-04", column=spec.cohort or spec.treatment)


def _coefficients(spec: AnalysisSpec, cube: WaveCube, fitted: CellFit) -> Coefficients:
    name = spec.cluster[0] if spec.cluster else str(spec.unit)
    notes = {
        "vcov": "CR1",
        "df_rule": "G - 1, smallest G",
        "small_sample": SMALL_SAMPLE,
        "k": fitted.parameters,
        "clusters": {name: cube.groups},
    }
    few = (stated("W-EST-01", n=cube.groups, column=name),) if cube.groups < FEW_CLUSTERS else ()
    return Coefficients(fitted.estimate, fitted.variance, cube.groups - 1, _counts(cube), notes, few)


def _imputation(_: AnalysisSpec, cube: WaveCube) -> Effects:
    cube, told = ready_cube(cube, balanced=False)
    treated = cube.treated & cube.present
    relative = np.round(cube.periods - np.where(np.isfinite(cube.cohort), cube.cohort, np.nan)[:, None], 9)
    periods = np.unique(relative[treated])
    chosen = np.stack([treated, *(treated & (relative == period) for period in periods)], axis=2).astype(float)
    target = chosen / (chosen * cube.weight[:, None, None]).sum(axis=(0, 1))
    estimate, table, lost = imputed(cube, target)
    _check_estimable(cube, lost)
    labels: tuple[Label, ...] = ((TERM, None), *((EVENT, float(period)) for period in periods))
    counts, few = _cohort_notes(cube)
    weights = cube.count[:, None]
    notes = {
        "vcov": "BJS, effects averaged by cohort and period",
        "small_sample": "none (as didimputation)",
        "df_rule": "G - 1",
        "n_treated": int((treated * weights).sum()),
        "n_untreated": int(((cube.present & ~treated) * weights).sum()),
    }
    spread = variance(table, cube, small_sample=False)
    return Effects(labels, estimate, spread, cube.groups - 1, _counts(cube), {**notes, **counts}, (*told, *few))


def _check_estimable(cube: WaveCube, lost: Flags) -> None:
    if lost.any():
        cell, at = np.nonzero(lost)
        named = sorted({f"{cube.cohort[c]:g}:{cube.periods[t]:g}" for c, t in zip(cell, at, strict=True)})
        raise refusal("E-DID-10", n=int(cube.count[cell].sum()), cohorts=", ".join(named[:SHOWN]))


def _twfe(spec: AnalysisSpec, cube: WaveCube) -> Effects:
    """Return the coefficient of being treated, with what the timing of treatment means for it."""
    treated = cube.treated & cube.present
    fitted = fit_cells(cube, treated[:, :, None].astype(float))
    coefficients = _coefficients(spec, cube, fitted)
    notes, told = _timing(cube, treated, fitted.influence[:, :, 0])
    if notes["n_starts"] > 1:
        notes |= bacon_of(cube)
    label = TERM if spec.cohort else str(spec.treatment)
    return Effects(
        ((label, None),),
        coefficients.estimate,
        coefficients.variance,
        coefficients.df,
        coefficients.counts,
        {**coefficients.notes, **notes},
        (*told, *coefficients.warnings),
    )


def bacon_of(cube: WaveCube) -> dict[str, Any]:
    """Return the decomposition of a balanced cube without weights whose treatment stays; nothing for others."""
    width, changes = len(cube.periods), np.diff(cube.treated.astype(int), axis=1)
    if not cube.present.all() or (changes < 0).any() or (cube.weight != cube.count).any():
        return {}
    start = np.where(cube.treated.any(axis=1), cube.treated.argmax(axis=1), width)
    places = np.unique(start)
    count = np.array([cube.count[start == place].sum() for place in places])
    sums = np.vstack([cube.first[start == place].sum(axis=0) for place in places])
    names = [f"{cube.periods[place]:g}" if place < width else "never" for place in places]
    return {"bacon": bacon.notes(bacon.decompose(bacon.Cohorts(count, places, sums / count[:, None])), names)}


def _timing(cube: WaveCube, treated: Flags, influence: Matrix) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """Return what `timing.describe` says, counted by cells."""
    from experiments.estimators import timing

    width, count = len(cube.periods), cube.count
    ever = treated.any(axis=1)
    start = np.where(ever, treated.argmax(axis=1), width)
    seen = cube.present.argmax(axis=1)
    before = np.array([np.flatnonzero(row[:at]).max(initial=-1) for row, at in zip(cube.present, start, strict=True)])
    falls = np.array(
        [(np.diff(path[mask].astype(int)) < 0).any() for path, mask in zip(treated, cube.present, strict=True)]
    )
    negative = treated & (influence < -timing.NOISE)
    n_treated = int((treated * count[:, None]).sum())
    arms = {"n_treated": n_treated, "n_control": cube.rows - n_treated, "control_mean": _control_mean(cube, treated)}
    notes = {
        "n_periods": width,
        "n_starts": timing.distinct_starts(before[ever].astype(float), start[ever].astype(float)),
        "n_ever_treated": int(count[ever].sum()),
        "n_never_treated": int(count[~ever].sum()),
        "n_always_treated": int(count[ever & (start == seen)].sum()),
        "n_reverting": int(count[falls].sum()),
        "negative_weight_share": float((negative * count[:, None]).sum() / n_treated),
        "negative_weight_sum": float((influence * negative).sum()),
    }
    return {**arms, **notes}, timing.warnings_about(notes)


def _control_mean(cube: WaveCube, treated: Flags) -> float | None:
    free = cube.present & ~treated
    mass = float((cube.weight[:, None] * free).sum())
    return cube.origin + float((cube.first * free).sum()) / mass if mass else None


_ANSWERS: dict[str, Callable[[AnalysisSpec, WaveCube], Effects]] = {
    "twfe": _twfe,
    "event_study": _saturated,
    "sun_abraham": _saturated,
    "etwfe": _saturated,
    "group_time": _group_time,
    "imputation": _imputation,
}

ESTIMATORS = tuple(_ANSWERS)
"""What a cube can answer."""
