"""All that the viewer reads: one release, through one hardened in-memory DuckDB connection a query.

Belongs here: the newest release, the walled query, what columns a table has. Does not: the lake or the ledger (never read), the
queries of pages (zone_reads, panel_reads, flow_reads), results files. A release is immutable: a cached answer never ages.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import streamlit as st

from data.duck import open_duckdb, parquet_source, quote_name, quote_text
from data.messages import NotFound
from data.paths import Workspace
from data.releases import NOTES, Release, load_release

Row = dict[str, object]


def latest_release(workspace: Workspace) -> Release | None:
    """Return the newest release, or None in a workspace without one; forget what was read before an erasure."""
    _forget_rewritten(workspace)
    try:
        return load_release(workspace, "latest")
    except NotFound:
        return None


_seen: dict[Path, tuple[tuple[str, int], ...]] = {}
"""What was noted of rewritten releases when this process last looked; a release's id does not tell."""


def _forget_rewritten(workspace: Workspace) -> None:
    found = tuple((path.name, path.stat().st_mtime_ns) for path in sorted((workspace.releases / NOTES).glob("*.json")))
    if _seen.setdefault(workspace.home, found) != found:
        _seen[workspace.home] = found
        st.cache_data.clear()


def query(release: Release, sql: str, parameters: list[object] | None = None) -> list[Row]:
    """Run one statement over the marts of `release`, each a view of its name.

    The connection sees the folders of the release's files and nothing else: no other file, no extension, no Python variable, and
    its settings are locked (domain/trust.md T13).

    Raises
    ------
    duckdb.Error
        Among others `PermissionException` when the statement reaches for anything else.
    """
    files = {mart: release.table(mart) for mart in release.tables}
    with closing(open_duckdb(threads=1, apart=True)) as connection:
        _wall(connection, files)
        cursor = connection.execute(sql, parameters or [])
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _wall(connection: duckdb.DuckDBPyConnection, files: dict[str, Path]) -> None:
    folders = ", ".join(quote_text(folder) for folder in sorted({str(path.parent) for path in files.values()}))
    connection.execute("set memory_limit = '1GB'")
    connection.execute(f"set allowed_directories = [{folders}]")
    connection.execute("set enable_external_access = false")
    for mart, path in files.items():
        connection.execute(f"create view {quote_name(mart)} as select * from {parquet_source([path])}")
    connection.execute("set lock_configuration = true")


@st.cache_data(max_entries=64, show_spinner=False)
def columns(home: Path, release_id: str, mart: str) -> list[str]:
    """Return the column names of a released mart; empty when the release does not hold it."""
    release = load_release(Workspace(home), release_id)
    if mart not in release.tables:
        return []
    return [str(row["column_name"]) for row in query(release, f"describe {quote_name(mart)}")]


def whole(value: object) -> int:
    """Return a count as DuckDB gave it; 0 for none."""
    return int(str(value)) if value is not None else 0
