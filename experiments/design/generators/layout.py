"""Who is where in a clustered panel: ids and numbers of zones, blocks, clusters and units, and which of them are assigned.

Belongs here: what no draw changes. Does not: chance (clustered), the mechanism (assignment).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.design.generators.world import Flags, category, labels
from experiments.design.mechanisms.factorial import PLUS, factors_of
from experiments.design.models.clustered import ClusteredPanel, Moderator
from experiments.messages import refusal
from experiments.registry.schema.design import AssignmentSpec
from experiments.sample import Codes, Vector


@dataclass(frozen=True)
class Neighbours:
    """Groups of units of assignment; each unit of the panel belongs to one unit of assignment."""

    assigned: Codes
    group: Codes

    def share_of_others(self, treated: Flags) -> Vector:
        """Return, for each unit, the share of the other units of assignment in its group that are treated."""
        size = int(self.assigned.max()) + 1
        own = np.zeros(size)
        own[self.assigned] = treated
        group = np.zeros(size, dtype=np.int64)
        group[self.assigned] = self.group
        total, count = np.bincount(group, own), np.bincount(group)
        share = (total[group] - own) / np.maximum(count[group] - 1, 1)
        found: Vector = share[self.assigned]
        return found


@dataclass(frozen=True)
class Layout:
    """The lay of a panel. `cluster`, `block`, `zone`, `assigned` number each unit's own; rows are waves × units."""

    model: ClusteredPanel
    zone_ids: tuple[str, ...]
    arms: tuple[str, ...]
    spec: AssignmentSpec

    @property
    def zones(self) -> int:
        """Return the number of zones."""
        return len(self.zone_ids)

    @property
    def blocks(self) -> int:
        """Return the number of blocks."""
        return self.zones * self.model.blocks_per_zone

    @property
    def clusters(self) -> int:
        """Return the number of clusters."""
        return self.blocks * self.model.clusters_per_block

    @property
    def size(self) -> int:
        """Return the number of units."""
        return self.clusters * self.model.units_per_cluster

    @property
    def waves(self) -> int:
        """Return the number of waves."""
        return len(self.model.waves)

    @cached_property
    def cluster(self) -> Codes:
        """Return each unit's cluster."""
        return np.repeat(np.arange(self.clusters), self.model.units_per_cluster)

    @cached_property
    def block_of_cluster(self) -> Codes:
        """Return each cluster's block."""
        return np.repeat(np.arange(self.blocks), self.model.clusters_per_block)

    @cached_property
    def zone_of_cluster(self) -> Codes:
        """Return each cluster's zone."""
        return np.repeat(np.arange(self.zones), self.clusters // self.zones)

    @property
    def begin(self) -> int:
        """Return the number of the first wave at which treatment acts."""
        return self.model.waves.index(self.model.treated_from)

    @cached_property
    def active(self) -> frozenset[str]:
        """Return the arms that have a treatment: those with an effect, or in an indicator, or crossed over to."""
        effects = {name for item in self.model.outcomes.values() for name in item.effects}
        indicated = {name for item in self.model.indicators.values() for name in item.arms}
        named = {part for name in effects | indicated for part in name.split(PLUS)}
        return frozenset(named | {str(item.crosses_to) for item in self.model.compliance.values()})

    @cached_property
    def named(self) -> frozenset[str]:
        """Return every arm and combination that the model names."""
        effects = {name for item in self.model.outcomes.values() for name in item.effects}
        indicated = {name for item in self.model.indicators.values() for name in item.arms}
        crossed = {rule.crosses_to for rule in self.model.compliance.values() if rule.crosses_to is not None}
        return frozenset(effects | indicated | crossed | set(self.model.compliance) | set(self.model.attrition))

    def can_be(self, name: str) -> bool:
        """Return whether a unit can be in an arm, or in all arms of a combination: one a factor at most."""
        held = [levels for part in name.split(PLUS) for levels in self.factors if part in levels]
        return len(held) == len(name.split(PLUS)) == len(set(held))

    @cached_property
    def factors(self) -> tuple[tuple[str, ...], ...]:
        """Return the arms of each factor; a design that is not factorial has one."""
        return factors_of(self.spec) or (self.arms,)

    def factor(self, arm: str) -> int:
        """Return the number of the factor that an arm is a level of."""
        return next(place for place, levels in enumerate(self.factors) if arm in levels)

    def base(self, arm: str) -> str:
        """Return what an arm is beside in an interaction: the last other level of its factor."""
        return [level for level in self.factors[self.factor(arm)] if level != arm][-1]

    @cached_property
    def stepped(self) -> int | None:
        """Return the arm that units of a stepped wedge cross over to; None for another design."""
        if self.spec.method != "stepped_wedge":
            return None
        return next((place for place, name in enumerate(self.arms) if name in self.active), 0)

    @cached_property
    def tiled(self) -> Codes:
        """Return each row's unit."""
        return np.tile(np.arange(self.size), self.waves)

    @cached_property
    def columns(self) -> dict[str, object]:
        """Return the key columns, which no draw changes."""
        names, waves = self.model.columns, np.repeat(np.arange(self.waves), self.size)
        found: dict[str, object] = {name: values[self.tiled] for name, values in self._keys.items()}
        found[names.wave] = category(self.model.waves, waves)
        if names.wave_order:
            found[names.wave_order] = waves + 1
        if names.post:
            found[names.post] = waves >= self.begin
        return found

    @cached_property
    def _keys(self) -> dict[str, pd.Categorical]:
        """Return ids by column, outermost first, one a unit."""
        names, ids = self.model.columns, labels(self.zone_ids, "B", self.model.blocks_per_zone)
        clusters = labels(self.zone_ids, "C", self.clusters // self.zones)
        units = labels(self.zone_ids, "U", self.size // self.zones)
        found = {names.zone: category(self.zone_ids, self.zone_of_cluster[self.cluster])}
        if names.block:
            found[names.block] = category(ids, self.block_of_cluster[self.cluster])
        if names.cluster:
            found[names.cluster] = category(clusters, self.cluster)
        found[names.unit] = category(units, np.arange(self.size))
        return found

    @cached_property
    def assigned(self) -> Codes:
        """Return each unit's unit of assignment."""
        found: Codes = self._keys[self._level].codes.astype(np.int64)
        return found

    @cached_property
    def _level(self) -> str:
        wanted = self.spec.unit_id.split(":")[-1]
        if wanted not in self._keys:
            known = ", ".join(self._keys)
            raise refusal(
                "E-DIAG-06",
                reason=f"assignment_spec.unit_id {wanted} is not a key column of the model. Those are: {known}.",
                reason_zh=f"assignment_spec.unit_id {wanted} 不是模型的键列。键列有：{known}。",
            )
        return wanted

    @cached_property
    def units(self) -> pd.DataFrame:
        """Return the frame of assignment: one row a unit of assignment with the ids of all that it lies in."""
        first = np.unique(self.assigned, return_index=True)[1]
        place = list(self._keys).index(self._level)
        return pd.DataFrame({name: np.asarray(ids[first]) for name, ids in list(self._keys.items())[: place + 1]})

    def neighbours(self, within: str) -> Neighbours:
        """Return who may touch whom."""
        clusters = self.block_of_cluster if within == "block" else self.zone_of_cluster
        return Neighbours(self.assigned, clusters[self.cluster])

    def arm_codes(self, arms: Sequence[str]) -> Codes:
        """Return the numbers of arms by name, factors × units: of a factorial design those of each part of ``call+visit``."""
        number = {name: place for place, name in enumerate(self.arms)}
        known = {name: [number[part] for part in name.split(PLUS)] for name in set(arms)}
        return np.array([known[name] for name in arms], dtype=np.int64).T

    def moderator(self, item: Moderator, stream: np.random.Generator) -> Flags:
        """Return for whom a moderator holds, one a unit."""
        size = self.model.units_per_cluster
        if item.exact:
            share: Flags = np.tile(np.arange(size) < round(item.share * size), self.clusters)
            return share if item.level == "unit" else self._exact_clusters(item)
        drawn = stream.random(self.size if item.level == "unit" else self.clusters) < item.share
        return drawn if item.level == "unit" else drawn[self.cluster]

    def _exact_clusters(self, item: Moderator) -> Flags:
        holds: npt.NDArray[np.bool_] = np.arange(self.clusters) % max(self.clusters // self.zones, 1) < round(
            item.share * self.clusters / self.zones
        )
        found: Flags = holds[self.cluster]
        return found
