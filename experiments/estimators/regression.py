"""A regression from design to result: the steps that `ols` and `twfe` share after they have chosen their columns.

Belongs here: variance → rows → result. Does not: choosing columns (ols, twfe), algebra (linear, absorb, variance).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimators.bias_reduced import bias_reduced
from experiments.estimators.joint import joint_test
from experiments.estimators.linear import Design, Fit
from experiments.estimators.method import CLUSTERED
from experiments.estimators.options import Option, choice, shaped, whole
from experiments.estimators.resampled import Resampled, resampled
from experiments.estimators.rows import estimate_row, n_units
from experiments.estimators.variance import Clusters, Covariance, clustered, hac, heteroskedastic, nonrobust
from experiments.messages import warning
from experiments.result import EstimateResult
from experiments.sample import Sample, Vector, design_columns
from experiments.spec import AnalysisSpec, spec_digest

OPTIONS: dict[str, Option] = {
    "cluster_count": choice("min", "conventional"),
    "hac_lags": whole(0),
    "joint": shaped("a list of terms of the result", lambda value: isinstance(value, list) and bool(value)),
}
"""Two-way clustering: `min` uses the smallest number of clusters in every part, `conventional` each part's own. `hac_lags`:
periods whose errors may go together. `joint`: coefficients that are tested together."""


@dataclass(frozen=True)
class Regression:
    """What a method decided: the design, the variance, the clusters, and notes of its own for the diagnostics."""

    design: Design
    vcov: str
    cluster: tuple[str, ...]
    treatment: Vector | None
    notes: dict[str, Any]
    warnings: tuple[dict[str, Any], ...] = ()
    least_squares: bool = True


def covariate_columns(spec: AnalysisSpec, sample: Sample) -> dict[str, Vector]:
    """Return the design columns of the covariates in the spec's order."""
    found: dict[str, Vector] = {}
    for name in spec.covariates:
        found |= design_columns(sample.frame, name)
    return found


def covariance(fit: Fit, regression: Regression, sample: Sample, spec: AnalysisSpec) -> Covariance:
    """Return the variance that the regression asks for."""
    if regression.vcov == "nonrobust":
        return nonrobust(fit)
    if regression.vcov == "CR1":
        groups = {name: sample.codes(name) for name in regression.cluster}
        copies = {name: sample.copies_of(name) for name in regression.cluster}
        return clustered(fit, Clusters(groups, str(spec.options.get("cluster_count", "min")), copies))
    if regression.vcov in ("CR2", "CR3"):
        return bias_reduced(fit, regression.cluster[0], sample.codes(regression.cluster[0]), regression.vcov)
    if regression.vcov == "HAC":
        return hac(fit, sample.codes(str(spec.time)), spec.options.get("hac_lags"))
    return heteroskedastic(fit, regression.vcov)


def report(spec: AnalysisSpec, sample: Sample, data_sha256: str, regression: Regression, fit: Fit) -> EstimateResult:
    """Return the result of a fitted regression: every coefficient that is not absorbed, in design order."""
    found = covariance(fit, regression, sample, spec)
    errors = np.sqrt(np.diag(found.matrix))
    rows = tuple(
        estimate_row(name, fit.beta[place], errors[place], found.df_of(place), spec.alpha)
        for place, name in enumerate(fit.names)
    )
    shown = Resampled(rows, {})
    if regression.least_squares:
        shown = resampled(_clustered(spec, regression), sample, regression.design, fit, rows)
    lonely = _treated_clusters(regression, sample)
    return EstimateResult(
        estimator=spec.estimator,
        spec_sha256=spec_digest(spec),
        data_sha256=data_sha256,
        n_obs=fit.rows_meant,
        n_units=n_units(spec, sample),
        n_clusters=found.n_clusters,
        estimates=shown.rows,
        diagnostics={
            **sample.counts,
            "vcov": regression.vcov,
            **found.description,
            **_fixed_effects(fit, sample),
            "r_squared": fit.r_squared,
            **regression.notes,
            **shown.notes,
            **joint_test(spec, sample, fit, found, regression.vcov, regression.cluster),
        },
        warnings=(*regression.warnings, *lonely, *found.warnings),
    )


def _clustered(spec: AnalysisSpec, regression: Regression) -> AnalysisSpec:
    """Return the spec with the clusters that the method chose (`twfe` clusters by unit unless told otherwise)."""
    return spec if spec.cluster == regression.cluster else spec.model_copy(update={"cluster": regression.cluster})


def _fixed_effects(fit: Fit, sample: Sample) -> dict[str, Any]:
    if fit.absorber is None:
        return {}
    return {
        "fixed_effects": {factor.name: sample.groups_meant(factor.name) for factor in fit.absorber.factors},
        "n_singletons": fit.absorber.singletons(sample.copies, sample.copied),
        "within_r_squared": fit.within_r_squared,
    }


def _treated_clusters(regression: Regression, sample: Sample) -> tuple[dict[str, Any], ...]:
    """Warn when a 0/1 treatment ever reaches a single cluster only (or all but one): CR1 has nothing to compare."""
    if regression.vcov not in CLUSTERED or regression.treatment is None:
        return ()
    treated = regression.treatment != 0
    found = []
    for name in regression.cluster:
        count = sample.groups_meant(name, treated)
        if count == 1:
            found.append(warning("W-EST-02", n=count, column=name))
    return tuple(found)
