"""Effects when trends after treatment drift by at most so many times the largest drift seen before it: intervals and breakdown.

Rambachan & Roth (2023), class Δ^RM(M̄). Belongs here: the confidence set by the hybrid conditional and least-favourable test
of Andrews, Roth & Pakes (2023). Does not: smooth trends (honest), event studies. For each place and sign of the largest drift
before, the effects of all other periods are eliminated exactly, which leaves two inequalities, |l'β − θ| ≤ M̄·S·drift with
S = Σ_t|Σ_{s≥t} l_s|: no nuisance parameter, linear program or simulation. The authors' software tests the inequalities of all
periods: its intervals differ a little. A value is in the set if any place and sign does not reject it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from experiments.estimators.did.honest import EventPath
from experiments.sample import Flags, Matrix, Vector

GRID = 801
FAR = 12.0
"""Standard errors beyond the estimated bounds that are searched."""
HALVINGS = 50
MOST = 100.0
FIRST = 0.1
"""Share of alpha that the first stage, the least-favourable test, takes."""


@dataclass(frozen=True)
class Relative:
    """The confidence set's ends."""

    low: float
    high: float


@dataclass(frozen=True)
class _Branch:
    """The mean effect's estimate, the drift before treatment at one place and sign, and their variance."""

    effect: float
    drift: float
    variance: Matrix
    reach: float

    def accepts(self, values: Vector, bar: float, alpha: float) -> Flags:
        """Return which values of the effect the two inequalities do not reject when drifts after are at most `bar` times."""
        weights = np.array([[1.0, -bar * self.reach], [-1.0, -bar * self.reach]])
        spread = weights @ self.variance @ weights.T
        errors = np.sqrt(np.diag(spread))
        correlation = float(np.clip(spread[0, 1] / (errors[0] * errors[1]), -1.0, 1.0))
        gap, room = self.effect - values, bar * self.reach * self.drift
        first, second = (gap - room) / errors[0], (-gap - room) / errors[1]
        return ~rejected(np.stack([first, second]), correlation, alpha)


def relative_interval(path: EventPath, target: Vector, bar: float, alpha: float) -> Relative:
    """Return the confidence set of `target`'effects after the start, from its lowest to its highest value.

    Parameters
    ----------
    target
        Q weights, such as (1, 0, …) for the first period or equal ones for the mean.
    bar
        M̄: how many times the largest drift between two periods before treatment one after it may be.
    alpha
        1 − coverage.
    """
    branches = _branches(path, target)
    effect, error = branches[0].effect, float(branches[0].variance[0, 0]) ** 0.5
    drift = max(branch.drift for branch in branches)
    spread = max(float(branch.variance[1, 1]) ** 0.5 for branch in branches)
    reach = bar * branches[0].reach
    far = reach * drift + FAR * (error + reach * spread)
    return Relative(*(_edge(branches, effect, side * far, (bar, alpha)) for side in (-1.0, 1.0)))


def breakdown(path: EventPath, target: Vector, alpha: float) -> float | None:
    """Return the largest M̄ at which 0 is still rejected; None if it is not rejected at M̄ = 0, infinite beyond 100."""
    if holds(path, target, 0.0, alpha):
        return None
    if not holds(path, target, MOST, alpha):
        return float("inf")
    inner, outer = 0.0, MOST
    for _ in range(HALVINGS):
        middle = (inner + outer) / 2
        inner, outer = (inner, middle) if holds(path, target, middle, alpha) else (middle, outer)
    return inner


def holds(path: EventPath, target: Vector, bar: float, alpha: float, value: float = 0.0) -> bool:
    """Return whether the confidence set holds a value."""
    tried = np.array([value])
    return any(branch.accepts(tried, bar, alpha)[0] for branch in _branches(path, target))


def rejected(statistics: Matrix, correlation: float, alpha: float) -> Flags:
    """Return whether two standardised statistics, (2, n), reject that both means are at most 0.

    First the larger one against its least-favourable quantile at a tenth of alpha; then against the normal distribution cut to
    where it is the larger and has passed the first stage, given the other.
    """
    from scipy import special

    size = FIRST * alpha
    bar = _largest_quantile(correlation, size)
    largest = statistics.max(axis=0)
    other = statistics.min(axis=0) - correlation * largest
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = np.where(correlation < 1, other / (1 - correlation), -np.inf)
    low, high = special.ndtr(cut), special.ndtr(bar)
    share = 1 - (alpha - size) / (1 - size)
    critical = special.ndtri(np.minimum(low + share * np.maximum(high - low, 0.0), high))
    found: Flags = (largest > bar) | (largest > np.maximum(critical, 0.0))
    return found


@lru_cache(maxsize=1024)
def _largest_quantile(correlation: float, size: float) -> float:
    """Return the 1 − `size` quantile of the larger of two standard normals: by their joint distribution, Owen's T."""
    from scipy import optimize, special

    if correlation >= 1:
        return float(special.ndtri(1 - size))
    slope = np.sqrt((1 - correlation) / (1 + correlation)) if correlation > -1 else np.inf

    def beyond(value: float) -> float:
        inside = special.ndtr(value) - 2 * special.owens_t(value, slope)
        return float(1 - inside - size)

    return float(optimize.brentq(beyond, 0.0, 40.0, xtol=1e-12))


def _branches(path: EventPath, target: Vector) -> list[_Branch]:
    """Return one branch for each drift before treatment and each sign; the last is from −2 to the reference."""
    count = path.before
    steps = np.zeros((count, count + len(target)))
    steps[np.arange(count), np.arange(count)] = -1
    steps[np.arange(count - 1), np.arange(1, count)] = 1
    mean = np.concatenate([np.zeros(count), target])
    reach = float(np.abs(np.cumsum(target[::-1])).sum())
    found = []
    for step in (*steps, *-steps):
        rows = np.stack([mean, step])
        effect, drift = rows @ path.estimate
        found.append(_Branch(float(effect), float(drift), rows @ path.variance @ rows.T, reach))
    return found


def _edge(branches: list[_Branch], effect: float, far: float, how: tuple[float, float]) -> float:
    """Return the last value towards `effect + far` that a branch accepts."""
    bar, alpha = how

    def accepted(values: Vector) -> Flags:
        found: Flags = np.any([branch.accepts(values, bar, alpha) for branch in branches], axis=0)
        return found

    grid = effect + np.linspace(0.0, far, GRID)
    inside = np.flatnonzero(accepted(grid))
    if not len(inside) or inside[-1] == GRID - 1:
        return float(effect if not len(inside) else np.copysign(np.inf, far))
    inner, outer = grid[inside[-1]], grid[inside[-1] + 1]
    for _ in range(HALVINGS):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if accepted(np.array([middle]))[0] else (inner, middle)
    return float(inner)
