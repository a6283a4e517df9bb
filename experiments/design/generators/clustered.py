"""`clustered_panel`: units in clusters in blocks in zones, several waves, drawn and realised under an assignment.

Belongs here: variance components, effects, take-up, spillover, attrition. Does not: parameters and their units
(models.clustered), who is assigned what (assignment).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.design.generators.layout import Layout
from experiments.design.generators.world import Effects, Flags, Rows, Streams, lost, table, written
from experiments.design.mechanisms.factorial import PLUS
from experiments.design.models.clustered import ClusteredPanel, Effect, Indicator, PanelOutcome
from experiments.sample import Codes, Vector

NEVER = 1_000_000
"""A wave number that does not come."""


@dataclass(frozen=True)
class PanelWorld:
    """The model laid out: who is in which cluster, block and zone, and which units are assigned."""

    model: ClusteredPanel
    layout: Layout
    extras: tuple[str, ...] = ()
    assigns: bool = True

    @cached_property
    def steady(self) -> frozenset[str]:
        """Return the columns that are the same in each realised table."""
        exact = {name for name, item in self.model.moderators.items() if item.exact}
        return frozenset(self.layout.columns) | exact

    def draw(self, streams: Streams) -> DrawnPanel:
        """Return one draw of levels, moderators, compliance (stream `data`) and of losses (stream `attrition`)."""
        model, layout, data, losses = self.model, self.layout, streams.data, streams.attrition
        moderators = {name: layout.moderator(item, data) for name, item in model.moderators.items()}
        latent = {name: _latent(item, layout, moderators, data) for name, item in model.outcomes.items()}
        shape = (len(model.waves), layout.size)
        chance = {
            name: data.random(shape) for name, item in model.outcomes.items() if item.scale == "binary"
        }  # one draw a unit and wave: potential outcomes of a binary outcome are ordered
        return DrawnPanel(
            self,
            moderators,
            latent,
            chance,
            comply=data.random(layout.size),
            leaving=losses.random(shape),
            absent=losses.random(shape) < model.absence,
            missing={name: lost(item, losses, shape) for name, item in model.outcomes.items()},
        )


def _latent(item: PanelOutcome, layout: Layout, moderators: dict[str, Flags], stream: np.random.Generator) -> Vector:
    """Return the untreated outcome (or probability) before rounding, waves × units."""
    waves, between, within = layout.waves, item.icc**0.5 * item.spread, (1 - item.icc) ** 0.5 * item.spread
    lasting, passing = item.cluster_autocorrelation**0.5 * between, (1 - item.cluster_autocorrelation) ** 0.5 * between
    place = stream.normal(0, lasting, layout.clusters)
    place += stream.normal(0, item.sd_block, layout.blocks)[layout.block_of_cluster]
    place += stream.normal(0, item.sd_zone, layout.zones)[layout.zone_of_cluster]
    clusters = place + stream.normal(0, passing, (waves, layout.clusters))
    own = item.mean + stream.normal(0, item.unit_autocorrelation**0.5 * within, layout.size)
    for name, level in item.levels.items():
        own = own + level * moderators[name]
    shifts = np.array(item.wave_shifts or (0.0,) * waves)[:, None]
    latent: Vector = clusters[:, layout.cluster] + own + shifts
    if item.scale == "continuous":  # a binary outcome's noise is the draw of the 0 or 1 itself
        latent += stream.normal(0, (1 - item.unit_autocorrelation) ** 0.5 * within, latent.shape)
    return latent


@dataclass(frozen=True)
class DrawnPanel:
    """One draw. Arrays are waves × units; `comply` decides take-up: the lower, the readier (so nobody defies)."""

    world: PanelWorld
    moderators: dict[str, Flags]
    latent: dict[str, Vector]
    chance: dict[str, Vector]
    comply: Vector
    leaving: Vector
    absent: Flags
    missing: dict[str, Flags | None]

    def units(self) -> pd.DataFrame:
        """Return the frame of assignment, with the means at the first wave of what balance is judged by."""
        layout = self.world.layout
        frame = layout.units.copy()
        for name in self.world.extras:
            values = self.moderators[name] if name in self.moderators else self._before(name)
            frame[name] = np.bincount(layout.assigned, values) / np.bincount(layout.assigned)
        return frame

    def _before(self, name: str) -> Vector:
        source = self.world.model.baselines.get(name, name)
        found: Vector = self._values(source, np.zeros((1, 1)))[0]
        return found

    def realise(self, arms: Sequence[str] | None, effects: Effects) -> Rows:
        """Return the table when the units of assignment are in `arms` (or cross over at these waves)."""
        model, layout = self.world.model, self.world.layout
        arm, start = self._arms(arms)
        taken = self._taken(arm)
        begun = np.arange(layout.waves)[:, None] >= start
        present = self._present(arm)
        columns: dict[str, object] = {**layout.columns, **model.constants}
        columns |= {name: np.tile(values, layout.waves) for name, values in self.moderators.items()}
        for name, indicator in model.indicators.items():
            columns[name] = self._indicator(indicator, arm, taken, begun)
        if model.columns.arm:
            columns[model.columns.arm] = np.tile(self._called(arm), layout.waves)
        if model.columns.observed:
            columns[model.columns.observed] = present.ravel()
        values = {name: self._realised(name, arm, taken, start, effects) for name in model.outcomes}
        seen = {name: np.where(present & ~self._lost(name), found, np.nan) for name, found in values.items()}
        columns |= {name: found.ravel() for name, found in seen.items()}
        for name, source in model.baselines.items():
            columns[name] = np.tile(seen[source][0], layout.waves)
        treated = begun & (taken >= 0).any(axis=0)
        return Rows(table(columns), begun.ravel() & (start < NEVER)[layout.tiled], treated.ravel())

    def contrast(self, outcome: str, arms: tuple[str, str], drawn: Sequence[str] | None) -> Vector:
        """Return the outcome with everybody in the first arm from the start on, less that with everybody in the second.

        Other factors are as drawn. Two arms of different factors: by how much the first one's effect is larger with the second.
        """
        layout, (arm, start) = self.world.layout, self._arms(drawn)
        if layout.factor(arms[0]) == layout.factor(arms[1]):
            found = self._everybody(outcome, (arms[0],), arm, start) - self._everybody(outcome, (arms[1],), arm, start)
        else:
            cells = [
                (first, second)
                for first in (arms[0], layout.base(arms[0]))
                for second in (arms[1], layout.base(arms[1]))
            ]
            both, only, other, neither = (self._everybody(outcome, cell, arm, start) for cell in cells)
            found = both - only - other + neither
        flat: Vector = found.ravel()
        return flat

    def compliers(self, arms: tuple[str, str]) -> Flags:
        """Return the rows of those who take the first arm's treatment when assigned to it, and not in the second."""
        first, second = (self._taken(self._alone(name)) for name in arms)
        wanted = self._names.index(arms[0])
        found: Flags = np.tile(((first == wanted) & (second != wanted))[0], self.world.layout.waves)
        return found

    def _alone(self, name: str) -> Codes:
        """Return everybody in one arm, and in no other factor's."""
        return np.full((1, self.world.layout.size), self._names.index(name), dtype=np.int64)

    def _called(self, arm: Codes) -> npt.NDArray[np.object_]:
        names = np.array(self._names, dtype=object)[arm]
        found: npt.NDArray[np.object_] = names[0]
        for more in names[1:]:
            found = found + PLUS + more
        return found

    @property
    def _names(self) -> tuple[str, ...]:
        return self.world.layout.arms

    def _arms(self, arms: Sequence[str] | None) -> tuple[Codes, Codes]:
        """Return each unit's arms, one a factor, and the wave from which on its treatment acts."""
        layout = self.world.layout
        if arms is None:
            raise ValueError("a clustered panel needs an assignment")
        if layout.stepped is None:
            arm = layout.arm_codes(arms)[:, layout.assigned]
            return arm, np.full(layout.size, layout.begin, dtype=np.int64)
        steps = {label: place for place, label in enumerate(self.world.model.waves)}
        start = np.array([steps.get(str(label), NEVER) for label in arms], dtype=np.int64)[layout.assigned]
        return np.full((1, layout.size), layout.stepped, dtype=np.int64), start

    def _taken(self, arm: Codes) -> Codes:
        """Return whose treatment each unit gets once it has begun, one a factor; -1 for none."""
        taken = arm.copy()
        for name, rule in self.world.model.compliance.items():
            own = arm == self._names.index(name)
            taken[own & (self.comply >= rule.take_up)] = -1
            if rule.crosses_to is not None:
                taken[own & (self.comply < rule.crossover)] = self._names.index(rule.crosses_to)
        idle = [place for place, name in enumerate(self._names) if not self._acts(name)]
        taken[np.isin(taken, idle)] = -1
        return taken

    def _acts(self, name: str) -> bool:
        return name in self.world.layout.active

    def _present(self, arm: Codes) -> Flags:
        hazards = np.zeros((len(self._names), self.world.layout.waves))
        for name, shares in self.world.model.attrition.items():
            hazards[self._names.index(name)] = shares
        total = hazards[arm].sum(axis=0).T  # the shares of a unit's arms add up
        gone = np.logical_or.accumulate(self.leaving < total, axis=0)
        away = self.absent.copy()
        away[0] = False  # who is not met at the first wave is not enrolled
        found: Flags = ~gone & ~away
        return found

    def _lost(self, name: str) -> Flags:
        found = self.missing[name]
        return np.zeros(1, dtype=bool) if found is None else found

    def _indicator(self, item: Indicator, arm: Codes, taken: Codes, begun: Flags) -> Vector:
        source = taken if item.kind == "taken_up" else arm
        holds = np.logical_or.reduce([self._has(source, name) for name in item.arms])
        if item.kind == "assigned":
            return np.tile(holds.astype(float), len(begun))
        found: Vector = (begun & holds).astype(float).ravel()
        return found

    def _has(self, arm: Codes, name: str) -> Flags:
        """Return who is in an arm, or in every arm of a combination."""
        parts = [(arm == self._names.index(part)).any(axis=0) for part in name.split(PLUS)]
        found: Flags = np.logical_and.reduce(parts)
        return found

    def _realised(self, outcome: str, arm: Codes, taken: Codes, start: Codes, effects: Effects) -> Vector:
        added = self._effect(outcome, taken, start, effects)
        spill = self.world.model.spillover
        if spill is not None:
            groups = self.world.layout.neighbours(spill.within)
            for name in self._names:
                share = groups.share_of_others(self._has(arm, name))
                reached = self._effect(outcome, self._alone(name), start, effects)
                added = added + np.where((taken < 0).all(axis=0), spill.fraction * share * reached, 0.0)
        return self._values(outcome, added)

    def _everybody(self, outcome: str, names: tuple[str, ...], arm: Codes, start: Codes) -> Vector:
        """Return the outcome with everybody in these arms, and in the arms drawn of the other factors."""
        put = arm.copy()
        for name in names:
            put[self.world.layout.factor(name)] = self._names.index(name)
        return self._values(outcome, self._effect(outcome, self._taken(put), start, {}))

    def _effect(self, outcome: str, taken: Codes, start: Codes, effects: Effects) -> Vector:
        """Return the effect of the treatments taken, waves × units (or one row where they are the same)."""
        since = np.arange(self.world.layout.waves)[:, None] - start
        found: Vector = np.zeros(since.shape)
        for name, effect in self._declared(outcome, effects).items():
            holds = self._has(taken, name)
            if not holds.any():
                continue
            size = effect.size + sum(more * self.moderators[key] for key, more in effect.extra.items())
            path = np.array(effect.path or (1.0,))
            reached = np.where(since >= 0, path[np.clip(since, 0, len(path) - 1)], 0.0)
            found += np.where(holds, size * reached, 0.0)
        return found

    def _declared(self, outcome: str, effects: Effects) -> dict[str, Effect]:
        """Return the effects on an outcome by arm (and by combination), one of them replaced where that is asked."""
        declared, fixed = self.world.model.outcomes[outcome].effects, effects.get(outcome)
        if fixed is None:
            return declared
        layout, pair = self.world.layout, {fixed.arm_a, fixed.arm_b}
        if layout.factor(fixed.arm_a) != layout.factor(fixed.arm_b):
            kept = {name: effect for name, effect in declared.items() if not pair <= set(name.split(PLUS))}
            return {**kept, PLUS.join((fixed.arm_a, fixed.arm_b)): Effect(size=fixed.size)}
        kept = {
            name: effect
            for name, effect in declared.items()
            if pair.isdisjoint(name.split(PLUS)) or name == fixed.arm_b
        }
        base = declared.get(fixed.arm_b, Effect(size=0.0))
        return {**kept, fixed.arm_a: base.model_copy(update={"size": base.size + fixed.size})}

    def _values(self, outcome: str, added: Vector) -> Vector:
        item = self.world.model.outcomes[outcome]
        latent = self.latent[outcome] + added
        if item.scale == "binary":
            return (self.chance[outcome] < latent).astype(float)
        return written(item, latent)
