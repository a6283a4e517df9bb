"""Migrations: how a catalogue made by any earlier version becomes the one that the code expects.

Belongs here: the order of versions (Alembic, one file a version in `versions/`) and the cheap question whether a catalogue is
up to date. Does not: the tables as they are now (data.catalog). Alembic is imported only when there is something to do.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.messages import PlatformFailed, Text

KNOWN = ("0001", "0002", "0003")
"""Every version, oldest first; held equal to `versions/` by a test."""
HEAD = KNOWN[-1]


def bring_up_to_date(engine: sa.Engine) -> None:
    """Create or upgrade the catalogue if it is not at the newest version. The caller holds the catalogue lock.

    Raises
    ------
    PlatformFailed
        E-LEDGER-02: the catalogue was made by a newer version of the platform. E-LEDGER-03: no connection.
    """
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                _write_ahead(connection)
            with connection.begin():
                found = version(connection)
    except (sa.exc.DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
        raise _unreachable(engine.url) from error
    if found == HEAD:
        return
    if found is not None and found not in KNOWN:
        raise _newer(found)
    from data.migrations.upgrade import upgrade

    upgrade(engine)


def version(connection: sa.Connection) -> str | None:
    """Return the catalogue's version; None if it is empty or older than versions are."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _write_ahead(connection: sa.Connection) -> None:
    """Switch SQLite to WAL, which it keeps: a no-op that touches no disk when it is so already."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA journal_mode = WAL")


def _newer(found: str) -> PlatformFailed:
    return PlatformFailed(
        "E-LEDGER-02",
        Text(
            en=f"The catalogue is at version {found}, this platform knows up to {HEAD}: it was written by a newer "
            "version. Nothing was changed; update the platform.",
            zh=f"目录库版本为 {found}，本平台只识别到 {HEAD}：它由更新的版本写入。未作任何改动；请升级平台。",
        ),
    )


def _unreachable(url: sa.URL) -> PlatformFailed:
    shown = url.render_as_string(hide_password=True)
    return PlatformFailed(
        "E-LEDGER-03",
        Text(
            en=f"The catalogue cannot be opened at {shown}. Check the address, the database's rights, that it runs and that "
            "it is not damaged.",
            zh=f"无法打开目录库 {shown}。请检查地址、数据库权限、数据库是否运行以及是否损坏。",
        ),
    )
