"""Parameters of `series`: devices that read every hour or day, released as means of periods.

Belongs here: names, units and bounds. Does not: drawing (generators).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from experiments.design.models.measured import Count, Measured, Spread
from experiments.registry.schema.meta import Part


class Noise(Part):
    """Stationary AR(1) noise of single readings: its standard deviation, and the correlation of neighbouring readings."""

    sd: Spread
    autocorrelation: float = Field(default=0.0, gt=-1, lt=1)


class SeriesOutcome(Measured):
    """An outcome that devices measure all the time and the released table holds as means of periods; in the outcome's unit.

    `missing` is the share of single readings that are lost.

    Parameters
    ----------
    mean, sd_unit
        Level at the first period and its standard deviation between units.
    sd_unit_period
        Standard deviation of what a unit has of its own in a period.
    reading, zone_reading
        Noise of single readings, of a unit's own and of all units of a zone together.
    trend
        Added at each period, one number a period; empty: none.
    effect, effect_slope
        Effect of full dose; and what it grows by with each later period under dose.
    """

    mean: float
    sd_unit: Spread = 0.0
    sd_unit_period: Spread = 0.0
    reading: Noise = Noise(sd=0.0)
    zone_reading: Noise = Noise(sd=0.0)
    trend: tuple[float, ...] = ()
    effect: float = 0.0
    effect_slope: float = 0.0


class Start(Part):
    """Units a zone that are switched on at a day (None: never), give or take `jitter_days` drawn evenly a zone and start."""

    day: date | None = None
    units_per_zone: Count = 1
    jitter_days: int = Field(default=0, ge=0)


class SeriesColumns(Part):
    """Names in the released table. None: no such column. `dose` is the share of a period's readings under treatment."""

    zone: str = "zone_id"
    unit: str
    period: str | None = None
    time: str
    dose: str | None = None
    treated: str | None = None


class Series(Part):
    """`series`: devices that read every hour or day, released as means of months or days; switched on at different days.

    Means of periods are drawn from their exact distribution (the mean of an AR(1) process), not reading by reading.

    Parameters
    ----------
    columns
        Names of the released table's columns; `time` counts months as year · 12 + month − 1, days from 0.
    zones
        Zone ids; empty: those of the protocol.
    first_day
        First day of the first period.
    periods
        How many.
    period
        What one row is the mean of.
    readings_per_day
        24: hourly.
    starts
        When units are switched on.
    outcomes
        By the column's name.
    down
        Share (0 to 1) of a period's readings that a device is down for.
    constants
        Further columns with one value throughout.
    """

    columns: SeriesColumns
    zones: tuple[str, ...] = ()
    first_day: date
    periods: int = Field(ge=2)
    period: Literal["month", "day"] = "month"
    readings_per_day: int = Field(default=24, ge=1)
    starts: tuple[Start, ...] = Field(min_length=1)
    outcomes: dict[str, SeriesOutcome] = Field(min_length=1)
    down: float = Field(default=0.0, ge=0, lt=1)
    constants: dict[str, str | float | bool] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> Series:
        if any(len(item.trend) not in (0, self.periods) for item in self.outcomes.values()):
            raise ValueError("trend needs one number a period")
        if self.period == "month" and self.first_day.day != 1:
            raise ValueError("months begin on their first day")
        return self
