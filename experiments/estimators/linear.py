"""Least squares with absorbed fixed effects: the one fit that `ols` and `twfe` share.

Belongs here: design → coefficients, residuals and what the variance needs; refusing designs that cannot be told apart. Does
not: variances (variance), which columns a method uses (ols, twfe).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.estimators.absorb import Absorber, Factor
from experiments.messages import refusal
from experiments.sample import Matrix, Sample, Vector

INTERCEPT = "(Intercept)"
ALIKE = 1e-9
"""Share of a column's length that must remain after the others are taken out; less counts as collinear."""
EXACT = 1e-10


@dataclass(frozen=True)
class Design:
    """What is regressed: one outcome, named columns, fixed effects by name; `n` rows, all complete."""

    outcome_name: str
    outcome: Vector
    columns: dict[str, Vector]
    fixed_effects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fit:
    """A fitted regression. `x` and `residual` are after absorption and times the square root of the weights.

    `rows_meant`: rows that the fit stands for.
    """

    names: tuple[str, ...]
    beta: Vector
    x: Matrix
    residual: Vector
    bread: Matrix
    weights: Vector
    absorber: Absorber | None
    r_squared: float
    within_r_squared: float | None
    rows_meant: int

    @property
    def size(self) -> int:
        """Return the number of rows."""
        return len(self.residual)

    @property
    def parameters(self) -> int:
        """Coefficients plus fixed effects."""
        return len(self.names) + (self.absorber.parameters if self.absorber else 0)

    def influence(self, name: str) -> Vector:
        """Return each row's factor in the coefficient `name`: the coefficient is their sum product with the outcome."""
        found: Vector = self.x @ self.bread[self.names.index(name)] * np.sqrt(self.weights)
        return found

    @property
    def scores(self) -> Matrix:
        """Rows × coefficients: each row's contribution to the normal equations."""
        return self.x * self.residual[:, None]


def fit_linear(design: Design, sample: Sample) -> Fit:
    """Return the (weighted) least-squares fit.

    Raises
    ------
    Refused
        Perfect collinearity (the columns are named), an outcome that does not vary, residuals that are exactly 0, or more
        coefficients than rows.
    """
    if np.ptp(design.outcome) == 0:
        raise refusal("E-EST-13", column=design.outcome_name, n=sample.size)
    weights = sample.weights if sample.weights is not None else np.ones(sample.size)
    absorber = _absorber(design, sample, weights)
    columns = dict(design.columns) if absorber else {INTERCEPT: np.ones(sample.size), **design.columns}
    raw = np.column_stack([design.outcome, *columns.values()])
    swept = absorber.residual(raw) if absorber else raw
    root = np.sqrt(weights)
    y, x = swept[:, 0] * root, swept[:, 1:] * root[:, None]
    names = tuple(columns)
    _check_freedom(sample.rows_meant, len(names) + (absorber.parameters if absorber else 0))
    _check_distinct(names, raw[:, 1:] * root[:, None], x)
    orthogonal, triangle = np.linalg.qr(x)
    beta: Vector = np.linalg.solve(triangle, orthogonal.T @ y)
    residual = y - x @ beta
    total = root * (design.outcome - np.average(design.outcome, weights=weights))
    _check_residual(design.outcome_name, residual, total)
    left = float(residual @ residual)
    return Fit(
        names=names,
        beta=beta,
        x=x,
        residual=residual,
        bread=np.linalg.inv(triangle.T @ triangle),
        weights=weights,
        absorber=absorber,
        r_squared=1 - left / float(total @ total),
        within_r_squared=1 - left / float(y @ y) if absorber else None,
        rows_meant=sample.rows_meant,
    )


def _absorber(design: Design, sample: Sample, weights: Vector) -> Absorber | None:
    if not design.fixed_effects:
        return None
    factors = (Factor.of(name, sample.codes(name), weights) for name in design.fixed_effects)
    return Absorber(tuple(factors), weights)


def _check_freedom(rows: int, parameters: int) -> None:
    if rows <= parameters:
        raise refusal("E-EST-07", n=rows, k=parameters)


def _check_residual(outcome: str, residual: Vector, total: Vector) -> None:
    if np.linalg.norm(residual) <= EXACT * np.linalg.norm(total):
        raise refusal("E-EST-14", column=outcome)


def _check_distinct(names: tuple[str, ...], before: Matrix, after: Matrix) -> None:
    """Refuse columns that fixed effects or other columns explain, with every name involved."""
    length = np.linalg.norm(before, axis=0)
    left = np.linalg.norm(after, axis=0)
    absorbed = [name for name, was, now in zip(names, length, left, strict=True) if now <= ALIKE * was]
    if absorbed:
        raise refusal("E-EST-02", columns=", ".join(absorbed))
    unit = after / left
    triangle: Matrix = np.asarray(np.linalg.qr(unit, mode="r"))
    for place in range(1, len(names)):
        if abs(triangle[place, place]) <= ALIKE:
            share = np.linalg.lstsq(unit[:, :place], unit[:, place], rcond=ALIKE)[0]
            involved = [name for name, part in zip(names, share, strict=False) if abs(part) > ALIKE]
            raise refusal("E-EST-02", columns=", ".join([names[place], *involved]))
