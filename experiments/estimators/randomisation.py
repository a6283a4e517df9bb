"""Randomisation inference: how often the design itself would have made an effect as large, were there none for anybody.

When: treatment was randomised by a known mechanism — complete, within blocks (`strata`, pairs included), by `cluster` or `unit`
— and arms are 0/1; exact whatever the outcome's distribution and however few the zones. Not when: nobody drew lots, or
treatment starts at several times. All assignments are taken up to a million, beyond it `reps` draws. Fisher (1935); Young
(2019) on why it matters. The interval holds the constant effects that are not rejected.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from experiments.estimators.wild_bootstrap import edge
from experiments.messages import refusal
from experiments.sample import Codes, Matrix, Vector

MOST = 1_000_000
ROUNDING = 1e-9
CHUNK = 2_000_000


@dataclass(frozen=True)
class Randomised:
    """What was assigned: `U` units (rows, people or clusters), the block and the arm of each, and the unit of each row."""

    unit: Codes
    block: Codes
    treated: Vector

    @classmethod
    def of(cls, treatment: Vector, unit: Codes, block: Codes, name: str) -> Randomised:
        """Return the assignment behind a 0/1 column.

        Raises
        ------
        Refused
            E-EST-11: not 0/1. E-RI-01: units with both arms, or in two blocks. E-RI-02: no block has both arms.
        """
        other = ~np.isin(treatment, (0.0, 1.0))
        if other.any():
            raise refusal("E-EST-11", column=name, estimator="randomisation", n=int(other.sum()))
        count = int(unit.max()) + 1
        first = np.zeros(count, dtype=np.int64)
        first[unit[::-1]] = np.arange(len(unit))[::-1]
        mixed = (treatment != treatment[first][unit]) | (block != block[first][unit])
        if mixed.any():
            raise refusal("E-RI-01", column=name, n=len(np.unique(unit[mixed])), total=count)
        found = cls(unit, block[first], treatment[first])
        if all(np.ptp(found.treated[found.block == place]) == 0 for place in np.unique(found.block)):
            raise refusal("E-RI-02", column=name)
        return found

    @property
    def assignments(self) -> int:
        """Return how many assignments the mechanism could have made."""
        chosen = np.bincount(self.block, weights=self.treated).astype(int)
        return math.prod(
            math.comb(n, k) for n, k in zip(np.bincount(self.block).tolist(), chosen.tolist(), strict=True)
        )

    def sums(self, values: Vector) -> Vector:
        """Return a column's sum in each unit."""
        found: Vector = np.bincount(self.unit, weights=values, minlength=len(self.treated)).astype(np.float64)
        return found


@dataclass(frozen=True)
class Statistic:
    """An estimate as a function of who is treated: (T·numerator + constant) / (T·denominator − |T·basis|²).

    `numerator` has two columns, (U, 2): for the outcome, and for the observed treatment in the outcome's place (what a constant
    effect of 1 adds), so that any constant effect can be tested without a new draw.
    """

    numerator: Matrix
    constant: Vector
    denominator: Vector
    basis: Matrix

    def of(self, sums: Matrix) -> Matrix:
        """Return both estimates of draws, (D, 2), from their sums over the treated of `columns`."""
        below = sums[:, 2] - (sums[:, 3:] ** 2).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Matrix = (sums[:, :2] + self.constant) / below[:, None]
        return found

    @property
    def columns(self) -> Matrix:
        """Return what is summed over the treated, (U, 3 + r)."""
        return np.column_stack([self.numerator, self.denominator, self.basis])


