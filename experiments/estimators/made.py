"""Rows and counts → a result, for methods that are not least squares; rows by the normal distribution where df are infinite.

Belongs here: what every such method's result has. Does not: regressions (regression), t rows (rows).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from experiments.estimators.rows import estimate_row, n_units
from experiments.result import Estimate, EstimateResult
from experiments.sample import Sample
from experiments.spec import AnalysisSpec, spec_digest


@dataclass(frozen=True)
class Found:
    """What a method found: rows, notes for the diagnostics, warnings, rows used and the number of clusters."""

    rows: Sequence[Estimate]
    notes: dict[str, Any]
    warnings: Sequence[dict[str, Any]] = ()
    n_clusters: int | None = None
    n_obs: int | None = None
    dropped: dict[str, Any] = field(default_factory=dict)


def made(spec: AnalysisSpec, sample: Sample, data_sha256: str, found: Found) -> EstimateResult:
    """Return the result of a method."""
    return EstimateResult(
        estimator=spec.estimator,
        spec_sha256=spec_digest(spec),
        data_sha256=data_sha256,
        n_obs=sample.rows_meant if found.n_obs is None else found.n_obs,
        n_units=n_units(spec, sample),
        n_clusters=found.n_clusters,
        estimates=tuple(found.rows),
        diagnostics={**sample.counts, **found.dropped, **found.notes},
        warnings=tuple(found.warnings),
    )


def row_of(
    term: str, estimate: float, std_error: float, alpha: float, df: float = math.inf, group: str | float | None = None
) -> Estimate:
    """Return one row: by t with `df`, by the normal distribution where they are infinite.

    >>> round(row_of("x", 1.96, 1.0, 0.05).p_value, 3)
    0.05
    """
    if math.isfinite(df):
        return estimate_row(term, estimate, std_error, df, alpha).model_copy(update={"group": group})
    from scipy import special

    statistic = estimate / std_error if std_error > 0 else math.copysign(math.inf, estimate)
    reach = float(special.ndtri(1 - alpha / 2)) * std_error
    return Estimate(
        term=term,
        estimate=float(estimate),
        std_error=float(std_error),
        statistic=float(statistic),
        df=math.inf,
        p_value=float(2 * special.ndtr(-abs(statistic))),
        conf_low=float(estimate - reach),
        conf_high=float(estimate + reach),
        group=group,
    )
