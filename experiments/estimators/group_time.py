"""`group_time`: effects by cohort and period, and their averages, each cohort against untreated units only.

When: staggered starts with effects that differ between cohorts or grow; parallel trends hold, if need be given covariates. Not
when: everybody starts at once and nobody stays out (no comparison), treatment is switched off again, or one cluster is treated
(synthetic_control). Callaway & Sant'Anna (2021); with covariates Sant'Anna & Zhao (2020). Analytic influence functions, the
uncertainty of cohort shares included.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import numpy as np

from experiments.estimators.did.aggregate import Kind, Shares, aggregate
from experiments.estimators.did.att_gt import Choices, GroupTime, group_time
from experiments.estimators.did.inference import covariance, wald
from experiments.estimators.did.panel import Panel, panel_of, ready
from experiments.estimators.did.placebo import by_placebo
from experiments.estimators.did.pretrends import Events
from experiments.estimators.did.report import (
    HONEST,
    Effects,
    Label,
    clusters_of,
    cohort_notes,
    counts_of,
    honest_notes,
    pretrend_notes,
    result,
)
from experiments.estimators.method import Method
from experiments.estimators.options import Option, choice, number
from experiments.result import EstimateResult
from experiments.sample import Matrix, Sample
from experiments.spec import AnalysisSpec

TERM = "att"
VCOV = ("CR1",)
OPTIONS: dict[str, Option] = {
    "control_group": choice("never", "not_yet"),
    "method": choice("dr", "reg", "ipw"),
    "aggregate": choice("simple", "dynamic", "group", "calendar", "none"),
    "base_period": choice("varying", "universal"),
    "anticipation": number(0),
    "panel": choice("balanced", "pairs"),
    **HONEST,
    "shares": choice(*get_args(Shares)),
}


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the overall effect first (term `att`), then the effects of the chosen average by group.

    Parameters
    ----------
    spec
        `unit`, `time`, and `cohort` (first treated period; 0 or missing = never) or a 0/1 `treatment` that never goes down.
        `covariates` are taken in the earlier of the two periods compared. `cluster`: one column, constant in a unit.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        No comparison group, covariates that separate the groups, two rows of a unit in a period, a cohort that changes.
    """
    return by_placebo(spec, sample, data_sha256, _estimated)


def _estimated(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    panel = ready(panel_of(spec, sample), balanced=spec.options.get("panel", "balanced") == "balanced")
    effects = group_time(panel, choices_of(spec))
    kind = str(spec.options.get("aggregate", "simple"))
    labels, estimate, influence = _reported(kind, effects, panel, spec)
    notes, told = _notes(spec, panel, effects)
    found = Effects(
        labels,
        estimate,
        covariance(influence, panel.clusters, panel.copies),
        clusters_of(panel) - 1,
        counts_of(panel),
        notes,
        (*panel.warnings, *effects.warnings, *told),
    )
    return result(spec, sample, data_sha256, found)


def choices_of(spec: AnalysisSpec) -> Choices:
    """Return the comparison that the options ask for."""
    given: dict[str, Any] = {"control_group": "never", "method": "dr", "base_period": "varying", "anticipation": 0.0}
    given |= spec.options
    return Choices(given["control_group"], given["method"], given["base_period"], float(given["anticipation"]))


def _reported(
    kind: str, effects: GroupTime, panel: Panel, spec: AnalysisSpec
) -> tuple[tuple[Label, ...], Matrix, Matrix]:
    if kind == "none":
        labels = tuple((TERM, f"{g:g}:{t:g}") for g, t in zip(effects.cohort, effects.time, strict=True))
        return labels, effects.estimate, effects.influence
    shares: Shares = spec.options.get("shares", "exact")
    named: Kind = kind  # type: ignore[assignment]  # held to the list by the method's options
    found = aggregate(named, effects, panel, shares)
    return ((TERM, None), *((TERM, float(label)) for label in found.labels)), found.estimate, found.influence


def _notes(spec: AnalysisSpec, panel: Panel, effects: GroupTime) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
    pre = np.flatnonzero((effects.time < effects.cohort) & (effects.span != 0))
    joint = wald(effects.estimate[pre], covariance(effects.influence[:, pre], panel.clusters, panel.copies))
    events = aggregate("dynamic", effects, panel)
    by_event = covariance(events.influence[:, 1:], panel.clusters, panel.copies)
    drift = aggregate("dynamic", replace(effects, estimate=effects.span), panel).estimate[1:]
    path = Events(events.labels, events.estimate[1:], by_event, drift)
    trend, weak = pretrend_notes(path, spec.alpha)
    cohorts, few = cohort_notes(panel.cohort, panel.clusters, panel.copies, panel.cluster_copies)
    coarse = clusters_of(panel) < panel.meant()
    notes = {
        "n_att_gt": len(effects.estimate),
        "vcov": "influence functions",
        "small_sample": "G/(G-1)" if coarse else "none (as did)",
        "df_rule": "G - 1",
        "pretest": None if joint is None else {"W": joint.statistic, "df": joint.df, "p_value": joint.p_value},
        **trend,
        **honest_notes(path, spec),
        **cohorts,
    }
    return notes, (*few, *weak)


METHOD = Method(
    name="group_time",
    run=run,
    uses=frozenset({"treatment", "cohort", "unit", "time", "covariates", "cluster", "weights"}),
    needs=(frozenset({"unit"}), frozenset({"time"}), frozenset({"cohort", "treatment"})),
    vcov=VCOV,
    options=OPTIONS,
)
