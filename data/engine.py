"""The database engine: SQLite in the workspace or PostgreSQL by URL, and how a transaction begins on each.

Belongs here: connecting, the write lock, the reader's one view. Does not: tables (data.catalog, data.migrations), what is
written (data.ledger and its users). Both give the same: one writer at a time, readers that never wait, commits that are synced.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from data.messages import PlatformFailed, Text

BUSY_MILLISECONDS = 60_000
"""How long a writer waits for the writer before it."""
WRITES = {"zonelab_writes": True}
"""Execution option of a connection that will write: it takes the write lock at once, so it never fails half-way."""

KEPT = 16
"""Engines kept open in a process, the least used one closed first."""

SQLITE = ("sqlite", "sqlite+pysqlite")
POSTGRESQL = ("postgresql+pg8000",)

_LOCK = "hashtextextended('zonelab.catalogue', 0)"
_POSTGRESQL_WRITES = (
    # Read committed, whatever the server's default: the head is read after the lock is ours, not before we waited for it.
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    f"SELECT set_config('lock_timeout', '{BUSY_MILLISECONDS}', true)",
    # A commit is acknowledged when it is on the disk; a server set to more (remote_apply) keeps its own.
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'",
    f"SELECT pg_advisory_xact_lock({_LOCK})",
)
_POSTGRESQL_READS = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",)


_engines: OrderedDict[sa.URL, sa.Engine] = OrderedDict()
_asking = threading.Lock()
_left_to_parents: list[sa.Pool] = []


def make_engine(url: sa.URL) -> sa.Engine:
    """Return the engine of a catalogue; one a process, so that statements compile once.

    SQLite runs in WAL with synchronous=FULL and begins write transactions with BEGIN IMMEDIATE. PostgreSQL takes an advisory lock
    for the transaction, and reads in one snapshot (repeatable read).

    Raises
    ------
    PlatformFailed
        E-LEDGER-01: `url` names another database or driver; none has been tested.
    """
    if url.drivername not in SQLITE + POSTGRESQL:
        raise PlatformFailed(
            "E-LEDGER-01",
            Text(
                en="ledger_url must be a SQLite address (sqlite:///path) or a PostgreSQL address with the driver that the "
                f"platform installs (postgresql+pg8000://user@host/database); {url.drivername} has not been tested.",
                zh="ledger_url 必须是 SQLite 地址（sqlite:///路径）或使用平台所装驱动的 PostgreSQL 地址"
                f"（postgresql+pg8000://用户@主机/数据库）；{url.drivername} 尚未测试。",
            ),
        )
    with _asking:
        if url not in _engines:
            _engines[url] = _sqlite(url) if url.drivername in SQLITE else _postgresql(url)
        _engines.move_to_end(url)
        while len(_engines) > KEPT:
            _engines.popitem(last=False)[1].dispose()
        return _engines[url]


def _sqlite(url: sa.URL) -> sa.Engine:
    """Keep a connection: to open and close one for each transaction empties the write-ahead log each time: five syncs for one."""
    engine = sa.create_engine(url, pool_size=1, max_overflow=-1)
    sa.event.listen(engine, "connect", _configure_sqlite)
    file = _File(Path(str(url.database)))
    sa.event.listen(engine, "do_connect", file.opened)
    sa.event.listen(engine, "checkout", file.asked)
    sa.event.listen(engine, "begin", _begin_sqlite)
    os.register_at_fork(after_in_child=partial(_leave_to_parent, engine))
    return engine


@dataclass
class _File:
    """The catalogue's file as its connections found it: one that was replaced is not mixed with what is kept of the other."""

    path: Path
    identity: tuple[int, int] | None = None

    def opened(self, *_about: object) -> None:
        """Look before a connection is made: a log that is left of another file would be taken for this file's."""
        present = self._present()
        log = self.path.with_name(f"{self.path.name}-wal")
        if None not in (self.identity, present) and present != self.identity and log.exists():
            raise _replaced(self.path.name)
        self.identity = present

    def asked(self, _connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        """Let a kept connection go if its file was put away or replaced since."""
        present = self._present()
        if record.info.setdefault("file", present) != present:
            raise sa.exc.DisconnectionError

    def _present(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


def _replaced(name: str) -> PlatformFailed:
    return PlatformFailed(
        "E-LEDGER-05",
        Text(
            en=f"{name} was replaced while it was in use, and {name}-wal belongs to the file before it: together they are no "
            f"catalogue. Nothing was read. Stop the platform, remove {name}-wal and {name}-shm, run `zonelab verify`.",
            zh=f"{name} 在使用中被替换，而 {name}-wal 属于之前的文件，两者不能合用；未读取任何内容。"
            f"请停止平台，删除 {name}-wal 和 {name}-shm，再运行 zonelab verify。",
        ),
    )


def _leave_to_parent(engine: sa.Engine) -> None:
    """Let a forked child open connections of its own: SQLite's may be neither used nor closed beyond a fork."""
    _left_to_parents.append(engine.pool)
    engine.dispose(close=False)


def _postgresql(url: sa.URL) -> sa.Engine:
    """Keep connections: one costs pg8000 about 80 ms, most of it reading the machine's certificates, which a socket needs not."""
    options = {"ssl_context": False} if "unix_sock" in url.query else {}
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args=options)
    sa.event.listen(engine, "begin", _begin_postgresql)
    os.register_at_fork(after_in_child=partial(_leave_to_parent, engine))
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection has no common type
    # the driver must not begin transactions of its own (deferred ones fail under load)
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.text_factory = _text


def _text(found: bytes) -> str:
    """Read text that a damaged disk made no UTF-8 as text all the same: verification must be able to name its place."""
    return found.decode("utf-8", "surrogateescape")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes(connection) else "BEGIN")


def _begin_postgresql(connection: sa.Connection) -> None:
    for statement in _POSTGRESQL_WRITES if writes(connection) else _POSTGRESQL_READS:
        connection.exec_driver_sql(statement)


def writes(connection: sa.Connection) -> bool:
    """Tell whether a connection was opened to write."""
    return bool(connection.get_execution_options().get("zonelab_writes", False))


class ThreadView(threading.local):
    """The open connection of each thread; a forked child has none of its parent's."""

    open: tuple[int, sa.Connection] | None = None

    def connection(self) -> sa.Connection | None:
        """Return this thread's; None if it has none open."""
        return self.open[1] if self.open is not None and self.open[0] == os.getpid() else None

    @contextmanager
    def through(self, connection: sa.Connection) -> Iterator[None]:
        """Make `connection` this thread's while the block runs."""
        before, self.open = self.open, (os.getpid(), connection)
        try:
            yield
        finally:
            self.open = before
