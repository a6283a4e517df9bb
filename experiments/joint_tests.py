"""Several outcomes or groups tested together: corrections by rank, and maxT, which knows how the tests go together.

Belongs here: adjusted p-values from p-values; the joint distribution of t statistics from influences; Westfall-Young and
Romano-Wolf step-down; gatekeeping in order. Does not: registered families (multiplicity). Holm (1979); Benjamini & Hochberg
(1995); Benjamini & Yekutieli (2001); Westfall & Young (1993); Romano & Wolf (2005).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.sample import Codes, Matrix, Vector

Correction = Literal["bonferroni", "holm", "bh", "by"]
DIRECT = 8
"""Up to so many tests the joint normal probability is integrated; beyond, simulated."""
DRAWS = 200_000
TIE = 1e-9


@dataclass(frozen=True)
class Together:
    """Several estimates at once: values, t statistics, and each row's (or cluster's) influence, (n, m)."""

    estimates: Vector
    statistics: Vector
    influences: Matrix

    @property
    def correlation(self) -> Matrix:
        """Return how the estimates go together, (m, m)."""
        matrix = self.influences.T @ self.influences
        size = np.sqrt(np.diag(matrix))
        found: Matrix = matrix / np.outer(size, size)
        return found


def adjusted(p_values: Sequence[float] | Vector, method: Correction) -> Vector:
    """Return p-values corrected for their number.

    >>> adjusted([0.01, 0.04, 0.03], "holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    m = len(p)
    if method == "bonferroni":
        plain: Vector = np.minimum(p * m, 1.0)
        return plain
    order = np.argsort(p, kind="stable")
    ranks = np.arange(m)
    if method == "holm":
        stepped = np.maximum.accumulate(p[order] * (m - ranks))
    else:
        harmonic = float((1 / (ranks + 1)).sum()) if method == "by" else 1.0
        stepped = np.minimum.accumulate((p[order] * harmonic * m / (ranks + 1))[::-1])[::-1]
    found = np.empty(m)
    found[order] = np.minimum(stepped, 1.0)
    return found


def gatekeeping(p_values: Sequence[float], alpha: float) -> list[bool]:
    """Return which hypotheses of a fixed order are rejected: each at `alpha` as long as all before it were (Maurer et al. 1995).

    >>> gatekeeping([0.01, 0.2, 0.001], 0.05)
    [True, False, False]
    """
    found, is_open = [], True
    for p_value in p_values:
        is_open = is_open and p_value <= alpha
        found.append(is_open)
    return found


def together(
    outcomes: Matrix, treatment: Vector, columns: Matrix | None = None, codes: Codes | None = None
) -> Together:
    """Return the treatment's coefficient for several outcomes, with HC0 or (with `codes`) cluster influences.

    Parameters
    ----------
    outcomes
        (n, m), without missing values.
    treatment
        (n,) 0/1 or a dose.
    columns
        (n, k) what is adjusted for besides the intercept.
    codes
        (n,) cluster numbers.
    """
    others = np.ones((len(treatment), 1)) if columns is None else np.column_stack([np.ones(len(treatment)), columns])
    basis = np.linalg.qr(others)[0]
    own = treatment - basis @ (basis.T @ treatment)
    left = outcomes - basis @ (basis.T @ outcomes)
    beta: Vector = own @ left / (own @ own)
    influences: Matrix = own[:, None] * (left - own[:, None] * beta) / (own @ own)
    if codes is not None:
        influences = np.column_stack([np.bincount(codes, weights=column) for column in influences.T])
    return Together(beta, beta / np.sqrt((influences**2).sum(axis=0)), influences)


def max_t(found: Together, *, step_down: bool = True, seed: int = 1) -> Vector:
    """Return p-values of the largest |t| under the joint normal distribution of the estimates (the limit of Romano & Wolf).

    `step_down` compares the k-th largest with those not yet decided only.
    """
    return _stepped(
        found.statistics, lambda places, bar: _beyond(found.correlation, places, bar, seed), step_down=step_down
    )


def romano_wolf(found: Together, *, reps: int, seed: int) -> Vector:
    """Return step-down p-values by a multiplier bootstrap of the influences: signs drawn by row or cluster."""
    rng = np.random.default_rng(seed)
    size = np.sqrt((found.influences**2).sum(axis=0))
    parts = []
    chunk = max(20_000_000 // len(found.influences), 1)
    for start in range(0, reps, chunk):
        count = min(chunk, reps - start)
        signs = rng.choice(np.array([-1.0, 1.0]), size=(count, len(found.influences)))
        parts.append(np.abs(signs @ found.influences) / size)
    return step_down(found.statistics, np.concatenate(parts), exact=False)


def step_down(statistics: Vector, drawn: Matrix, *, exact: bool) -> Vector:
    """Return step-down maxT p-values (Westfall & Young 1993, algorithm 4.1; Romano & Wolf 2005); ties count.

    Parameters
    ----------
    statistics
        (m,) of the data; their size counts.
    drawn
        (D, m) under the joint null.
    exact
        Whether the draws are all that there are, the data's own among them; else the data count as one more.

    >>> step_down(np.array([3.0, 1.0]), np.array([[3.0, 1.0], [0.5, 2.0], [1.5, 0.0], [0.0, 0.5]]), exact=True).tolist()
    [0.25, 0.5]
    """
    sizes, more = np.abs(drawn), 0 if exact else 1

    def beyond(places: list[int], bar: float) -> float:
        far = int((sizes[:, places].max(axis=1) >= bar * (1 - TIE)).sum())
        return (far + more) / (len(sizes) + more)

    return _stepped(statistics, beyond, step_down=True)


def _stepped(statistics: Vector, beyond: Callable[[list[int], float], float], *, step_down: bool) -> Vector:
    order = np.argsort(-np.abs(statistics), kind="stable").tolist()
    found = np.empty(len(order))
    reached = 0.0
    for rank, place in enumerate(order):
        places = order[rank:] if step_down else order
        value = float(beyond(places, abs(float(statistics[place]))))
        reached = max(reached, value) if step_down else value
        found[place] = reached
    return found


def _beyond(correlation: Matrix, places: list[int], bar: float, seed: int) -> float:
    """Return the chance that the largest of some correlated standard normals is beyond `bar` in size."""
    from scipy import stats

    part = correlation[np.ix_(places, places)]
    if len(places) == 1:
        return float(2 * stats.norm.sf(bar))
    if len(places) <= DIRECT:
        law = stats.multivariate_normal(np.zeros(len(places)), part, allow_singular=True, seed=seed)
        inside = law.cdf(np.full(len(places), bar), lower_limit=np.full(len(places), -bar))
        return float(min(max(1 - float(inside), 0.0), 1.0))
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_normal(np.zeros(len(places)), part, size=DRAWS, method="eigh")
    return (int((np.abs(drawn).max(axis=1) >= bar).sum()) + 1) / (DRAWS + 1)
