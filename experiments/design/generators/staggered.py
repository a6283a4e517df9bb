"""`staggered_panel`: units observed at every period that adopt in cohorts or never, drawn and realised.

Belongs here: levels, noise, effect paths, losses. Does not: parameters and their units (models.staggered).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from experiments.design.generators.world import (
    Effects,
    Flags,
    Rows,
    Streams,
    autoregressive,
    category,
    labels,
    lost,
    table,
    written,
)
from experiments.design.models.staggered import StaggeredPanel
from experiments.sample import Codes, Vector

NEVER = 1_000_000
"""A period number that does not come."""


@dataclass(frozen=True)
class StaggeredWorld:
    """The model laid out: units by zone, their cohorts in declared order (units of a zone are exchangeable)."""

    model: StaggeredPanel
    zone_ids: tuple[str, ...]
    assigns: bool

    @cached_property
    def steady(self) -> frozenset[str]:
        """Return the columns that are the same in each realised table."""
        names = self.model.columns
        own = {names.cohort, names.cohort_label, names.treated, names.since} - {None}
        return frozenset(self.keys) | (frozenset(map(str, own)) if not self.assigns else frozenset())

    @property
    def periods(self) -> int:
        """Return the number of periods."""
        return len(self.model.periods)

    @cached_property
    def per_zone(self) -> int:
        """Return the number of units in a zone."""
        return sum(item.units_per_zone for item in self.model.cohorts)

    @cached_property
    def zone(self) -> Codes:
        """Return each unit's zone."""
        return np.repeat(np.arange(len(self.zone_ids)), self.per_zone)

    @cached_property
    def cohort(self) -> Codes:
        """Return the place of each unit's declared cohort."""
        sizes = [item.units_per_zone for item in self.model.cohorts]
        return np.tile(np.repeat(np.arange(len(sizes)), sizes), len(self.zone_ids))

    @cached_property
    def units(self) -> pd.DataFrame:
        """Return the frame of assignment."""
        ids = np.array(labels(self.zone_ids, "U", self.per_zone), dtype=object)
        return pd.DataFrame(
            {self.model.columns.zone: np.array(self.zone_ids, dtype=object)[self.zone], self.model.columns.unit: ids}
        )

    @cached_property
    def keys(self) -> dict[str, object]:
        """Return the key columns, which no draw changes; rows are periods × units."""
        names, size = self.model.columns, len(self.zone)
        unit, period = np.tile(np.arange(size), self.periods), np.repeat(np.arange(self.periods), size)
        found: dict[str, object] = {
            names.zone: category(self.zone_ids, self.zone[unit]),
            names.unit: category(labels(self.zone_ids, "U", self.per_zone), unit),
            names.time: period + self.model.first_time,
        }
        if names.period:
            found[names.period] = category(self.model.periods, period)
        return found

    def draw(self, streams: Streams) -> DrawnStaggered:
        """Return one draw of levels and noise (stream `data`) and of losses (stream `attrition`)."""
        data, losses, shape = streams.data, streams.attrition, (self.periods, len(self.zone))
        latent: dict[str, Vector] = {}
        missing: dict[str, Flags] = {}
        hazards = np.array(self.model.attrition or (0.0,) * self.periods)[:, None]
        gone = np.logical_or.accumulate(losses.random(shape) < hazards, axis=0)
        for name, item in self.model.outcomes.items():
            level = item.mean + data.normal(0, item.sd_unit, shape[1])
            shocks = data.normal(0, item.sd_zone_period, (shape[0], len(self.zone_ids)))[:, self.zone]
            trend = np.array(item.trend or (0.0,) * self.periods)[:, None]
            latent[name] = level + shocks + trend + autoregressive(data, shape, item.autocorrelation, item.sd_noise)
            without = losses.random(shape[1]) < item.not_applicable
            holes = lost(item, losses, shape)
            missing[name] = gone | without if holes is None else gone | without | holes
        return DrawnStaggered(self, latent, missing)


@dataclass(frozen=True)
class DrawnStaggered:
    """One draw; arrays are periods × units."""

    world: StaggeredWorld
    latent: dict[str, Vector]
    missing: dict[str, Flags]

    def units(self) -> pd.DataFrame:
        """Return the frame of assignment."""
        return self.world.units

    def realise(self, arms: Sequence[str] | None, effects: Effects) -> Rows:
        """Return the table; without `arms` cohorts are those of the model, with them each unit's period of crossing over."""
        start = self._start(arms)
        since = np.arange(self.world.periods)[:, None] - start
        columns: dict[str, object] = {**self.world.keys, **self.world.model.constants, **self._adoption(start, since)}
        for name, item in self.world.model.outcomes.items():
            values = written(item, self._levels(name, arms) + self._effect(name, since, effects))
            columns[name] = np.where(self.missing[name], np.nan, values).ravel()
        treated = (since >= 0).ravel()
        return Rows(table(columns), treated, treated)

    def contrast(self, outcome: str, arms: tuple[str, str], drawn: Sequence[str] | None) -> Vector:  # noqa: ARG002
        """Return the effect on those who have adopted by then, 0 elsewhere; there is one treatment."""
        item, since = self.world.model.outcomes[outcome], np.arange(self.world.periods)[:, None] - self._start(drawn)
        level = self._levels(outcome, drawn)
        with_it = written(item, level + self._effect(outcome, since, {}))
        found: Vector = (with_it - written(item, level)).ravel()
        return found

    def compliers(self, arms: tuple[str, str]) -> Flags:  # noqa: ARG002 - everybody complies
        """Return all rows."""
        return np.ones(self.world.periods * len(self.world.zone), dtype=bool)

    def _start(self, arms: Sequence[str] | None) -> Codes:
        places = {label: place for place, label in enumerate(self.world.model.periods)}
        if arms is not None:
            return np.array([places.get(str(label), NEVER) for label in arms], dtype=np.int64)
        starts = [NEVER if item.period is None else places[item.period] for item in self.world.model.cohorts]
        return np.array(starts, dtype=np.int64)[self.world.cohort]

    def _levels(self, outcome: str, arms: Sequence[str] | None) -> Vector:
        if arms is not None:  # a random draw: cohorts do not differ beforehand
            return self.latent[outcome]
        extra = np.array([item.levels.get(outcome, 0.0) for item in self.world.model.cohorts])
        found: Vector = self.latent[outcome] + extra[self.world.cohort]
        return found

    def _effect(self, outcome: str, since: Codes, effects: Effects) -> Vector:
        fixed = effects.get(outcome)
        path = np.array([fixed.size] if fixed else self.world.model.outcomes[outcome].effect_path or (0.0,))
        found: Vector = np.where(since >= 0, path[np.clip(since, 0, len(path) - 1)], 0.0)
        return found

    def _adoption(self, start: Codes, since: Codes) -> dict[str, object]:
        names, ever = self.world.model.columns, start < NEVER
        shape = since.shape
        found: dict[str, object] = {}
        if names.cohort:
            found[names.cohort] = np.tile(np.where(ever, start + self.world.model.first_time, 0), shape[0])
        if names.cohort_label:
            codes = np.where(ever, start, -1)
            found[names.cohort_label] = category(self.world.model.periods, np.tile(codes, shape[0]))
        if names.treated:
            found[names.treated] = (since >= 0).astype(np.int64).ravel()
        if names.since:
            found[names.since] = np.where(ever, since, np.nan).ravel()
        return found
