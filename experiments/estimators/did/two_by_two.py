"""One comparison of two groups in two periods, adjusted for covariates: effect and influence of each unit.

Belongs here: outcome regression, inverse probability weighting and their doubly robust union for panels (Sant'Anna & Zhao 2020,
the estimators that DRDID calls reg, std.ipw and traditional dr). Does not: which groups and periods (att_gt). The influence
function sums to 0 and its mean square over n is the effect's variance; weights come in as they are, their scale cancels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from experiments.sample import Flags, Matrix, Vector

STEPS, SETTLED = 50, 1e-12
NEAR_ONE = 1 - 1e-6
"""Propensity scores are cut here, as DRDID does."""
SEPARATED = 30.0
"""A linear predictor this far from 0 means that the covariates tell treatment apart from no treatment."""


class Unsolvable(ValueError):
    """A comparison that has no answer; `reason` is "separated" or "collinear"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Comparison:
    """Change in the outcome of n units, who is treated, a design (with constant, n × k), weights."""

    change: Vector
    treated: Flags
    design: Matrix
    weights: Vector


@dataclass(frozen=True)
class Effect:
    """An effect on the treated and the influence of each of the n units."""

    estimate: float
    influence: Vector


@dataclass(frozen=True)
class Model:
    """A fitted nuisance model: its fitted values and the influence of each unit on its coefficients (n × k)."""

    fitted: Vector
    influence: Matrix


def regression(data: Comparison) -> Effect:
    """Return the effect by outcome regression: the controls' change, predicted for the treated."""
    model, weight = _controls_change(data), data.weights * data.treated
    share = weight.mean()
    gap = data.change - model.fitted
    estimate = float((weight * gap).mean() / share)
    pull = (weight[:, None] * data.design).mean(axis=0)
    return Effect(estimate, (weight * (gap - estimate) - model.influence @ pull) / share)


def weighting(data: Comparison) -> Effect:
    """Return the effect by inverse probability weights that are scaled to sum to 1 (Hájek)."""
    score = _propensity(data)
    first = _mean_of(data.weights * data.treated, data.change)
    weight = _odds(data, score)
    second = _mean_of(weight, data.change)
    pull = ((weight * (data.change - second.estimate))[:, None] * data.design).mean(axis=0) / weight.mean()
    return Effect(first.estimate - second.estimate, first.influence - second.influence - score.influence @ pull)


def doubly_robust(data: Comparison) -> Effect:
    """Return the effect that is right when either the outcome regression or the propensity score is."""
    score, model = _propensity(data), _controls_change(data)
    gap = data.change - model.fitted
    treated, weight = data.weights * data.treated, _odds(data, score)
    first, second = _mean_of(treated, gap), _mean_of(weight, gap)
    by_score = ((weight * (gap - second.estimate))[:, None] * data.design).mean(axis=0) / weight.mean()
    moved = (treated / treated.mean() - weight / weight.mean())[:, None] * data.design
    own = first.influence - second.influence
    influence = own - score.influence @ by_score - model.influence @ moved.mean(axis=0)
    return Effect(first.estimate - second.estimate, influence)


METHODS: dict[str, Callable[[Comparison], Effect]] = {
    "dr": doubly_robust,
    "reg": regression,
    "ipw": weighting,
}


def _mean_of(weight: Vector, values: Vector) -> Effect:
    estimate = float((weight * values).mean() / weight.mean())
    return Effect(estimate, weight * (values - estimate) / weight.mean())


def _odds(data: Comparison, score: Model) -> Vector:
    found: Vector = np.where(data.treated, 0.0, data.weights * score.fitted / (1 - score.fitted))
    return found


def _controls_change(data: Comparison) -> Model:
    """Return the least-squares model of the controls' change."""
    weight = data.weights * ~data.treated
    left = (data.design * weight[:, None]).T @ data.design / len(weight)
    _check_rank(left)
    inverse = np.linalg.inv(left)
    beta = inverse @ (data.design.T @ (weight * data.change) / len(weight))
    fitted = data.design @ beta
    return Model(fitted, (data.design * (weight * (data.change - fitted))[:, None]) @ inverse)


def _check_rank(moments: Matrix) -> None:
    scale = np.sqrt(np.diag(moments))
    if (scale == 0).any() or np.linalg.cond(moments / np.outer(scale, scale)) > 1e14:  # noqa: PLR2004
        raise Unsolvable("collinear")


def _propensity(data: Comparison) -> Model:
    """Return the logit of being treated by Newton's steps; refused when the covariates separate the groups."""
    design, treated = data.design, data.treated.astype(float)
    weight = data.weights / data.weights.mean()
    _check_rank((design * weight[:, None]).T @ design / len(weight))
    share = float(np.average(treated, weights=weight))
    beta: Vector = np.zeros(design.shape[1])
    beta[0] = np.log(share / (1 - share))
    for _ in range(STEPS):
        line = design @ beta
        fitted = _logistic(line)
        step = _solved(_curvature(design, weight, fitted), design.T @ (weight * (treated - fitted)) / len(weight))
        beta += step
        if np.abs(design @ step).max() < SETTLED * (1 + np.abs(line).max()):
            break
    if np.abs(design @ beta).max() > SEPARATED and _is_separated(design @ beta, data.treated):
        raise Unsolvable("separated")
    score = _logistic(design @ beta)
    bend = _curvature(design, weight, score)
    influence = (design * (weight * (treated - score))[:, None]) @ np.linalg.inv(bend)
    return Model(np.minimum(score, NEAR_ONE), influence)


def _curvature(design: Matrix, weight: Vector, fitted: Vector) -> Matrix:
    found: Matrix = (design * (weight * fitted * (1 - fitted))[:, None]).T @ design / len(weight)
    return found


def _logistic(line: Vector) -> Vector:
    found: Vector = 1 / (1 + np.exp(-np.clip(line, -700, 700)))
    return found


def _is_separated(line: Vector, treated: Flags) -> bool:
    return bool(line[treated].min() >= line[~treated].max())


def _solved(left: Matrix, right: Vector) -> Vector:
    try:
        found: Vector = np.asarray(np.linalg.solve(left, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise Unsolvable("separated") from None
    return found
