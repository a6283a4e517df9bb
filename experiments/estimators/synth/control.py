"""Synthetic control: donors weighted so that predictors agree, predictors weighted so that outcomes before treatment do.

Abadie & Gardeazabal (2003), Abadie, Diamond & Hainmueller (2010, 2011). Belongs here: both sets of weights, gaps, ranks among
placebo donors, effects that ranks do not reject (Firpo & Possebom 2018). Does not: which rows and periods (layout).
The search is that of the Synth package: from equal and from regression-based predictor weights to the nearest best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.estimators.synth.simplex import rough_weights, simplex_weights
from experiments.sample import Flags, Matrix, Vector

ROUNDS = 2_000


@dataclass(frozen=True)
class Case:
    """One treated unit and J donors.

    Parameters
    ----------
    outcome
        T × (1 + J), the treated unit first.
    predictors
        k × (1 + J) or None: then the outcomes of the fitting periods are matched, each alike.
    fit, post
        T: periods in which the outcome is fitted, and periods of treatment.
    """

    outcome: Matrix
    predictors: Matrix | None
    fit: Flags
    post: Flags
    importance: Vector | None = None
    """Predictor weights that are given; searched otherwise."""

    def swapped(self, place: int) -> Case:
        """Return the case in which a donor stands for the treated unit, which is left out."""
        order = [place, *(at for at in range(1, self.outcome.shape[1]) if at != place)]
        predictors = None if self.predictors is None else self.predictors[:, order]
        return Case(self.outcome[:, order], predictors, self.fit, self.post)


@dataclass(frozen=True)
class Synthetic:
    """Donor weights (J), predictor weights (k, sum 1, or none), gaps by period (T), losses of both fits."""

    weights: Vector
    importance: Vector | None
    gap: Vector
    loss_v: float
    loss_w: float


def fit_synthetic(case: Case) -> Synthetic:
    """Return the synthetic control of the first unit."""
    past = case.outcome[case.fit]
    if case.predictors is None:
        return _finished(case, simplex_weights(past[:, 1:], past[:, 0]), None, None)
    scale = case.predictors.std(axis=1, ddof=1)
    scaled = case.predictors / np.where(scale > 0, scale, 1.0)[:, None]
    importance = _importance(scaled, past) if case.importance is None else case.importance
    root = np.sqrt(importance)[:, None] * scaled
    return _finished(case, simplex_weights(root[:, 1:], root[:, 0]), importance, root)


def _finished(case: Case, weights: Vector, importance: Vector | None, root: Matrix | None) -> Synthetic:
    gap = case.outcome[:, 0] - case.outcome[:, 1:] @ weights
    loss_w = 0.0 if root is None else float(((root[:, 0] - root[:, 1:] @ weights) ** 2).sum())
    return Synthetic(weights, importance, gap, float((gap[case.fit] ** 2).mean()), loss_w)


def _importance(scaled: Matrix, past: Matrix) -> Vector:
    """Return the predictor weights that fit past outcomes best, searched from two starts."""
    from scipy import optimize

    def loss(raw: Vector) -> float:
        root = np.sqrt(_shares(raw))[:, None] * scaled
        weights = rough_weights(root[:, 1:], root[:, 0])
        return float(((past[:, 0] - past[:, 1:] @ weights) ** 2).mean())

    best, least = np.full(len(scaled), 1 / len(scaled)), np.inf
    for start in (best, _by_regression(scaled, past)):
        for how in ("Nelder-Mead", "BFGS"):
            found = optimize.minimize(loss, start, method=how, options={"maxiter": ROUNDS})
            if found.fun < least:
                best, least = _shares(found.x), float(found.fun)
    return best


def _shares(raw: Vector) -> Vector:
    found: Vector = np.abs(raw) / np.abs(raw).sum()
    return found


def _by_regression(scaled: Matrix, past: Matrix) -> Vector:
    """Return predictor weights from how strongly predictors go with past outcomes across units."""
    design = np.column_stack([np.ones(scaled.shape[1]), scaled.T])
    slopes = np.linalg.lstsq(design, past.T, rcond=None)[0][1:]
    return _shares((slopes**2).sum(axis=1))


@dataclass(frozen=True)
class Ranked:
    """Rank of the treated unit among placebos by size of gap over size of gap in the past, and effects not rejected."""

    p_value: float
    low: float
    high: float


def rank(gaps: Matrix, past: Vector, alpha: float) -> Ranked:
    """Return the rank of the first unit; ties count.

    Parameters
    ----------
    gaps
        P × (1 + J): gaps in the periods concerned.
    past
        1 + J: root mean square gap in the fitting periods.
    alpha
        Constant effects with p-values above it form the interval; infinite when there are too few donors.
    """
    ratio = np.sqrt((gaps**2).mean(axis=0)) / np.maximum(past, 1e-300)
    others = np.sort(ratio[1:])[::-1]
    p_value = float((1 + (others >= ratio[0] * (1 - 1e-9)).sum()) / len(ratio))
    needed = int(np.floor(alpha * len(ratio) + 1e-9))
    if needed < 1:
        return Ranked(p_value, -np.inf, np.inf)
    centre, room = gaps[:, 0].mean(), (others[needed - 1] * past[0]) ** 2 - gaps[:, 0].var()
    if room < 0:
        return Ranked(p_value, np.nan, np.nan)
    return Ranked(p_value, float(centre - np.sqrt(room)), float(centre + np.sqrt(room)))
