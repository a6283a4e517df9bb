"""Effects when trends are not parallel but smooth: the shortest interval of fixed length that is right for every such trend.

Rambachan & Roth (2023), class Δ^SD(M): the slope of the differential trend changes by at most M between periods; with M = 0 it is
a straight line. Belongs here: the fixed-length interval (their FLCI). Does not: bounds relative to the largest violation before
treatment (Δ^RM), event studies themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.sample import Matrix, Vector

GRID = 60


@dataclass(frozen=True)
class EventPath:
    """Effects before (ascending, the reference −1 left out) and after the start, one a period, with their joint variance.

    Parameters
    ----------
    estimate, variance
        P + Q effects: P before, Q from the start on.
    before
        P.
    """

    estimate: Vector
    variance: Matrix
    before: int


@dataclass(frozen=True)
class Interval:
    """An interval for a mean of effects: its ends, worst bias and standard error of its centre."""

    low: float
    high: float
    bias: float
    std_error: float


def smooth_interval(path: EventPath, target: Vector, bend: float, alpha: float) -> Interval:
    """Return the shortest fixed-length interval for `target`'effects after the start.

    Parameters
    ----------
    target
        Q weights, such as (1, 0, …) for the first period or equal ones for the mean.
    bend
        M: how much the slope of the trend may change from period to period.
    alpha
        1 − coverage.
    """
    weigh = _Weights(path, target)
    if bend == 0 or weigh.room.size == 0:
        return _interval(path, weigh.at(0.0), weigh, (bend, alpha))
    scale = np.abs(np.diag(path.variance)).max() * np.logspace(-6, 3, GRID)
    tried = [_interval(path, weigh.at(penalty), weigh, (bend, alpha)) for penalty in (0.0, *scale)]
    best = int(np.argmin([interval.high - interval.low for interval in tried]))
    near = np.linspace(np.log(scale[max(best - 2, 0)]), np.log(scale[min(best, GRID - 1)]), GRID)
    tried += [_interval(path, weigh.at(float(penalty)), weigh, (bend, alpha)) for penalty in np.exp(near)]
    return min(tried, key=lambda interval: interval.high - interval.low)


def _interval(path: EventPath, free: Vector, weigh: _Weights, how: tuple[float, float]) -> Interval:
    bend, alpha = how
    weights = np.append(free, weigh.target)
    error = float(np.sqrt(weights @ path.variance @ weights))
    bias = bend * float(np.abs(weigh.second.T @ weights).sum())
    reach = error * folded_quantile(bias / error, alpha)
    centre = float(weights @ path.estimate)
    return Interval(centre - reach, centre + reach, bias, error)


def folded_quantile(bias: float, alpha: float) -> float:
    """Return the 1 − `alpha` quantile of |N(bias, 1)|.

    >>> round(folded_quantile(0.0, 0.05), 4), round(folded_quantile(5.0, 0.05), 4)
    (1.96, 6.6449)
    """
    from scipy import optimize, special

    def left(value: float) -> float:
        return float(special.ndtr(value - bias) - special.ndtr(-value - bias)) - (1 - alpha)

    return float(optimize.brentq(left, 0.0, bias + 10.0, xtol=1e-12))


def _trend_basis(before: int, after: int) -> tuple[Matrix, Vector]:
    """Return how the trend at each period follows from its second differences, and from a slope; 0 at the reference.

    Periods run from −before−1 to after−1; the reference is −1. A second difference at s bends the line at s.
    """
    periods = np.array([*range(-before - 1, -1), *range(after)])
    bends = np.arange(-before, after - 1)
    forward = np.where((bends >= -1) & (periods[:, None] > bends), periods[:, None] - bends, 0.0)
    backward = np.where((bends < -1) & (periods[:, None] < bends), bends - periods[:, None], 0.0)
    return (forward + backward).astype(float), (periods + 1).astype(float)


class _Weights:
    """Weights of effects before treatment, blind to straight lines: from the least variance to the least bias."""

    def __init__(self, path: EventPath, target: Vector) -> None:
        self.target, count = target, path.before
        if count == 0:
            raise ValueError("no effect before treatment")
        self.second, slope = _trend_basis(count, len(target))
        before = slope[:count]
        self.base = -float(slope[count:] @ target) * before / float(before @ before)
        self.room = np.linalg.svd(before[None])[2][1:].T
        head, cross = path.variance[:count, :count], path.variance[:count, count:] @ target
        if self.room.size:
            root = np.linalg.cholesky(2 * self.room.T @ head @ self.room)
            span, start = self.second[:count].T @ self.room, self.second[:count].T @ self.base
            self.start = start + self.second[count:].T @ target
            self.root, self.left = root, np.linalg.solve(root, span.T)
            self.right = np.linalg.solve(root, 2 * self.room.T @ (head @ self.base + cross))

    def at(self, penalty: float) -> Vector:
        """Return the weights that minimise variance + penalty · Σ|bend's weight|: an L1 problem, by its bounded dual."""
        from scipy import optimize

        if not self.room.size:
            return self.base
        dual = np.zeros(self.left.shape[1])
        if penalty > 0:
            values, vectors = np.linalg.eigh(self.left.T @ self.left)
            kept = values > values.max() * 1e-12
            half = (vectors[:, kept] * np.sqrt(values[kept])).T
            goal = -(vectors[:, kept] / np.sqrt(values[kept])).T @ (self.left.T @ self.right - self.start)
            bounds = (-penalty, penalty)
            dual = optimize.lsq_linear(half, goal, bounds=bounds, method="bvls", tol=1e-14).x
        found: Vector = self.base - self.room @ np.linalg.solve(self.root.T, self.left @ dual + self.right)
        return found
