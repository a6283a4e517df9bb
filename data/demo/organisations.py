"""Experiment SE-2026-0002, organisations: AI copilots adopted in staggered quarters.

Belongs here: the parameters of this experiment (its truth) and the draw of its table in one zone. Does not: files.
Productivity rises with the quarters since adoption; headcount in routine jobs falls (a harm). Earlier adopters start from a
higher level, so a plain comparison of levels misleads; trends are parallel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.streams import Floats, Integers, autoregressive, prefix, stream

EXPERIMENT = "SE-2026-0002"
SECTORS = (
    "manufacturing",
    "logistics",
    "finance",
    "commerce",
    "medical_care",
    "education",
    "government",
    "transportation",
)
AI_INDUSTRY = {"core": 0.15, "related": 0.35, "none": 0.5}
"""Shares of the statistical categories of the AI industry."""
CATALOGUE = "SIMULATED AI industry catalogue, edition 1"


@dataclass(frozen=True)
class OrganisationWorld:
    """What is true of the copilot experiment. `rise` and `fall` are per quarter since adoption, counting the first as 1."""

    per_cohort: int = 5
    cohorts: tuple[str, ...] = ("2024Q1", "2024Q3", "2025Q1", "")  # "" never adopts
    first_year: int = 2023
    years: int = 3
    rise_krmb: float = 0.8
    rise_cap_krmb: float = 6.0
    fall_persons: float = -0.5
    fall_cap_persons: float = -3.5
    productivity_mean: float = 60.0
    early_extra: tuple[float, ...] = (4.0, 2.0, 1.0, 0.0)
    season_krmb: tuple[float, ...] = (-1.5, 0.0, 0.3, 1.8)
    growth_krmb: float = 0.35
    spread_level: float = 8.0
    spread_noise: float = 3.0
    spread_zone_quarter: float = 0.4
    spread_routine: float = 1.5
    rho: float = 0.5
    no_routine: float = 0.04
    missing: float = 0.015

    @property
    def quarters(self) -> tuple[str, ...]:
        """Labels of the quarters observed, in time order."""
        return tuple(f"{self.first_year + i // 4}Q{1 + i % 4}" for i in range(4 * self.years))

    def productivity_effect(self, since: Floats) -> Floats:
        """Return the effect (1,000 RMB) `since` quarters after adoption (0 = the quarter of adoption; negative = before)."""
        return np.where(since < 0, 0.0, np.minimum(self.rise_krmb * (since + 1.0), self.rise_cap_krmb))

    def routine_effect(self, since: Floats) -> Floats:
        """Return the effect (persons) on routine headcount `since` quarters after adoption."""
        return np.where(since < 0, 0.0, np.maximum(self.fall_persons * (since + 1.0), self.fall_cap_persons))


WORLD = OrganisationWorld()


def simulate_organisations(seed: int, scale: float, zone_id: str, world: OrganisationWorld = WORLD) -> pd.DataFrame:
    """Draw the table `organisation_quarter` of one zone, in contract columns, missing codes as sent."""
    rng = stream(seed, EXPERIMENT, zone_id)
    per_cohort = max(2, round(world.per_cohort * scale))
    cohort = rng.permutation(np.repeat(np.arange(len(world.cohorts)), per_cohort))
    since = _since_adoption(cohort, world)
    productivity = _productivity(rng, cohort, since, world)
    total, routine = _headcounts(rng, since, world)
    quarters, organisations = since.shape
    sector = np.array(SECTORS)[rng.integers(0, len(SECTORS), organisations)]
    return pd.DataFrame(
        {
            "zone_id": zone_id,
            "org_id": [f"{prefix(zone_id)}-O{number:03d}" for number in range(1, organisations + 1)] * quarters,
            "quarter": np.repeat(world.quarters, organisations),
            "sector_code": np.tile(sector, quarters),
            "ai_industry_code": np.tile(_ai_industry(seed, zone_id, organisations), quarters),
            "ai_industry_catalogue": CATALOGUE,
            "adopted_quarter": np.tile(np.array(world.cohorts)[cohort], quarters),
            "productivity_krmb": productivity.ravel(),
            "headcount_total": total.ravel(),
            "headcount_routine": routine.ravel(),
            "is_simulated": True,
        }
    )


def _ai_industry(seed: int, zone_id: str, organisations: int) -> list[str]:
    """Return each organisation's statistical category; drawn apart, so that no other number depends on it."""
    rng = stream(seed, f"{EXPERIMENT} AI industry", zone_id)
    return [str(code) for code in rng.choice(list(AI_INDUSTRY), organisations, p=list(AI_INDUSTRY.values()))]


def _since_adoption(cohort: Integers, world: OrganisationWorld) -> Floats:
    """Return quarters since adoption by quarter and organisation; minus infinity for those who never adopt."""
    start = [world.quarters.index(label) if label else np.inf for label in world.cohorts]
    since: Floats = np.subtract.outer(np.arange(len(world.quarters), dtype=float), np.array(start, dtype=float)[cohort])
    return since


def _productivity(rng: np.random.Generator, cohort: Integers, since: Floats, world: OrganisationWorld) -> Floats:
    quarters, organisations = since.shape
    level = (
        world.productivity_mean + np.array(world.early_extra)[cohort] + rng.normal(0, world.spread_level, organisations)
    )
    trend = np.resize(world.season_krmb, quarters) + world.growth_krmb * np.arange(quarters)
    shocks = rng.normal(0, world.spread_zone_quarter, quarters)
    noise = autoregressive(rng, quarters, organisations, rho=world.rho, spread=world.spread_noise)
    sent: Floats = np.round(np.add.outer(trend + shocks, level) + noise + world.productivity_effect(since), 2)
    return sent


def _headcounts(rng: np.random.Generator, since: Floats, world: OrganisationWorld) -> tuple[Integers, Integers]:
    """Return employees and employees in routine jobs; -8 where an organisation has no such jobs, -9 where it was lost."""
    shape = (since.shape[0], since.shape[1])
    level = rng.uniform(18, 70, shape[1])
    noise = autoregressive(rng, *shape, rho=world.rho, spread=world.spread_routine)
    routine = np.round(level + noise + world.routine_effect(since)).astype(np.int64)
    other = np.round(rng.uniform(40, 300, shape[1]) + rng.normal(0, 2, shape)).astype(np.int64)
    reported = np.where(rng.random(shape) < world.missing, -9, routine)
    without = rng.random(shape[1]) < world.no_routine
    return np.where(without, other, routine + other), np.where(without, -8, reported)
