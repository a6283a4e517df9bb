"""Randomisation inference by the registered lottery: the estimate under every draw that the declared mechanism could have made.

When: the protocol's assignment was sealed and drawn by the platform. The draws are the mechanism's own: blocks, clusters, the
balance criterion of a rerandomised draw, the combinations of a factorial one, the steps of a wedge. Not when: lots were drawn
elsewhere (randomisation: by the columns that the spec names). What a lot means for a row is read from the data: each option must
give the treatment one value, in a wedge one a period; a treatment that people chose is none that was drawn.
"""

from __future__ import annotations

import numpy as np

from experiments.estimators.bias_reduced import dummies_of
from experiments.estimators.linear import Design, Fit
from experiments.estimators.randomisation import RandomisationTest, among
from experiments.lots import COLUMN, Lots
from experiments.messages import refusal
from experiments.sample import Codes, Matrix, Sample, Vector
from experiments.spec import AnalysisSpec

CHUNK = 2_000_000
"""Draws × lots that are held at once."""
ALIKE = 1e-9
"""Less of a treatment's length left by the other columns is none: the draw has no contrast."""


def redrawn(spec: AnalysisSpec, sample: Sample, design: Design, fit: Fit, term: str) -> RandomisationTest:
    """Return the test of coefficient `term` among those of the registered lottery's other draws.

    Raises
    ------
    Refused
        E-RI-04: rows of units that were not drawn. E-RI-06: a treatment that is not what was drawn. E-RI-07: columns made of
        the treatment.
    """
    values = meanings(spec, sample, design.columns[term])
    ours, theirs = estimates(sample, design, fit, term, values)
    return among(ours, theirs, exact=lots_of(sample).exact, alpha=spec.alpha)


def estimates(sample: Sample, design: Design, fit: Fit, term: str, values: Matrix) -> tuple[Vector, Matrix]:
    """Return the coefficient of the data and of each other draw, each with what a constant effect of 1 adds: (2,), (D, 2).

    By partialling out: what all other columns explain is taken from outcome and treatment once; a draw then needs sums by lot.
    """
    lots, item = lots_of(sample), rows_of(sample)
    root = np.sqrt(fit.weights)
    basis = basis_of_others(fit, term)

    def left(column: Vector) -> Vector:
        scaled = root * column
        found: Vector = root * (scaled - basis @ (basis.T @ scaled))
        return found

    columns = np.column_stack([left(design.outcome), left(design.columns[term])])
    tables = [_by_lot(item, len(lots.drawn), value, columns, root, basis) for value in values.T]
    return _summed(tables, lots.drawn[None])[0], _summed(tables, lots.others)


def blocked(sample: Sample, outcome: Vector, treatment: Vector, block: Codes, values: Matrix) -> tuple[Vector, Matrix]:
    """Return the difference in means within blocks, weighted by their rows, of the data and each other draw, as `estimates`."""
    lots, item = lots_of(sample), rows_of(sample)
    member = np.eye(int(block.max()) + 1)[block]
    n = member.sum(axis=0)
    totals = np.stack([(member * column[:, None]).sum(axis=0) for column in (outcome, treatment)])
    wide = np.hstack([member * column[:, None] for column in (outcome, treatment, np.ones(sample.size))])
    tables = [
        np.column_stack([np.bincount(item, value * part, len(lots.drawn)) for part in wide.T]) for value in values.T
    ]

    def effects(choice: Codes | np.ndarray) -> Matrix:
        sums = sum((choice == option).astype(np.float64) @ table for option, table in enumerate(tables))
        first, second, count = np.split(sums, 3, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            gaps = [
                part / count - (total - part) / (n - count) for part, total in zip((first, second), totals, strict=True)
            ]
            found: Matrix = np.column_stack([(n / n.sum() * gap).sum(axis=1) for gap in gaps])
        return found

    return effects(lots.drawn[None])[0], effects(lots.others)


def lots_of(sample: Sample) -> Lots:
    """Return the sample's lots."""
    if sample.lots is None:
        raise TypeError("the sample has no lots")
    return sample.lots


def rows_of(sample: Sample) -> Codes:
    """Return the number of each row's lot."""
    found = sample.frame[COLUMN]
    absent = int(found.isna().sum())
    if absent:
        raise refusal("E-RI-04", n=absent, total=sample.size)
    numbered: Codes = found.to_numpy(dtype=np.int64)
    return numbered


def meanings(spec: AnalysisSpec, sample: Sample, column: Vector) -> Matrix:
    """Return what each option would give each row, (n, options): one value an option, or one an option and period."""
    built = [name for name in spec.covariates if spec.treatment in name.split(":")]
    if built:
        raise refusal("E-RI-07", columns=", ".join(built))
    lots, item = lots_of(sample), rows_of(sample)
    option = lots.drawn[item]
    one = _table(option, np.zeros(sample.size, dtype=np.int64), column, len(lots.options))
    if np.isfinite(one).all():
        return np.repeat(one.T, sample.size, axis=0)
    period = spec.time or lots.period
    if period is not None and period in sample.frame.columns:
        when = sample.codes(period)
        each = _table(option, when, column, len(lots.options))
        if np.isfinite(each).all():
            found: Matrix = each[:, when].T
            return found
    raise refusal("E-RI-06", column=spec.treatment or spec.cohort, options=", ".join(lots.options))


def _table(option: Codes, when: Codes, column: Vector, options: int) -> Matrix:
    """Return the value of each option (and period); not-a-number where there are several, or none."""
    place = option * (int(when.max()) + 1) + when
    found = np.full((options, int(when.max()) + 1), np.nan)
    found.flat[place] = column
    mixed = np.unique(place[found.flat[place] != column])
    found.flat[mixed] = np.nan
    return found


def basis_of_others(fit: Fit, term: str) -> Matrix:
    """Return orthonormal columns, (n, r), of all of a regression but `term`; they have the root of the weights in them."""
    others: Matrix = np.delete(fit.x, fit.names.index(term), axis=1)
    basis: Matrix = np.linalg.qr(others)[0] if others.shape[1] else others
    return basis if fit.absorber is None else np.column_stack([basis, dummies_of(fit.absorber, "randomisation")])


def _by_lot(item: Codes, count: int, value: Vector, columns: Matrix, root: Vector, basis: Matrix) -> Matrix:
    """Return, by lot, what it adds to numerators, denominator and levers when its rows have `value`, (I, 3 + r)."""
    parts = [
        value * columns[:, 0],
        value * columns[:, 1],
        (root * value) ** 2,
        *(value * root * one for one in basis.T),
    ]
    return np.column_stack([np.bincount(item, weights=part, minlength=count) for part in parts])


def _summed(tables: list[Matrix], choice: Codes | np.ndarray) -> Matrix:
    """Return both estimates of each draw: its lots' parts added."""
    size = max(CHUNK // choice.shape[1], 1)
    made = []
    for start in range(0, len(choice), size):
        part = choice[start : start + size]
        sums = sum((part == option).astype(np.float64) @ table for option, table in enumerate(tables))
        below = sums[:, 2] - (sums[:, 3:] ** 2).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            made.append(np.where(below > ALIKE * sums[:, 2], 1.0, np.nan)[:, None] * sums[:, :2] / below[:, None])
    return np.concatenate(made)
