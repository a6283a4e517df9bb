"""`imputation`: untreated outcomes of treated rows are predicted from untreated rows; the effect is the difference.

When: staggered starts, effects that differ freely, parallel trends in all periods (it uses all earlier ones, so it is efficient).
Not when: parallel trends hold only near the start (group_time), or cohorts are very small: the variance needs several units a
cohort. Borusyak, Jaravel & Spiess (2024); the variance is conservative, with effects averaged by cohort and period, and has no
small-sample factor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.estimators.did.impute import Model, Untreated, fit_untreated, row_weights, scores
from experiments.estimators.did.placebo import by_placebo
from experiments.estimators.did.report import Counts, Effects, Label, result
from experiments.estimators.did.saturated import EVENT, TERM, Rows, rows_of, unit_cohorts
from experiments.estimators.method import Method
from experiments.estimators.options import choice
from experiments.estimators.regression import covariate_columns
from experiments.messages import refusal
from experiments.result import EstimateResult
from experiments.sample import Codes, Flags, Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

VCOV = ("CR1",)
SHOWN = 5


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return `att`, the mean effect over treated rows, then `event_time` by time since the start.

    Parameters
    ----------
    spec
        As for `event_study`. Covariates have constant slopes, taken from untreated rows. `cluster` defaults to the unit.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        Treated rows whose outcome without treatment cannot be predicted; covariates that untreated rows cannot tell apart.
    """
    return by_placebo(spec, sample, data_sha256, _estimated)


def _estimated(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    rows = rows_of(spec, sample)
    model, treated = _model(spec, rows)
    fit = fit_untreated(model)
    _check_estimable(rows, treated & ~fit.estimable)
    labels, target = _targets(rows, model)
    effects = _effects(spec, rows, (model, fit), (labels, target))
    return result(spec, sample, data_sha256, effects)


def _model(spec: AnalysisSpec, rows: Rows) -> tuple[Model, Flags]:
    sample, timing = rows.sample, rows.timing
    treated: Flags = timing.time >= timing.cohort
    period = np.unique(timing.time, return_inverse=True)[1]
    columns = list(covariate_columns(spec, sample).values())
    dense = np.column_stack([np.eye(int(period.max()) + 1)[period][:, 1:], *columns])
    weights = sample.weights if sample.weights is not None else np.ones(sample.size)
    outcome = numbers(sample.frame, spec.outcome, "outcome")
    return Model(outcome, sample.codes(str(spec.unit)), dense, weights, treated), treated


def _check_estimable(rows: Rows, lost: Flags) -> None:
    if lost.any():
        pairs = zip(rows.timing.cohort[lost], rows.timing.time[lost], strict=True)
        named = sorted({f"{cohort:g}:{time:g}" for cohort, time in pairs})
        raise refusal("E-DID-10", n=int(lost.sum()), cohorts=", ".join(named[:SHOWN]))


def _targets(rows: Rows, model: Model) -> tuple[tuple[Label, ...], Matrix]:
    """Return the overall mean and the means by time since the start, as weights of treated rows."""
    own = np.where(model.treated, model.weights, 0.0)
    relative = np.round(rows.timing.relative, 9)
    periods = np.unique(relative[model.treated])
    chosen = [own, *(np.where(relative == period, own, 0.0) for period in periods)]
    labels = ((TERM, None), *((EVENT, float(period)) for period in periods))
    return labels, np.column_stack([weight / weight.sum() for weight in chosen])


def _effects(
    spec: AnalysisSpec, rows: Rows, fitted: tuple[Model, Untreated], wanted: tuple[tuple[Label, ...], Matrix]
) -> Effects:
    model, fit = fitted
    labels, target = wanted
    estimate: Vector = target.T @ (model.outcome - fit.predicted)
    sample, name = rows.sample, spec.cluster[0] if spec.cluster else str(spec.unit)
    contributions = scores(model, fit, row_weights(model, fit, target), _cells(rows), sample.copies)
    cluster, copies = sample.codes(name), sample.copies_of(name)
    sums = np.column_stack([np.bincount(cluster, weights=column) for column in contributions.T]).astype(np.float64)
    variance = sums.T @ (sums if copies is None else sums / copies[:, None])
    groups = sample.groups_meant(name)
    counts = Counts(sample.rows_meant, sample.groups_meant(str(spec.unit)), groups)
    cohort_counts, few = unit_cohorts(spec, rows)
    told = {**notes(model, sample.copies), **cohort_counts}
    return Effects(labels, estimate, variance, groups - 1, counts, told, (*rows.warnings, *few))


def notes(model: Model, copies: Vector | None = None) -> dict[str, Any]:
    """Return the conventions of the variance, and the rows on which prediction rests."""
    each = np.ones(len(model.outcome)) if copies is None else copies
    return {
        "vcov": "BJS, effects averaged by cohort and period",
        "small_sample": "none (as didimputation)",
        "df_rule": "G - 1",
        "n_treated": round(float(each[model.treated].sum())),
        "n_untreated": round(float(each[~model.treated].sum())),
    }


def _cells(rows: Rows) -> Codes:
    pairs = np.column_stack([np.where(np.isinf(rows.timing.cohort), 0.0, rows.timing.cohort), rows.timing.time])
    return np.unique(pairs, axis=0, return_inverse=True)[1].astype(np.int64)


METHOD = Method(
    name="imputation",
    run=run,
    uses=frozenset({"treatment", "cohort", "unit", "time", "covariates", "cluster", "weights"}),
    needs=(frozenset({"unit"}), frozenset({"time"}), frozenset({"cohort", "treatment"})),
    vcov=VCOV,
    options={"control_group": choice("not_yet")},
)
