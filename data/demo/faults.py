"""What goes wrong on the way: planted faults, each with the code the gate must answer and the row a spreadsheet shows.

Belongs here: the list of faults and how each changes a parcel. Does not: the gate's verdict (quality), rendering (sending).
Faults touch a handful of rows, so that they cannot move an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from data.demo.sending import Parcel, Style, stamps

Expectation = Literal["quarantined", "rejected", "accepted", "corrected", "duplicate"]
HEADER_ROWS = 1
KEYS = {
    "clinic_visit": ("person_id", "wave"),
    "organisation_quarter": ("org_id", "quarter"),
    "traffic_hour": ("district_id", "device_id", "observed_at"),
}


@dataclass(frozen=True)
class Cell:
    """A wrong value in one row of one file. `position` counts data rows from 0."""

    zone_id: str
    contract: str
    label: str
    position: int
    column: str
    value: object
    code: str


@dataclass(frozen=True)
class Planted:
    """A fault as told in `truth.json`: `rows` as a spreadsheet numbers them; `keys` of the rows that do not arrive."""

    file: str
    zone: str
    contract: str
    expect: Expectation
    code: str | None
    column: str | None
    rows: tuple[int, ...]
    keys: tuple[dict[str, str], ...] = ()


CELLS: tuple[Cell, ...] = (
    Cell("shanghai", "clinic_visit", "W2", 10, "interview_date", "2025-02-30", "E-TYPE-01"),
    Cell("shanghai", "clinic_visit", "W2", 20, "satisfaction_score", 7, "E-CODE-01"),
    Cell("shenzhen", "clinic_visit", "W3", 14, "wait_min", 9999, "E-RANGE-01"),
    Cell("tianjin", "clinic_visit", "W4", 8, "clinic_id", None, "E-REQ-01"),
    Cell("chongqing", "organisation_quarter", "2025Q1-2025Q4", 5, "headcount_total", "约120", "E-TYPE-05"),
    Cell("hefei", "organisation_quarter", "2023Q1-2024Q4", 7, "sector_code", "robotics", "E-CODE-01"),
    Cell("beijing", "traffic_hour", "2025-03", 40, "speed_kmh", 999.9, "E-RANGE-01"),
    Cell("shenzhen", "traffic_hour", "2025-02", 50, "observed_at", "2025-02-30 08:00", "E-TYPE-04"),
)
FULL_WIDTH = ("jinan", "clinic_visit", "W3", 6, "wait_min")
TWICE = ("chengdu", "clinic_visit", "W2", 5)
EXTRA_COLUMN = ("xian", "clinic_visit", "W2")
LACKING = ("deqing", "clinic_visit", "W2", "clinic_id")
UNREADABLE = ("beijing", "clinic_visit", "W3")
COPIED = ("hangzhou", "clinic_visit", "W3")
CORRECTED = ("hangzhou", "clinic_visit", "W2", (3, 9, 17))


def plant(sent: Iterable[Parcel]) -> tuple[list[Parcel], list[Planted]]:
    """Return the parcels with the faults in them, further parcels (draft, correction) included, and the list of faults."""
    parcels: list[Parcel] = []
    planted: list[Planted] = []
    for parcel in sent:
        place = (parcel.zone_id, parcel.contract, parcel.label)
        changed = parcel
        for cell in CELLS:
            if (cell.zone_id, cell.contract, cell.label) == place:
                changed, fault = _wrong_cell(changed, cell)
                planted.append(fault)
        if place == TWICE[:3]:
            changed, fault = _key_twice(changed, TWICE[3])
            planted.append(fault)
        if place == FULL_WIDTH[:3]:
            changed, fault = _full_width(changed, FULL_WIDTH[3], FULL_WIDTH[4])
            planted.append(fault)
        if place == EXTRA_COLUMN:
            changed = replace(changed, rows=changed.rows.assign(备注=""))
            planted.append(Planted(changed.name, *place[:2], "accepted", "W-COL-03", "备注", ()))
        if place == LACKING[:3]:
            draft, fault = _lacking_column(parcel, LACKING[3])
            parcels.append(draft)
            planted.append(fault)
        if place == CORRECTED[:3]:
            changed, correction, fault = _late_correction(changed, CORRECTED[3])
            parcels.append(correction)
            planted.append(fault)
        parcels.append(changed)
    return parcels, planted


def unreadable(parcel: Parcel, content: bytes) -> tuple[str, bytes, Planted] | None:
    """Return name, bytes and fault of a workbook that was cut off while it was sent, for the one parcel that has one."""
    if (parcel.zone_id, parcel.contract, parcel.label) != UNREADABLE or parcel.note:
        return None
    name = replace(parcel, note="cut").name
    fault = Planted(name, parcel.zone_id, parcel.contract, "rejected", "E-FILE-01", None, ())
    return name, content[: len(content) // 2], fault


def copied(parcel: Parcel) -> tuple[str, Planted] | None:
    """Return name and fault of a second copy of the same bytes, for the one parcel that is sent twice."""
    if (parcel.zone_id, parcel.contract, parcel.label) != COPIED or parcel.note:
        return None
    name = replace(parcel, note="again").name
    return name, Planted(name, parcel.zone_id, parcel.contract, "duplicate", None, None, ())


def _wrong_cell(parcel: Parcel, cell: Cell) -> tuple[Parcel, Planted]:
    rows = parcel.rows.astype({cell.column: object})
    if cell.column == "observed_at":  # the whole column is text then, as a logger with one broken stamp writes it
        rows[cell.column] = stamps(parcel.rows[cell.column], parcel.style)
    fault = Planted(
        parcel.name, cell.zone_id, cell.contract, "quarantined", cell.code, cell.column,
        (_shown(cell.position),), (_key(parcel, cell.position),),
    )  # fmt: skip
    rows.loc[cell.position, cell.column] = cell.value
    return replace(parcel, rows=rows), fault


def _full_width(parcel: Parcel, position: int, column: str) -> tuple[Parcel, Planted]:
    """Write one number with the digits of a Chinese input method: it is read as a number, with a warning."""
    rows = parcel.rows.astype({column: object})
    typed = f"{parcel.rows.loc[position, column]:.10g}"
    rows.loc[position, column] = typed.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    return replace(parcel, rows=rows), Planted(
        parcel.name, parcel.zone_id, parcel.contract, "accepted", "W-TYPE-03", column, ()
    )


def _key_twice(parcel: Parcel, position: int) -> tuple[Parcel, Planted]:
    """Append a row for a person who has one already, with another answer: nobody can say which is right."""
    again = parcel.rows.loc[[position]].assign(wait_min=parcel.rows.loc[position, "wait_min"] + 11.0)
    rows = pd.concat([parcel.rows, again], ignore_index=True)
    shown = (_shown(position), _shown(len(rows) - 1))
    fault = Planted(
        parcel.name, parcel.zone_id, parcel.contract, "quarantined", "E-KEY-01", None, shown, (_key(parcel, position),)
    )
    return replace(parcel, rows=rows), fault


def _lacking_column(parcel: Parcel, column: str) -> tuple[Parcel, Planted]:
    draft = replace(parcel, rows=parcel.rows.drop(columns=column), style=Style("csv"), note="draft")
    return draft, Planted(draft.name, parcel.zone_id, parcel.contract, "rejected", "E-COL-01", column, ())


def _late_correction(parcel: Parcel, positions: tuple[int, ...]) -> tuple[Parcel, Parcel, Planted]:
    """Mis-key some waits in the first file (one decimal place lost) and send the right ones later."""
    answered = parcel.rows.index[parcel.rows["wait_min"] >= 0]
    chosen = [int(answered[position]) for position in positions]
    wrong = parcel.rows.copy()
    wrong.loc[chosen, "wait_min"] = (wrong.loc[chosen, "wait_min"] * 10.0).clip(upper=600.0)
    correction = replace(
        parcel, rows=parcel.rows.loc[chosen].reset_index(drop=True), note="correction", is_correction=True
    )
    shown = tuple(_shown(position) for position in range(len(chosen)))
    fault = Planted(correction.name, parcel.zone_id, parcel.contract, "corrected", None, "wait_min", shown)
    return replace(parcel, rows=wrong), correction, fault


def _shown(position: int) -> int:
    """Return the row a spreadsheet shows for a data row counted from 0."""
    return position + HEADER_ROWS + 1


def _key(parcel: Parcel, position: int) -> dict[str, str]:
    row = parcel.rows.loc[position]
    key = {name: str(row[name]) for name in KEYS[parcel.contract] if name in parcel.rows.columns}
    if parcel.contract == "clinic_visit":
        key["wave"] = parcel.label
    return {"zone_id": parcel.zone_id, **key}
