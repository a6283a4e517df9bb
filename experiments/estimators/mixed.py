"""`mixed`: linear mixed models with nested groups: growth curves, repeated measures, people in zones.

When: what varies between units (level, slope) matters, waves are unbalanced, or clusters are many and their errors normal. Not
when: only the fixed effect matters and clusters are few (CR2 and the wild bootstrap need no normality), or groups are crossed
(refused). REML with Satterthwaite's df, as lmerTest. Laird & Ware (1982); Bates et al. (2015).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments.estimators.linear import INTERCEPT
from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method
from experiments.estimators.mixed_optimum import MixedFit, fit_mixed
from experiments.estimators.mixed_products import Level, cross_products, triangle
from experiments.estimators.options import Option, choice, shaped
from experiments.estimators.regression import covariate_columns
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.sample import Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

SINGULAR = 1e-4


def _is_random(value: Any) -> bool:  # noqa: ANN401 - an option's value can be anything
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(one, dict) and set(one) <= {"group", "terms"} and isinstance(one.get("group"), str)
            for one in value
        )
        and all(
            isinstance(one.get("terms", []), list) and all(isinstance(t, str) for t in one.get("terms", []))
            for one in value
        )
    )


def _columns(value: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(name for one in value for name in (one["group"], *one.get("terms", [])))


OPTIONS: dict[str, Option] = {
    "random": shaped("a list of {group: column, terms: [columns]}, outermost group first", _is_random, _columns),
    "method": choice("reml", "ml"),
}


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return the fixed effects; variance components in `diagnostics.variance`.

    Parameters
    ----------
    spec
        `treatment` and/or `covariates` (products `a:b` too). Option `random`: `[{group, terms}]`, outermost first; every group
        has a random intercept, and slopes of its `terms`, all correlated. Where it is left out, `unit` has a random intercept.
        Option `method`: reml (default) or ml.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        No group, a group of one row each, collinear columns.
    """
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    columns = {INTERCEPT: np.ones(sample.size)}
    if spec.treatment is not None:
        columns[spec.treatment] = numbers(sample.frame, spec.treatment, "treatment")
    columns |= covariate_columns(spec, sample)
    x = np.column_stack(list(columns.values()))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise refusal("E-EST-02", columns=", ".join(columns))
    levels = _levels(spec, sample)
    fit = _fitted(spec, sample, x, outcome, levels)
    errors = np.sqrt(np.diag(fit.matrix))
    rows = [
        row_of(name, float(fit.beta[place]), float(errors[place]), spec.alpha, float(fit.df[place]))
        for place, name in enumerate(columns)
    ]
    return made(
        spec, sample, data_sha256, Found(rows, _notes(spec, sample, levels, fit), _warnings(sample, levels, fit))
    )


def _fitted(spec: AnalysisSpec, sample: Sample, x: Matrix, outcome: Vector, levels: list[Level]) -> MixedFit:
    """Return the fit; what least squares explains is taken out first, so that a mean far from 0 costs no digits."""
    first = np.linalg.lstsq(x, outcome, rcond=None)[0]
    products = cross_products(x, outcome - x @ first, levels, sample.copies)
    fit = fit_mixed(products, spec.options.get("method", "reml"))
    return replace(fit, beta=fit.beta + first)


def _levels(spec: AnalysisSpec, sample: Sample) -> list[Level]:
    declared = spec.options.get("random") or ([{"group": spec.unit, "terms": []}] if spec.unit else [])
    if not declared:
        raise refusal("E-SPEC-05", estimator="mixed", fields="options.random / unit")
    found: list[Level] = []
    for place, one in enumerate(declared):
        key = ":".join(entry["group"] for entry in declared[: place + 1])
        codes = sample.codes(key)
        if int(codes.max()) + 1 in (1, sample.size):
            raise refusal("E-MIX-01", column=one["group"], n=int(codes.max()) + 1)
        terms = [numbers(sample.frame, name, "time") for name in one.get("terms", [])]
        matrix = np.column_stack([np.ones(sample.size), *terms])
        found.append(Level(one["group"], (INTERCEPT, *one.get("terms", [])), codes, matrix))
    return found


def _notes(spec: AnalysisSpec, sample: Sample, levels: list[Level], fit: MixedFit) -> dict[str, Any]:
    variances: dict[str, Any] = {}
    start = 0
    for level in levels:
        size = len(level.terms)
        count = size * (size + 1) // 2
        factor = triangle(fit.theta[start : start + count], size)
        matrix = fit.sigma2 * factor @ factor.T
        pairs = [(i, j) for i in range(size) for j in range(i)]
        variances[level.name] = {
            "var": {term: float(matrix[place, place]) for place, term in enumerate(level.terms)},
            "sd": {term: float(matrix[place, place] ** 0.5) for place, term in enumerate(level.terms)},
            "cov": {f"{level.terms[j]}|{level.terms[i]}": float(matrix[i, j]) for i, j in pairs},
        }
        start += count
    return {
        "method": spec.options.get("method", "reml"),
        "variance": variances,
        "residual": {"var": fit.sigma2, "sd": fit.sigma2**0.5},
        "loglik": fit.loglik,
        "df_rule": "Satterthwaite",
        "n_groups": {
            level.name: int(level.codes.max()) + 1 if place else sample.groups_meant(level.name)
            for place, level in enumerate(levels)
        },
        "converged": fit.converged,
    }


def _warnings(sample: Sample, levels: list[Level], fit: MixedFit) -> list[dict[str, Any]]:
    found = [] if fit.converged else [warning("W-MIX-02", gradient=fit.gradient)]
    start = 0
    for place, level in enumerate(levels):
        size = len(level.terms)
        factor = triangle(fit.theta[start : start + size * (size + 1) // 2], size)
        start += size * (size + 1) // 2
        if np.abs(np.diag(factor)).min() < SINGULAR:
            found.append(warning("W-MIX-01", column=level.name))
        if place and int(level.codes.max()) + 1 > int(sample.codes(level.name).max()) + 1:
            found.append(warning("W-MIX-03", column=level.name, outer=levels[place - 1].name))
    return found


METHOD = Method(
    name="mixed",
    run=run,
    uses=frozenset({"treatment", "covariates", "unit"}),
    needs=(frozenset({"treatment", "covariates"}),),
    options=OPTIONS,
)
