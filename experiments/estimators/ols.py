"""`ols`: (weighted) least squares for randomised designs, fixed effects absorbed, HC and cluster variances.

When: a difference between arms with blocks as fixed effects and covariates; any linear regression. Not when: units adopt at
different times and effects may differ (twfe warns, group_time is the answer), or compliance is partial (iv_2sls).
"""

from __future__ import annotations

import numpy as np

from experiments.estimators.linear import Design, fit_linear
from experiments.estimators.method import Method, check_cluster_vcov
from experiments.estimators.regression import OPTIONS, Regression, covariate_columns, report
from experiments.estimators.rows import arms
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample, numbers
from experiments.spec import AnalysisSpec

VCOV = ("nonrobust", "HC1", "HC2", "HC3", "CR1")


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return all coefficients that are not absorbed; `(Intercept)` only without fixed effects.

    Parameters
    ----------
    spec
        `treatment` (0/1 or a dose) and/or `covariates`; `vcov` defaults to CR1 with `cluster`, else HC2. `weights` are
        inverse-variance or sampling weights: their scale does not matter.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Treatment without variation, collinear columns, one cluster, no degrees of freedom left.
    """
    kind = spec.vcov or ("CR1" if spec.cluster else "HC2")
    check_cluster_vcov(spec, kind, VCOV)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    columns = covariate_columns(spec, sample)
    treatment, notes = None, {}
    if spec.treatment is not None:
        treatment = numbers(sample.frame, spec.treatment, "treatment")
        if np.ptp(treatment) == 0:
            raise refusal("E-EST-03", column=spec.treatment, n=sample.size)
        columns = {spec.treatment: treatment, **columns}
        notes = arms(treatment, outcome, sample.weights)
    fixed = tuple(dict.fromkeys(spec.fixed_effects))
    design = Design(spec.outcome, outcome, columns, fixed)
    regression = Regression(design, kind, spec.cluster, treatment, notes)
    return report(spec, sample, data_sha256, regression, fit_linear(design, sample))


METHOD = Method(
    name="ols",
    run=run,
    uses=frozenset({"treatment", "covariates", "fixed_effects", "cluster", "weights", "unit"}),
    needs=(frozenset({"treatment", "covariates"}),),
    vcov=VCOV,
    options=OPTIONS,
)
