"""`sun_abraham`: an event study whose effects may differ between cohorts; averages weighted by cohort shares.

When: staggered starts with never-treated units (or a last cohort to stand for them) and regression-like inference is wanted. Not
when: nobody is never treated in these data (group_time with control_group: not_yet). Without covariates on a balanced panel the
effects equal those of group_time with a universal base. Sun & Abraham (2021), shares counted as known.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.estimators import event_study
from experiments.estimators.did.placebo import by_placebo
from experiments.estimators.did.saturated import rows_of
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Sample
from experiments.spec import AnalysisSpec


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `att`, the mean effect over treated rows, then `event_time` by relative period.

    Parameters
    ----------
    spec
        As for `event_study`.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        No never-treated unit, the reference period does not occur, a cohort that is not seen in it.
    """
    return by_placebo(spec, sample, data_sha256, _estimated)


def _estimated(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    rows = rows_of(spec, sample)
    if not np.isinf(rows.timing.cohort).any():
        raise refusal("E-DID-04", column=spec.cohort or spec.treatment)
    return event_study.of_rows(spec, sample, data_sha256, rows)


METHOD = replace(event_study.METHOD, name="sun_abraham", run=run)
