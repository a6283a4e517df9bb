"""Experiment SE-2026-0001, individuals: AI triage drawn by clinic within pairs, four waves of patients.

Belongs here: the parameters of this experiment (its truth) and the draw of its two tables in one zone. Does not: files.
Wait falls by 6.0 minutes on average, by more for the elderly; satisfaction does not move; treated patients stay longer in
the panel, which is ignorable given the arm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.demo.streams import Flags, Floats, Integers, prefix, stream

EXPERIMENT = "SE-2026-0001"
TREATED = "triage"
"""The arm under which a clinic has AI triage."""
MISSING = np.array([-1, -2, -8, -9])


@dataclass(frozen=True)
class ClinicWorld:
    """What is true of the triage experiment. Minutes unless said otherwise; shares are per wave."""

    blocks: int = 4
    clinics_per_block: int = 2
    persons: int = 30
    wave_starts: tuple[date, ...] = (date(2024, 11, 4), date(2025, 3, 3), date(2025, 7, 7), date(2025, 11, 3))
    assigned: date = date(2024, 12, 16)
    elderly_share: float = 0.30
    effect_elderly: float = -9.0
    effect_younger: float = -33.0 / 7.0  # so that 0.3 * -9 + 0.7 * -33/7 = -6.0 exactly
    effect_satisfaction: float = 0.0
    wait_mean: float = 45.0
    elderly_extra: float = 5.0
    spread_zone: float = 2.0
    spread_block: float = 2.0
    spread_clinic: float = 2.0
    spread_clinic_wave: float = 1.0
    spread_person: float = 6.0
    spread_noise: float = 6.0
    wave_shifts: tuple[float, ...] = (0.0, 1.2, -0.8, 0.5)
    dropout: tuple[float, float] = (0.08, 0.04)  # control, AI triage
    absence: float = 0.03
    missing: float = 0.03

    @property
    def effect(self) -> float:
        """Average effect on waiting time over all enrolled patients."""
        return self.elderly_share * self.effect_elderly + (1.0 - self.elderly_share) * self.effect_younger


WORLD = ClinicWorld()


@dataclass(frozen=True)
class _People:
    """Everyone enrolled in one zone; arrays of equal length."""

    person: list[str]
    clinic: Integers
    treat: Integers
    elderly: Flags
    gender: Integers
    birth_year: Integers


def simulate_clinics(
    seed: int, scale: float, zone_id: str, world: ClinicWorld = WORLD, *, arms: Mapping[str, str] | None = None
) -> dict[str, pd.DataFrame]:
    """Draw the tables `clinic_visit` and `clinic_assignment` of one zone, in contract columns, missing codes as sent.

    `arms` is a sealed assignment, clinic id → arm; without it the clinics are drawn here. Everything else that is random comes
    out the same with it as without.
    """
    rng = stream(seed, EXPERIMENT, zone_id)
    assignment = _assignment(rng, zone_id, world, arms)
    people = _people(rng, zone_id, scale, assignment["arm_code"].to_numpy(), world)
    wait = _wait(rng, people, world)
    satisfaction = _satisfaction(rng, people, world)
    present = _presence(rng, people.treat, world)
    clinics = assignment["clinic_id"].to_numpy()
    waves = [
        _wave(rng, zone_id, wave, people, clinics, wait[wave], satisfaction[wave], world).loc[present[wave]]
        for wave in range(len(world.wave_starts))
    ]
    return {"clinic_visit": pd.concat(waves, ignore_index=True), "clinic_assignment": assignment}


def persons_per_clinic(scale: float, world: ClinicWorld = WORLD) -> int:
    """Return how many patients a clinic enrols: a multiple of ten, so that exactly three in ten are elderly.

    >>> persons_per_clinic(1.0), persons_per_clinic(0.1)
    (30, 10)
    """
    return 10 * max(1, round(world.persons * scale / 10))


def clinic_list(zone_id: str, world: ClinicWorld = WORLD) -> pd.DataFrame:
    """Return the clinics of a zone and the pair of each: nothing random."""
    count = world.blocks * world.clinics_per_block
    code = prefix(zone_id)
    return pd.DataFrame(
        {
            "zone_id": zone_id,
            "clinic_id": [f"{code}-C{number:02d}" for number in range(1, count + 1)],
            "block_id": [f"{code}-B{1 + number // world.clinics_per_block}" for number in range(count)],
        }
    )


def _assignment(
    rng: np.random.Generator, zone_id: str, world: ClinicWorld, arms: Mapping[str, str] | None
) -> pd.DataFrame:
    half = np.repeat([0, 1], world.clinics_per_block // 2)
    codes = np.concatenate([rng.permutation(half) for _ in range(world.blocks)])
    listed = clinic_list(zone_id, world)
    if arms is not None:
        sealed = [
            arms.get(clinic) for clinic in listed["clinic_id"]
        ]  # a zone that nobody assigned keeps the draw above
        codes = np.array([own if arm is None else int(arm == TREATED) for arm, own in zip(sealed, codes, strict=True)])
    return pd.DataFrame(
        {
            "zone_id": zone_id,
            "clinic_id": listed["clinic_id"],
            "arm_code": codes.astype(np.int64),
            "block_id": listed["block_id"],
            "assigned_date": world.assigned,
            "is_simulated": True,
        }
    )


def _people(rng: np.random.Generator, zone_id: str, scale: float, arms: Integers, world: ClinicWorld) -> _People:
    size = persons_per_clinic(scale, world)
    clinic = np.repeat(np.arange(len(arms)), size)
    elderly = np.tile(np.arange(size) < round(world.elderly_share * size), len(arms))
    first = world.wave_starts[0].year
    age = np.where(elderly, rng.integers(60, 86, len(clinic)), rng.integers(18, 60, len(clinic)))
    code = prefix(zone_id)
    return _People(
        person=[f"{code}-P{number:05d}" for number in range(1, len(clinic) + 1)],
        clinic=clinic,
        treat=arms[clinic],
        elderly=elderly,
        gender=rng.integers(1, 3, len(clinic)),
        birth_year=first - age,
    )


def _wait(rng: np.random.Generator, people: _People, world: ClinicWorld) -> Floats:
    """Return minutes by wave and person, with the effect from the second wave on."""
    waves, clinics = len(world.wave_starts), int(people.clinic.max()) + 1
    block = np.repeat(rng.normal(0, world.spread_block, world.blocks), world.clinics_per_block)
    place = world.wait_mean + rng.normal(0, world.spread_zone) + block + rng.normal(0, world.spread_clinic, clinics)
    drift = rng.normal(0, world.spread_clinic_wave, (waves, clinics))
    person = rng.normal(0, world.spread_person, len(people.clinic)) + world.elderly_extra * people.elderly
    noise = rng.normal(0, world.spread_noise, (waves, len(people.clinic)))
    effect = np.where(people.elderly, world.effect_elderly, world.effect_younger) * people.treat
    started = (np.arange(waves) > 0)[:, None]
    level = (place[None, :] + drift)[:, people.clinic] + person + np.array(world.wave_shifts)[:, None]
    wait: Floats = np.maximum(np.round(level + noise + started * effect, 1), 0.0)
    return wait


def _satisfaction(rng: np.random.Generator, people: _People, world: ClinicWorld) -> Integers:
    waves, clinics = len(world.wave_starts), int(people.clinic.max()) + 1
    latent = (
        3.4
        + rng.normal(0, 0.25, clinics)[people.clinic]
        + rng.normal(0, 0.5, len(people.clinic))
        + rng.normal(0, 0.7, (waves, len(people.clinic)))
        + world.effect_satisfaction * people.treat
    )
    return np.clip(np.round(latent), 1, 5).astype(np.int64)


def _presence(rng: np.random.Generator, treat: Integers, world: ClinicWorld) -> Flags:
    """Return who is interviewed: everybody at W1; afterwards leavers stay away, absentees come back."""
    waves = len(world.wave_starts)
    hazard = np.where(treat == 1, world.dropout[1], world.dropout[0])
    leaves = rng.random((waves, len(treat))) < hazard
    absent = rng.random((waves, len(treat))) < world.absence
    leaves[0] = absent[0] = False  # being interviewed at W1 is what enrols a person
    return ~(np.cumsum(leaves, axis=0) > 0) & ~absent


def _wave(
    rng: np.random.Generator,
    zone_id: str,
    wave: int,
    people: _People,
    clinics: npt.NDArray[np.object_],
    wait: Floats,
    satisfaction: Integers,
    world: ClinicWorld,
) -> pd.DataFrame:
    count = len(people.person)
    days = rng.integers(0, 19, count)
    return pd.DataFrame(
        {
            "zone_id": zone_id,
            "person_id": people.person,
            "wave": f"W{wave + 1}",
            "clinic_id": clinics[people.clinic],
            "interview_date": [world.wave_starts[wave] + timedelta(days=int(day)) for day in days],
            "gender_code": people.gender,
            "birth_year": people.birth_year,
            "wait_min": with_missing(rng, wait, world.missing),
            "satisfaction_score": with_missing(rng, satisfaction.astype(float), world.missing).astype(np.int64),
            "is_simulated": True,
        }
    )


def with_missing(rng: np.random.Generator, values: Floats, share: float) -> Floats:
    """Return a copy in which a `share` of the values, drawn at random, is one of the four missing codes."""
    codes = MISSING[rng.integers(0, len(MISSING), len(values))]
    return np.where(rng.random(len(values)) < share, codes.astype(float), values)
