"""`lin`: the arms' difference adjusted for centred covariates interacted with the treatment (Lin 2013).

When: a randomised two-arm design with baseline covariates: never less precise than the unadjusted difference in large samples,
whatever the slopes. Not when: covariates are many for the smaller arm (every one costs two coefficients), or the treatment is a
dose. Covariates are centred at their (weighted) means, so that the treatment's coefficient is the average effect.
"""

from __future__ import annotations

import numpy as np

from experiments.estimators import ols
from experiments.estimators.linear import Design, fit_linear
from experiments.estimators.method import Method
from experiments.estimators.regression import OPTIONS, Regression, covariate_columns, report
from experiments.estimators.rows import arms, two_arms
from experiments.result import EstimateResult
from experiments.sample import Sample, numbers
from experiments.spec import AnalysisSpec


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the intercept, the treatment, the centred covariates and their products `treatment:covariate`.

    Parameters
    ----------
    spec
        `treatment` 0/1, `covariates`; `vcov` defaults to HC2, CR1 with `cluster`.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Another treatment value, collinear columns (a level of a category that one arm lacks), one cluster.
    """
    regression = planned(spec, sample)
    return report(spec, sample, data_sha256, regression, fit_linear(regression.design, sample))


def planned(spec: AnalysisSpec, sample: Sample) -> Regression:
    """Return the regression that a spec asks for."""
    kind = ols.variance_of(spec)
    term, treatment = str(spec.treatment), two_arms(spec, sample)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    centred = {
        name: column - np.average(column, weights=sample.weights)
        for name, column in covariate_columns(spec, sample).items()
    }
    products = {f"{term}:{name}": treatment * column for name, column in centred.items()}
    design = Design(spec.outcome, outcome, {term: treatment, **centred, **products})
    notes = {**arms(treatment, outcome, sample.weights), "centred_at": "means of the rows analysed"}
    return Regression(design, kind, spec.cluster, treatment, notes)


METHOD = Method(
    name="lin",
    run=run,
    uses=frozenset({"treatment", "covariates", "cluster", "weights", "unit", "time"}),
    needs=(frozenset({"treatment"}), frozenset({"covariates"})),
    vcov=ols.VCOV,
    options=OPTIONS,
    inference=("analytic", "wild_bootstrap"),
    rule=ols.variance_of,
    regression=planned,
)
