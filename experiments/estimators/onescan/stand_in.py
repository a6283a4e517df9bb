"""A short sample that stands for a long one: per group a few units whose number, means and cross-products are those of all.

Belongs here: those units. Does not: the cube, estimation. A mean μ and n units with sum of products S are said exactly by the
points μ ± √r·l_j, each standing for n/2r units, where S/n = Σ l_j l_j' over r directions (the symmetric sigma points of Julier &
Uhlmann 1997). Whatever is linear in outcomes, or a sum of products of two of them, comes out as from all rows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.estimators.onescan.cube import Cube, Key, Moments
from experiments.sample import Matrix, Sample, Vector
from experiments.spec import AnalysisSpec

FLAT = 1e-13
"""Directions with less than this share of the largest spread are rounding."""


def stand_in(spec: AnalysisSpec, cube: Cube) -> Sample:
    """Return the sample: columns of the spec, one row a point and period."""
    frames, copies, weights, number = [], [], [], 0
    for key, moments in cube.groups.items():
        points = points_of(moments)
        count, width = points.shape
        each = moments.units / count
        frames.append(_frame(spec, key, points, number))
        copies.append(np.full(count * width, each))
        weights.append(np.full(count * width, each * key.weight))
        number += count
    frame = pd.concat(frames, ignore_index=True)
    return Sample(frame, np.concatenate(weights), cube.counts, np.concatenate(copies), str(spec.unit))


def points_of(moments: Moments) -> Matrix:
    """Return the points, each standing for an equal part of the units.

    >>> points_of(Moments.of(np.array([[1.0], [3.0]]))).ravel().tolist()
    [3.0, 1.0]
    """
    size, vectors = np.linalg.eigh(moments.spread / moments.units)
    kept = size > FLAT * max(size.max(), 0.0)
    rank = int(kept.sum())
    if not rank:
        return moments.mean[None]
    reach: Matrix = (vectors[:, kept] * _signs(vectors[:, kept]) * np.sqrt(size[kept] * rank)).T
    return np.vstack([moments.mean + reach, moments.mean - reach])


def _signs(vectors: Matrix) -> Vector:
    """Return the sign of each vector's largest entry: which of two opposite vectors is found is chance."""
    largest = np.abs(vectors).argmax(axis=0)
    return np.where(vectors[largest, np.arange(vectors.shape[1])] < 0, -1.0, 1.0)


def _frame(spec: AnalysisSpec, key: Key, points: Matrix, number: int) -> pd.DataFrame:
    count, width = points.shape
    columns = {
        str(spec.unit): np.repeat(np.arange(number, number + count), width),
        str(spec.time): np.tile(key.seen, count),
        spec.outcome: points.ravel(),
        str(spec.cohort or spec.treatment): np.tile(key.mark if len(key.mark) == width else key.mark * width, count),
    }
    if key.cluster is not None:
        columns[spec.cluster[0]] = np.repeat(np.array([key.cluster]), count * width)
    if spec.weights is not None:
        columns[spec.weights] = np.full(count * width, key.weight)
    return pd.DataFrame(columns)
