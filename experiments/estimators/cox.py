"""`cox`: proportional hazards for times to an event: job spells, retention, first use.

When: durations with censoring, and effects that multiply the hazard. Not when: hazards cross or effects fade (the result tests
it): read the difference in restricted means, `diagnostics.rmst`, which assumes nothing. Cox (1972); Lin & Wei (1989) for the
cluster variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.estimators.made import Found, made, row_of
from experiments.estimators.method import Method, check_cluster_vcov
from experiments.estimators.options import Option, choice, column, number
from experiments.estimators.regression import covariate_columns
from experiments.estimators.survival import (
    Ordered,
    Risk,
    kaplan_meier,
    log_rank,
    proportional_hazards,
    restricted_mean,
    risk,
)
from experiments.messages import refusal, warning
from experiments.result import EstimateResult
from experiments.sample import Codes, Flags, Matrix, Sample, Vector, numbers
from experiments.spec import AnalysisSpec

VCOV = ("nonrobust", "HC1", "CR1")
OPTIONS: dict[str, Option] = {"event": column(), "ties": choice("efron", "breslow"), "tau": number(above=0)}
ROUNDS = 50
CLOSE = 1e-11
ALARM = 0.05
LARGE = 15.0
"""A coefficient of a standardised column beyond this means that the column tells who has the event."""


@dataclass(frozen=True)
class CoxFit:
    """The maximum of the partial likelihood."""

    beta: Vector
    inverse: Matrix
    at: Risk


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    """Return log hazard ratios.

    Parameters
    ----------
    spec
        `outcome` is the duration, the option `event` names the 0/1 column of who had it; `treatment` and/or `covariates`. Options
        `ties` (efron by default) and `tau` (where the restricted means of a 0/1 treatment end; default: the shorter arm's longest
        time). `vcov`: nonrobust by default, CR1 with `cluster`.
    sample
        Complete cases.
    data_sha256
        Of the data, for the result.

    Raises
    ------
    Refused
        No event, durations not above 0, collinear columns, a column that tells exactly who has the event.
    """
    kind = spec.vcov or ("CR1" if spec.cluster else "nonrobust")
    check_cluster_vcov(spec, kind, VCOV)
    time, event = _durations(spec, sample)
    columns: dict[str, Vector] = {}
    if spec.treatment is not None:
        columns[spec.treatment] = numbers(sample.frame, spec.treatment, "treatment")
    columns |= covariate_columns(spec, sample)
    x = np.column_stack(list(columns.values()))
    x = x - x.mean(axis=0)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise refusal("E-EST-02", columns=", ".join(columns))
    data = Ordered.of(time, event)
    fit = _fitted(x, data, tuple(columns), spec.options.get("ties", "efron"))
    codes = sample.codes(spec.cluster[0]) if spec.cluster else (np.arange(sample.size) if kind == "HC1" else None)
    matrix = fit.inverse if codes is None else _robust(x, data, fit, codes)
    rows = [row_of(name, float(fit.beta[k]), float(matrix[k, k] ** 0.5), spec.alpha) for k, name in enumerate(columns)]
    notes = _notes(spec, time, event, columns, fit) | {"vcov": kind}
    wrong = notes["proportional_hazards"]["global"]["p_value"] < ALARM
    count = int(codes.max()) + 1 if spec.cluster and codes is not None else None
    warned = [warning("W-COX-01", p=notes["proportional_hazards"]["global"]["p_value"])] if wrong else []
    return made(spec, sample, data_sha256, Found(rows, notes, warned, count))


def _durations(spec: AnalysisSpec, sample: Sample) -> tuple[Vector, Flags]:
    if "event" not in spec.options:
        raise refusal("E-SPEC-05", estimator="cox", fields="options.event")
    time = numbers(sample.frame, spec.outcome, "outcome")
    event = numbers(sample.frame, spec.options["event"], "treatment")
    other = ~np.isin(event, (0.0, 1.0))
    if other.any():
        raise refusal("E-EST-11", column=spec.options["event"], estimator="cox", n=int(other.sum()))
    if (time <= 0).any():
        raise refusal("E-COX-01", column=spec.outcome, n=int((time <= 0).sum()))
    if not event.any():
        raise refusal("E-COX-02", column=spec.options["event"], n=sample.size)
    return time, event == 1


def _fitted(x: Matrix, data: Ordered, names: tuple[str, ...], ties: Any) -> CoxFit:  # noqa: ANN401 - one of two words
    beta = np.zeros(x.shape[1])
    now = risk(x, data, beta, ties)
    for _ in range(ROUNDS):
        step = np.linalg.solve(now.information.sum(axis=0), now.scores.sum(axis=0))
        fresh = risk(x, data, beta + step, ties)
        while fresh.loglik < now.loglik - 1e-9 * abs(now.loglik):
            step = step / 2
            fresh = risk(x, data, beta + step, ties)
        beta, gained, now = beta + step, abs(fresh.loglik - now.loglik), fresh
        far = np.abs(beta) * x.std(axis=0) > LARGE
        if far.any():
            raise refusal("E-COX-03", columns=", ".join(name for name, one in zip(names, far, strict=True) if one))
        if gained <= CLOSE * abs(now.loglik) and np.abs(step).max() < 1e-9:  # noqa: PLR2004 - on the scale of a log hazard
            return CoxFit(beta, np.linalg.inv(now.information.sum(axis=0)), now)
    raise refusal("E-EST-17", estimator="cox", rounds=ROUNDS)


def _robust(x: Matrix, data: Ordered, fit: CoxFit, codes: Codes) -> Matrix:
    """Return the variance from sums of score residuals by cluster (Breslow's weights), times G/(G−1)."""
    rows = x[data.order]
    weight = np.exp(rows @ fit.beta)
    zero = np.cumsum(weight)[data.last]
    mean = np.cumsum(weight[:, None] * rows, axis=0)[data.last] / zero[:, None]
    hazard = data.counts / zero
    reach = np.searchsorted(data.times, data.durations, side="right")  # event times that a row was at risk at
    first = np.concatenate([[0.0], np.cumsum(hazard)])[reach]
    second = np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(hazard[:, None] * mean, axis=0)])[reach]
    score = -weight[:, None] * (rows * first[:, None] - second)
    score[data.dead] += rows[data.dead] - mean[data.place[data.dead]]
    mine = codes[data.order]
    count = int(codes.max()) + 1
    if count == 1:
        raise refusal("E-EST-04", column="cluster", n=1)
    sums = np.column_stack([np.bincount(mine, weights=column) for column in score.T])
    found: Matrix = count / (count - 1) * fit.inverse @ (sums.T @ sums) @ fit.inverse
    return found


