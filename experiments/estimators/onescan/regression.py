"""Two-way regressions from a wave cube: coefficients and clustered errors, equal to those from the rows.

Belongs here: designs that are constant within a cell and period, absorbed effects, the sandwich with fixest's factor. Does not:
which columns a method has (results). A unit's score is w Z̃'(y − m): Z̃ sums to 0 over the unit's periods, its own effect
cancels, and sums of score products follow from Σw², Σw²y and Σw²yy'.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.estimators.onescan.cube import Cells, WaveCube
from experiments.sample import Codes, Matrix, Vector

THIN = 1e-9


class NotFromCube(ValueError):
    """The design cannot be told apart here: the rows say why, by name."""


@dataclass(frozen=True)
class CellFit:
    """K coefficients and their variance, fixest's count of parameters, each column's weights on outcomes (C × T × K)."""

    estimate: Vector
    variance: Matrix
    parameters: int
    influence: Cells


def fit_cells(cube: WaveCube, columns: Cells, groups: Codes | None = None) -> CellFit:
    """Return the regression of outcomes on columns (C × T × K), periods and units absorbed.

    With `groups` (C, numbered from 0) effects of these groups of cells are absorbed instead of units'.

    Raises
    ------
    NotFromCube
        Columns that cannot be told apart, or no degrees of freedom.
    """
    wanted = columns.shape[2]
    plain, levels = _design(cube, columns, groups)
    swept = _swept(cube, plain) if groups is None else plain
    weighted = swept * cube.weight[:, None, None]
    normal = np.einsum("ctk,ctl->kl", weighted, swept)
    whole = np.einsum("ctk,ctk,c->k", plain, plain, cube.weight)
    if (np.diag(normal)[:wanted] <= THIN**2 * whole[:wanted]).any():
        raise NotFromCube
    bread = _inverse(normal, wanted)
    beta = bread @ np.einsum("ctk,ct->k", swept, cube.first)
    fitted = plain @ beta
    meat = _meat(cube, swept, fitted)
    parameters = wanted + int(cube.present.any(axis=0).sum()) + levels - 1
    if cube.rows <= parameters or cube.groups < 2:  # noqa: PLR2004
        raise NotFromCube
    factor = (cube.rows - 1) / (cube.rows - parameters) * cube.groups / (cube.groups - 1)
    variance = factor * bread @ meat @ bread
    influence = weighted @ bread[:, :wanted]
    return CellFit(beta[:wanted], variance[:wanted, :wanted], parameters, influence)


def _design(cube: WaveCube, columns: Cells, groups: Codes | None) -> tuple[Cells, int]:
    """Return columns, period indicators and (instead of unit effects) group indicators, 0 where nobody is present."""
    width = len(cube.periods)
    seen = np.flatnonzero(cube.present.any(axis=0))
    times = np.broadcast_to(np.eye(width)[:, seen[1:]], (len(cube.cohort), width, len(seen) - 1))
    parts, levels = [columns, times], 1
    if groups is not None:
        levels = int(groups.max()) + 1
        parts.append(np.broadcast_to(np.eye(levels)[groups][:, None, :], (len(groups), width, levels)))
    found: Cells = np.concatenate(parts, axis=2) * cube.present[:, :, None]
    return found, levels


def _swept(cube: WaveCube, plain: Cells) -> Cells:
    """Return the design less its mean over the periods in which the cell is present."""
    mean = plain.sum(axis=1) / cube.present.sum(axis=1)[:, None]
    found: Cells = (plain - mean[:, None, :]) * cube.present[:, :, None]
    return found


def _meat(cube: WaveCube, swept: Cells, fitted: Matrix) -> Matrix:
    """Return the sum of score products over clusters."""
    if cube.clusters:
        scores = np.einsum("ctk,ct->ck", swept, cube.first - cube.weight[:, None] * fitted)
        sums = np.zeros((int(cube.cluster.max()) + 1, swept.shape[2]))
        np.add.at(sums, cube.cluster, scores)
        found: Matrix = sums.T @ sums
        return found
    cross = cube.first2[:, :, None] * fitted[:, None, :]
    square = cube.weight2[:, None, None] * fitted[:, :, None] * fitted[:, None, :]
    left = cube.second - cross - cross.transpose(0, 2, 1) + square
    whole: Matrix = np.einsum("ctk,ctl->kl", swept, np.einsum("cts,csl->ctl", left, swept))
    return whole


def _inverse(normal: Matrix, wanted: int) -> Matrix:
    """Return the inverse; period and group indicators may repeat each other, the wanted columns may not."""
    scale = np.sqrt(np.diag(normal))
    safe = np.where(scale > 0, scale, 1.0)
    unit = normal / np.outer(safe, safe)
    values, vectors = np.linalg.eigh(unit)
    thin = values < THIN**1.5
    if (np.abs(vectors[:wanted, thin]) > THIN).any():
        raise NotFromCube
    inverse: Matrix = (vectors[:, ~thin] / values[~thin]) @ vectors[:, ~thin].T / np.outer(safe, safe)
    return inverse
