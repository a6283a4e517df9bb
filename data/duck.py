"""DuckDB connections as the platform opens them: hardened, UTC, no extension from outside.

Belongs here: opening a connection and quoting names, texts and file lists into SQL. Does not: queries.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

HARDENED: dict[str, str] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # SQL must not read Python variables by name
}


SPILLING_MB = 256
"""What a connection that may spill keeps in memory."""


def open_duckdb(path: str = ":memory:", threads: int = 2, *, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open DuckDB without extension downloads, session time zone UTC.

    Parameters
    ----------
    path
        A database file, or `:memory:`.
    threads
        Worker threads, at least 1.
    spill
        An existing folder for what does not fit into `SPILLING_MB` of memory; None: no limit but the machine's.

    >>> open_duckdb().execute("select current_setting('TimeZone')").fetchone()
    ('UTC',)
    """
    bounded = {} if spill is None else {"memory_limit": f"{SPILLING_MB}MB", "temp_directory": str(spill / "spill")}
    connection = duckdb.connect(path, config={**HARDENED, **bounded, "threads": str(threads)})
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
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path.absolute().as_posix())
