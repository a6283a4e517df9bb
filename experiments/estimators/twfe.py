"""`twfe`: two-way fixed effects — unit and time absorbed, a treatment dummy or dose, clustered by unit.

When: two groups, one starting time (then it is difference-in-differences); a dose with a constant, immediate effect. Not
when: staggered starts with effects that differ or grow: the result warns and says how many treated observations have negative
weights (de Chaisemartin & D'Haultfœuille 2020). One treated cluster: placebo p-values only (did/placebo).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.estimators import timing
from experiments.estimators.did import bacon
from experiments.estimators.did.placebo import by_placebo
from experiments.estimators.linear import Design, fit_linear
from experiments.estimators.method import CLUSTERED, Method, check_cluster_vcov
from experiments.estimators.regression import OPTIONS, Regression, covariate_columns, report
from experiments.estimators.rows import arms
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample, Vector, is_numeric, numbers
from experiments.spec import AnalysisSpec

VCOV = ("nonrobust", "HC1", "HC2", "HC3", "CR1", "CR2", "CR3", "HAC")
UNIT_AND_TIME = 2
COHORT_TERM = "att"


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the treatment's coefficient and those of the covariates.

    Parameters
    ----------
    spec
        `unit` and `time`; `treatment` as it stands in each row (0/1 or a dose), or `cohort` = first treated period (0 or
        missing = never), whose term is `att`. Further `fixed_effects` are absorbed too. `vcov` defaults to CR1; `cluster`
        to the unit.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Both or neither of treatment and cohort with nothing else to estimate, no variation, one cluster, collinearity.
    """
    if spec.treatment is not None and spec.cohort is not None:
        raise refusal("E-SPEC-04", estimator="twfe", fields="cohort", hint=" or treatment", hint_zh="或 treatment")
    if spec.treatment is None and spec.cohort is None:
        return _estimated(spec, sample, data_sha256)
    if spec.inference.method == "randomisation":
        if sample.lots is None:
            raise refusal("E-RI-08", estimator="twfe")
        return _estimated(spec, sample, data_sha256)
    return by_placebo(spec, sample, data_sha256, _estimated)


def planned(spec: AnalysisSpec, sample: Sample) -> Regression:
    """Return the regression that a spec asks for; its notes are `_estimated`'s to add."""
    kind = spec.vcov or "CR1"
    cluster = spec.cluster or ((str(spec.unit),) if kind in CLUSTERED else ())
    check_cluster_vcov(spec.model_copy(update={"cluster": cluster}), kind, VCOV)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    term, treatment = _treatment(spec, sample)
    columns = covariate_columns(spec, sample)
    fixed = tuple(dict.fromkeys([str(spec.unit), str(spec.time), *spec.fixed_effects]))
    own = {} if treatment is None else {term: treatment}
    return Regression(Design(spec.outcome, outcome, {**own, **columns}, fixed), kind, cluster, treatment, {})


def _estimated(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    regression = planned(spec, sample)
    design, treatment = regression.design, regression.treatment
    fit = fit_linear(design, sample)
    if treatment is None:
        return report(spec, sample, data_sha256, regression, fit)
    told = timing.describe(spec, sample, treatment, fit.influence(fit.names[0]) * treatment)
    notes = {**arms(treatment, design.outcome, sample.weights, sample.copies), **told.notes}
    is_plain = len(design.columns) == 1 and len(design.fixed_effects) == UNIT_AND_TIME and spec.weights is None
    if told.notes["n_starts"] > 1 and is_plain:
        notes |= _decomposed(spec, sample, design.outcome, treatment)
    return report(spec, sample, data_sha256, replace(regression, notes=notes, warnings=told.warnings), fit)


def _decomposed(spec: AnalysisSpec, sample: Sample, outcome: Vector, treatment: Vector) -> dict[str, Any]:
    """Return Goodman-Bacon's comparisons where there are any: a balanced panel, a 0/1 treatment that stays."""
    if not np.isin(treatment, (0.0, 1.0)).all():
        return {}
    unit, period = sample.codes(str(spec.unit)), sample.codes(str(spec.time))
    each = np.ones(sample.size) if sample.copies is None else sample.copies
    cohorts = bacon.cohorts_of(bacon.Rows(unit, period, outcome, treatment == 1, each))
    if cohorts is None:
        return {}
    labels = sample.frame[str(spec.time)].to_numpy()[np.unique(period, return_index=True)[1]]
    named = [f"{label:g}" if is_numeric(sample.frame[str(spec.time)]) else str(label) for label in labels]
    names = [named[place] if place < len(named) else "never" for place in cohorts.start]
    return {"bacon": bacon.notes(bacon.decompose(cohorts), names)}


def _treatment(spec: AnalysisSpec, sample: Sample) -> tuple[str, Vector | None]:
    if spec.cohort is not None:
        cohort = numbers(sample.frame, spec.cohort, "cohort")
        time = numbers(sample.frame, str(spec.time), "time")
        term, treatment = COHORT_TERM, ((cohort > 0) & (time >= cohort)).astype(float)
    elif spec.treatment is not None:
        term, treatment = spec.treatment, numbers(sample.frame, spec.treatment, "treatment")
    else:
        return "", None
    if np.ptp(treatment) == 0:
        raise refusal("E-EST-03", column=spec.treatment or spec.cohort, n=sample.size)
    return term, treatment


METHOD = Method(
    name="twfe",
    run=run,
    uses=frozenset({"treatment", "cohort", "unit", "time", "covariates", "fixed_effects", "cluster", "weights"}),
    needs=(frozenset({"unit"}), frozenset({"time"}), frozenset({"treatment", "cohort", "covariates"})),
    vcov=VCOV,
    options=OPTIONS,
    inference=("analytic", "wild_bootstrap", "randomisation"),
    regression=planned,
)
