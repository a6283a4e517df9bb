"""The steps that `event_study`, `sun_abraham` and `etwfe` share: indicators → regression → averages of coefficients.

Belongs here: rows that enter, fixed effects, the fit, the averages with their variance, the pre-trend test. Does not: which
indicators (interactions), what each method is for (its module). Shares of cohorts count as known, as in fixest's sunab.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.estimators.did.interactions import Interactions, Kind, Timing, interactions
from experiments.estimators.did.panel import check_unique, cohorts, times
from experiments.estimators.did.pretrends import Events
from experiments.estimators.did.report import Counts, Effects, Label, cohort_notes, honest_notes, pretrend_notes
from experiments.estimators.linear import Design, Fit, fit_linear
from experiments.estimators.regression import Regression, covariance
from experiments.messages import refusal, warning
from experiments.sample import Flags, Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

TERM, EVENT = "att", "event_time"


@dataclass(frozen=True)
class Rows:
    """The rows that enter with their timing and notes on those that do not."""

    sample: Sample
    timing: Timing
    warnings: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Coefficients:
    """Coefficients of the indicators and their variance, however they came about (rows or one scan)."""

    estimate: Vector
    variance: Matrix
    df: float
    counts: Counts
    notes: dict[str, Any]
    warnings: tuple[dict[str, Any], ...] = ()


def rows_of(spec: AnalysisSpec, sample: Sample) -> Rows:
    """Return the rows of units that are seen untreated; later starts than the last period become never.

    Raises
    ------
    Refused
        Time is no number, a unit has two rows in a period, cohorts change within a unit, nobody starts within the data.
    """
    time, cohort = times(spec, sample), cohorts(spec, sample)
    places = np.unique(time, return_inverse=True)[1].astype(np.int64)
    check_unique(spec, sample.codes(str(spec.unit)), places)
    told = []
    late = np.isfinite(cohort) & (cohort > time.max())
    if late.any():
        told.append(warning("W-DID-03", n=_units(spec, sample, late)))
        cohort = np.where(late, np.inf, cohort)
    early = cohort <= time.min()
    if early.any():
        told.append(warning("W-DID-02", n=_units(spec, sample, early)))
    if not np.isfinite(cohort[~early]).any():
        raise refusal("E-DID-03", first=f"{time.min():g}")
    kept = ~early
    return Rows(sample.where(kept), Timing(cohort[kept], time[kept]), tuple(told))


def _units(spec: AnalysisSpec, sample: Sample, rows: Flags) -> int:
    return sample.groups_meant(str(spec.unit), rows)


def timing_of(spec: AnalysisSpec, rows: Rows) -> Timing:
    """Return the timing with reference period and window of the options.

    Raises
    ------
    Refused
        No treated row stands in the reference period, or the window does not hold it.
    """
    reference, window = float(spec.options.get("reference", -1)), spec.options.get("window")
    if window is not None and not window[0] <= reference <= window[1]:
        raise refusal("E-DID-11", reference=f"{reference:g}")
    timing = replace(
        rows.timing, reference=reference, window=None if window is None else (float(window[0]), float(window[1]))
    )
    known = np.unique(timing.relative[np.isfinite(timing.relative)])
    if reference not in known:
        raise refusal("E-DID-09", reference=f"{reference:g}", known=", ".join(f"{period:g}" for period in known))
    return timing


def coefficients(
    spec: AnalysisSpec, rows: Rows, found: Interactions, more: dict[str, Vector], fixed: tuple[str, ...]
) -> Coefficients:
    """Return the coefficients of the indicators by least squares on the rows, with further columns and fixed effects."""
    sample = rows.sample
    matrix = found.columns(sample.size)
    columns = {**{name: matrix[:, place] for place, name in enumerate(found.names)}, **more}
    design = Design(spec.outcome, numbers(sample.frame, spec.outcome, "outcome"), columns, fixed)
    fit = fit_linear(design, sample)
    kind = spec.vcov or "CR1"
    cluster = spec.cluster or ((str(spec.unit),) if kind == "CR1" else ())
    variance = covariance(fit, Regression(design, kind, cluster, None, {}), sample, spec)
    count = len(found.names)
    clusters = variance.n_clusters if variance.n_clusters is not None else sample.size
    counts = Counts(sample.rows_meant, sample.groups_meant(str(spec.unit)), clusters)
    notes = {"vcov": kind, **variance.description, **_fit_notes(fit, sample)}
    return Coefficients(
        fit.beta[:count], variance.matrix[:count, :count], variance.df, counts, notes, tuple(variance.warnings)
    )


def _fit_notes(fit: Fit, sample: Sample) -> dict[str, Any]:
    factors = () if fit.absorber is None else fit.absorber.factors
    absorbed = {factor.name: sample.groups_meant(factor.name) for factor in factors}
    return {"fixed_effects": absorbed, "r_squared": fit.r_squared}


def averages(spec: AnalysisSpec, found: Interactions, fitted: Coefficients, timing: Timing) -> Effects:
    """Return the overall effect, the effects by relative period, and for etwfe those by cohort and time."""
    periods, weights = found.events()
    labels: list[Label] = [(TERM, None), *((EVENT, float(period)) for period in periods)]
    maps = [found.average(found.period >= 0)[None], weights]
    if spec.estimator == "etwfe":
        cells = zip(found.cohort, found.cohort + found.period, strict=True)
        labels += [(TERM, f"{cohort:g}:{time:g}") for cohort, time in cells]
        maps.append(np.eye(len(found.period)))
    mapped = np.vstack(maps)
    estimate, variance = mapped @ fitted.estimate, mapped @ fitted.variance @ mapped.T
    events = slice(1, 1 + len(periods))
    trend = Events(periods, estimate[events], variance[events, events], periods - timing.reference)
    notes, weak = pretrend_notes(trend, spec.alpha)
    notes |= honest_notes(trend, spec)
    return Effects(
        tuple(labels),
        estimate,
        variance,
        fitted.df,
        fitted.counts,
        {**fitted.notes, **notes},
        (*fitted.warnings, *weak),
    )


def unit_cohorts(spec: AnalysisSpec, rows: Rows) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    """Return units by cohort, and a warning for cohorts of few clusters."""
    sample = rows.sample
    unit = sample.codes(str(spec.unit))
    first = np.unique(unit, return_index=True)[1]
    name = spec.cluster[0] if spec.cluster else str(spec.unit)
    cluster, copies = sample.codes(name), sample.copies_of(str(spec.unit))
    return cohort_notes(rows.timing.cohort[first], cluster[first], copies, sample.copies_of(name))


def kind_of(spec: AnalysisSpec) -> Kind:
    """Return the indicators of an estimator and its control group."""
    if spec.estimator == "event_study":
        return "event_study"
    if spec.estimator == "sun_abraham":
        return "sun_abraham"
    return "etwfe_never" if spec.options.get("control_group") == "never" else "etwfe_not_yet"


def indicators(spec: AnalysisSpec, rows: Rows, timing: Timing) -> Interactions:
    """Return the indicators that the spec asks for."""
    weights = rows.sample.weights if rows.sample.weights is not None else np.ones(rows.sample.size)
    return interactions(kind_of(spec), timing, weights)


def estimated(
    spec: AnalysisSpec, rows: Rows, timing: Timing, more: dict[str, Vector], fixed: tuple[str, ...]
) -> Effects:
    """Return the effects of one spec from its rows, with notes on cohorts."""
    found = indicators(spec, rows, timing)
    fitted = coefficients(spec, rows, found, more, fixed)
    effects = averages(spec, found, fitted, timing)
    cohort_counts, few = unit_cohorts(spec, rows)
    told = (*rows.warnings, *effects.warnings, *few)
    return replace(effects, notes={**effects.notes, **cohort_counts}, warnings=told)
