"""Times to an event: the Cox partial likelihood, Kaplan-Meier, log-rank, restricted mean, proportional-hazards test.

Belongs here: functions of arrays, (n,) times, 0/1 events, (n, k) columns. Does not: specs and results (cox). Cox (1972); Efron
(1977); Grambsch & Therneau (1994), the score test as R's survival 3 does it; Royston & Parmar (2013) for restricted means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from experiments.sample import Flags, Matrix, Vector

Cube = npt.NDArray[np.float64]
Ties = Literal["efron", "breslow"]


@dataclass(frozen=True)
class Risk:
    """The partial likelihood at one β: its log, each event time's score (d, k) and information (d, k, k)."""

    loglik: float
    scores: Matrix
    information: Cube


@dataclass(frozen=True)
class Ordered:
    """Rows by falling time; `last` is the last row at risk at each event time, `events` the rows of the events there."""

    order: npt.NDArray[np.int64]
    times: Vector
    last: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    dead: Flags
    durations: Vector

    @classmethod
    def of(cls, time: Vector, event: Flags) -> Ordered:
        """Return the rows in the order of the risk sets."""
        order = np.argsort(-time, kind="stable")
        dead = event[order]
        times = np.unique(time[event])
        last = np.searchsorted(-time[order], -times, side="right") - 1
        place = np.searchsorted(times, time[order])
        counts = np.bincount(place[dead], minlength=len(times))
        return cls(order, times, last, place, counts, dead, time[order])


def risk(x: Matrix, data: Ordered, beta: Vector, ties: Ties) -> Risk:
    """Return the log partial likelihood with its score and information at each event time."""
    rows = x[data.order]
    weight = np.exp(rows @ beta - (rows @ beta).max())
    scale = (rows @ beta).max()
    zero = np.cumsum(weight)[data.last]
    one = np.cumsum(weight[:, None] * rows, axis=0)[data.last]
    two = np.cumsum(weight[:, None, None] * rows[:, :, None] * rows[:, None, :], axis=0)[data.last]
    mine, where = rows[data.dead], data.place[data.dead]
    dead = [_summed(part, where, len(data.times)) for part in _moments(weight[data.dead], mine)]
    total = _summed(mine, where, len(data.times))
    loglik = float((mine @ beta).sum())
    scores, information = total.copy(), np.zeros_like(two)
    for step in range(int(data.counts.max())):
        going = data.counts > step
        share = step / np.maximum(data.counts, 1) if ties == "efron" else np.zeros(len(zero))
        below = np.where(going, zero - share * dead[0], 1.0)
        mean = (one - share[:, None] * dead[1]) / below[:, None]
        square = (two - share[:, None, None] * dead[2]) / below[:, None, None]
        loglik -= float((np.log(below) + scale)[going].sum())
        scores -= mean * going[:, None]
        information += (square - mean[:, :, None] * mean[:, None, :]) * going[:, None, None]
    return Risk(loglik, scores, information)


def _moments(weight: Vector, rows: Matrix) -> tuple[Vector, Matrix, Cube]:
    return weight, weight[:, None] * rows, weight[:, None, None] * rows[:, :, None] * rows[:, None, :]


def _summed(values: Any, where: npt.NDArray[np.int64], size: int) -> Any:  # noqa: ANN401 - arrays of one to three dimensions
    found = np.zeros((size, *values.shape[1:]))
    np.add.at(found, where, values)
    return found


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve: event times, survival just after, its (Greenwood) standard error."""

    times: Vector
    survival: Vector
    error: Vector

    def at(self, when: float) -> tuple[float, float]:
        """Return survival and standard error at a time."""
        place = int(np.searchsorted(self.times, when, side="right")) - 1
        return (1.0, 0.0) if place < 0 else (float(self.survival[place]), float(self.error[place]))


def kaplan_meier(time: Vector, event: Flags) -> Curve:
    """Return the survival curve.

    >>> kaplan_meier(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False])).survival.tolist()
    [0.75, 0.375]
    """
    times, counts = np.unique(time[event], return_counts=True)
    at_risk = (time[None] >= times[:, None]).sum(axis=1)
    survival = np.cumprod(1 - counts / at_risk)
    with np.errstate(divide="ignore"):
        spread = np.cumsum(np.where(at_risk > counts, counts / (at_risk * np.maximum(at_risk - counts, 1)), 0.0))
    return Curve(times, survival, survival * np.sqrt(spread))


def restricted_mean(curve: Curve, until: float) -> tuple[float, float]:
    """Return the mean time up to `until` that a curve implies, and its standard error.

    >>> restricted_mean(kaplan_meier(np.array([1.0, 3.0]), np.array([True, True])), 2.0)[0]
    1.5
    """
    inside = curve.times < until
    knots = np.concatenate([[0.0], curve.times[inside], [until]])
    heights = np.concatenate([[1.0], curve.survival[inside]])
    areas = np.diff(knots) * heights
    mean = float(areas.sum())
    left = mean - np.cumsum(areas)[:-1]  # area after each event time
    survival = heights[1:]
    relative = np.divide(curve.error[inside], survival, where=survival > 0, out=np.zeros_like(survival))
    greenwood = np.diff(np.concatenate([[0.0], relative**2]))
    return mean, float((left**2 * greenwood).sum() ** 0.5)


def log_rank(time: Vector, event: Flags, treated: Flags) -> dict[str, float]:
    """Return the log-rank test of two arms (Mantel 1966)."""
    from scipy import stats

    times = np.unique(time[event])
    risk_all = (time[None] >= times[:, None]).sum(axis=1)
    risk_one = ((time[None] >= times[:, None]) & treated).sum(axis=1)
    dead = np.array([(event & (time == when)).sum() for when in times])
    ours = np.array([(event & treated & (time == when)).sum() for when in times])
    expected = dead * risk_one / risk_all
    spread = expected * (1 - risk_one / risk_all) * (risk_all - dead) / np.maximum(risk_all - 1, 1)
    chisq = float((ours - expected).sum() ** 2 / spread.sum())
    return {"chisq": chisq, "p_value": float(stats.chi2.sf(chisq, 1))}


def proportional_hazards(found: Risk, curve: Curve, names: tuple[str, ...]) -> dict[str, Any]:
    """Return score tests that no coefficient changes with (one less Kaplan-Meier) time: one a column, and all together."""
    from scipy import stats

    g = 1 - np.concatenate([[1.0], curve.survival[:-1]])
    k = len(names)
    late = g @ found.scores
    plain = found.information.sum(axis=0)
    crossed = np.einsum("d,dij->ij", g, found.information)
    squared = np.einsum("d,dij->ij", g**2, found.information)
    whole = np.block([[plain, crossed], [crossed.T, squared]])
    score = np.concatenate([np.zeros(k), late])
    tests = {}
    for place, name in enumerate(names):
        mine = [*range(k), k + place]
        chisq = float(score[mine] @ np.linalg.solve(whole[np.ix_(mine, mine)], score[mine]))
        tests[name] = {"chisq": chisq, "p_value": float(stats.chi2.sf(chisq, 1))}
    chisq = float(score @ np.linalg.solve(whole, score))
    return tests | {"global": {"chisq": chisq, "df": k, "p_value": float(stats.chi2.sf(chisq, k))}}