@dataclass(frozen=True)
class RandomisationTest:
    """A randomisation test of no effect for anybody; `count` of `draws` assignments are at least as far from 0."""

    estimate: float
    p_value: float
    p_value_upper: float
    p_value_lower: float
    conf_low: float
    conf_high: float
    count: int
    count_upper: int
    draws: int
    exact: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the test as it stands in the diagnostics."""
        return asdict(self)


def regression_statistic(
    design: Randomised, outcome: Vector, treatment: Vector, basis: Matrix, root: Vector
) -> Statistic:
    """Return the coefficient of the treatment in a regression, by partialling out.

    Parameters
    ----------
    basis
        (n, r) orthonormal columns of all else, times `root`, the square root of the weights (ones without).
    """

    def numerator(values: Vector) -> Vector:
        scaled = root * values
        return design.sums(root * (scaled - basis @ (basis.T @ scaled)))

    levers = [design.sums(root * column) for column in basis.T]
    lever = np.column_stack(levers) if levers else np.zeros((len(design.treated), 0))
    return Statistic(
        np.column_stack([numerator(outcome), numerator(treatment)]), np.zeros(2), design.sums(root**2), lever
    )


def blocked_statistic(design: Randomised, outcome: Vector, treatment: Vector) -> Statistic:
    """Return the difference in means within blocks, blocks weighted by their units; a unit is one row."""
    n = np.bincount(design.block).astype(float)
    k = np.bincount(design.block, weights=design.treated)
    share = n / n.sum()

    def numerator(values: Vector) -> tuple[Vector, float]:
        own = design.sums(values)
        total = np.bincount(design.block, weights=own)
        return own * (share * (1 / k + 1 / (n - k)))[design.block], -float((share * total / (n - k)).sum())

    first, second = numerator(outcome), numerator(treatment)
    units = len(design.treated)
    per_unit = (1 / k / len(k))[design.block]  # summed over the treated of a draw: 1
    return Statistic(
        np.column_stack([first[0], second[0]]), np.array([first[1], second[1]]), per_unit, np.zeros((units, 0))
    )


def randomisation_test(
    design: Randomised, statistic: Statistic, *, reps: int, seed: int, alpha: float = 0.05
) -> RandomisationTest:
    """Return the test of the sharp null and the constant effects that it does not reject.

    Parameters
    ----------
    design, statistic
        Who could have been treated, and the estimate for whoever is.
    reps, seed
        Of the draws where there are more than a million assignments; p-values then count the data as one draw.

    Examples
    --------
    >>> treated, y, one = np.array([1.0, 1, 0, 0]), np.array([5.0, 6, 1, 2]), np.zeros(4, dtype=np.int64)
    >>> design = Randomised.of(treated, np.arange(4), one, "treat")
    >>> found = randomisation_test(design, blocked_statistic(design, y, treated), reps=1, seed=1)
    >>> found.estimate, found.draws, round(found.p_value, 4)
    (4.0, 6, 0.3333)
    """
    exact = design.assignments <= MOST
    columns = statistic.columns
    ours = statistic.of((design.treated @ columns)[None])[0]
    theirs = statistic.of(_enumerated(design, columns) if exact else _drawn(design, columns, reps, seed))
    return among(ours, theirs, exact=exact, alpha=alpha)


def among(ours: Vector, theirs: Matrix, *, exact: bool, alpha: float) -> RandomisationTest:
    """Return the test of the estimate among those of other draws.

    Parameters
    ----------
    ours
        (2,) the estimate, and what a constant effect of 1 adds to it (1).
    theirs
        (D, 2) the same for other draws; those that leave no contrast are not counted.
    exact
        Whether these are all draws, the data's own among them; else the data count as one draw more.
    """
    theirs = theirs[np.isfinite(theirs).all(axis=1)]
    more = 0 if exact else 1

    def p_value(gap: float) -> float:
        null = ours[0] - gap
        far = np.abs(theirs[:, 0] - null * theirs[:, 1]) >= abs(ours[0] - null * ours[1]) * (1 - ROUNDING)
        return (int(far.sum()) + more) / (len(theirs) + more)

    room = ROUNDING * max(abs(ours[0]), float(np.abs(theirs[:, 0]).max()))
    upper, lower = (int((side * theirs[:, 0] >= side * ours[0] - room).sum()) for side in (1, -1))
    count = int((np.abs(theirs[:, 0]) >= abs(ours[0]) - room).sum())
    step = float(theirs[:, 0].std()) or 1.0
    total = len(theirs) + more
    return RandomisationTest(
        estimate=float(ours[0]),
        p_value=(count + more) / total,
        p_value_upper=(upper + more) / total,
        p_value_lower=(lower + more) / total,
        conf_low=float(ours[0]) - edge(p_value, step, alpha),
        conf_high=float(ours[0]) - edge(p_value, -step, alpha),
        count=count,
        count_upper=upper,
        draws=len(theirs),
        exact=exact,
    )


def _enumerated(design: Randomised, columns: Matrix) -> Matrix:
    """Return the sums over the treated of every assignment: those of the blocks added in all combinations."""
    found: Matrix = np.zeros((1, columns.shape[1]))
    for place in np.unique(design.block):
        members = np.flatnonzero(design.block == place)
        chosen = int(design.treated[members].sum())
        picks = np.array(list(combinations(members.tolist(), chosen)), dtype=np.int64).reshape(-1, chosen)
        found = (found[:, None, :] + columns[picks].sum(axis=1)[None]).reshape(-1, columns.shape[1])
    return found


def _drawn(design: Randomised, columns: Matrix, reps: int, seed: int) -> Matrix:
    rng = np.random.default_rng(seed)
    units = len(design.treated)
    order = np.argsort(design.block, kind="stable")
    ordered = design.treated[order][None]
    parts = []
    for start in range(0, reps, max(CHUNK // units, 1)):
        size = min(max(CHUNK // units, 1), reps - start)
        keys = rng.random((size, units)) + design.block[order]
        drawn = np.take_along_axis(np.broadcast_to(ordered, (size, units)), np.argsort(keys, axis=1), axis=1)
        parts.append(drawn @ columns[order])
    return np.concatenate(parts)
