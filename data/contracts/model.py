"""The contract's model: grain, key and columns with type, unit, labels, codes, range, sensitivity, missing codes.

Belongs here: what a contract may say, and that it is consistent with itself. Does not: reading YAML (load), Arrow (schema).
"""

from __future__ import annotations

import re
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.contracts.consistency import check_instruments, check_references, check_type
from data.contracts.form_parts import Parent, Split, Translation
from data.contracts.frames import Concordance, Instrument
from data.contracts.panel_parts import BetweenWaves, ExpectedRows, PriceBase, Roster
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
Identified = Literal["person", "household", "organisation", "device"]
"""Whom a column tells apart."""
Use = Literal["panel", "archive"]
DateOrder = Literal["ymd", "dmy", "mdy", "named"]
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


def _check_widths(contract: str, widths: dict[str, tuple[int, int]], columns: list[str]) -> None:
    strange = sorted(set(widths) - set(columns))
    if strange:
        raise ValueError(f"contract {contract}: fixed_width names columns that are not declared: {strange}")
    last = 0
    for name, (first, end) in sorted(widths.items(), key=lambda item: item[1]):
        if first <= last or end < first:
            raise ValueError(
                f"contract {contract}: fixed_width of {name} overlaps another column or ends before it begins"
            )
        last = end


class Column(BaseModel):
    """One column of a table.

    `source` says where the value comes from when the file has no such column: the submission's zone or wave. `parts` names
    file columns (year, month, day, hour) that make up a date or timestamp. A naive timestamp is local time in `timezone`
    and is stored in UTC. `missing_codes` maps a code in the file, as text, to a reason in `MISSING_STATUS`. `identifies` says
    whom the values tell apart; with sensitivity `direct` they are replaced at the gate by keyed pseudonyms (data.identity).
    `roster` names the table that lists the values allowed, `between_waves` how much a value may change. `date_order` says how
    dates are written: 25/06/2019 is `dmy`, "Jun 25, 2019 3:04:05 PM" is `named` (SurveyCTO); year first is always read.
    `asked_if` is a routing condition over other columns (`data.contracts.routing`): where it is false, an empty cell is
    `not_applicable`. `price_base`: at whose prices money stands. `translations`: language → label and code labels, beside English
    and Chinese.
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
    date_order: DateOrder = "ymd"
    split: Split | None = None
    asked_if: str | None = None
    codes: dict[str, Text] | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    missing_codes: dict[str, str] = Field(default_factory=dict)
    sensitivity: Sensitivity = "none"
    identifies: Identified | None = None
    roster: Roster | None = None
    between_waves: BetweenWaves | None = None
    price_base: PriceBase | None = None
    translations: dict[str, Translation] = Field(default_factory=dict)

    @property
    def is_replaced(self) -> bool:
        """Whether the gate stores a pseudonym in place of the value."""
        return self.identifies is not None and self.sensitivity == "direct"

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
        check_type(self)
        _check_pattern(self.name, self.pattern)
        _check_timezone(self.name, self.timezone)
        return self

    @property
    def heading(self) -> str:
        """The label in both languages, as the header of an upload template writes it."""
        return self.label.zh if self.label.zh == self.label.en else f"{self.label.zh}\n{self.label.en}"

    @property
    def has_status(self) -> bool:
        """Whether a companion column says why a value is absent."""
        return bool(self.missing_codes) or self.asked_if is not None


class Contract(BaseModel):
    """What a table's rows are and what a file for it must hold.

    `scope` is `zone` when every submission belongs to one pilot zone, `programme` when it does not (a national census, a
    published study): those are submitted with zone `programme`. `use` is `archive` for a table that is checked and kept but that
    no panel reads. `na_values` are texts that mean an empty cell; `thousands` says that numbers are written 1,234,567.
    `fixed_width` declares, for text files without separators, the first and last character of each column, from 1.
    `project` names what pseudonyms are made for: within it one person has one pseudonym in every table, across projects nothing
    links. `instruments` are the versions of the questionnaire with their waves and code frames; `instrument_column` holds the
    version where the file says it. `concordances` say how changed codes of an item read across versions.

    `review`: must a data steward approve each delivery before a panel shows it? `overlap`: what another reading of the same key
    does; `refuse` sends it to quarantine, `latest_reading` lets the greater `reading_version` stand in any order of arrival.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str = Field(pattern=r"^\d+\.\d+$")
    title: Text
    description: Text
    unit: Literal["person", "household", "organisation", "device", "district", "area", "zone", "clinic"]
    grain: str
    scope: Literal["zone", "programme"] = "zone"
    source_kind: Literal["survey", "admin", "sensor", "system_log"]
    use: Use = "panel"
    key: tuple[str, ...] = Field(min_length=1)
    wave_column: str | None = None
    project: str = Field(default="programme", pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    na_values: tuple[str, ...] = ()
    expected_rows: ExpectedRows | None = None
    thousands: Literal["none", "comma"] = "none"
    parent: Parent | None = None
    instruments: tuple[Instrument, ...] = ()
    instrument_column: str | None = None
    concordances: tuple[Concordance, ...] = ()
    fixed_width: dict[str, tuple[int, int]] = Field(default_factory=dict)
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
        named = (
            *self.key,
            *filter(None, [self.wave_column, self.instrument_column]),
            *(self.parent.key if self.parent else ()),
        )
        lost = [name for name in named if name not in names]
        if lost:
            raise ValueError(f"contract {self.name}: key, wave, instrument or parent columns not declared: {lost}")
        loose = [name for name in self.key if not self.column(name).required]
        if loose:
            raise ValueError(f"contract {self.name}: key columns must be required: {loose}")
        _check_widths(self.name, self.fixed_width, names)
        if not IDENTIFIER.match(self.name):
            raise ValueError(f"contract name {self.name!r}: use lower-case letters, digits and underscores")
        if self.wave_column not in self.key and any(column.between_waves for column in self.columns):
            raise ValueError(f"contract {self.name}: between_waves needs a wave_column that is part of the key")
        for column in self.columns:
            check_references(column, frozenset(names))
        check_instruments(self)
        _check_overlap(self)
        return self

    @property
    def replaced_columns(self) -> tuple[Column, ...]:
        """The direct identifiers, which the gate replaces by pseudonyms."""
        return tuple(column for column in self.columns if column.is_replaced)

    @property
    def person_columns(self) -> tuple[Column, ...]:
        """The columns that tell persons apart: declared so, or the own part of the key of a table of persons (codes do not)."""
        declared = tuple(column for column in self.columns if column.identifies == "person")
        if declared or self.unit != "person":
            return declared
        own = (self.column(name) for name in self.key if name != self.wave_column)
        kinds = ("string", "integer")
        own = (column for column in own if not column.codes and column.identifies is None)
        return tuple(column for column in own if column.source == "file" and column.type in kinds)

    @property
    def panel_unit(self) -> tuple[str, ...]:
        """The key without zone and wave: what is followed from wave to wave. Empty for a table without waves in its key.

        >>> from data.contracts import load_contract
        >>> load_contract("clinic_visit").panel_unit
        ('person_id',)
        """
        if self.wave_column not in self.key:
            return ()
        return tuple(name for name in self.key if name != self.wave_column and self.column(name).source == "file")

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
