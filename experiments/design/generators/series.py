"""`series`: devices that read all the time, drawn as means of periods from their exact distribution, and realised.

Belongs here: calendar, dose, means of AR(1) readings. Does not: parameters and their units (models.series).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from experiments.design.generators.world import Effects, Flags, Rows, Streams, category, labels, table, written
from experiments.design.models.series import Noise, Series, SeriesOutcome
from experiments.sample import Codes, Vector

DECEMBER = 12


def mean_covariance(lengths: Sequence[int], noise: Noise) -> Vector:
    """Return the covariance matrix of the means of successive stretches of a stationary AR(1) process.

    Parameters
    ----------
    lengths
        Readings in each stretch; one follows the other.
    noise
        Standard deviation of a reading and correlation of neighbours.

    Examples
    --------
    >>> mean_covariance([2, 2], Noise(sd=1.0, autocorrelation=0.5)).round(4).tolist()
    [[0.75, 0.2812], [0.2812, 0.75]]
    """
    r, bounds = noise.autocorrelation, np.concatenate([[0], np.cumsum(lengths)])
    found = np.zeros((len(lengths), len(lengths)))
    for row, n in enumerate(lengths):
        found[row, row] = (n + 2 * sum((n - k) * r**k for k in range(1, n))) / n**2 if r else 1 / n
        for column in range(row + 1, len(lengths)):
            m, gap = lengths[column], int(bounds[column] - bounds[row + 1])
            inner = (1 - r**n) / (1 - r) * (1 - r**m) / (1 - r) * r ** (gap + 1)
            found[row, column] = found[column, row] = inner / (n * m)
    return noise.sd**2 * found


def _root(matrix: Vector) -> Vector:
    """Return a matrix whose outer square is `matrix` (which may be 0)."""
    values, vectors = np.linalg.eigh(matrix)
    found: Vector = vectors * np.sqrt(np.maximum(values, 0.0))
    return found


@dataclass(frozen=True)
class SeriesWorld:
    """The model laid out: periods on the calendar, units by zone and start."""

    model: Series
    zone_ids: tuple[str, ...]
    assigns: bool = False

    @cached_property
    def steady(self) -> frozenset[str]:
        """Return the columns that are the same in each realised table."""
        return frozenset(self.keys)

    @cached_property
    def days(self) -> list[date]:
        """Return the first day of each period and the day after the last one."""
        found = [self.model.first_day]
        for _ in range(self.model.periods):
            found.append(_next(found[-1], self.model.period))
        return found

    @cached_property
    def bounds(self) -> Vector:
        """Return the periods' bounds in days from the first one."""
        return np.array([(day - self.days[0]).days for day in self.days], dtype=float)

    @cached_property
    def readings(self) -> list[int]:
        """Return how many readings each period holds."""
        return [int(days) * self.model.readings_per_day for days in np.diff(self.bounds)]

    @cached_property
    def zone(self) -> Codes:
        """Return each unit's zone."""
        return np.repeat(np.arange(len(self.zone_ids)), sum(item.units_per_zone for item in self.model.starts))

    @cached_property
    def start(self) -> Codes:
        """Return the place of each unit's declared start."""
        sizes = [item.units_per_zone for item in self.model.starts]
        return np.tile(np.repeat(np.arange(len(sizes)), sizes), len(self.zone_ids))

    @cached_property
    def keys(self) -> dict[str, object]:
        """Return the key columns, which no draw changes; rows are periods × units."""
        names, size = self.model.columns, len(self.zone)
        unit, period = np.tile(np.arange(size), self.model.periods), np.repeat(np.arange(self.model.periods), size)
        ids = labels(self.zone_ids, "U", size // len(self.zone_ids))
        monthly = self.model.period == "month"
        first = self.days[0].year * DECEMBER + self.days[0].month - 1 if monthly else 0
        found: dict[str, object] = {
            names.zone: category(self.zone_ids, self.zone[unit]),
            names.unit: category(ids, unit),
            names.time: period + first,
        }
        if names.period:
            found[names.period] = pd.DatetimeIndex(self.days[:-1])[period]
        return found

    @cached_property
    def roots(self) -> dict[tuple[str, str], Vector]:
        """Return how independent normals become the readings' means, by outcome and kind of noise."""
        found: dict[tuple[str, str], Vector] = {}
        for name, item in self.model.outcomes.items():
            seen = self.seen(item)
            found[name, "own"] = _root(mean_covariance(seen, item.reading))
            found[name, "zone"] = _root(mean_covariance(seen, item.zone_reading))
        return found

    def seen(self, item: SeriesOutcome) -> list[int]:
        """Return how many readings of an outcome a period holds on average, taken as one stretch."""
        share = (1 - self.model.down) * (1 - item.missing)
        return [max(1, round(n * share)) for n in self.readings]

    def draw(self, streams: Streams) -> DrawnSeries:
        """Return one draw of switching days, levels and noise (stream `data`)."""
        data, size, zones, periods = streams.data, len(self.zone), len(self.zone_ids), self.model.periods
        shifts = [data.integers(-item.jitter_days, item.jitter_days + 1, zones) for item in self.model.starts]
        days = np.array(
            [np.inf if item.day is None else (item.day - self.days[0]).days for item in self.model.starts], dtype=float
        )
        begun: Vector = days[self.start] + np.array(shifts, dtype=float)[self.start, self.zone]
        latent: dict[str, Vector] = {}
        for name, item in self.model.outcomes.items():
            level = item.mean + data.normal(0, item.sd_unit, size)
            own = self.roots[name, "own"] @ data.normal(size=(periods, size))
            shared = self.roots[name, "zone"] @ data.normal(size=(periods, zones))
            trend = np.array(item.trend or (0.0,) * periods)[:, None]
            drift = data.normal(0, item.sd_unit_period, (periods, size))
            latent[name] = level + own + shared[:, self.zone] + trend + drift
        return DrawnSeries(self, begun, latent)


def _next(day: date, period: str) -> date:
    if period == "day":
        return day + timedelta(days=1)
    return day.replace(year=day.year + day.month // DECEMBER, month=day.month % DECEMBER + 1)


@dataclass(frozen=True)
class DrawnSeries:
    """One draw; arrays are periods × units. `begun` is the day at which a unit is switched on."""

    world: SeriesWorld
    begun: Vector
    latent: dict[str, Vector]

    def units(self) -> pd.DataFrame:
        """Return an empty frame: the model itself holds who is switched on when."""
        return pd.DataFrame()

    @property
    def dose(self) -> Vector:
        """Return the share of each period under treatment."""
        low, high = self.world.bounds[:-1, None], self.world.bounds[1:, None]
        found: Vector = np.clip((high - self.begun) / (high - low), 0.0, 1.0)
        return found

    def realise(self, arms: Sequence[str] | None, effects: Effects) -> Rows:  # noqa: ARG002 - the model assigns
        """Return the table of means."""
        names, dose = self.world.model.columns, self.dose
        columns: dict[str, object] = {**self.world.keys, **self.world.model.constants}
        if names.dose:
            columns[names.dose] = dose.ravel()
        if names.treated:
            columns[names.treated] = (dose > 0).astype(np.int64).ravel()
        for name, item in self.world.model.outcomes.items():
            columns[name] = written(item, self.latent[name] + dose * self._effect(name, effects)).ravel()
        every = np.ones(dose.size, dtype=bool)
        return Rows(table(columns), every, (dose > 0).ravel())

    def contrast(self, outcome: str, arms: tuple[str, str], drawn: Sequence[str] | None) -> Vector:  # noqa: ARG002
        """Return the effect of full dose in each row; there is one treatment."""
        item, level = self.world.model.outcomes[outcome], self.latent[outcome]
        found: Vector = (written(item, level + self._effect(outcome, {})) - written(item, level)).ravel()
        return found

    def compliers(self, arms: tuple[str, str]) -> Flags:  # noqa: ARG002 - everybody complies
        """Return all rows."""
        return np.ones(self.begun.size * self.world.model.periods, dtype=bool)

    def _effect(self, outcome: str, effects: Effects) -> Vector:
        fixed, item = effects.get(outcome), self.world.model.outcomes[outcome]
        if fixed is not None:
            return np.array(fixed.size)
        since = np.maximum(np.cumsum(self.dose > 0, axis=0) - 1, 0)
        found: Vector = item.effect + item.effect_slope * since
        return found
