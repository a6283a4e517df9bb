"""DuckDB connections as the platform opens them: hardened, UTC, no extension from outside.

Belongs here: opening a connection and quoting names, texts and file lists into SQL. Does not: queries.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

SPECIAL = re.compile(r"[*?\[]")
HARDENED: dict[str, str] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # SQL must not read Python variables by name
}


SPILLING_MB = 256
"""What a connection that may spill keeps in memory."""


_INSTANCES: dict[tuple[int, int], duckdb.DuckDBPyConnection] = {}
"""The instance in memory of each process and number of threads: opening one costs 20 ms, a connection to it 0.2 ms.

None is ever closed: a forked child may not touch its parent's, whose threads it does not have.
"""


def open_duckdb(
    path: str = ":memory:",
    threads: int = 2,
    *,
    spill: Path | None = None,
    apart: bool = False,
    memory_mb: int = SPILLING_MB,
) -> duckdb.DuckDBPyConnection:
    """Open a connection to DuckDB without extension downloads, session time zone UTC.

    Connections to `:memory:` that do not spill share one instance of the process. What they register and their `TEMP`
    tables and views are their own and go when they are closed. Who creates or attaches anything else, or changes the
    instance's settings, asks for one `apart`.

    Parameters
    ----------
    path
        A database file, or `:memory:`.
    threads
        Worker threads, at least 1.
    spill
        An existing folder for what does not fit into `memory_mb` of memory; None: no limit but the machine's.
    apart
        Whether the connection has an instance of its own, which ends with it.

    >>> open_duckdb().execute("select current_setting('TimeZone')").fetchone()
    ('UTC',)
    """
    if path == ":memory:" and spill is None and not apart:
        return _settled(_instance(threads).cursor())
    bounded = {} if spill is None else {"memory_limit": f"{memory_mb}MB", "temp_directory": str(spill / "spill")}
    return _settled(duckdb.connect(path, config={**HARDENED, **bounded, "threads": str(threads)}))


def _instance(threads: int) -> duckdb.DuckDBPyConnection:
    """Return this process's instance; one that an internal error of DuckDB has made unusable is replaced."""
    key = os.getpid(), threads
    try:
        _INSTANCES[key].execute("select 1")
    except (KeyError, duckdb.Error):
        _INSTANCES[key] = duckdb.connect(":memory:", config={**HARDENED, "threads": str(threads)})
    return _INSTANCES[key]


def _settled(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("SET enable_progress_bar = false")  # it writes into the output of commands
    connection.execute("SET TimeZone = 'UTC'")  # ICU is built in; dates cut from timestamps must not depend on the host
    return connection


def quote_name(name: str) -> str:
    """Return `name` as a quoted SQL identifier.

    >>> quote_name('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def quote_text(value: str) -> str:
    """Return `value` as a SQL string literal.

    >>> quote_text("o'clock")
    "'o''clock'"
    """
    return "'" + value.replace("'", "''") + "'"


def parquet_source(files: Iterable[Path]) -> str:
    """Return the `read_parquet(...)` call over exactly these files, whatever characters their folders hold.

    Columns are matched by name; a folder called `a=b` adds no column; `*`, `?` and `[` in a path are not patterns.
    """
    listed = ", ".join(quote_text(_literal_glob(path)) for path in files)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def _literal_glob(path: Path) -> str:
    return SPECIAL.sub(r"[\g<0>]", path.absolute().as_posix())
