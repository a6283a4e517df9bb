"""Generalised linear models by iterated least squares: logit and Poisson, with offsets, weights and sandwich variances.

Belongs here: the fit and its variances as functions of arrays. Does not: specs and results (logit, poisson,
interrupted_time_series, ipw). McCullagh & Nelder (1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from experiments.estimators.variance import Covariance
from experiments.messages import refusal
from experiments.sample import Codes, Matrix, Vector

Family = Literal["gaussian", "binomial", "poisson"]
ROUNDS = 100
CLOSE = 1e-13
EXTREME = 1e-9
"""A fitted chance (or count) this near its bound for whole groups of rows means separation."""


@dataclass(frozen=True)
class LikelihoodFit:
    """A fitted model, `x` (n, k): coefficients, inverse information, scores (n, k), fitted means, Pearson residuals."""

    names: tuple[str, ...]
    beta: Vector
    bread: Matrix
    scores: Matrix
    mean: Vector
    pearson: Vector
    loglik: float

    @property
    def dispersion(self) -> float:
        """Return Pearson's chi-square over its degrees of freedom."""
        return float(self.pearson @ self.pearson) / (len(self.mean) - len(self.beta))


def fit_likelihood(
    names: tuple[str, ...],
    x: Matrix,
    y: Vector,
    family: Family,
    *,
    offset: Vector | None = None,
    weights: Vector | None = None,
) -> LikelihoodFit:
    """Return the maximum likelihood fit with the canonical link.

    Raises
    ------
    Refused
        E-EST-02: collinear columns. E-GLM-01: perfect separation, with the columns that do it. E-EST-17: no convergence.
    """
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise refusal("E-EST-02", columns=", ".join(names))
    if x.shape[0] <= x.shape[1]:
        raise refusal("E-EST-07", n=x.shape[0], k=x.shape[1])
    shift = np.zeros(len(y)) if offset is None else offset
    prior = np.ones(len(y)) if weights is None else weights
    beta, before = _start(x, y, family, shift, prior), -np.inf
    for _ in range(ROUNDS):
        mean, spread = _moments(x @ beta + shift, family)
        information = x.T @ (x * (prior * spread)[:, None])
        step = _solved(information, x.T @ (prior * (y - mean)), names, x, beta)
        beta = beta + step
        now = _loglik(x @ beta + shift, y, family, prior)
        if abs(now - before) <= CLOSE * (abs(now) + 1):
            break
        before = now
    else:
        raise refusal("E-EST-17", estimator=family, rounds=ROUNDS)
    mean, spread = _moments(x @ beta + shift, family)
    _check_separated(family, mean, y, names, x, beta)
    bread: Matrix = np.linalg.inv(x.T @ (x * (prior * spread)[:, None])).astype(np.float64)
    pearson: Vector = np.sqrt(prior) * (y - mean) / np.sqrt(spread)
    return LikelihoodFit(names, beta, bread, x * (prior * (y - mean))[:, None], mean, pearson, now)


def _start(x: Matrix, y: Vector, family: Family, shift: Vector, prior: Vector) -> Vector:
    """Return the least-squares fit to the link of outcomes drawn towards their mean."""
    target = y
    if family == "binomial":
        target = np.log((y + 0.5) / (1.5 - y))
    if family == "poisson":
        target = np.log(y + 0.5)
    root = np.sqrt(prior)
    found: Vector = np.linalg.lstsq(x * root[:, None], root * (target - shift), rcond=None)[0].astype(np.float64)
    return found


def _moments(eta: Vector, family: Family) -> tuple[Vector, Vector]:
    from scipy import special

    if family == "gaussian":
        return eta, np.ones(len(eta))
    if family == "binomial":
        mean = special.expit(eta)
        return mean, np.maximum(mean * (1 - mean), 1e-300)
    mean = np.exp(np.minimum(eta, 500.0))
    return mean, np.maximum(mean, 1e-300)


def _loglik(eta: Vector, y: Vector, family: Family, prior: Vector) -> float:
    from scipy import special

    if family == "gaussian":
        return -0.5 * float(prior @ (y - eta) ** 2)
    if family == "binomial":
        return float(prior @ (y * eta - np.logaddexp(0, eta)))
    return float(prior @ (y * eta - np.exp(eta) - special.gammaln(y + 1)))


def _solved(information: Matrix, score: Vector, names: tuple[str, ...], x: Matrix, beta: Vector) -> Vector:
    try:
        found: Vector = np.linalg.solve(information, score).astype(np.float64)
    except np.linalg.LinAlgError:
        raise refusal("E-GLM-01", columns=_suspects(names, x, beta)) from None
    if not np.isfinite(found).all():
        raise refusal("E-GLM-01", columns=_suspects(names, x, beta))
    return found


def _check_separated(family: Family, mean: Vector, y: Vector, names: tuple[str, ...], x: Matrix, beta: Vector) -> None:
    """Refuse fits in which some rows' outcomes are certain: a coefficient has run away."""
    if family == "gaussian":
        return
    certain = mean < EXTREME if family == "poisson" else np.minimum(mean, 1 - mean) < EXTREME
    if certain.any() and (np.abs(y - mean)[certain] < EXTREME).all():
        raise refusal("E-GLM-01", columns=_suspects(names, x, beta))


def _suspects(names: tuple[str, ...], x: Matrix, beta: Vector) -> str:
    """Return the columns whose coefficients are large on the scale of their own spread."""
    reach = np.abs(beta) * np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    order = np.argsort(-reach)
    return ", ".join(names[place] for place in order if reach[place] > reach[order[0]] / 3)


def model_variance(fit: LikelihoodFit, *, dispersion: float = 1.0) -> Covariance:
    """Return the inverse information times a dispersion; normal df."""
    notes = {"df_rule": "normal", "small_sample": "none", "dispersion": dispersion}
    return Covariance(dispersion * fit.bread, np.inf, notes)


def sandwich(fit: LikelihoodFit, codes: Codes | None, name: str = "") -> Covariance:
    """Return HC1, or CR1 by `codes` with G − 1 df.

    Raises
    ------
    Refused
        E-EST-04: one cluster.
    """
    n, k = fit.scores.shape
    if codes is None:
        meat = n / (n - k) * fit.scores.T @ fit.scores
        return Covariance(fit.bread @ meat @ fit.bread, np.inf, {"df_rule": "normal", "small_sample": "n/(n-K)"})
    count = int(codes.max()) + 1
    if count == 1:
        raise refusal("E-EST-04", column=name, n=count)
    sums = np.column_stack([np.bincount(codes, weights=column) for column in fit.scores.T])
    meat = count / (count - 1) * (n - 1) / (n - k) * sums.T @ sums
    notes: dict[str, Any] = {
        "df_rule": "G - 1",
        "small_sample": "(n-1)/(n-K) * G/(G-1)",
        "clusters": {name: count},
    }
    return Covariance(fit.bread @ meat @ fit.bread, count - 1, notes, n_clusters=count)


def lagged(fit: LikelihoodFit, lags: int) -> Covariance:
    """Return Newey & West's (1987) variance of a series in the order of the rows, Bartlett's kernel, no small-sample factor."""
    meat = fit.scores.T @ fit.scores
    for lag in range(1, lags + 1):
        gap = fit.scores[lag:].T @ fit.scores[:-lag]
        meat = meat + (1 - lag / (lags + 1)) * (gap + gap.T)
    notes = {"df_rule": "normal", "small_sample": "none", "hac_lags": lags, "hac_kernel": "Bartlett, Newey-West"}
    return Covariance(fit.bread @ meat @ fit.bread, np.inf, notes)
