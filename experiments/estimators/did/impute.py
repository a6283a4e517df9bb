"""Imputation: a two-way model of untreated rows predicts what treated rows would have been; effects are what is left.

Borusyak, Jaravel & Spiess (2024), theorems 2 and 3. Belongs here: the fit on untreated rows, weights of every row in an average
effect, the conservative variance with effects averaged by cohort and period. Does not: specs and rows of a result (imputation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.sample import Codes, Flags, Matrix, Vector

LOOSE = 1e-9


@dataclass(frozen=True)
class Model:
    """Rows of the untreated model: outcome, unit, dense columns (periods, covariates), weights, which rows are treated."""

    outcome: Vector
    unit: Codes
    dense: Matrix
    weights: Vector
    treated: Flags

    @property
    def units(self) -> int:
        """Return the number of units."""
        return int(self.unit.max()) + 1


@dataclass(frozen=True)
class Untreated:
    """The fit on untreated rows: prediction for every row; what the weights of an average effect need."""

    predicted: Vector
    mass: Vector
    centre: Matrix
    inverse: Matrix
    estimable: Flags


def fit_untreated(model: Model) -> Untreated:
    """Return the two-way model of untreated rows, predicted for all rows.

    `estimable` says which rows' prediction the untreated rows determine: the unit is seen untreated, the period holds an
    untreated row (or the column is spanned by others).
    """
    weight = np.where(model.treated, 0.0, model.weights)
    mass = np.bincount(model.unit, weights=weight, minlength=model.units).astype(np.float64)
    safe = np.where(mass > 0, mass, 1.0)
    centre = _by_unit(model.dense * weight[:, None], model) / safe[:, None]
    level = np.bincount(model.unit, weights=weight * model.outcome, minlength=model.units) / safe
    within = (model.dense - centre[model.unit]) * np.sqrt(weight)[:, None]
    moments = within.T @ within
    inverse: Matrix = np.asarray(np.linalg.pinv(moments, rcond=1e-12, hermitian=True), dtype=np.float64)
    gamma = inverse @ (within.T @ ((model.outcome - level[model.unit]) * np.sqrt(weight)))
    predicted = level[model.unit] + (model.dense - centre[model.unit]) @ gamma
    known = (mass > 0)[model.unit]
    return Untreated(predicted, mass, centre, inverse, known & _spanned(model, centre, moments @ inverse))


def _by_unit(columns: Matrix, model: Model) -> Matrix:
    return np.column_stack([np.bincount(model.unit, weights=column, minlength=model.units) for column in columns.T])


def _spanned(model: Model, centre: Matrix, projection: Matrix) -> Flags:
    """Return which rows' columns, less their unit's mean, lie in what the untreated rows span."""
    gap = model.dense - centre[model.unit]
    found: Flags = np.abs(gap - gap @ projection.T).max(axis=1, initial=0.0) < LOOSE * (
        1 + np.abs(gap).max(initial=0.0)
    )
    return found


def row_weights(model: Model, fit: Untreated, target: Matrix) -> Matrix:
    """Return the weight of every row's outcome in J average effects.

    Parameters
    ----------
    target
        Rows × J: the weights on treated rows' effects (0 elsewhere).
    """
    by_unit = _by_unit(target, model)
    safe = np.where(fit.mass > 0, fit.mass, 1.0)[:, None]
    slope = fit.inverse @ (model.dense.T @ target - fit.centre.T @ by_unit)
    level = by_unit / safe - fit.centre @ slope
    untreated = -model.weights[:, None] * (level[model.unit] + model.dense @ slope)
    found: Matrix = np.where(model.treated[:, None], target, untreated)
    return found


def scores(model: Model, fit: Untreated, weights: Matrix, cell: Codes, copies: Vector | None = None) -> Matrix:
    """Return rows × J contributions v·ε: effects less their mean by `cell` (cohort × period), weighted by v².

    `copies`: for how many rows each stands; v is then that many times the weight of each of them.
    """
    each = np.ones(len(model.outcome)) if copies is None else copies
    left = model.outcome - fit.predicted
    treated = np.flatnonzero(model.treated)
    found = weights * left[:, None]
    for column in range(weights.shape[1]):
        own = weights[treated, column] ** 2 / each[treated]
        total = np.bincount(cell[treated], weights=own)
        mean = np.bincount(cell[treated], weights=own * left[treated]) / np.where(total > 0, total, 1.0)
        found[treated, column] = weights[treated, column] * (left[treated] - mean[cell[treated]])
    return found
