"""Influence functions that are linear in a unit's outcomes, evaluated on a wave cube: group-time effects and imputation.

Belongs here: tables of slopes and constants by cell, their variance. Does not: averages of effects (did.aggregate), regression.
A unit of cell c with weight w and outcomes y has the influence w (a'y + b); a table stacks, for each cell, T rows of slopes and
one of constants, so that averages of effects are the same matrix product as with a row for each unit.
"""

from __future__ import annotations

import numpy as np

from experiments.estimators.did.aggregate import Cohorts
from experiments.estimators.did.att_gt import Cell, Choices, GroupTime, cells, comparison_units
from experiments.estimators.did.messages import refusal, warning
from experiments.estimators.onescan.cube import Cells, WaveCube
from experiments.sample import Flags, Matrix, Vector


def variance(table: Matrix, cube: WaveCube, *, small_sample: bool = True) -> Matrix:
    """Return the sum over clusters of influence products, of a table (C·(T+1) × K) of slopes and constants."""
    width = len(cube.periods)
    stacked = table.reshape(len(cube.cohort), width + 1, -1)
    slopes, constants = stacked[:, :width], stacked[:, width]
    if cube.clusters:
        sums = np.zeros((int(cube.cluster.max()) + 1, table.shape[1]))
        own = np.einsum("ctk,ct->ck", slopes, cube.first) + cube.weight[:, None] * constants
        np.add.at(sums, cube.cluster, own)
        groups = cube.groups
        coarse: Matrix = sums.T @ sums * (groups / (groups - 1) if small_sample else 1.0)
        return coarse
    cross = np.einsum("ctk,ct,cl->kl", slopes, cube.first2, constants)
    square = np.einsum("c,ck,cl->kl", cube.weight2, constants, constants)
    whole: Matrix = np.einsum("ctk,ctl->kl", slopes, np.einsum("cts,csl->ctl", cube.second, slopes)) + square
    whole += cross + cross.T
    return whole


def group_time_of(cube: WaveCube, choices: Choices) -> tuple[GroupTime, Cohorts]:
    """Return ATT(g, t) of a cube, without covariates; influences are n times each unit's part, as from rows.

    Raises
    ------
    Refused
        As `did.att_gt.group_time`.
    """
    if choices.control == "never" and np.isfinite(cube.cohort).all():
        raise refusal("E-DID-04", column="cohort")
    known = np.unique(cube.cohort[np.isfinite(cube.cohort)])
    made: list[Cell] = []
    columns: list[tuple[float, Vector]] = []
    lost = []
    for cell in cells(cube.periods, known, choices):
        found = _effect(cube, cell, choices)
        if found is None:
            lost.append(f"{cell.cohort:g}:{cell.time:g}")
        else:
            made.append(cell)
            columns.append(found)
    if not any(cell.time >= cell.cohort for cell in made):
        raise refusal("E-DID-05")
    effects = GroupTime(
        np.array([cell.cohort for cell in made]),
        np.array([cell.time for cell in made]),
        np.array([estimate for estimate, _ in columns]),
        np.column_stack([column for _, column in columns]),
        np.array([cube.periods[cell.at] - cube.periods[cell.base] for cell in made]),
        (warning("W-DID-05", n=len(lost), cells=", ".join(lost)),) if lost else (),
    )
    return effects, _shares(cube, np.unique(effects.cohort))


def _effect(cube: WaveCube, cell: Cell, choices: Choices) -> tuple[float, Vector] | None:
    width, units = len(cube.periods), cube.count.sum()
    table = np.zeros((len(cube.cohort), width + 1))
    if cell.is_base:
        return 0.0, table.ravel()
    both = cube.present[:, cell.at] & cube.present[:, cell.base]
    treated = cube.cohort == cell.cohort
    control = comparison_units(cube.cohort, cell, cube.periods, choices) & ~treated & both
    estimate = 0.0
    for sign, members in ((1.0, treated & both), (-1.0, control)):
        if not members.any():
            return None
        total = cube.weight[members].sum()
        mean = float((cube.first[members, cell.at] - cube.first[members, cell.base]).sum() / total)
        estimate += sign * mean
        table[members, cell.at] += sign * units / total
        table[members, cell.base] -= sign * units / total
        table[members, width] -= sign * units / total * mean
    return estimate, table.ravel()


