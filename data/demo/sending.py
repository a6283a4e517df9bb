"""How each zone sends its tables: which file holds which rows, under which headers, in which format and encoding.

Belongs here: tables → parcels (one per file) → bytes. Does not: what goes wrong on the way (faults), folders (delivery).
Bytes depend on the parcel alone, so a second run writes the same files and the gate answers `duplicate`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd

from data.contracts import load_contract
from data.demo.programme import DemoTables
from data.demo.workbook import workbook_bytes
from data.reference import PROGRAMME

Format = Literal["xlsx", "csv", "parquet"]


@dataclass(frozen=True)
class Style:
    """What a zone's tool exports. `headers`: Chinese as staff type them, or the contract's names; slash: 2025/3/5 8:00."""

    format: Format
    encoding: str = "utf-8"
    delimiter: str = ","
    headers: Literal["zh", "contract"] = "zh"
    day: Literal["iso", "slash"] = "iso"


@dataclass(frozen=True)
class Parcel:
    """One file before it is rendered: whose, which table, its label (wave, quarters, month) and its rows without zone."""

    zone_id: str
    contract: str
    label: str
    rows: pd.DataFrame = field(repr=False)
    style: Style
    note: str = ""
    is_correction: bool = False

    @property
    def name(self) -> str:
        """File name, opened by SIMULATED and carrying the label that the inbox reads."""
        middle = f"_{self.label}" if self.label else ""
        tail = f"_{self.note}" if self.note else ""
        return f"SIMULATED_{self.contract}_{self.zone_id}{middle}{tail}.{self.style.format}"


@dataclass(frozen=True)
class DemoFile:
    """A file as written: where (relative to the demo folder), how many rows, its digest."""

    zone: str
    contract: str
    path: str
    rows: int
    size: int
    sha256: str
    is_correction: bool


@dataclass(frozen=True)
class DemoManifest:
    """All files of one generated programme. `folder` holds `files/`, `manifest.json` and `truth.json`."""

    folder: Path
    seed: int
    scale: float
    files: tuple[DemoFile, ...]


CHINESE_WORKBOOK = Style("xlsx")
SURVEY_STYLES: dict[str, Style] = {
    "chengdu": Style("csv", encoding="gb18030"),
    "chongqing": Style("csv", encoding="gb18030"),
    "hefei": Style("csv", encoding="utf-8-sig"),
    "jinan": Style("csv", delimiter=";", day="slash"),
    "shanghai": Style("xlsx", headers="contract"),
}
"""Zones that do not send a workbook with Chinese headers; a new zone does until somebody says otherwise."""

SENSOR_STYLES: dict[str, Style] = {
    "tianjin": Style("csv"),
    "jinan": Style("csv"),
    "xian": Style("csv", day="slash"),
}
PLAIN = Style("csv", headers="contract")
REGISTERS = ("sample_file", "unit_link", "unit_event", "organisation_event", "ai_exposure")
"""Tables that each zone sends as one file for the whole programme."""
REPORTED = ("sensor_device", "zone_document", "zone_indicator_year", "zone_practice")
"""What a zone sends of itself, one small file each."""
COLUMNAR = ("beijing", "2025-06")
"""The one zone and month whose sensor platform exports Parquet."""

WAVE_IN_NAME_ONLY = frozenset({"chengdu", "jinan"})
"""Zones whose survey files have no wave column: the wave comes from the file name."""


def parcels(tables: DemoTables) -> Iterator[Parcel]:
    """Yield the files of the programme, in zone order: visits by wave, organisations by period, sensors by month.

    Then registers, and what the zone reports of itself.
    """
    for zone_id in tables.clinic_assignment["zone_id"].unique():
        yield from _visits(tables, zone_id)
        yield from _organisations(tables, zone_id)
        yield from _sensors(tables, zone_id)
        yield Parcel(zone_id, "clinic_assignment", "", _of_zone(tables.clinic_assignment, zone_id), PLAIN)
        yield Parcel(zone_id, "district_signal", "", _of_zone(tables.district_signal, zone_id), PLAIN)
        for contract in REGISTERS:
            yield Parcel(zone_id, contract, "", _of_zone(getattr(tables, contract), zone_id), PLAIN)
        for name in REPORTED:
            rows = _of_zone(getattr(tables, name), zone_id)
            if len(rows):
                yield Parcel(zone_id, name, "", rows, PLAIN)
    yield Parcel(PROGRAMME, "open_platform", "", tables.open_platform, PLAIN)


def _of_zone(table: pd.DataFrame, zone_id: str) -> pd.DataFrame:
    return table.loc[table["zone_id"] == zone_id].drop(columns="zone_id").reset_index(drop=True)


def _visits(tables: DemoTables, zone_id: str) -> Iterator[Parcel]:
    style = SURVEY_STYLES.get(zone_id, CHINESE_WORKBOOK)
    for wave, rows in _of_zone(tables.clinic_visit, zone_id).groupby("wave", sort=True):
        sent = rows.drop(columns="wave") if zone_id in WAVE_IN_NAME_ONLY else rows
        yield Parcel(zone_id, "clinic_visit", str(wave), sent.reset_index(drop=True), style)


def _organisations(tables: DemoTables, zone_id: str) -> Iterator[Parcel]:
    """Yield two files: the history sent at enrolment (2023 and 2024) and the last year's."""
    style = SURVEY_STYLES.get(zone_id, CHINESE_WORKBOOK)
    rows = _of_zone(tables.organisation_quarter, zone_id)
    last = rows["quarter"].max()[:4]
    is_last = rows["quarter"].str[:4] == last
    for part in (rows.loc[~is_last], rows.loc[is_last]):
        label = f"{part['quarter'].min()}-{part['quarter'].max()}"
        yield Parcel(zone_id, "organisation_quarter", label, part.reset_index(drop=True), style)


