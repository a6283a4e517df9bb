"""Joint tests of several coefficients: F by the variance that the result has, HTZ for corrected cluster variances.

Belongs here: the option `joint`. Does not: the variances (variance), the HTZ algebra (bias_reduced).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.estimators.bias_reduced import corrected, f_test
from experiments.estimators.linear import Fit
from experiments.estimators.variance import Covariance
from experiments.messages import refusal
from experiments.sample import Sample
from experiments.spec import AnalysisSpec


def joint_test(
    spec: AnalysisSpec, sample: Sample, fit: Fit, found: Covariance, vcov: str, cluster: tuple[str, ...]
) -> dict[str, Any]:
    """Return ``{"joint": {"terms", "statistic", "df1", "df2", "p_value", "method"}}`` where the spec asks for it, else nothing.

    Raises
    ------
    Refused
        E-SPEC-11: a term that the result does not have.
    """
    terms = spec.options.get("joint")
    if terms is None:
        return {}
    if not set(terms) <= set(fit.names):
        raise refusal("E-SPEC-11", estimator=spec.estimator, option="joint", value=terms, known=", ".join(fit.names))
    contrast = np.eye(len(fit.names))[[fit.names.index(term) for term in terms]]
    if vcov in ("CR2", "CR3"):
        seen = corrected(fit, sample.codes(cluster[0]), vcov)
        return {"joint": {"terms": list(terms), **seen.joint(contrast, fit.beta, fit.bread)}}
    value = contrast @ fit.beta
    wald = float(value @ np.linalg.solve(contrast @ found.matrix @ contrast.T, value))
    return {"joint": {"terms": list(terms), **f_test(wald / len(terms), len(terms), found.df, f"F, {vcov}")}}
