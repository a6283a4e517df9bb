"""The rows of months that stay, in a DuckDB file of the build folder: each row with the key of the month that it was made for.

Belongs here: reading and writing that file. Does not: which months stay (inputs, keeping). A withdrawal clears the folder. A
file that cannot be opened or was written by other code is removed: what it held is made anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data.duck import open_duckdb, quote_name, quote_text
from data.durable import remove_cache
from quality.months.inputs import Group, code_digest

KEPT = (
    "int_districts_aggregated",
    "int_sensor_days_made",
    "int_sensor_variables_listed",
    "int_traffic_devices_seen",
    "int_zones_air_aggregated",
)
"""The models of which months are kept: materialized as incremental, a row of one says its zone and local month."""
BY_ZONE = ("panel_sensor_day",)
"""The marts that are kept as a whole zone: what a row says may rest on other months of its zone, and on no other zone."""
BEHIND_ZONES = ("int_sensor_days_made",)
"""Those of `KEPT` that nothing but these marts is made of: months of a zone that stays are not put back."""
TABLES = (
    "create table about (code varchar)",
    "create table files (file varchar, zone_id varchar, month varchar, submission_id varchar, rows bigint)",
    "create table pieces (piece varchar)",
    "create table counts (piece varchar, source varchar, rows bigint)",
    "create table sums (piece varchar, mart varchar, rows hugeint, lower hugeint, upper hugeint)",
)


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the file, a new one if there is none that can be used."""
    connection = _usable(path) or _fresh(path)
    try:
        yield connection
    finally:
        connection.close()


def _usable(path: Path) -> duckdb.DuckDBPyConnection | None:
    try:
        connection = open_duckdb(str(path))
    except duckdb.Error:
        return None
    try:
        if connection.execute("select code from about").fetchall() == [(code_digest(),)]:
            return connection
    except duckdb.Error:
        pass
    connection.close()
    return None


def _fresh(path: Path) -> duckdb.DuckDBPyConnection:
    for left in (path, path.with_name(path.name + ".wal")):
        remove_cache(left)
    connection = open_duckdb(str(path))
    connection.execute("begin")
    for statement in TABLES:
        connection.execute(statement)
    connection.execute("insert into about values (?)", [code_digest()])
    connection.execute("commit")
    return connection


def known_groups(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Group]]:
    """Return what files are known to hold."""
    found: dict[str, list[Group]] = defaultdict(list)
    for file, *group in connection.execute("select * from files order by all").fetchall():
        found[file].append(Group(*group))
    return dict(found)


def keep_groups(connection: duckdb.DuckDBPyConnection, groups: Mapping[str, Sequence[Group]]) -> None:
    """Put what these files hold in place of what was known."""
    rows = [(file, g.zone_id, g.month, g.submission_id, g.rows) for file, found in groups.items() for g in found]
    connection.execute("begin")
    connection.execute("delete from files")
    for start in range(0, len(rows), 1000):
        part = rows[start : start + 1000]
        marks = ", ".join(["(?, ?, ?, ?, ?)"] * len(part))
        connection.execute(f"insert into files values {marks}", [value for row in part for value in row])
    connection.execute("commit")


def pieces(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the keys of the months that are kept."""
    return {row[0] for row in connection.execute("select piece from pieces").fetchall()}


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Have the file beside a build's database, as the catalogue `months`."""
    connection.execute(f"attach {quote_text(path.as_posix())} as months")
    try:
        yield
    finally:
        connection.execute("detach months")


def put_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of the kept models in a new build's database, of the months and zones that stay; dbt adds the others."""
    held = {
        row[0]
        for row in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'months'"
        ).fetchall()
    }
    for schema in ("intermediate", "marts"):
        connection.execute(f"create schema if not exists {schema}")
    for model in held.intersection(KEPT):
        made = "semi join whole.zones_made z on m.zone_id = z.zone_id" if model in BEHIND_ZONES else ""
        _put_back_model(connection, f"intermediate.{quote_name(model)}", model, f"{made} semi join whole.kept")
    for mart in held.intersection(BY_ZONE):
        _put_back_model(connection, f"marts.{quote_name(mart)}", mart, "semi join whole.zones_kept")


def _put_back_model(connection: duckdb.DuckDBPyConnection, table: str, model: str, joined: str) -> None:
    connection.execute(
        f"create table {table} as select m.* exclude (_piece) from months.{quote_name(model)} m {joined} k on m._piece = k.piece"
    )


def counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return by table the rows that the months in `whole.kept` were made from, as counted in staging when they were made."""
    query = "select source, cast(sum(rows) as bigint) from months.counts where piece in (select piece from whole.kept) group by 1"
    return dict(connection.execute(query).fetchall())


def take_over(connection: duckdb.DuckDBPyConnection, staging: Mapping[str, str]) -> None:
    """Keep what a build has made of the months in `whole.made`, and of the others only those in `whole.kept`; zones likewise.

    Use it within a transaction.

    Parameters
    ----------
    staging
        Growing table → its staging model.
    """
    for model in KEPT:
        month = "on m.zone_id = p.zone_id and coalesce(cast(m.month as varchar), '') = p.month"
        _take_over_model(connection, f"intermediate.{quote_name(model)}", model, "kept", f"whole.made p {month}")
    for mart in BY_ZONE:
        zone = "whole.zones_made p on m.zone_id = p.zone_id"
        _take_over_model(connection, f"marts.{quote_name(mart)}", mart, "zones_kept", zone)
    connection.execute("delete from months.counts where piece not in (select piece from whole.kept)")
    for source, model in staging.items():
        connection.execute(
            f"insert into months.counts select p.piece, {quote_text(source)}, count(*) from staging.{quote_name(model)} s "
            "join whole.made p on s.zone_id = p.zone_id and p.month = "
            "coalesce(cast(cast(date_trunc('month', s.observed_at_local) as date) as varchar), '') group by 1"
        )
    connection.execute("delete from months.pieces")
    for pieces_of in ("kept", "made", "zones_kept", "zones_made"):
        connection.execute(f"insert into months.pieces select piece from whole.{pieces_of}")


def _take_over_model(connection: duckdb.DuckDBPyConnection, table: str, model: str, kept: str, made: str) -> None:
    name = quote_name(model)
    connection.execute(f"create table if not exists months.{name} as select *, '' as _piece from {table} limit 0")
    connection.execute(f"delete from months.{name} where _piece not in (select piece from whole.{kept})")
    connection.execute(f"insert into months.{name} select m.*, p.piece from {table} m join {made}")