def _shares(cube: WaveCube, cohorts: Vector) -> Cohorts:
    own = cube.cohort[:, None] == cohorts
    member = np.zeros((len(cube.cohort), len(cube.periods) + 1, len(cohorts)))
    member[:, -1] = own
    share = (cube.weight[:, None] * own).sum(axis=0) / cube.count.sum()
    return Cohorts(share, member.reshape(-1, len(cohorts)))


def imputed(cube: WaveCube, target: Cells) -> tuple[Vector, Matrix, Flags]:
    """Return J imputed effects, their influence table, and which treated cells nothing can predict.

    Parameters
    ----------
    target
        C × T × J: the weight of each treated cell and period in the averages, for a unit of weight 1.
    """
    fit = _Untreated(cube)
    estimate = np.einsum("ctj,ct->j", target, cube.first - cube.weight[:, None] * fit.periods) - np.einsum(
        "ctj,c->j", target, fit.level
    )
    weights = fit.weights(target)
    return estimate, fit.table(weights), fit.lost


class _Untreated:
    """The two-way model of untreated cells: period effects, levels of cells, and what they say of weights."""

    def __init__(self, cube: WaveCube) -> None:
        self.cube = cube
        self.treated = cube.treated & cube.present
        self.open = cube.present & ~cube.treated
        self.seen = self.open.sum(axis=1)
        safe = np.where(self.seen > 0, self.seen, 1)
        self.share = self.open / safe[:, None]
        within = np.eye(len(cube.periods)) - self.share[:, None, :]  # period indicators less the cell's mean of them
        mass = cube.weight[:, None] * self.open
        moments = np.einsum("ct,cti,ctj->ij", mass, within, within)
        self.inverse = np.linalg.pinv(moments, rcond=1e-12, hermitian=True)
        self.periods = self.inverse @ np.einsum("ct,cti->i", cube.first * self.open, within)
        self.level = (cube.first * self.share).sum(axis=1) - cube.weight * (self.share @ self.periods)
        gap = np.abs(within - within @ (self.inverse @ moments).T).max(axis=2)
        self.lost: Flags = self.treated & ((self.seen == 0)[:, None] | (gap > 1e-9))  # noqa: PLR2004

    def weights(self, target: Cells) -> Cells:
        """Return the weight of every cell and period in the averages: the targets, and minus what predicts them."""
        total = target.sum(axis=1)
        slope = self.inverse @ (np.einsum("ctj->tj", target * self.cube.weight[:, None, None]) - self._centred(total))
        level = total / np.where(self.seen > 0, self.seen, 1)[:, None] - self.share @ slope
        found: Cells = np.where(self.treated[:, :, None], target, -(level[:, None, :] + slope) * self.open[:, :, None])
        return found

    def _centred(self, total: Matrix) -> Matrix:
        found: Matrix = self.share.T @ (total * self.cube.weight[:, None])
        return found

    def table(self, weights: Cells) -> Matrix:
        """Return slopes and constants of Σ_t v_t ε_t, effects less their mean by cohort and period weighted by v²."""
        cube = self.cube
        cells, width, count = weights.shape
        slopes = weights - self.share[:, :, None] * weights.sum(axis=1)[:, None, :]
        fitted = self.periods[None, :] - (self.share @ self.periods)[:, None]
        constants = -np.einsum("ctj,ct->cj", weights, fitted * cube.present)
        constants -= np.einsum("ctj,ctj->cj", weights, self._means(weights) * self.treated[:, :, None])
        found = np.concatenate([slopes, constants[:, None, :]], axis=1)
        return found.reshape(cells * (width + 1), count)

    def _means(self, weights: Cells) -> Cells:
        cube = self.cube
        own = np.unique(cube.cohort, return_inverse=True)[1]
        level = np.einsum("ct,ct->c", self.share, cube.first2) - cube.weight2 * (self.share @ self.periods)
        effect = cube.first2 - level[:, None] - cube.weight2[:, None] * self.periods
        squared = weights**2 * self.treated[:, :, None]
        top, bottom = (np.zeros((int(own.max()) + 1, *weights.shape[1:])) for _ in range(2))
        np.add.at(top, own, squared * effect[:, :, None])
        np.add.at(bottom, own, squared * cube.weight2[:, None, None])
        found: Cells = (top / np.where(bottom > 0, bottom, 1.0))[own]
        return found