def _notes(spec: AnalysisSpec, time: Vector, event: Flags, columns: dict[str, Vector], fit: CoxFit) -> dict[str, Any]:
    whole = kaplan_meier(time, event)
    notes: dict[str, Any] = {
        "ties": spec.options.get("ties", "efron"),
        "loglik": fit.at.loglik,
        "n_events": int(event.sum()),
        "df_rule": "normal",
        "hazard_ratio": {name: math.exp(float(beta)) for name, beta in zip(columns, fit.beta, strict=True)},
        "proportional_hazards": proportional_hazards(fit.at, whole, tuple(columns)),
    }
    arm = columns[spec.treatment] if spec.treatment else None
    if arm is None or not np.isin(arm, (0.0, 1.0)).all() or np.ptp(arm) == 0:
        return notes
    return notes | _arms(spec, time, event, arm == 1)


def _arms(spec: AnalysisSpec, time: Vector, event: Flags, treated: Flags) -> dict[str, Any]:
    """Return the log-rank test and the difference in restricted means of a 0/1 treatment."""
    from scipy import special

    shortest = min(float(time[arm].max()) for arm in (treated, ~treated))
    until = min(float(spec.options.get("tau", shortest)), shortest)
    means = [restricted_mean(kaplan_meier(time[arm], event[arm]), until) for arm in (treated, ~treated)]
    gap, error = means[0][0] - means[1][0], math.hypot(means[0][1], means[1][1])
    reach = float(special.ndtri(1 - spec.alpha / 2)) * error
    return {
        "log_rank": log_rank(time, event, treated),
        "rmst": {
            "tau": until,
            "treated": means[0][0],
            "control": means[1][0],
            "difference": gap,
            "std_error": error,
            "conf_low": gap - reach,
            "conf_high": gap + reach,
        },
    }


METHOD = Method(
    name="cox",
    run=run,
    uses=frozenset({"treatment", "covariates", "cluster", "unit"}),
    needs=(frozenset({"treatment", "covariates"}),),
    vcov=VCOV,
    options=OPTIONS,
)
