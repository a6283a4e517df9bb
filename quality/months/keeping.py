"""One build's months: those that stay and those that are made anew, and the views that let the models see only the latter.

Belongs here: the order of the steps. Does not: keys (inputs), rows (store). The schema `lake` of a build holds of a growing table
the rows of months that are made anew; `whole` holds all of them, for the accounts. A month, and a zone, is kept only after every
check of the build that made it has passed, and a build that keeps nothing gives the same tables.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.asof import view_select
from data.contracts import lake_schema
from data.duck import quote_name, quote_text
from data.fingerprint import Content
from data.paths import Workspace
from data.pins import Pin
from quality.months import store
from quality.months.inputs import MOMENT, Month, Source, clocks_sql, month_keys, month_sql, sources, zone_keys, zone_sql
from quality.months.sums import contents

FILE = "months.duckdb"


@dataclass(frozen=True)
class Months:
    """What a build knows of months: all keys, those that stay, the growing tables."""

    path: Path
    keys: Mapping[Month, str]
    kept: frozenset[Month]
    zones_kept: frozenset[str]
    found: Mapping[str, Source]

    @property
    def made(self) -> frozenset[Month]:
        """Return the months that must be made anew."""
        return frozenset(self.keys) - self.kept

    @property
    def zones(self) -> dict[str, str]:
        """Return the key of every zone that has months: all that the rows of a mart that is kept by zone depend on."""
        return zone_keys(self.keys)

    def prepare(self, connection: duckdb.DuckDBPyConnection, pin: Pin) -> dict[str, int]:
        """Make schema `whole`, the views of the growing tables in `lake`, and the tables of kept months.

        Returns
        -------
        dict
            Growing table → rows behind the kept months: what staging will lack.
        """
        connection.execute("create schema whole")
        self._list(connection, "kept", {month: self.keys[month] for month in self.kept})
        self._list(connection, "made", {month: self.keys[month] for month in self.made})
        zones = self.zones
        self._list(
            connection, "zones_kept", {(zone, ""): key for zone, key in zones.items() if zone in self.zones_kept}
        )
        self._list(
            connection, "zones_made", {(zone, ""): key for zone, key in zones.items() if zone not in self.zones_kept}
        )
        connection.execute(f"create table whole.clocks as select * from {clocks_sql()}")
        for name, source in self.found.items():
            everything = _select(source, list(source.files), pin)
            connection.execute(f"create view whole.{quote_name(name)} as {everything}")
            connection.execute(f"create view lake.{quote_name(name)} as {self._anew(source, pin)}")
        with store.attached(connection, self.path):
            if self.kept:
                store.put_back(connection)
            counted = store.counts(connection)
        return {name: counted.get(name, 0) for name in self.found}

    def take_over(
        self, connection: duckdb.DuckDBPyConnection, staging: Mapping[str, str], files: Mapping[str, Path]
    ) -> dict[str, Content]:
        """Keep what this build has made; called when all its checks have passed.

        Returns
        -------
        dict
            What the `files` of marts that are kept by zone hold; only the zones that were made anew are read.
        """
        with store.attached(connection, self.path):
            connection.execute("begin")
            store.take_over(connection, staging)
            found = contents(connection, files)
            connection.execute("commit")
        return found

    def _list(self, connection: duckdb.DuckDBPyConnection, name: str, pieces: Mapping[Month, str]) -> None:
        rows = ", ".join(
            f"({quote_text(z)}, {quote_text(m)}, {quote_text(piece)})" for (z, m), piece in sorted(pieces.items())
        )
        connection.execute(f"create table whole.{name} (zone_id varchar, month varchar, piece varchar)")
        if rows:
            connection.execute(f"insert into whole.{name} values {rows}")

    def _anew(self, source: Source, pin: Pin) -> str:
        """Return the SELECT of the rows of months that are made anew, from the files that hold any."""
        if not self.kept:
            return _select(source, list(source.files), pin)
        files = source.touching(self.made)
        rows = _select(source, files, pin)
        if all(group.at in self.made for name in files for group in source.groups[name]):
            return rows
        zone = zone_sql(source.contract.name, "r")
        return (
            f"select r.* from (select * from ({rows}) where {self._near()}) r left join whole.clocks c on {zone} = c.zone_id "
            f"semi join whole.made m on {zone} = m.zone_id and {month_sql('r')} = m.month"
        )

    def _near(self) -> str:
        """Return SQL that keeps all moments of the months that are made anew, so that little else is put into local time."""
        days = sorted(month for _, month in self.made)
        if not days or not days[0]:
            return "true"
        return f"{MOMENT} >= date '{days[0]}' - 2 and {MOMENT} < date '{days[-1]}' + 34"


def plan(workspace: Workspace, pin: Pin) -> Months:
    """Return what stays of the builds before this one, and what must be made anew.

    Use it under the lock of builds.
    """
    path = workspace.build / FILE
    with store.opened(path) as connection:
        found = sources(workspace, pin.as_of_seq, store.known_groups(connection), connection)
        store.keep_groups(
            connection, {name: groups for source in found.values() for name, groups in source.groups.items()}
        )
        keys = month_keys(workspace, pin, found, connection)
        there = store.pieces(connection)
    return Months(path, keys, *_staying(keys, there), found)


def _staying(keys: Mapping[Month, str], there: Collection[str]) -> tuple[frozenset[Month], frozenset[str]]:
    """Return the months and the zones of which nothing has changed."""
    months = frozenset(month for month, key in keys.items() if key in there)
    lacking = {zone for zone, month in keys if (zone, month) not in months}
    return months, frozenset(zone for zone, key in zone_keys(keys).items() if key in there and zone not in lacking)


def _select(source: Source, names: Sequence[str], pin: Pin) -> str:
    return view_select(lake_schema(source.contract), [source.files[name] for name in names], pin.as_of_seq, pin.held)
