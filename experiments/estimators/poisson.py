"""`poisson`: log ratios of a count or any outcome that is not negative (pseudo-likelihood).

When: counts, rates (with `offset`: the log of the exposure), skewed outcomes with zeros; robust variances make no assumption on
the spread (Gourieroux, Monfort & Trognon 1984). Not when: a difference of means is the question of a randomised design (ols).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.estimators import logit
from experiments.estimators.generalised import run_family
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample, numbers
from experiments.spec import AnalysisSpec


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return log ratios; `vcov` HC1 by default, CR1 with `cluster`; option `offset` names a column that is added.

    Raises
    ------
    Refused
        A negative outcome, or one without variation; a column that tells exactly where it is 0; collinearity, one cluster.
    """
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    if (outcome < 0).any():
        raise refusal("E-GLM-02", column=spec.outcome, estimator="poisson", n=int((outcome < 0).sum()))
    if np.ptp(outcome) == 0:
        raise refusal("E-EST-13", column=spec.outcome, n=sample.size)
    return run_family(spec, sample, data_sha256, "poisson", outcome)


METHOD = replace(logit.METHOD, name="poisson", run=run)
