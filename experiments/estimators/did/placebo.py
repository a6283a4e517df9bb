"""One treated cluster: p-values and intervals by giving its treatment to each other cluster in turn.

Belongs here: swapping treatment between clusters, ranks, inversion to an interval. Does not: estimation (the method's own `run`,
called again for each placebo). Exact when any cluster could have been the treated one and effects are additive; a clustered
standard error does not exist then (Conley & Taber 2011; MacKinnon & Webb 2020). Ties count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.messages import refusal, warning
from experiments.result import Estimate, EstimateResult
from experiments.sample import Codes, Flags, Sample, Vector
from experiments.spec import AnalysisSpec

MOST = 999
"""Placebo clusters at most; more are drawn with the spec's seed."""
TIE = 1e-9
Run = Callable[[AnalysisSpec, Sample, str], EstimateResult]


@dataclass(frozen=True)
class Ranked:
    """A p-value (ties count) and the interval of effects that it does not reject; infinite where it rejects nothing."""

    p_value: float
    low: float
    high: float


def ranked(observed: float, placebo: Vector, response: Vector, alpha: float) -> Ranked:
    """Return the place of an estimate among placebo estimates, and the effects that are not rejected.

    Parameters
    ----------
    observed
        The estimate.
    placebo
        J estimates with the treatment moved to another cluster.
    response
        J: by how much each would move if the true effect were larger by 1 (the treated cluster is a control there).
    alpha
        The interval holds the effects with p-values above it.

    >>> ranked(5.0, np.array([1.0, -1.0, 0.5]), np.zeros(3), 0.3).p_value
    0.25
    """

    def p_of(effect: float) -> float:
        own = abs(observed - effect)
        return float((1 + (np.abs(placebo - response * effect) >= own - TIE * (1 + own)).sum()) / (1 + len(placebo)))

    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.concatenate([(placebo - observed) / (response - 1), (placebo + observed) / (response + 1)])
    ends = np.unique(ends[np.isfinite(ends)])
    reach = 1 + np.abs(ends).max(initial=abs(observed))
    tried = np.concatenate([[-4 * reach], ends, [4 * reach]])
    kept = np.array([p_of(effect) > alpha for effect in tried])
    low = -np.inf if kept[0] else float(tried[kept].min())
    high = np.inf if kept[-1] else float(tried[kept].max())
    return Ranked(p_of(0.0), low, high)


def by_placebo(spec: AnalysisSpec, sample: Sample, data_sha256: str, run: Run) -> EstimateResult:
    """Return what `run` finds; with one treated cluster p-values and intervals are of placebo assignments.

    Clustered standard errors are then left out (not-a-number) and stand in the diagnostics as not valid, for comparison.
    """
    result = run(spec, sample, data_sha256)
    alone = lonely(spec, sample)
    if alone is None:
        return result
    name, cluster, treated = alone
    others = np.setdiff1d(np.arange(int(cluster.max()) + 1), [treated])
    if not len(others):
        raise refusal("E-DID-13", column=name)
    if len(others) > MOST:
        others = np.sort(np.random.default_rng(spec.inference.seed).choice(others, MOST, replace=False))
    moved = [_moved(spec, sample, cluster, (treated, int(other))) for other in others]
    found = _estimates(spec, moved, run, result.estimates)
    rows = tuple(_row(spec, sample, moved, run, (row, found[:, place])) for place, row in enumerate(result.estimates))
    return result.model_copy(update={"estimates": rows, **_told(result, name, len(others))})


def lonely(spec: AnalysisSpec, sample: Sample) -> tuple[str, Codes, int] | None:
    """Return cluster name, cluster of each row and the one treated cluster; None where several are treated.

    A cluster that is treated in part only is none of a kind that another could stand for: None too.
    """
    if len(spec.cluster) > 1 or (spec.vcov or "CR1") != "CR1":
        return None
    name = spec.cluster[0] if spec.cluster else str(spec.unit)
    cluster, treated = sample.codes(name), _treated(spec, sample)
    found = np.unique(cluster[treated])
    if len(found) != 1:
        return None
    inside = cluster == found[0]
    column = sample.frame[str(spec.cohort or spec.treatment)].to_numpy(dtype=float)[inside]
    key = sample.codes(str(spec.time))[inside] if spec.cohort is None else np.zeros(int(inside.sum()), dtype=np.int64)
    first = np.zeros(int(key.max()) + 1)
    first[key] = column
    return (name, cluster, int(found[0])) if (first[key] == column).all() else None


