"""The optimum of a mixed model's likelihood, and Satterthwaite's df.

Belongs here: Newton's steps with exact derivatives, a search without derivatives where they do not arrive, the df. Does not: the
likelihood (mixed_likelihood). Fai & Cornelius (1996), Kuznetsova et al. (2017) for the df.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.estimators.mixed_likelihood import Criterion, Evaluated, Slopes, evaluate, slopes
from experiments.estimators.mixed_products import CrossProducts, triangle_of_one
from experiments.sample import Matrix, Vector

ZERO = 1e-4
"""A random effect's relative standard deviation below this counts as none."""
LARGEST = 1e5
"""Of a random effect's standard deviation, in residual ones."""
WORST = 1e12
FLAT = 1e-2
"""Slope of the deviance below which it is at its maximum; rounding of a large deviance is allowed for."""
STEPS, HALVINGS = 60, 30
ARRIVED = 1e-9
"""What a further Newton step may win of the deviance at most."""
ROUNDING = 1e-13
CURVED = 1e-9
"""Share of the largest curvature that counts as some."""


@dataclass(frozen=True)
class MixedFit:
    """A fitted mixed model; `matrix` is the variance of β, `df` Satterthwaite's for each coefficient."""

    theta: Vector
    beta: Vector
    matrix: Matrix
    sigma2: float
    loglik: float
    df: Vector
    converged: bool
    gradient: float


def fit_mixed(data: CrossProducts, criterion: Criterion) -> MixedFit:
    """Return the model at the criterion's optimum."""
    theta = _newton(data, criterion)
    if theta is None:
        theta = _searched(data, criterion)
    theta = _canonical(data, theta)
    at = evaluate(data, theta)
    free = at.free(data, criterion)
    near = slopes(data, at)
    slope = near.deviance(at, free, criterion)[0]
    sigma2, best = at.squares / free, at.deviance(data, criterion)
    gradient = float(np.abs(slope).max())
    df = _satterthwaite(theta, at, near, free, criterion)
    flat = gradient < max(FLAT, abs(best) * 1e-6)
    return MixedFit(theta, at.beta, sigma2 * at.inverse, sigma2, -best / 2, df, flat, gradient)


def _newton(data: CrossProducts, criterion: Criterion) -> Vector | None:
    """Return the optimum by Newton's steps from the unit matrix, curvatures taken as positive; None where they do not arrive.

    A standard deviation may become negative on the way: its sign says nothing.
    """
    theta = np.concatenate([triangle_of_one(size) for size in data.sizes])
    at = evaluate(data, theta)
    for _ in range(STEPS):
        gradient, hessian = slopes(data, at).deviance(at, at.free(data, criterion), criterion)
        if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
            return None
        values, vectors = np.linalg.eigh(hessian)
        bar = CURVED * max(float(np.abs(values).max()), 1.0)
        along = vectors.T @ gradient
        step = vectors @ (along / np.maximum(np.abs(values), bar))
        if float(gradient @ step) < ARRIVED and values.min() < -bar:  # a saddle: down along its steepest bend
            step = vectors[:, 0] * np.copysign(0.1, along[0])
        longest = 4 * (1 + float(np.abs(theta).max()))
        step *= min(1.0, longest / max(float(np.abs(step).max()), 1e-300))
        found = _shortened(data, criterion, theta, at, step)
        if found is None or float(np.abs(found[0]).max()) > LARGEST:
            return None
        theta, at = found
        if float(gradient @ step) < ARRIVED and values.min() >= -bar:
            return theta
    return None


def _shortened(
    data: CrossProducts, criterion: Criterion, theta: Vector, at: Evaluated, step: Vector
) -> tuple[Vector, Evaluated] | None:
    """Return the point a step leads to, halved until the deviance does not rise but for rounding."""
    before = at.deviance(data, criterion)
    bar = before + ROUNDING * data.rows + ROUNDING * abs(before)
    for halving in range(HALVINGS):
        tried = theta - step / 2**halving
        try:
            found = evaluate(data, tried)
        except np.linalg.LinAlgError:  # nothing is left of the fixed effects there
            continue
        if found.deviance(data, criterion) <= bar:
            return tried, found
    return None


def _searched(data: CrossProducts, criterion: Criterion) -> Vector:
    """Return the optimum by a search with slopes, then one without: for likelihoods that run to an edge."""
    from scipy import optimize

    def target(theta: Vector) -> float:
        try:
            return evaluate(data, theta).deviance(data, criterion)
        except np.linalg.LinAlgError:
            return WORST

    start = np.concatenate([triangle_of_one(size) for size in data.sizes])
    bounds = [(0.0, LARGEST) if one else (-LARGEST, LARGEST) for one in start]
    steps = {"ftol": 1e-14, "gtol": 1e-7}
    found = optimize.minimize(target, start, jac="3-point", bounds=bounds, method="L-BFGS-B", options=steps)
    fine = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000}
    again = optimize.minimize(target, found.x, bounds=bounds, method="Nelder-Mead", options=fine)
    theta: Vector = again.x if again.fun < found.fun else found.x
    return theta


def _canonical(data: CrossProducts, theta: Vector) -> Vector:
    """Return the θ of the same covariance with standard deviations from 0 up; what is 0 but for rounding is 0."""
    found, start = theta.copy(), 0
    for size in data.sizes:
        for column in range(size):
            length = size - column
            part = found[start : start + length]
            if part[0] < 0:
                part *= -1
            if column == size - 1 and part[0] < ZERO**2:
                part[0] = 0.0
            start += length
    return found


def _satterthwaite(theta: Vector, at: Evaluated, near: Slopes, free: int, criterion: Criterion) -> Vector:
    """Return the df of each coefficient: twice its squared variance over the variance of that, by the delta method.

    The variance of (θ, log σ) is twice the inverse of the deviance's Hessian; θ at its bound 0 is left out.
    """
    kept = np.flatnonzero(theta**2 > ZERO**2)
    sigma2 = at.squares / free
    curve = near.log_random[1] + near.squares[1] / sigma2 + (near.log_fixed[1] if criterion == "reml" else 0.0)
    size = len(kept)
    whole = np.zeros((size + 1, size + 1))
    whole[:size, :size] = curve[np.ix_(kept, kept)]
    whole[:size, size] = whole[size, :size] = -2 * near.squares[0][kept] / sigma2
    whole[size, size] = 4 * free
    variance = sigma2 * np.diag(at.inverse)
    turned = -sigma2 * np.einsum("ab,kbc,ca->ka", at.inverse, near.fixed[kept], at.inverse)
    change = np.vstack([turned, 2 * variance])
    spread = 2 * np.linalg.pinv(whole, hermitian=True)
    found: Vector = 2 * variance**2 / np.einsum("ik,ij,jk->k", change, spread, change)
    return found