def _sensors(tables: DemoTables, zone_id: str) -> Iterator[Parcel]:
    rows = _of_zone(tables.traffic_hour, zone_id)
    for month, part in rows.groupby(rows["observed_at"].dt.strftime("%Y-%m"), sort=True):
        style = (
            Style("parquet", headers="contract") if (zone_id, month) == COLUMNAR else SENSOR_STYLES.get(zone_id, PLAIN)
        )
        yield Parcel(zone_id, "traffic_hour", str(month), part.reset_index(drop=True), style)


def render(parcel: Parcel) -> bytes:
    """Return the file's bytes: equal parcels, equal bytes."""
    if parcel.style.format == "parquet":
        return _parquet(parcel.rows)
    rows = parcel.rows.rename(columns=_headers(parcel))
    if parcel.style.format == "xlsx":
        return workbook_bytes(rows, title="SIMULATED")
    return _text(rows, parcel.style)


def _headers(parcel: Parcel) -> dict[str, str]:
    if parcel.style.headers == "contract":
        return {}
    return {column.name: column.aliases[0] for column in load_contract(parcel.contract).columns if column.aliases}


def _text(rows: pd.DataFrame, style: Style) -> bytes:
    ready = rows.copy()
    for name in ready.select_dtypes("datetime").columns:
        ready[name] = stamps(ready[name], style)
    for name in ready.columns[ready.dtypes.map(pd.api.types.is_object_dtype)]:
        ready[name] = ready[name].map(lambda cell: day_text(cell, style) if isinstance(cell, date) else cell)
    words = {True: "是", False: "否"} if style.headers == "zh" else {True: "TRUE", False: "FALSE"}
    for name in ready.select_dtypes("bool").columns:
        ready[name] = ready[name].map(words)
    text = ready.to_csv(index=False, sep=style.delimiter, lineterminator="\r\n", float_format="%.10g")
    return str(text).encode(style.encoding)


def stamps(moments: pd.Series, style: Style) -> pd.Series:
    """Return moments as the style writes them: 2025-03-05 08:00, or 2025/3/5 8:00."""
    if style.day == "iso":
        return moments.dt.strftime("%Y-%m-%d %H:%M")
    days = moments.dt.normalize()
    day = days.map({moment: day_text(moment.date(), style) for moment in days.unique()})
    return day + " " + moments.dt.hour.astype(str) + moments.dt.strftime(":%M")


def day_text(day: date, style: Style) -> str:
    """Return a day as the style writes it.

    >>> day_text(date(2025, 3, 5), Style("csv", day="slash"))
    '2025/3/5'
    """
    return day.isoformat() if style.day == "iso" else f"{day.year}/{day.month}/{day.day}"


def _parquet(rows: pd.DataFrame) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(
        pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None), sink, compression="zstd"
    )
    return sink.getvalue()
