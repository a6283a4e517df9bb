"""Experiment SE-2026-0003, society: adaptive signals switched on district by district, measured every hour.

Belongs here: the parameters of this experiment (its truth) and the draw of its two tables in one zone. Does not: files.
Speed rises by 1.8 km/h while signals are on; PM2.5 does not move (a placebo). Every zone switches on one district in each of
four months and keeps two for ever off, so a month's weather in a zone hits both sides of the comparison alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.streams import Flags, Floats, Integers, autoregressive, prefix, stream

EXPERIMENT = "SE-2026-0003"
CADENCES = (1, 2, 3, 4, 6)
MEASURED = (("speed_kmh", "km/h", 0.0, 150.0), ("pm25_ugm3", "µg/m3", 1.0, 1000.0))
"""What a roadside device measures: variable, unit, limits of detection."""


@dataclass(frozen=True)
class DistrictWorld:
    """What is true of the signal experiment. Hours are local; `spread_*` are standard deviations."""

    start: date = date(2025, 1, 1)
    end: date = date(2025, 7, 1)  # exclusive
    switch_days: tuple[date | None, ...] = (
        date(2025, 2, 12),
        date(2025, 3, 16),
        date(2025, 4, 20),
        date(2025, 6, 1),
        None,
        None,
    )
    jitter_days: int = 7
    effect_speed: float = 1.8
    effect_pm25: float = 0.0
    speed_mean: float = 32.0
    spread_speed_district: float = 4.0
    spread_speed_month: float = 0.3
    spread_speed_hour: float = 2.5
    spread_speed_zone_hour: float = 1.0
    pm25_mean: float = 70.0
    spread_pm25_district: float = 4.0
    spread_pm25_month: float = 0.8
    spread_pm25_hour: float = 6.0
    spread_pm25_zone_hour: float = 2.5
    rho: float = 0.7
    gaps: int = 3
    gap_hours: tuple[int, int] = (6, 48)
    offline: float = 0.008


WORLD = DistrictWorld()


def simulate_districts(seed: int, scale: float, zone_id: str, world: DistrictWorld = WORLD) -> dict[str, pd.DataFrame]:
    """Draw `traffic_hour`, `district_signal`, `sensor_device` of one zone, in contract columns, missing codes as sent."""
    rng = stream(seed, EXPERIMENT, zone_id)
    switched = _switch_dates(rng, world)
    clock = _clock(scale, world)
    on = np.column_stack([clock >= pd.Timestamp(day) if day else np.zeros(len(clock), bool) for day in switched])
    month = np.array([(moment.year - world.start.year) * 12 + moment.month - world.start.month for moment in clock])
    hour = np.array([moment.hour for moment in clock])
    weekend = np.array([moment.weekday() >= 5 for moment in clock])  # noqa: PLR2004 Saturday is 5
    speed = _speed(rng, month, hour, weekend, on, world)
    pm25 = _pm25(rng, month, hour, on, world)
    kept = ~_down(rng, clock, len(switched), world)
    districts = _district_ids(zone_id, len(switched))
    return {
        "traffic_hour": _hours(rng, zone_id, districts, clock, speed, pm25, kept, world),
        "district_signal": pd.DataFrame(
            {"zone_id": zone_id, "district_id": districts, "switched_on_date": switched, "is_simulated": True}
        ),
        "sensor_device": device_register(zone_id, scale, world),
    }


def signal_list(seed: int, zone_id: str, world: DistrictWorld = WORLD) -> pd.DataFrame:
    """Return the districts of a zone and the day on which each is switched on (None: never), as `simulate_districts` has them."""
    switched = _switch_dates(stream(seed, EXPERIMENT, zone_id), world)
    return pd.DataFrame(
        {"zone_id": zone_id, "district_id": _district_ids(zone_id, len(switched)), "switched_on_date": switched}
    )


def device_register(zone_id: str, scale: float, world: DistrictWorld = WORLD) -> pd.DataFrame:
    """Return the register of a zone's roadside devices, a row per device and variable: nothing random."""
    districts = _district_ids(zone_id, len(world.switch_days))
    rows = [
        {
            "zone_id": zone_id,
            "source_table": "traffic_hour",
            "device_id": f"{district}-S1",
            "variable": variable,
            "unit": unit,
            "site_id": f"{district}-P1",
            "district_id": district,
            "longitude_deg": np.nan,
            "latitude_deg": np.nan,
            "cadence_min": 60 * cadence_hours(scale),
            "detection_min": low,
            "detection_max": high,
            "clock_timezone": "Asia/Shanghai",
            "installed_date": world.start,
            "removed_date": None,
            "is_simulated": True,
        }
        for district in districts
        for variable, unit, low, high in MEASURED
    ]
    return pd.DataFrame(rows)


