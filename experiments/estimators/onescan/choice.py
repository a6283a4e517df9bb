"""Which analyses one scan answers, and answering them: the same estimators, on the short sample that stands for all rows.

Belongs here: what a cube holds enough for, and when going by rows is right. Does not: the cube, the estimators.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from data.messages import Refused
from experiments.estimators.onescan.cube import Cube
from experiments.estimators.onescan.messages import refusal, warning
from experiments.estimators.onescan.runs import NotInOneScan
from experiments.estimators.onescan.scan import scan
from experiments.estimators.onescan.stand_in import stand_in
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec

ANSWERED = frozenset({"twfe", "event_study", "group_time", "sun_abraham", "etwfe", "imputation"})
ROWS_FROM = 200_000
"""Shorter tables are quicker by rows than by two ways of reading."""
SHORTER = 4
"""The short sample must have so many times fewer rows, or nothing is won."""


def is_answered(spec: AnalysisSpec) -> bool:
    """Tell whether the moments of waves are all that an analysis needs.

    Not so: covariates and further fixed effects (they differ between units), errors that are not clustered, new draws of the
    assignment. Clusters of units may have any of their variances.

    >>> is_answered(AnalysisSpec(estimator="twfe", outcome="y", unit="i", time="t", treatment="d"))
    True
    """
    more = spec.covariates or spec.strata or set(spec.fixed_effects) - {spec.unit, spec.time}
    marked = (spec.cohort is None) != (spec.treatment is None)
    coarse = bool(spec.cluster) and spec.cluster[0] != spec.unit
    clustered = spec.vcov in (None, "CR1") or (coarse and spec.vcov in ("CR2", "CR3"))
    drawn = spec.inference.method == "analytic" or (coarse and spec.inference.method == "wild_bootstrap")
    plain = clustered and drawn and len(spec.cluster) <= 1
    named = spec.unit is not None and spec.time is not None and ":" not in f"{spec.unit}{spec.time}{spec.cluster}"
    return spec.estimator in ANSWERED and not more and marked and plain and named


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
    return estimate_from_cube(spec, scan(path, spec), data_sha256)


def estimate_from_cube(spec: AnalysisSpec, cube: Cube, data_sha256: str) -> EstimateResult:
    """Return the result of an analysis on a cube; see `estimate_in_one_scan`."""
    from experiments.estimators import method

    _check_several_treated(spec, cube)
    sample = stand_in(spec, cube)
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


def _check_several_treated(spec: AnalysisSpec, cube: Cube) -> None:
    """Leave a single treated cluster to the rows: placebo inference gives its treatment to other clusters."""
    last = max(key.seen[-1] for key in cube.groups)
    treated = [
        (key.cluster, moments.units)
        for key, moments in cube.groups.items()
        if (0 < key.mark[0] <= last if spec.cohort is not None else any(key.mark))
    ]
    by_unit = not spec.cluster or spec.cluster[0] == spec.unit
    count = sum(units for _, units in treated) if by_unit else len({cluster for cluster, _ in treated})
    if count == 1:
        raise NotInOneScan


def is_long(path: Path) -> bool:
    """Tell whether a file is Parquet and long enough for one scan to pay."""
    return path.suffix.lower() == ".parquet" and bool(pq.read_metadata(path).num_rows >= ROWS_FROM)
