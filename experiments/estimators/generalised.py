"""What `logit` and `poisson` share: columns → fit → variance → result, average marginal effects in the diagnostics.

Belongs here: the steps. Does not: the algebra (likelihood), which outcomes are allowed (logit, poisson).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.estimators.likelihood import Family, LikelihoodFit, fit_likelihood, model_variance, sandwich
from experiments.estimators.linear import INTERCEPT
from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import check_cluster_vcov
from experiments.estimators.regression import covariate_columns
from experiments.estimators.rows import arms
from experiments.estimators.variance import FEW_CLUSTERS, Covariance
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.sample import Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

VCOV = ("nonrobust", "HC1", "CR1")


def run_family(spec: AnalysisSpec, sample: Sample, data_sha256: str, family: Family, outcome: Vector) -> EstimateResult:
    """Return the coefficients of a generalised linear model (log odds, log ratios)."""
    kind = spec.vcov or ("CR1" if spec.cluster else "HC1")
    check_cluster_vcov(spec, kind, VCOV)
    columns = {INTERCEPT: np.ones(sample.size)}
    notes: dict[str, Any] = {}
    if spec.treatment is not None:
        columns[spec.treatment] = numbers(sample.frame, spec.treatment, "treatment")
        if np.ptp(columns[spec.treatment]) == 0:
            raise refusal("E-EST-03", column=spec.treatment, n=sample.size)
        notes = arms(columns[spec.treatment], outcome, sample.weights)
    columns |= covariate_columns(spec, sample)
    offset = numbers(sample.frame, spec.options["offset"], "weights") if "offset" in spec.options else None
    x = np.column_stack(list(columns.values()))
    fit = fit_likelihood(tuple(columns), x, outcome, family, offset=offset, weights=sample.weights)
    found = _variance(spec, sample, fit, kind)
    rows = [
        row_of(name, float(fit.beta[k]), float(found.matrix[k, k] ** 0.5), spec.alpha, found.df)
        for k, name in enumerate(columns)
    ]
    notes |= {"vcov": kind, **found.description, "loglik": fit.loglik, "pearson_dispersion": fit.dispersion}
    if spec.treatment is not None:
        notes["average_marginal_effect"] = _marginal(spec, fit, found, x, offset, family)
    few = found.n_clusters is not None and found.n_clusters < FEW_CLUSTERS
    warned = [warning("W-EST-05", n=found.n_clusters, column=spec.cluster[0])] if few else []
    return made(spec, sample, data_sha256, Found(rows, notes, warned, found.n_clusters))


def _variance(spec: AnalysisSpec, sample: Sample, fit: LikelihoodFit, kind: str) -> Covariance:
    if kind == "nonrobust":
        return model_variance(fit)
    if kind == "HC1":
        return sandwich(fit, None)
    if len(spec.cluster) > 1:
        raise refusal("E-SPEC-13", method="CR1", estimator=spec.estimator)
    return sandwich(fit, sample.codes(spec.cluster[0]), spec.cluster[0])


def _marginal(
    spec: AnalysisSpec, fit: LikelihoodFit, found: Covariance, x: Matrix, offset: Vector | None, family: Family
) -> dict[str, float]:
    """Return the mean difference of predictions, everybody treated less nobody (slope at the mean for a dose), delta method."""
    from scipy import special

    shift = 0.0 if offset is None else offset
    place = fit.names.index(str(spec.treatment))

    def predicted(value: float) -> tuple[Vector, Matrix]:
        rows = x.copy()
        rows[:, place] = value
        eta = rows @ fit.beta + shift
        mean = special.expit(eta) if family == "binomial" else np.exp(eta)
        return mean, rows * (mean * (1 - mean) if family == "binomial" else mean)[:, None]

    high, low = predicted(1.0), predicted(0.0)
    slope = (high[1] - low[1]).mean(axis=0)
    return {"estimate": float((high[0] - low[0]).mean()), "std_error": float((slope @ found.matrix @ slope) ** 0.5)}
