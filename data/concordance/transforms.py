"""The closed set of transforms: what may be done to a source before it is a harmonised value.

Belongs here: identity, recode, linear, bands, first_present, and what each must say. Does not: their SQL (sql), whether they fit
the contract (check). A transform that is none of these is a derived variable and belongs into a dbt model.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Identity(_Part):
    """The value as it is: same unit, same codes."""

    kind: Literal["identity"] = "identity"


class Recode(_Part):
    """Codes to codes. `map` names every code of the source's frame; null: no code of the target means it (status 17)."""

    kind: Literal["recode"]
    map: dict[str, str | None] = Field(min_length=1)


class Linear(_Part):
    """Another unit: value × `factor` + `offset`."""

    kind: Literal["linear"]
    factor: float = 1.0
    offset: float = 0.0

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.factor == 0 or (self.factor, self.offset) == (1.0, 0.0):
            raise ValueError("linear: a factor of 0 keeps nothing, and factor 1 with offset 0 is identity")
        return self


class Band(_Part):
    """Values from `at_least` (included) to `below` (not included) are `code`; an end that is not given is open."""

    code: str
    at_least: float | None = None
    below: float | None = None


class Bands(_Part):
    """Numbers to classes that meet without gap; a value in none of them is null with status 3 (implausible)."""

    kind: Literal["bands"]
    bands: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _meet(self) -> Self:
        for before, after in zip(self.bands, self.bands[1:], strict=False):
            if before.below is None or before.below != after.at_least:
                raise ValueError(
                    f"bands: {before.code} ends at {before.below} and {after.code} begins at {after.at_least}"
                )
        codes = [band.code for band in self.bands]
        if len(set(codes)) < len(codes):
            raise ValueError("bands: a code stands twice")
        return self


class FirstPresent(_Part):
    """The first of several sources that has a value; where none has, the reason of the first."""

    kind: Literal["first_present"]


Transform = Annotated[Identity | Recode | Linear | Bands | FirstPresent, Field(discriminator="kind")]
