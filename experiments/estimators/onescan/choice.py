"""Rows or one scan: which analyses a wave cube can answer, and the cube of a sample.

Belongs here: the choice, by rule and size. Does not: the cube's algebra (results), reading files (parquet). The numbers are the
same on both paths to 1e-9; the diagnostics say which was taken.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Any, Literal

import numpy as np

from data.messages import Refused
from experiments.estimators.did.panel import check_unique, cohorts, times, unit_clusters
from experiments.estimators.did.report import result_of
from experiments.estimators.onescan.build import Units, cells_of
from experiments.estimators.onescan.cube import WaveCube
from experiments.estimators.onescan.parquet import NotOnePass, cube_of_parquet
from experiments.estimators.onescan.regression import NotFromCube
from experiments.estimators.onescan.results import ESTIMATORS, from_cube
from experiments.result import EstimateResult
from experiments.sample import Flags, Sample, Vector, is_numeric, numbers
from experiments.spec import AnalysisSpec

Way = Literal["auto", "rows", "one_scan"]
MANY = 100_000
"""From so many rows on a panel is summed up first."""
MOST_CELLS = 20_000
"""More cells than this (many attrition patterns) cost more than the rows."""
PANEL_OPTIONS = {"cluster_count", "categorical"}


def can_answer(spec: AnalysisSpec) -> bool:
    """Return whether a cube can answer a spec: no covariates, two-way (or cohort) effects, errors by unit or one coarser cluster.

    >>> can_answer(AnalysisSpec(estimator="twfe", outcome="y", cohort="g", unit="i", time="t"))
    True
    """
    if spec.estimator not in ESTIMATORS or spec.covariates or len(spec.cluster) > 1 or spec.vcov not in (None, "CR1"):
        return False
    if spec.inference.method != "analytic" or any(":" in name for name in (str(spec.unit), *spec.cluster)):
        return False
    if (spec.cohort is None) == (spec.treatment is None) or PANEL_OPTIONS & set(spec.options):
        return False
    if spec.estimator == "etwfe" and spec.fixed_effects:
        return set(spec.fixed_effects) in ({spec.unit, spec.time}, {spec.cohort, spec.time})
    return set(spec.fixed_effects) <= {spec.unit, spec.time}


def one_scan(spec: AnalysisSpec, sample: Sample, data_sha256: str, path: Way = "auto") -> EstimateResult | None:
    """Return the result from a cube of the sample; None where the rows must answer.

    Parameters
    ----------
    path
        `auto`: a cube from `MANY` rows on; `one_scan`: whenever it can; `rows`: never.
    """
    if path == "rows" or not can_answer(spec) or (path == "auto" and sample.size < MANY):
        return None
    cube = panel_cube(spec, sample)
    return None if cube is None else answered(spec, sample.counts, lambda: data_sha256, cube)


def panel_cube(spec: AnalysisSpec, sample: Sample) -> WaveCube | None:
    """Return the cube of a sample; None where there is none, for twfe also where the rows are no panel (they need not be)."""
    try:
        return cube_of(spec, sample)
    except Refused:
        if spec.estimator == "twfe":
            return None
        raise


def answered(
    spec: AnalysisSpec, counts: dict[str, Any], digest: Callable[[], str], cube: WaveCube
) -> EstimateResult | None:
    """Return the result of a cube, with the counts of the rows behind it.

    None where one cluster is treated or the design cannot be told apart: the rows must answer.
    """
    if treated_clusters(cube) <= 1 or len(cube.count) > MOST_CELLS:
        return None
    try:
        return result_of(spec, counts, digest(), from_cube(spec, cube))
    except NotFromCube:
        return None


def treated_clusters(cube: WaveCube) -> int:
    """Return how many clusters are ever treated within the data."""
    ever = (cube.treated & cube.present).any(axis=1)
    return len(np.unique(cube.cluster[ever])) if cube.clusters else int(cube.count[ever].sum())


def cube_of(spec: AnalysisSpec, sample: Sample) -> WaveCube | None:
    """Return the cube of a sample; None where weights change within a unit, or a treatment is a dose.

    Raises
    ------
    Refused
        As for a panel: two rows of a unit in a period, cohorts or clusters that change, treatment that ends (not twfe).
    """
    if not is_numeric(sample.frame[str(spec.time)]):
        return None
    unit, time = sample.codes(str(spec.unit)), times(spec, sample)
    periods, place = np.unique(time, return_inverse=True)
    at = place.astype(np.int64)
    check_unique(spec, unit, at)
    count, first = int(unit.max()) + 1, np.unique(unit, return_index=True)[1]
    weights = sample.weights
    if weights is not None and (weights != weights[first][unit]).any():
        return None
    timed = _timed(spec, sample, time)
    if timed is None:
        return None
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    if np.ptp(outcome) == 0:
        return None
    origin = float(outcome[0])
    table, present, treated = np.zeros((count, len(periods))), *np.zeros((2, count, len(periods)), dtype=bool)
    table[unit, at], present[unit, at], treated[unit, at] = outcome - origin, True, timed[1]
    coarse = bool(spec.cluster) and spec.cluster[0] != spec.unit
    cluster = unit_clusters(spec, sample) if coarse else np.zeros(count, dtype=np.int64)
    own = None if weights is None else weights[first]
    units = Units(table, timed[0][first], cluster, present, treated, own)
    return cells_of(units, periods, origin, _names(spec, sample) if coarse else ())


def _names(spec: AnalysisSpec, sample: Sample) -> tuple[str, ...]:
    codes = sample.codes(spec.cluster[0])
    return tuple(map(str, sample.frame[spec.cluster[0]].to_numpy()[np.unique(codes, return_index=True)[1]]))


def _timed(spec: AnalysisSpec, sample: Sample, time: Vector) -> tuple[Vector, Flags] | None:
    """Return cohort and treatment of each row; twfe by row has no cohorts."""
    if spec.estimator == "twfe" and spec.cohort is None:
        values = numbers(sample.frame, str(spec.treatment), "treatment")
        if not np.isin(values, (0.0, 1.0)).all():
            return None
        return np.full(len(values), np.inf), values == 1
    cohort = cohorts(spec, sample)
    return cohort, time >= cohort


def from_parquet(spec: AnalysisSpec, table: FilePath, digest: Callable[[], str]) -> EstimateResult | None:
    """Return the result of a Parquet table in one pass; None where its rows must be read.

    Parameters
    ----------
    digest
        Asked only when there is a result.
    """
    if table.suffix.lower() != ".parquet" or spec.filter is not None or not can_answer(spec):
        return None
    try:
        scanned = cube_of_parquet(spec, table)
    except NotOnePass:
        return None
    if scanned.cube.rows < MANY:
        return None
    return answered(spec, scanned.counts, digest, scanned.cube)
