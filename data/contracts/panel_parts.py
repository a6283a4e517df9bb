"""What a contract says about waves, people and money: the roster, changes from wave to wave, expected rows, price bases.

Belongs here: these parts and what each must say. Does not: asking the archive (quality.beside), columns (model).
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Roster(BaseModel):
    """The table that lists who takes part: a value not in its `column`, in the zone, is refused (E-PANEL-01).

    Nothing is asked while the archive holds no row of that table for the zone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    contract: str
    column: str


class BetweenWaves(BaseModel):
    """How a unit's value may change from one wave to the next; a larger change is a warning (W-PANEL-03).

    `constant`: it may not. `rise_at_most` and `fall_at_most` bound numbers, in the column's unit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    constant: bool = False
    rise_at_most: float | None = Field(default=None, ge=0)
    fall_at_most: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one(self) -> Self:
        bounded = self.rise_at_most is not None or self.fall_at_most is not None
        if self.constant == bounded:
            raise ValueError("between_waves: say either constant, or rise_at_most and fall_at_most")
        return self


class PriceBase(BaseModel):
    """At whose prices a sum of money stands.

    `current`: those of the row's own year. `constant`: those of `base_year`. `not_stated`: the source does not say the year, so
    the sum can be neither deflated nor set beside another year's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prices: Literal["current", "constant", "not_stated"]
    base_year: int | None = Field(default=None, ge=1949, le=2100)
    currency: str = Field(default="RMB", pattern=r"^[A-Z]{3}$")

    @model_validator(mode="after")
    def _year(self) -> Self:
        if (self.prices == "constant") != (self.base_year is not None):
            raise ValueError("price_base: constant prices name their base_year, and only they")
        return self


class ExpectedRows(BaseModel):
    """How many rows one file should have; fewer or more is a warning (W-ROWS-01).

    `share_of_roster` is the smallest share of the people on the roster of the panel's unit that a wave's file should cover.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_least: int | None = Field(default=None, ge=1)
    at_most: int | None = Field(default=None, ge=1)
    share_of_roster: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.at_least is None and self.at_most is None and self.share_of_roster is None:
            raise ValueError("expected_rows: say at_least, at_most or share_of_roster")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"expected_rows: at_least {self.at_least} is above at_most {self.at_most}")
        return self
