"""What each zone's month is made from: the files of the growing tables that hold rows of it, the registers, the code.

Belongs here: files → months they touch → one key a month, the same as long as nothing behind it has changed. Does not: keeping
rows (store). Rows replace others of their key only, and a key says its zone and moment: whatever changes a month's rows lies in
files that hold rows of that month.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from data import asof, delta
from data.contracts import Contract, contract_digest, lake_schema, load_contracts
from data.delta import DataFile
from data.duck import parquet_source, quote_text
from data.fingerprint import fingerprint
from data.part_sums import identity
from data.paths import Workspace
from data.pins import Pin
from data.reference import zones
from quality.dbt_runner import project_digest

FORMAT = "months-2"
MOMENT = "observed_at"
REGISTERS = ("district_signal", "sensor_device")
"""Small tables that the kept models look things up in; a change of one makes every month of its zone anew."""
PLACES = {"charging_moment": "shenzhen", "weather_hour": "shenzhen"}
"""Growing tables of one place, whose rows name no zone: staging gives them this one."""
Month = tuple[str, str]
"""Zone and first day of the local month; the day is empty where the zone's clock is not known."""


@dataclass(frozen=True)
class Group:
    """The rows of one submission that a file holds of a zone's month."""

    zone_id: str
    month: str
    submission_id: str
    rows: int

    @property
    def at(self) -> Month:
        """Return zone and month."""
        return self.zone_id, self.month


@dataclass(frozen=True)
class Source:
    """A growing table as a build sees it: its files, and by their identity what they hold."""

    contract: Contract
    files: Mapping[str, DataFile]
    groups: Mapping[str, Sequence[Group]]

    def touching(self, months: Collection[Month]) -> list[str]:
        """Return the files that hold a row of one of these months."""
        return [name for name, groups in self.groups.items() if any(group.at in months for group in groups)]


@cache
def growing() -> tuple[str, ...]:
    """Return the contracts of panels with a moment in their key: their history grows by the month.

    >>> growing()
    ('air_weather_hour', 'charging_moment', 'sensor_reading', 'traffic_hour', 'weather_hour')
    """
    return tuple(sorted(name for name, contract in load_contracts("panel").items() if MOMENT in contract.key))


def code_digest() -> str:
    """Return what a kept month depends on beside the data: models, seeds, contracts, engine."""
    contracts = {name: contract_digest(load_contracts("panel")[name]) for name in (*growing(), *REGISTERS)}
    return _digest([FORMAT, project_digest(), contracts, duckdb.__version__])


def sources(
    workspace: Workspace,
    as_of_seq: int,
    groups_of: Mapping[str, Sequence[Group]],
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, Source]:
    """Return every growing table with what its files hold; `groups_of` knows some files already."""
    found = {}
    for name in growing():
        files = {identity(f): f for f in asof.visible_files(delta.files(workspace.lake / name), as_of_seq)}
        groups = {key: groups_of.get(key) or read_groups(connection, name, file) for key, file in files.items()}
        found[name] = Source(load_contracts("panel")[name], files, groups)
    return found


def read_groups(connection: duckdb.DuckDBPyConnection, table: str, file: DataFile) -> list[Group]:
    """Read from a file which months it has rows of."""
    zone, month, clocks = zone_sql(table, "r"), month_sql("r"), clocks_sql()
    rows = connection.execute(
        f"select {zone}, {month}, r.submission_id, count(*) from {parquet_source([file.path])} r "
        f"left join {clocks} c on {zone} = c.zone_id group by all order by all"
    ).fetchall()
    return [Group(*row) for row in rows]


def zone_sql(table: str, rows: str) -> str:
    """Return SQL for the zone of a row of a growing table."""
    return quote_text(PLACES[table]) if table in PLACES else f"{rows}.zone_id"


def clocks_sql() -> str:
    """Return SQL for a table of every zone's clock."""
    listed = ", ".join(f"({quote_text(zone.zone_id)}, {quote_text(zone.timezone)})" for zone in zones().values())
    return f"(select * from (values {listed}) t(zone_id, timezone))"


def month_sql(rows: str) -> str:
    """Return SQL for the local month of a row, as text; `c.timezone` is its zone's clock."""
    local = f"{rows}.{MOMENT} at time zone c.timezone"
    return f"coalesce(cast(cast(date_trunc('month', {local}) as date) as varchar), '')"


def month_keys(
    workspace: Workspace, pin: Pin, found: Mapping[str, Source], connection: duckdb.DuckDBPyConnection
) -> dict[Month, str]:
    """Return the key of every month that has rows: all that its rows, and what is made of them, depend on."""
    behind = _files_behind(pin, found)
    registers = _registers(workspace, pin, connection, {zone for zone, _ in behind})
    code = code_digest()
    return {month: _digest([code, registers[month[0]], month, files]) for month, files in behind.items()}


def zone_keys(months: Mapping[Month, str]) -> dict[str, str]:
    """Return the key of every zone: those of all its months, which also say its registers and the code.

    >>> zone_keys({("hefei", "2024-01-01"): "a"}) == zone_keys({("hefei", "2024-02-01"): "a"})
    False
    """
    told: dict[str, list[list[str]]] = defaultdict(list)
    for (zone, month), key in sorted(months.items()):
        told[zone].append([month, key])
    return {zone: _digest([zone, keys]) for zone, keys in told.items()}


def _files_behind(pin: Pin, found: Mapping[str, Source]) -> dict[Month, list[Any]]:
    """Return for each month the files behind it, sorted, each with how far it is read and what of it is held."""
    behind: dict[Month, list[Any]] = defaultdict(list)
    for source in found.values():
        for name, groups in source.groups.items():
            last = source.files[name].last_seq or 0
            said = [name, min(last, pin.as_of_seq), sorted({g.submission_id for g in groups} & pin.held)]
            for month in sorted({group.at for group in groups}):
                behind[month].append(said)
    return {month: sorted(files) for month, files in behind.items()}


def _registers(
    workspace: Workspace, pin: Pin, connection: duckdb.DuckDBPyConnection, wanted: Iterable[str]
) -> dict[str, list[str]]:
    """Return by zone the fingerprint of its rows in each register."""
    said: dict[str, list[str]] = {zone: [] for zone in wanted}
    for name in REGISTERS:
        contract = load_contracts("panel")[name]
        files = delta.files(workspace.lake / name)
        select = asof.view_select(lake_schema(contract), files, pin.as_of_seq, pin.held)
        for zone, told in said.items():
            told.append(
                fingerprint(connection, f"select * from ({select}) where zone_id = {quote_text(zone)}").fingerprint
            )
    return said


def _digest(told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
