"""Which analyses one scan answers, and answering them: the same estimators, on the short sample that stands for all rows.

Belongs here: what a cube holds enough for, and when going by rows is right. Does not: the cube, the estimators.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from data.messages import Refused
from experiments.estimators.onescan.cube import Cube
from experiments.estimators.onescan.runs import NotInOneScan
from experiments.estimators.onescan.scan import scan
from experiments.estimators.onescan.stand_in import stand_in
from experiments.estimators.variance import FEW_CLUSTERS
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec

ANSWERED = frozenset({"twfe", "event_study", "group_time", "sun_abraham", "etwfe", "imputation", "mixed"})
ROWS_FROM = 200_000
"""Shorter tables are quicker by rows than by two ways of reading."""
GROWTH_FROM = 20_000
"""As `ROWS_FROM`, for growth curves: by rows they need numbers of each unit."""
SHORTER = 4
"""The short sample must have so many times fewer rows, or nothing is won."""


def is_answered(spec: AnalysisSpec) -> bool:
    """Tell whether the moments of waves are all that an analysis needs.

    Not so: covariates and further fixed effects (they differ between units), errors that are not clustered, new draws of the
    assignment. Clusters of units may have any of their variances.

    >>> is_answered(AnalysisSpec(estimator="twfe", outcome="y", unit="i", time="t", treatment="d"))
    True
    """
    if spec.estimator == "mixed":
        return growth_of(spec) is not None
    more = spec.covariates or spec.strata or set(spec.fixed_effects) - {spec.unit, spec.time}
    marked = (spec.cohort is None) != (spec.treatment is None)
    coarse = bool(spec.cluster) and spec.cluster[0] != spec.unit
    clustered = spec.vcov in (None, "CR1") or (coarse and spec.vcov in ("CR2", "CR3"))
    drawn = spec.inference.method == "analytic" or (coarse and spec.inference.method == "wild_bootstrap")
    plain = clustered and drawn and len(spec.cluster) <= 1
    named = spec.unit is not None and spec.time is not None and ":" not in f"{spec.unit}{spec.time}{spec.cluster}"
    return spec.estimator in ANSWERED and not more and marked and plain and named


def growth_of(spec: AnalysisSpec) -> AnalysisSpec | None:
    """Return what the cube of a growth curve is made by, with its time; None if the model is another.

    That is: one covariate that is time, the treatment, their product; units whose intercept, and slope in time, are random.

    >>> growth_of(AnalysisSpec(estimator="mixed", outcome="y", unit="i", treatment="d", covariates=["t", "d:t"])).time
    't'
    """
    single = [name for name in spec.covariates if ":" not in name and name != spec.treatment]
    random = spec.options.get("random", [{"group": spec.unit, "terms": []}])
    if len(single) != 1 or spec.treatment is None or spec.unit is None or len(random) != 1:
        return None
    parts = {part for name in spec.covariates for part in name.split(":")}
    slopes = set(random[0].get("terms", []))
    if parts - {single[0], spec.treatment} or random[0]["group"] != spec.unit or slopes - {single[0]}:
        return None
    return spec.model_copy(update={"time": single[0], "covariates": (), "options": {}})


def reads(spec: AnalysisSpec) -> AnalysisSpec:
    """Return the spec by which the cube of an analysis is made."""
    return (growth_of(spec) or spec) if spec.estimator == "mixed" else spec


def estimate_in_one_scan(spec: AnalysisSpec, path: Path, data_sha256: str) -> EstimateResult:
    """Return the result of an analysis on a Parquet file, equal to the one by rows but for rounding.

    Raises
    ------
    NotInOneScan
        The analysis or the data need rows; `estimate` has them.
    Refused
        As `estimate`.
    """
    if not is_answered(spec):
        raise NotInOneScan
    return estimate_from_cube(spec, scan(path, reads(spec)), data_sha256)


def estimate_from_cube(spec: AnalysisSpec, cube: Cube, data_sha256: str) -> EstimateResult:
    """Return the result of an analysis on a cube; see `estimate_in_one_scan`."""
    from experiments.estimators import method

    if spec.estimator != "mixed":
        _check_clusters(spec, cube)
    sample = stand_in(reads(spec), cube)
    if sample.size * SHORTER > cube.rows:
        raise NotInOneScan
    found = method(spec.estimator).run(spec, sample, data_sha256)
    noted = {**found.diagnostics, "one_scan": {"groups": len(cube.groups), "rows": sample.size}}
    return found.model_copy(update={"diagnostics": noted, "warnings": (*found.warnings, *_withheld(cube))})


def needs_rows(spec: AnalysisSpec) -> Refused:
    """Return the refusal of an analysis that a cube does not answer; the caller raises it."""
    return refusal("E-CUBE-03", estimator=spec.estimator, known=", ".join(sorted(ANSWERED)))


def _withheld(cube: Cube) -> tuple[dict[str, object], ...]:
    units, rows = cube.counts.get("n_withheld_units", 0), cube.counts.get("n_withheld_rows", 0)
    return (warning("W-CUBE-01", units=units, rows=rows),) if units else ()


def _check_clusters(spec: AnalysisSpec, cube: Cube) -> None:
    """Leave to the rows a single treated cluster (others are given its treatment), and units so few that CR2 stands beside."""
    last = max(key.seen[-1] for key in cube.groups)
    treated = [
        (key.cluster, moments.units)
        for key, moments in cube.groups.items()
        if (0 < key.mark[0] <= last if spec.cohort is not None else any(key.mark))
    ]
    by_unit = not spec.cluster or spec.cluster[0] == spec.unit
    count = sum(units for _, units in treated) if by_unit else len({cluster for cluster, _ in treated})
    if count == 1 or (by_unit and cube.units < FEW_CLUSTERS):
        raise NotInOneScan


def is_long(spec: AnalysisSpec, path: Path) -> bool:
    """Tell whether a file is Parquet and long enough for one scan to pay."""
    least = GROWTH_FROM if spec.estimator == "mixed" else ROWS_FROM
    return path.suffix.lower() == ".parquet" and bool(pq.read_metadata(path).num_rows >= least)
