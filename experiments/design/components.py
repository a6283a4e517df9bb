"""The variance of an estimate that is linear in the outcome, from a model's variance components: no simulation needed.

Belongs here: weights of rows × components → variance. Does not: the weights (quick), drawing (generators).
"""

from __future__ import annotations

import numpy as np

from experiments.design.generators.clustered import PanelWorld
from experiments.design.generators.series import SeriesWorld, mean_covariance
from experiments.design.generators.staggered import StaggeredWorld
from experiments.design.generators.world import World
from experiments.design.models.series import SeriesOutcome
from experiments.sample import Codes, Vector


def variance_of(world: World, outcome: str, weights: Vector) -> float:
    """Return Var(Σ weight · outcome) over draws of the model.

    Parameters
    ----------
    world
        The declared model.
    outcome
        A column.
    weights
        One a row of the realised table, 0 where the analysis does not use it. Rounding, bounds and the luck of who is lost are
        left out; so is chance in the assignment.
    """
    if isinstance(world, PanelWorld):
        return _panel(world, outcome, weights)
    if isinstance(world, StaggeredWorld):
        return _staggered(world, outcome, weights)
    if isinstance(world, SeriesWorld):
        return _series(world, outcome, weights)
    raise TypeError(type(world).__name__)


def _square(groups: Codes, weights: Vector) -> float:
    return _length(np.bincount(groups, weights).astype(np.float64))


def _length(values: Vector) -> float:
    """Return the sum of squares; not by a dot product, for which a threaded BLAS wakes its threads from 10,000 values on."""
    return float(np.square(values).sum())


def _panel(world: PanelWorld, outcome: str, weights: Vector) -> float:
    item, layout = world.model.outcomes[outcome], world.layout
    between, within = item.icc * item.spread**2, (1 - item.icc) * item.spread**2
    unit, wave = layout.tiled, np.repeat(np.arange(layout.waves), layout.size)
    cluster = layout.cluster[unit]
    found = between * item.cluster_autocorrelation * _square(cluster, weights)
    found += between * (1 - item.cluster_autocorrelation) * _square(cluster * layout.waves + wave, weights)
    found += within * item.unit_autocorrelation * _square(unit, weights)
    found += within * (1 - item.unit_autocorrelation) * _length(weights)
    found += item.sd_block**2 * _square(layout.block_of_cluster[cluster], weights)
    return found + item.sd_zone**2 * _square(layout.zone_of_cluster[cluster], weights)


def _staggered(world: StaggeredWorld, outcome: str, weights: Vector) -> float:
    item = world.model.outcomes[outcome]
    paths = weights.reshape(world.periods, -1)
    lags = np.abs(np.subtract.outer(np.arange(world.periods), np.arange(world.periods)))
    noise = item.sd_noise**2 * item.autocorrelation**lags
    zones = np.array([np.bincount(world.zone, row) for row in paths])
    own = float((paths * (noise @ paths)).sum()) + item.sd_unit**2 * float((paths.sum(axis=0) ** 2).sum())
    return own + item.sd_zone_period**2 * float((zones**2).sum())


def _series(world: SeriesWorld, outcome: str, weights: Vector) -> float:
    item = world.model.outcomes[outcome]
    own, shared = _readings(world, item)
    paths = weights.reshape(world.model.periods, -1)
    zones = np.array([np.bincount(world.zone, row) for row in paths])
    found = float((paths * (own @ paths)).sum()) + float((zones * (shared @ zones)).sum())
    found += item.sd_unit_period**2 * float((paths**2).sum())
    return found + item.sd_unit**2 * float((paths.sum(axis=0) ** 2).sum())


def _readings(world: SeriesWorld, item: SeriesOutcome) -> tuple[Vector, Vector]:
    seen = world.seen(item)
    return mean_covariance(seen, item.reading), mean_covariance(seen, item.zone_reading)
