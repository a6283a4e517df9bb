"""Coefficients and variances → rows of a result: statistic, p-value, interval by the t distribution.

Belongs here: the broom rows and the counts that every estimator reports. Does not: fitting, variances.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from experiments.messages import refusal
from experiments.result import Estimate
from experiments.sample import Sample, Vector, numbers
from experiments.spec import AnalysisSpec


def estimate_row(term: str, estimate: float, std_error: float, df: float, alpha: float) -> Estimate:
    """Return one row; two-sided p-value and a 1 − `alpha` interval by t with `df` degrees of freedom.

    >>> row = estimate_row("treat", 2.0, 1.0, 30, 0.05)
    >>> round(row.p_value, 4), round(row.conf_low, 3)
    (0.0546, -0.042)
    """
    from scipy import special

    statistic = estimate / std_error if std_error > 0 else math.copysign(math.inf, estimate)
    reach = float(special.stdtrit(df, 1 - alpha / 2)) * std_error
    return Estimate(
        term=term,
        estimate=float(estimate),
        std_error=float(std_error),
        statistic=float(statistic),
        df=float(df),
        p_value=float(2 * special.stdtr(df, -abs(statistic))),
        conf_low=float(estimate - reach),
        conf_high=float(estimate + reach),
    )


def n_units(spec: AnalysisSpec, sample: Sample) -> int:
    """Return the number of distinct units, or of rows when the spec names no unit."""
    if spec.unit is None:
        return sample.rows_meant
    return sample.groups_meant(spec.unit)


def zero_one(spec: AnalysisSpec, sample: Sample, name: str) -> Vector:
    """Return a column of 0 and 1; Refused (E-EST-11) where it holds anything else."""
    found = numbers(sample.frame, name, "treatment")
    other = int((~np.isin(found, (0.0, 1.0))).sum())
    if other:
        raise refusal("E-EST-11", column=name, estimator=spec.estimator, n=other)
    return found


def two_arms(spec: AnalysisSpec, sample: Sample) -> Vector:
    """Return the 0/1 treatment of two arms; Refused (E-EST-11, E-EST-03) where it is another, or one arm is empty."""
    treatment = zero_one(spec, sample, str(spec.treatment))
    if np.ptp(treatment) == 0:
        raise refusal("E-EST-03", column=spec.treatment, n=sample.size)
    return treatment


def arms(treatment: Vector, outcome: Vector, weights: Vector | None, copies: Vector | None = None) -> dict[str, Any]:
    """Return rows by arm and the control group's (weighted) mean of a 0/1 treatment; nothing for a dose."""
    if not ((treatment == 0) | (treatment == 1)).all():
        return {}
    control = treatment == 0
    inner = weights[control] if weights is not None else None
    mean = float(np.average(outcome[control], weights=inner)) if control.any() else None
    each = np.ones(len(control)) if copies is None else copies
    counts = {"n_treated": round(float(each[~control].sum())), "n_control": round(float(each[control].sum()))}
    return {**counts, "control_mean": mean}
