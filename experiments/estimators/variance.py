"""Variances of a fitted regression: nonrobust, HC1–HC3, CR1 (one- and two-way), with their degrees of freedom.

Belongs here: the sandwich, exact leverages under absorbed effects, the small-sample factor. The factor is fixest's default:
(n−1)/(n−K) · G/(G−1), where K leaves out fixed effects nested in a cluster but for one each, and G is the smallest number of
clusters. Does not: fitting (linear), rows of a result (rows).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.estimators.absorb import Absorber
from experiments.estimators.linear import Fit
from experiments.messages import refusal, warning
from experiments.sample import Codes, Matrix, Vector

CELL_LIMIT = 50_000_000
"""Rows × dummies that exact leverages with several fixed effects may take (400 MB)."""
FEW_CLUSTERS = 40
FULL = 1e-10


@dataclass(frozen=True)
class Covariance:
    """A variance matrix of the coefficients, the df of their t distribution (`dfs`: one for each), and how they came about."""

    matrix: Matrix
    df: float
    description: dict[str, Any]
    warnings: tuple[dict[str, Any], ...] = ()
    n_clusters: int | None = None
    dfs: Vector | None = None

    def df_of(self, place: int) -> float:
        """Return the df of a coefficient."""
        return self.df if self.dfs is None else float(self.dfs[place])


@dataclass(frozen=True)
class Clusters:
    """Cluster numbers by name (one or two) and whose group count the factor takes.

    `group_count` "min" uses the smallest number of clusters throughout (fixest's default); "conventional" gives each part of
    a two-way variance its own G/(G−1) (sandwich, Cameron–Gelbach–Miller). `copies`: by name, for how many clusters each stands
    (`sample.copies_of`); of a single cluster variable only.
    """

    codes: dict[str, Codes] = field(default_factory=dict)
    group_count: str = "min"
    copies: dict[str, Vector | None] = field(default_factory=dict)


def nonrobust(fit: Fit) -> Covariance:
    """Return σ²(X'WX)⁻¹ with σ² = e'We/(n−K) and df n−K."""
    df = fit.size - fit.parameters
    sigma = float(fit.residual @ fit.residual) / df
    return Covariance(sigma * fit.bread, df, {"df_rule": "n - K", "small_sample": "1/(n-K)", "k": fit.parameters})


def heteroskedastic(fit: Fit, kind: str) -> Covariance:
    """Return HC1, HC2 or HC3 (MacKinnon & White 1985) with df n−K.

    HC2 and HC3 use exact leverages, absorbed effects included. A row with leverage 1 has residual 0 and adds nothing.

    Raises
    ------
    Refused
        HC2 or HC3 with several large fixed effects.
    """
    df = fit.size - fit.parameters
    squared = fit.residual**2
    notes: dict[str, Any] = {"df_rule": "n - K", "k": fit.parameters}
    if kind == "HC1":
        squared = squared * fit.size / df
        notes["small_sample"] = "n/(n-K)"
    else:
        room = 1 - leverages(fit, kind)
        full = room <= FULL
        squared = np.where(full, 0.0, squared / np.where(full, 1.0, room) ** (1 if kind == "HC2" else 2))
        notes |= {"small_sample": "exact leverages", "n_leverage_one": int(full.sum())}
    meat = (fit.x * squared[:, None]).T @ fit.x
    return Covariance(fit.bread @ meat @ fit.bread, df, notes)


def leverages(fit: Fit, kind: str) -> Vector:
    """Return the diagonal of the hat matrix, fixed effects included."""
    own: Vector = np.einsum("ij,jk,ik->i", fit.x, fit.bread, fit.x)
    if fit.absorber is None:
        return own
    first = fit.absorber.factors[0]
    share: Vector = fit.weights / first.totals[first.codes]
    if len(fit.absorber.factors) == 1:
        return own + share
    return own + share + _dummy_leverages(fit.absorber, kind)


def _dummy_leverages(absorber: Absorber, kind: str) -> Vector:
    """Return the leverage of the second and further fixed effects after the first is swept out."""
    first, *others = absorber.factors
    cells = len(absorber.weights) * sum(factor.levels for factor in others)
    if cells > CELL_LIMIT:
        raise refusal("E-EST-10", vcov=kind, cells=cells, limit=CELL_LIMIT)
    dummies = np.hstack([np.eye(factor.levels)[factor.codes] for factor in others])
    swept = first.sweep(dummies, absorber.weights) * np.sqrt(absorber.weights)[:, None]
    inverse = np.linalg.pinv(swept.T @ swept, rcond=1e-12, hermitian=True)
    found: Vector = np.einsum("ij,jk,ik->i", swept, inverse, swept)
    return found


def clustered(fit: Fit, clusters: Clusters) -> Covariance:
    """Return CR1 for one cluster variable, or V₁ + V₂ − V₁₂ for two (Cameron, Gelbach & Miller 2011); df G−1, smallest G.

    Raises
    ------
    Refused
        A cluster variable with a single cluster.
    """
    each = [clusters.copies.get(name) for name in clusters.codes]
    counts = {
        name: int(codes.max()) + 1 if copies is None else round(float(copies.sum()))
        for (name, codes), copies in zip(clusters.codes.items(), each, strict=True)
    }
    for name, count in counts.items():
        if count == 1:
            raise refusal("E-EST-04", column=name, n=count)
    fewest = min(counts.values())
    parameters = clustered_parameters(fit, list(clusters.codes.values()))
    meat = np.zeros_like(fit.bread)
    for sign, codes in _parts(list(clusters.codes.values())):
        groups = fewest if clusters.group_count == "min" or len(each) == 1 else int(codes.max()) + 1
        meat += sign * groups / (groups - 1) * _outer(fit.scores, codes, each[0] if len(each) == 1 else None)
    factor = (fit.rows_meant - 1) / (fit.rows_meant - parameters)
    matrix, notes = _positive(factor * fit.bread @ meat @ fit.bread)
    few = [warning("W-EST-01", n=n, column=name) for name, n in counts.items() if n < FEW_CLUSTERS]
    description = {
        "df_rule": "G - 1, smallest G",
        "small_sample": "(n-1)/(n-K) * G/(G-1), nested effects left out of K, " + f"G {clusters.group_count}",
        "k": parameters,
        "clusters": counts,
    }
    return Covariance(matrix, fewest - 1, description, (*few, *notes), fewest)


def hac(fit: Fit, period: Codes, lags: int | None) -> Covariance:
    """Return the variance of errors that go together within a period and up to `lags` periods apart.

    Scores are summed by period and weighted by Bartlett's kernel: Newey & West (1987) for one series, Driscoll & Kraay (1998) for
    a panel. No small-sample factor; df n−K for one series, periods − 1 for a panel.

    Parameters
    ----------
    period
        (n,) numbers 0, 1, … of the periods in their order; a period without rows is not one.
    lags
        None: 4(T/100)^(2/9), rounded down.

    Raises
    ------
    Refused
        E-EST-15: not more periods than lags.
    """
    count = int(period.max()) + 1
    used = int(4 * (count / 100) ** (2 / 9)) if lags is None else lags
    if count <= used + 1:
        raise refusal("E-EST-15", n=count, lags=used)
    sums: Matrix = np.column_stack([np.bincount(period, weights=column) for column in fit.scores.T]).astype(np.float64)
    meat = sums.T @ sums
    for lag in range(1, used + 1):
        gap = sums[lag:].T @ sums[:-lag]
        meat += (1 - lag / (used + 1)) * (gap + gap.T)
    series = count == fit.size
    notes = {
        "df_rule": "n - K" if series else "periods - 1",
        "small_sample": "none",
        "k": fit.parameters,
        "hac_lags": used,
        "hac_kernel": "Bartlett, Newey-West" if series else "Bartlett, Driscoll-Kraay",
        "n_periods": count,
    }
    return Covariance(fit.bread @ meat @ fit.bread, fit.size - fit.parameters if series else count - 1, notes)


def _parts(codes: list[Codes]) -> list[tuple[int, Codes]]:
    if len(codes) == 1:
        return [(1, codes[0])]
    pairs: Codes = codes[0] * (codes[1].max() + 1) + codes[1]
    both: Codes = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return [(1, codes[0]), (1, codes[1]), (-1, both)]


def _outer(scores: Matrix, codes: Codes, copies: Vector | None = None) -> Matrix:
    """Return Σ s s' over clusters; one that stands for f clusters has f times the score of each: Σ s s' / f."""
    sums: Matrix = np.column_stack([np.bincount(codes, weights=column) for column in scores.T]).astype(np.float64)
    found: Matrix = sums.T @ (sums if copies is None else sums / copies[:, None])
    return found


def clustered_parameters(fit: Fit, clusters: list[Codes]) -> int:
    """Return K of the small-sample factor: effects nested in a cluster are left out but for one each."""
    if fit.absorber is None:
        return len(fit.names)
    nested = [factor for factor in fit.absorber.factors if any(is_nested(factor.codes, codes) for codes in clusters)]
    return fit.parameters - sum(factor.levels for factor in nested) + len(nested)


def is_nested(inner: Codes, outer: Codes) -> bool:
    """Return whether each inner group lies in one outer group."""
    outer_of = np.zeros(inner.max() + 1, dtype=np.int64)
    outer_of[inner] = outer
    return bool((outer_of[inner] == outer).all())


def _positive(matrix: Matrix) -> tuple[Matrix, tuple[dict[str, Any], ...]]:
    """Set negative eigenvalues of a two-way variance to 0, as fixest does, and say so."""
    matrix = (matrix + matrix.T) / 2
    values, vectors = np.linalg.eigh(matrix)
    if values.min() >= -1e-12 * max(values.max(), 0.0) and (np.diag(matrix) > 0).all():
        return matrix, ()
    kept: Matrix = vectors @ np.diag(np.maximum(values, 0.0)) @ vectors.T
    return kept, (warning("W-EST-03"),)
