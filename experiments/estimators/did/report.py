"""Effects with a joint variance → the rows of a result: the overall effect first, then one by group.

Belongs here: rows, counts and notes that the difference-in-differences methods share. Does not: estimation.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from experiments.estimators.did.honest import EventPath, smooth_interval
from experiments.estimators.did.panel import Panel
from experiments.estimators.did.pretrends import PROMPT, Events, pretrend
from experiments.estimators.did.relative import breakdown, relative_interval
from experiments.estimators.options import Option, numbers
from experiments.estimators.rows import estimate_row
from experiments.messages import refusal, warning
from experiments.result import Estimate, EstimateResult
from experiments.sample import Codes, Matrix, Sample, Vector
from experiments.spec import AnalysisSpec, spec_digest

FEW = 5
"""A cohort of fewer clusters than this gets a warning."""
Label = tuple[str, str | float | None]


@dataclass(frozen=True)
class Effects:
    """What is reported.

    Parameters
    ----------
    labels
        Term and group of each row.
    estimate, variance
        K and K × K.
    df
        Of the t distribution.
    counts
        Rows, units, clusters.
    notes, warnings
        For the diagnostics and the reader.
    """

    labels: tuple[Label, ...]
    estimate: Vector
    variance: Matrix
    df: float
    counts: Counts
    notes: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Counts:
    """How many rows, units and clusters entered."""

    rows: int
    units: int
    clusters: int


def counts_of(panel: Panel) -> Counts:
    """Return the counts of a panel."""
    each = np.ones(panel.size) if panel.copies is None else panel.copies
    rows = float(each @ (~np.isnan(panel.outcome)).sum(axis=1))
    return Counts(round(rows), panel.meant(), clusters_of(panel))


def clusters_of(panel: Panel) -> int:
    """Return the number of clusters that a panel has or stands for."""
    copies = panel.cluster_copies
    return int(panel.clusters.max()) + 1 if copies is None else round(float(copies.sum()))


def result(spec: AnalysisSpec, sample: Sample, data_sha256: str, effects: Effects) -> EstimateResult:
    """Return the result: one row a label in the order given."""
    return EstimateResult(
        estimator=spec.estimator,
        spec_sha256=spec_digest(spec),
        data_sha256=data_sha256,
        n_obs=effects.counts.rows,
        n_units=effects.counts.units,
        n_clusters=effects.counts.clusters,
        estimates=rows(effects, spec.alpha),
        diagnostics={**sample.counts, **effects.notes},
        warnings=effects.warnings,
    )


def rows(effects: Effects, alpha: float) -> tuple[Estimate, ...]:
    """Return the rows; an effect that is 0 by construction (a reference period) has error 0."""
    errors = np.sqrt(np.maximum(np.diag(effects.variance), 0.0))
    found = []
    for (term, group), estimate, error in zip(effects.labels, effects.estimate, errors, strict=True):
        row = estimate_row(term, float(estimate), float(error), effects.df, alpha)
        found.append(row.model_copy(update={"group": group}))
    return tuple(found)


def cohort_notes(
    cohort: Vector, clusters: Codes, copies: Vector | None = None, cluster_copies: Vector | None = None
) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """Return the number of units by cohort, and a warning for cohorts of few clusters."""
    started = np.unique(cohort[np.isfinite(cohort)])
    each = np.ones(len(cohort)) if copies is None else copies
    whole = np.ones(int(clusters.max()) + 1) if cluster_copies is None else cluster_copies
    sizes = {f"{start:g}": round(float(each[cohort == start].sum())) for start in started}
    few = [f"{start:g}" for start in started if round(float(whole[np.unique(clusters[cohort == start])].sum())) < FEW]
    told = (warning("W-DID-04", least=FEW, cohorts=", ".join(few)),) if few else ()
    return {"cohorts": sizes, "n_never_treated": round(float(each[np.isinf(cohort)].sum()))}, told


HONEST: dict[str, Option] = {"honest": numbers(0), "honest_relative": numbers(0)}
"""Bends of smooth trends, and drifts in multiples of the largest before treatment."""


def honest_notes(events: Events, spec: AnalysisSpec) -> dict[str, Any]:
    """Return the intervals under violations of parallel trends that `honest` and `honest_relative` list; nothing without them.

    Raises
    ------
    Refused
        E-DID-15: the periods are not one apart around the reference −1, or none lies before it.
    """
    asked = {name: spec.options[name] for name in ("honest", "honest_relative") if name in spec.options}
    if not asked:
        return {}
    own = np.flatnonzero(events.trend != 0)
    period, before = events.period[own], int((events.period[own] < -1).sum())
    after = len(own) - before
    wanted = np.array([*range(-before - 1, -1), *range(after)])
    if before == 0 or after == 0 or not (period == wanted).all() or not (events.trend[own] == period + 1).all():
        raise refusal("E-DID-15")
    path = EventPath(events.estimate[own], events.variance[np.ix_(own, own)], before)
    targets = {"first": np.eye(after)[0], "mean": np.full(after, 1 / after)}
    listed = {name: np.atleast_1d(values).astype(float) for name, values in asked.items()}
    found: dict[str, Any] = {}
    if "honest" in listed:
        found["honest"] = [_intervals(path, targets, bend, spec.alpha) for bend in listed["honest"]]
    if "honest_relative" in listed:
        bars = [_relative(path, targets, bar, spec.alpha) for bar in listed["honest_relative"]]
        ends = {name: breakdown(path, target, spec.alpha) for name, target in targets.items()}
        found["honest_relative"] = {"intervals": bars, "breakdown": ends}
    return found


def _intervals(path: EventPath, targets: dict[str, Vector], bend: float, alpha: float) -> dict[str, Any]:
    found = {name: asdict(smooth_interval(path, target, bend, alpha)) for name, target in targets.items()}
    return {"m": float(bend), **found}


def _relative(path: EventPath, targets: dict[str, Vector], bar: float, alpha: float) -> dict[str, Any]:
    found = {name: asdict(relative_interval(path, target, bar, alpha)) for name, target in targets.items()}
    return {"m_bar": float(bar), **found}


def pretrend_notes(events: Events, level: float) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """Return the pre-trend test with its power, and a warning when it could have found little."""
    found = pretrend(events, level)
    if found is None:
        return {"pretrend": None}, ()
    power = found.power_at_one_se
    weak = power is not None and power < PROMPT
    return {"pretrend": found.notes()}, (warning("W-DID-06", power=power),) if weak else ()
