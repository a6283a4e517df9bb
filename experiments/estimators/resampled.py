"""Resampling beside the analytic numbers of a regression: wild bootstrap, randomisation, both answers for few clusters.

Belongs here: which coefficient is tested, by what design, and where it stands in the result. Does not: the tests themselves
(wild_bootstrap, randomisation, bias_reduced).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimators.bias_reduced import CELLS, bias_reduced
from experiments.estimators.linear import INTERCEPT, Design, Fit
from experiments.estimators.randomisation import (
    RandomisationTest,
    Randomised,
    Statistic,
    randomisation_test,
    regression_statistic,
)
from experiments.estimators.redrawn import basis_of_others, redrawn
from experiments.estimators.rows import estimate_row
from experiments.estimators.variance import FEW_CLUSTERS, clustered_parameters
from experiments.estimators.wild_bootstrap import WildTest, wild_cluster
from experiments.messages import refusal
from experiments.result import Estimate
from experiments.sample import Codes, Sample
from experiments.spec import AnalysisSpec

BESIDE_REPS = 9999
MOST_TERMS = 10
Tests = Mapping[str, WildTest] | Mapping[str, RandomisationTest]


@dataclass(frozen=True)
class Resampled:
    """Rows whose p-values and intervals come from resampling where the spec asks for it, and notes for the diagnostics."""

    rows: tuple[Estimate, ...]
    notes: dict[str, Any]


def resampled(spec: AnalysisSpec, sample: Sample, design: Design, fit: Fit, rows: tuple[Estimate, ...]) -> Resampled:
    """Return the rows under the spec's inference; with few clusters CR2 and a resampling answer stand beside in any case.

    Raises
    ------
    Refused
        A bootstrap without (or with two) clusters, randomisation without a treatment, a treatment that no unit was assigned to.
    """
    if spec.inference.method == "wild_bootstrap":
        if len(spec.cluster) != 1:
            raise refusal("E-SPEC-13", method="wild_bootstrap", estimator=spec.estimator)
        tests = {term: _wild(spec, sample, fit, term) for term in focus(spec, fit)}
        return _replaced(spec, rows, tests, _few(spec, sample, fit, tests))
    if spec.inference.method == "randomisation":
        term = focus(spec, fit)[0]
        drawn = {term: _randomised(spec, sample, design, fit, term)}
        return _replaced(spec, rows, drawn, mechanism_of(sample) | _few(spec, sample, fit, drawn))
    return Resampled(rows, _few(spec, sample, fit, {}))


def focus(spec: AnalysisSpec, fit: Fit) -> tuple[str, ...]:
    """Return the coefficients that are resampled: the treatment's, or the first ten where none is named."""
    if spec.treatment in fit.names:
        return (str(spec.treatment),)
    if spec.cohort is not None:
        return fit.names[:1]
    return tuple(name for name in fit.names if name != INTERCEPT)[:MOST_TERMS]


def mechanism_of(sample: Sample) -> dict[str, Any]:
    """Return whose draws are repeated: the registered lottery's, or one read off the columns that the spec names."""
    lots = sample.lots
    if lots is None:
        return {"mechanism": {"from": "columns"}}
    return {"mechanism": {"from": "registered assignment", "method": lots.mechanism, "lots": len(lots.drawn)}}


def with_test(row: Estimate, test: WildTest | RandomisationTest) -> Estimate:
    """Return a row with the p-value and the interval of a resampling test."""
    return row.model_copy(update={"p_value": test.p_value, "conf_low": test.conf_low, "conf_high": test.conf_high})


def design_of(spec: AnalysisSpec, sample: Sample) -> Randomised:
    """Return the assignment that randomisation inference repeats: by cluster, else by unit, else by row, within `strata`."""
    if spec.treatment is None:
        raise refusal("E-SPEC-05", estimator=spec.estimator, fields="treatment")
    if len(spec.cluster) > 1:
        raise refusal("E-SPEC-13", method="randomisation", estimator=spec.estimator)
    by = spec.cluster[0] if spec.cluster else spec.unit
    unit = sample.codes(by) if by else np.arange(sample.size)
    block = sample.codes(spec.strata) if spec.strata else np.zeros(sample.size, dtype=np.int64)
    return Randomised.of(sample.frame[spec.treatment].to_numpy(float), unit, block, by or spec.treatment)


def _replaced(spec: AnalysisSpec, rows: tuple[Estimate, ...], tests: Tests, more: dict[str, Any]) -> Resampled:
    notes = {
        term: test.to_dict() | {"analytic_p_value": next(row.p_value for row in rows if row.term == term)}
        for term, test in tests.items()
    }
    changed = tuple(with_test(row, tests[row.term]) if row.term in tests else row for row in rows)
    return Resampled(changed, {"inference": spec.inference.method, spec.inference.method: notes, **more})


def _wild(spec: AnalysisSpec, sample: Sample, fit: Fit, term: str, most: int | None = None) -> WildTest:
    codes = sample.codes(spec.cluster[0])
    return wild_cluster(
        fit,
        codes,
        fit.names.index(term),
        reps=spec.inference.reps if most is None else min(spec.inference.reps, most),
        seed=spec.inference.seed,
        alpha=spec.alpha,
        factor=_factor(fit, codes),
    )


def _factor(fit: Fit, codes: Codes) -> float:
    """Return the factor of CR1, by which the bootstrap's own statistic is the one of the row."""
    clusters = int(codes.max()) + 1
    return clusters / (clusters - 1) * (fit.rows_meant - 1) / (fit.rows_meant - clustered_parameters(fit, [codes]))


def _randomised(spec: AnalysisSpec, sample: Sample, design: Design, fit: Fit, term: str) -> RandomisationTest:
    if sample.lots is not None:
        return redrawn(spec, sample, design, fit, term)
    drawn = design_of(spec, sample)
    statistic = _statistic(drawn, design, fit, term)
    return randomisation_test(drawn, statistic, reps=spec.inference.reps, seed=spec.inference.seed, alpha=spec.alpha)


def _statistic(drawn: Randomised, design: Design, fit: Fit, term: str) -> Statistic:
    return regression_statistic(
        drawn, design.outcome, design.columns[term], basis_of_others(fit, term), np.sqrt(fit.weights)
    )


def _few(spec: AnalysisSpec, sample: Sample, fit: Fit, tests: Tests) -> dict[str, Any]:
    """Return what stands beside a result of few clusters: CR2 with its df, and the spec's own test or the wild bootstrap."""
    if (
        len(spec.cluster) != 1 or sample.copies_of(spec.cluster[0]) is not None
    ):  # copies: many clusters (onescan.choice)
        return {}
    codes = sample.codes(spec.cluster[0])
    count = int(codes.max()) + 1
    wide = sum(factor.levels for factor in fit.absorber.factors) if fit.absorber else 0
    if count >= FEW_CLUSTERS or (wide + len(fit.names)) * fit.size > CELLS:
        return {}
    small = bias_reduced(fit, spec.cluster[0], codes, "CR2")
    found: dict[str, Any] = {}
    for term in focus(spec, fit):
        place = fit.names.index(term)
        row = estimate_row(term, fit.beta[place], small.matrix[place, place] ** 0.5, small.df_of(place), spec.alpha)
        name = spec.inference.method if tests else "wild_bootstrap"
        second = tests[term] if tests else _wild(spec, sample, fit, term, most=BESIDE_REPS)
        found[term] = {"CR2": row.model_dump(exclude={"term", "group", "estimate"}), name: second.to_dict()}
    return {"few_clusters": found}