def _district_ids(zone_id: str, count: int) -> list[str]:
    return [f"{prefix(zone_id)}-D{number:02d}" for number in range(1, count + 1)]


def cadence_hours(scale: float) -> int:
    """Return the hours between readings: every hour at scale 1, thinned below so that months and days stay whole.

    >>> cadence_hours(1.0), cadence_hours(0.5), cadence_hours(0.1)
    (1, 2, 6)
    """
    return max(step for step in CADENCES if step <= max(1.0, 1.0 / scale))


def _switch_dates(rng: np.random.Generator, world: DistrictWorld) -> list[date | None]:
    shifts = rng.integers(-world.jitter_days, world.jitter_days + 1, len(world.switch_days))
    days = [
        None if day is None else day + timedelta(days=int(shift))
        for day, shift in zip(world.switch_days, shifts, strict=True)
    ]
    return [days[place] for place in rng.permutation(len(days))]


def _clock(scale: float, world: DistrictWorld) -> pd.DatetimeIndex:
    return pd.date_range(world.start, world.end, freq=f"{cadence_hours(scale)}h", inclusive="left")


def _speed(
    rng: np.random.Generator,
    month: Integers,
    hour: Integers,
    weekend: Flags,
    on: Flags,
    world: DistrictWorld,
) -> Floats:
    steps, districts = on.shape
    rush = np.exp(-((hour - 8.0) ** 2) / 4.0) + np.exp(-((hour - 18.0) ** 2) / 5.0)
    common = -7.0 * rush * np.where(weekend, 0.4, 1.0) + 2.0 * (hour < 6)  # noqa: PLR2004 the small hours
    common = common + rng.normal(0, world.spread_speed_zone_hour, steps)
    level = world.speed_mean + rng.normal(0, world.spread_speed_district, districts)
    drift = rng.normal(0, world.spread_speed_month, (int(month.max()) + 1, districts))[month]
    noise = autoregressive(rng, steps, districts, rho=world.rho, spread=world.spread_speed_hour)
    sent: Floats = np.clip(np.round(level + common[:, None] + drift + noise + world.effect_speed * on, 1), 1.0, 149.0)
    return sent


def _pm25(rng: np.random.Generator, month: Integers, hour: Integers, on: Flags, world: DistrictWorld) -> Floats:
    steps, districts = on.shape
    season = world.pm25_mean - 5.0 * month + 4.0 * np.cos((hour - 22.0) / 24.0 * 2.0 * np.pi)
    weather = autoregressive(rng, steps, 1, rho=0.9, spread=world.spread_pm25_zone_hour)
    level = rng.normal(0, world.spread_pm25_district, districts)
    drift = rng.normal(0, world.spread_pm25_month, (int(month.max()) + 1, districts))[month]
    noise = autoregressive(rng, steps, districts, rho=world.rho, spread=world.spread_pm25_hour)
    sent: Floats = np.maximum(
        np.round(season[:, None] + weather + level + drift + noise + world.effect_pm25 * on, 1), 1.0
    )
    return sent


def _down(rng: np.random.Generator, clock: pd.DatetimeIndex, districts: int, world: DistrictWorld) -> Flags:
    """Return where a device was down: such hours have no row at all."""
    elapsed = ((clock - clock[0]) / pd.Timedelta(hours=1)).to_numpy()
    down = np.zeros((len(clock), districts), dtype=bool)
    for district in range(districts):
        starts = rng.uniform(0, elapsed[-1], world.gaps)
        lengths = rng.integers(world.gap_hours[0], world.gap_hours[1] + 1, world.gaps)
        for begin, length in zip(starts, lengths, strict=True):
            down[:, district] |= (elapsed >= begin) & (elapsed < begin + length)
    return down


def _hours(
    rng: np.random.Generator,
    zone_id: str,
    districts: list[str],
    clock: pd.DatetimeIndex,
    speed: Floats,
    pm25: Floats,
    kept: Flags,
    world: DistrictWorld,
) -> pd.DataFrame:
    steps, count = kept.shape
    frame = pd.DataFrame(
        {
            "zone_id": zone_id,
            "district_id": districts * steps,
            "device_id": [f"{district}-S1" for district in districts] * steps,
            "observed_at": np.repeat(clock.to_numpy(), count),
            "speed_kmh": np.where(rng.random(steps * count) < world.offline, -9.0, speed.ravel()),
            "pm25_ugm3": np.where(rng.random(steps * count) < world.offline, -9.0, pm25.ravel()),
            "is_simulated": True,
        }
    )
    return frame.loc[kept.ravel()].reset_index(drop=True)
