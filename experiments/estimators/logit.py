"""`logit`: log odds of a 0/1 outcome.

When: a binary outcome and odds are wanted, or covariates are adjusted for near 0 or 1. Not when: a difference of shares is the
question of a randomised design (ols with HC2 answers it); odds ratios of different covariate sets do not compare
(non-collapsibility): read `diagnostics.average_marginal_effect`. A column that separates the outcome perfectly is refused by
name.
"""

from __future__ import annotations

import numpy as np

from experiments.estimators.generalised import VCOV, run_family
from experiments.estimators.method import Method
from experiments.estimators.options import column
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample, numbers
from experiments.spec import AnalysisSpec


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return log odds ratios; `vcov` HC1 by default, CR1 with `cluster`.

    Raises
    ------
    Refused
        An outcome that is not 0/1 or does not vary, separation, collinearity, one cluster.
    """
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    other = ~np.isin(outcome, (0.0, 1.0))
    if other.any():
        raise refusal("E-GLM-02", column=spec.outcome, estimator="logit", n=int(other.sum()))
    if np.ptp(outcome) == 0:
        raise refusal("E-EST-13", column=spec.outcome, n=sample.size)
    return run_family(spec, sample, data_sha256, "binomial", outcome)


METHOD = Method(
    name="logit",
    run=run,
    uses=frozenset({"treatment", "covariates", "cluster", "weights", "unit"}),
    needs=(frozenset({"treatment", "covariates"}),),
    vcov=VCOV,
    options={"offset": column()},
)
