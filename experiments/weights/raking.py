"""Raking: weights scaled to known totals of one margin after the other, until all of them hold.

Belongs here: iterative proportional fitting and the residuals that its variance needs. Does not: which margins (build), variances
(survey). Source: Deming & Stephan (1940); Deville, Särndal & Sautory (1993).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.sample import Matrix, Vector
from experiments.weights.messages import refusal

ROUNDS = 500
CLOSE = 1e-10
"""Largest relative distance from a total at which raking stops."""
AGREE = 1e-6
"""Totals of two margins may differ by so much, relatively: published figures are rounded."""


@dataclass(frozen=True)
class Raked:
    """Raked weights, (n,): rounds it took, largest relative distance left, and each margin's level of each row."""

    weights: Vector
    base: Vector
    rounds: int
    distance: float
    margins: Mapping[str, npt.NDArray[np.int64]] = field(repr=False)

    def residual(self, scores: Matrix) -> Matrix:
        """Return what is left of weighted scores, (n, k), after regressing them on the margins with the weights before raking."""
        columns = [np.eye(codes.max() + 1)[codes] for codes in self.margins.values()]
        known, root = np.column_stack(columns), np.sqrt(self.base)[:, None]
        values = scores / self.weights[:, None]
        fitted = known @ np.linalg.lstsq(known * root, values * root, rcond=None)[0]
        return np.asarray(self.weights[:, None] * (values - fitted))


def rake(base: Vector, data: pd.DataFrame, totals: Mapping[str, Mapping[Any, float]]) -> Raked:
    """Scale weights until the weighted counts of every margin are the known totals.

    Parameters
    ----------
    base
        (n,) weights above zero.
    data
        (n, ...) a column per margin, without missing values.
    totals
        Margin → level → population total. Levels are compared as texts (``1``, ``1.0`` and ``"1"`` are one level).

    Raises
    ------
    Refused
        E-RAKE-01: a level of the population has no row, or rows have a level without a total. E-RAKE-02: totals of two margins
        do not agree. E-RAKE-03: the totals are not reached in 500 rounds (they contradict each other in this sample).

    Examples
    --------
    >>> found = rake(np.ones(4), pd.DataFrame({"sex": [1, 1, 1, 2]}), {"sex": {1: 30, 2: 30}})
    >>> found.weights.tolist()
    [10.0, 10.0, 10.0, 30.0]
    """
    margins = {name: _coded(name, data[name], wanted) for name, wanted in totals.items()}
    wanted = {name: np.array([float(value) for value in levels.values()]) for name, levels in totals.items()}
    sums = {name: float(values.sum()) for name, values in wanted.items()}
    largest, smallest = max(sums.values()), min(sums.values())
    if largest - smallest > AGREE * largest:
        raise refusal("E-RAKE-02", margins=", ".join(f"{name}: {total:g}" for name, total in sums.items()))
    weights = base.astype(float).copy()
    for rounds in range(1, ROUNDS + 1):
        for name, codes in margins.items():
            weights *= (wanted[name] / np.bincount(codes, weights))[codes]
        distance = max(_distance(codes, weights, wanted[name]) for name, codes in margins.items())
        if distance <= max(CLOSE, (largest - smallest) / largest):
            return Raked(weights, base, rounds, distance, margins)
    raise refusal("E-RAKE-03", rounds=ROUNDS, distance=f"{distance:.2g}")


def _coded(name: str, column: pd.Series, levels: Mapping[Any, float]) -> npt.NDArray[np.int64]:
    """Return each row's level as its place in `levels`."""
    places = {level_text(level): place for place, level in enumerate(levels)}
    codes = column.map(level_text, na_action="ignore").map(places)
    without = int(codes.isna().sum())
    empty = sorted(set(places) - set(column.dropna().map(level_text)))
    if without or empty or any(total <= 0 for total in levels.values()):
        raise refusal("E-RAKE-01", margin=name, n=without, levels=", ".join(empty) or "-")
    found: npt.NDArray[np.int64] = codes.to_numpy(np.int64)
    return found


def level_text(value: object) -> str:
    """Return a level's text: whole numbers without a point.

    >>> level_text(1.0), level_text(True), level_text("E")
    ('1', 'True', 'E')
    """
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _distance(codes: npt.NDArray[np.int64], weights: Vector, wanted: Vector) -> float:
    return float(np.abs(np.bincount(codes, weights) / wanted - 1).max())
