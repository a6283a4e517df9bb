"""`ols`: (weighted) least squares for randomised designs, fixed effects absorbed, HC, cluster and HAC variances.

When: a difference between arms with blocks as fixed effects and covariates; any linear regression. Not when: units adopt at
different times and effects may differ (twfe warns, group_time is the answer), or compliance is partial (iv_2sls).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.estimators.linear import Design, fit_linear
from experiments.estimators.method import HINTS, Method, check_cluster_vcov
from experiments.estimators.options import flag
from experiments.estimators.random_effects import random_effects
from experiments.estimators.regression import OPTIONS, Regression, covariate_columns, report
from experiments.estimators.rows import arms
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample, Vector, numbers
from experiments.spec import AnalysisSpec

VCOV = ("nonrobust", "HC1", "HC2", "HC3", "CR1", "CR2", "CR3", "HAC")
INFERENCE = ("analytic", "wild_bootstrap", "randomisation")


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return all coefficients that are not absorbed; `(Intercept)` only without fixed effects.

    Parameters
    ----------
    spec
        `treatment` (0/1 or a dose) and/or `covariates`; `vcov` defaults to CR1 with `cluster`, else HC2. `weights` are
        inverse-variance or sampling weights: their scale does not matter. `time` goes with HAC, `strata` with randomisation
        inference (the blocks of the draw; put them into `fixed_effects` as well).
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Treatment without variation, collinear columns, one cluster, no degrees of freedom left.
    """
    regression = planned(spec, sample)
    fit = fit_linear(regression.design, sample)
    if spec.options.get("random_effects"):
        regression = replace(regression, notes=regression.notes | random_effects(regression.design, fit))
    return report(spec, sample, data_sha256, regression, fit)


def planned(spec: AnalysisSpec, sample: Sample) -> Regression:
    """Return the regression that a spec asks for."""
    kind = variance_of(spec)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    columns = covariate_columns(spec, sample)
    treatment, notes = None, {}
    if spec.treatment is not None:
        treatment = treatment_of(spec, sample)
        columns = {spec.treatment: treatment, **columns}
        notes = arms(treatment, outcome, sample.weights, sample.copies)
    fixed = tuple(dict.fromkeys(spec.fixed_effects))
    return Regression(Design(spec.outcome, outcome, columns, fixed), kind, spec.cluster, treatment, notes)


def variance_of(spec: AnalysisSpec, default: str = "HC2") -> str:
    """Return the variance of a regression's spec; refuse fields that only another variance or inference would use."""
    kind = spec.vcov or ("CR1" if spec.cluster else default)
    by_design = (
        spec.inference.method == "randomisation"
    )  # clusters are then what was randomised; any variance may stand beside
    check_cluster_vcov(spec if not by_design or kind in ("CR1", "CR2", "CR3") else _without_clusters(spec), kind, VCOV)
    idle = {"time": spec.time is not None and kind != "HAC", "strata": spec.strata is not None and not by_design}
    for name in (name for name, unused in idle.items() if unused):
        hint = HINTS.get(name)
        told = {"hint": hint.en if hint else "", "hint_zh": hint.zh if hint else ""}
        raise refusal("E-SPEC-04", estimator=spec.estimator, fields=name, **told)
    return kind


def _without_clusters(spec: AnalysisSpec) -> AnalysisSpec:
    return spec.model_copy(update={"cluster": ()})


def treatment_of(spec: AnalysisSpec, sample: Sample) -> Vector:
    """Return the treatment as numbers; refuse one that does not vary."""
    treatment = numbers(sample.frame, str(spec.treatment), "treatment")
    if np.ptp(treatment) == 0:
        raise refusal("E-EST-03", column=spec.treatment, n=sample.size)
    return treatment


METHOD = Method(
    name="ols",
    run=run,
    uses=frozenset({"treatment", "covariates", "fixed_effects", "cluster", "weights", "unit", "time", "strata"}),
    needs=(frozenset({"treatment", "covariates"}),),
    vcov=VCOV,
    options=OPTIONS | {"random_effects": flag()},
    inference=INFERENCE,
    rule=variance_of,
    regression=planned,
)
