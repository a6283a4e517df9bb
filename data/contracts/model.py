"""The contract's model: grain, key and columns with type, unit, labels, codes, range, sensitivity, missing codes.

Belongs here: what a contract may say, and that it is consistent with itself. Does not: reading YAML (load), Arrow (schema).
"""

from __future__ import annotations

import re
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.messages import Text

MISSING_STATUS: dict[str, int] = {
    "valid": 0,
    "dont_know": 1,
    "refused": 2,
    "implausible": 3,
    "inadmissible_multiple": 4,
    "not_in_instrument": 5,
    "modified_routing": 6,
    "proxy_not_asked": 7,
    "not_applicable": 8,
    "missing_by_error": 9,
    "not_asked_this_wave": 10,
    "unit_nonresponse": 11,
    "consent_withdrawn": 12,
    "suppressed": 13,
    "sensor_offline": 14,
    "admin_not_linked": 15,
    "out_of_detection": 16,
    "edited_to_missing": 17,
}
"""Why a value is absent, as the small integer kept in the `<column>__st` companion (domain/registry.md L8)."""

ColumnType = Literal["string", "integer", "number", "boolean", "date", "timestamp"]
Sensitivity = Literal["none", "quasi", "sensitive", "direct"]
IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")

RESERVED = ("rec_key", "submission_id")
"""Names that the lake adds to every table; its others begin with an underscore, which no column may."""


def _check_pattern(name: str, pattern: str | None) -> None:
    try:
        re.compile(pattern or "")
    except re.error as error:  # not a ValueError, so pydantic would let it through bare
        raise ValueError(f"column {name}: pattern is no regular expression: {error}") from error


def _check_timezone(name: str, timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"column {name}: there is no time zone {timezone!r}") from error


class Column(BaseModel):
    """One column of a table.

    `source` says where the value comes from when the file has no such column: the submission's zone or wave. `parts` names
    file columns (year, month, day, hour) that make up a date or timestamp. A naive timestamp is local time in `timezone`
    and is stored in UTC. `missing_codes` maps a code in the file, as text, to a reason in `MISSING_STATUS`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: ColumnType
    label: Text
    description: Text | None = None
    unit: str | None = None
    required: bool = False
    source: Literal["file", "zone", "wave"] = "file"
    aliases: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"
    codes: dict[str, Text] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    missing_codes: dict[str, str] = Field(default_factory=dict)
    sensitivity: Sensitivity = "none"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not IDENTIFIER.match(self.name) or self.name.endswith("__st"):
            raise ValueError(
                f"column name {self.name!r}: use lower-case letters, digits and underscores, not ending in __st"
            )
        if self.name in RESERVED:
            raise ValueError(f"column name {self.name!r} belongs to the archive; choose another")
        unknown = sorted(set(self.missing_codes.values()) - set(MISSING_STATUS))
        if unknown:
            raise ValueError(
                f"column {self.name}: unknown missing reasons {unknown}; use one of {sorted(MISSING_STATUS)}"
            )
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"column {self.name}: minimum {self.minimum} is above maximum {self.maximum}")
        if (self.minimum is not None or self.maximum is not None) and self.type not in ("integer", "number"):
            raise ValueError(f"column {self.name}: a range needs type integer or number, not {self.type}")
        if self.parts and self.type not in ("date", "timestamp"):
            raise ValueError(f"column {self.name}: parts make up a date or timestamp, not {self.type}")
        _check_pattern(self.name, self.pattern)
        _check_timezone(self.name, self.timezone)
        return self


class Contract(BaseModel):
    """What a table's rows are and what a file for it must hold.

    `scope` is `zone` when every submission belongs to one pilot zone, `programme` when it does not (a national census, a
    published study): those are submitted with zone `programme`. `na_values` are texts that mean an empty cell.

    `review`: must a data steward approve each delivery before a panel shows it? `overlap`: what another reading of the same key
    does; `refuse` sends it to quarantine, `latest_reading` lets the greater `reading_version` stand in any order of arrival.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str = Field(pattern=r"^\d+\.\d+$")
    title: Text
    description: Text
    unit: Literal["person", "organisation", "device", "district", "area", "zone", "clinic"]
    grain: str
    scope: Literal["zone", "programme"] = "zone"
    source_kind: Literal["survey", "admin", "sensor", "system_log"]
    key: tuple[str, ...] = Field(min_length=1)
    wave_column: str | None = None
    na_values: tuple[str, ...] = ()
    review: Literal["auto", "required"] = "auto"
    overlap: Literal["refuse", "latest_reading"] = "refuse"
    reading_version: str | None = None
    columns: tuple[Column, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [column.name for column in self.columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"contract {self.name}: columns declared twice: {twice}")
        lost = [name for name in (*self.key, *filter(None, [self.wave_column])) if name not in names]
        if lost:
            raise ValueError(f"contract {self.name}: key or wave columns not declared: {lost}")
        loose = [name for name in self.key if not self.column(name).required]
        if loose:
            raise ValueError(f"contract {self.name}: key columns must be required: {loose}")
        if not IDENTIFIER.match(self.name):
            raise ValueError(f"contract name {self.name!r}: use lower-case letters, digits and underscores")
        _check_overlap(self)
        return self

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _check_overlap(contract: Contract) -> None:
    """Refuse rules about overlapping deliveries that could not be kept whatever the order of arrival."""
    version = next((column for column in contract.columns if column.name == contract.reading_version), None)
    if contract.reading_version is not None and contract.overlap != "latest_reading":
        raise ValueError(f"contract {contract.name}: reading_version needs overlap latest_reading")
    if contract.overlap == "refuse":
        return
    if contract.source_kind not in ("sensor", "system_log") or contract.review != "auto":
        raise ValueError(f"contract {contract.name}: overlap latest_reading is for sensors and logs with review auto")
    if contract.reading_version is None:
        return
    ordered = version is not None and version.type in ("integer", "number", "date", "timestamp")
    if version is None or not ordered or not version.required or version.name in contract.key:
        raise ValueError(
            f"contract {contract.name}: reading_version must be a required column outside the key, a number, date or time"
        )