def _treated(spec: AnalysisSpec, sample: Sample) -> Flags:
    values = sample.frame[str(spec.cohort or spec.treatment)].to_numpy(dtype=float)
    if spec.cohort is None:
        started: Flags = values != 0
        return started
    time = sample.frame[str(spec.time)].to_numpy(dtype=float)
    found: Flags = (values > 0) & (values <= time.max())
    return found


def _moved(spec: AnalysisSpec, sample: Sample, cluster: Codes, pair: tuple[int, int]) -> Sample:
    """Return the sample in which the second cluster has the treatment of the first, and the first none."""
    name = str(spec.cohort or spec.treatment)
    values = sample.frame[name].to_numpy(dtype=float).copy()
    giver, taker = cluster == pair[0], cluster == pair[1]
    time = sample.codes(str(spec.time))
    path = np.zeros(int(time.max()) + 1)
    path[time[giver]] = values[giver]
    values[taker] = path[time[taker]] if spec.cohort is None else values[giver][0]
    values[giver] = 0.0
    return replace(sample, frame=sample.frame.assign(**{name: values}))


def _estimates(spec: AnalysisSpec, samples: list[Sample], run: Run, like: tuple[Estimate, ...]) -> Vector:
    """Return the estimates of each sample in the order of some rows; not-a-number where a row is lacking."""
    found = np.full((len(samples), len(like)), np.nan)
    place = {(row.term, row.group): at for at, row in enumerate(like)}
    for line, sample in enumerate(samples):
        for row in run(spec, sample, "").estimates:
            if (row.term, row.group) in place:
                found[line, place[row.term, row.group]] = row.estimate
    return found


def _row(spec: AnalysisSpec, sample: Sample, moved: list[Sample], run: Run, own: tuple[Estimate, Vector]) -> Estimate:
    row, placebo = own
    effect = _effect_of_one(spec, sample, row)
    shifted = [
        replace(item, frame=item.frame.assign(**{spec.outcome: item.frame[spec.outcome] + effect})) for item in moved
    ]
    response = _estimates(spec, shifted, run, (row,))[:, 0] - placebo
    known = np.isfinite(placebo) & np.isfinite(response)
    found = ranked(row.estimate, placebo[known], response[known], spec.alpha)
    missing = {"std_error": np.nan, "statistic": np.nan, "df": np.nan}
    return row.model_copy(update={**missing, "p_value": found.p_value, "conf_low": found.low, "conf_high": found.high})


def _effect_of_one(spec: AnalysisSpec, sample: Sample, row: Estimate) -> Vector:
    """Return an effect of 1 in the treated rows that a row of the result speaks of (all, or one period since the start)."""
    values: Vector = sample.frame[str(spec.cohort or spec.treatment)].to_numpy(dtype=float)
    if spec.cohort is None:
        return values
    time = sample.frame[str(spec.time)].to_numpy(dtype=float)
    chosen: Flags = (values > 0) & (time >= values)
    if isinstance(row.group, (int, float)) and row.term == "event_time":
        chosen = (values > 0) & (np.round(time - values, 9) == row.group)
    return chosen.astype(np.float64)


def _told(result: EstimateResult, name: str, count: int) -> dict[str, Any]:
    errors = [
        {"term": row.term, "group": row.group, "std_error": row.std_error, "df": row.df} for row in result.estimates
    ]
    notes = {"placebos": count, "least_p_value": 1 / (1 + count), "clustered_not_valid": errors}
    dropped = {"W-EST-01", "W-EST-02", "W-DID-04", "W-DID-06"}
    kept = tuple(entry for entry in result.warnings if entry["code"] not in dropped)
    told = warning("W-DID-07", column=name, n=count, least=1 / (1 + count))
    diagnostics = {name: value for name, value in result.diagnostics.items() if name != "pretrend"}
    return {"diagnostics": {**diagnostics, "placebo": notes}, "warnings": (*kept, told)}
