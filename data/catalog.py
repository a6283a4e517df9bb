"""The catalogue database: its tables, its engine, and how a write transaction begins.

Belongs here: table definitions and SQLite's settings. Does not: what a row means (ledger, submissions, lake, releases).
WAL with synchronous=FULL: readers never wait for a writer, and every commit is fsynced before it is acknowledged.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from data.messages import PlatformFailed, Text

BUSY_MILLISECONDS = 60_000
WRITES = {"zonelab_writes": True}
"""Execution option of a connection that will write: it takes SQLite's write lock at once, so it never fails half-way."""

metadata = sa.MetaData()

events = sa.Table(
    "events",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("object_id", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at_utc", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
)

submissions = sa.Table(
    "submissions",
    metadata,
    sa.Column("submission_id", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("contract", sa.Text, nullable=False),
    sa.Column("wave", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("rows_read", sa.Integer, nullable=False),
    sa.Column("rows_accepted", sa.Integer, nullable=False),
    sa.Column("rows_quarantined", sa.Integer, nullable=False),
    sa.Column("rows_unchanged", sa.Integer, nullable=False),
    sa.Column("problems", sa.Text, nullable=False),
    sa.Column("correction_reason", sa.Text),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Index("submissions_content", "sha256", "contract"),
)

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("submission_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("delta_version", sa.Integer),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.CheckConstraint("state in ('open', 'committed', 'aborted')", name="batches_state"),
)
# An aborted attempt leaves its row (and its sequence number, closed and empty); the retry is a new row.
sa.Index("batches_submission", batches.c.submission_id, unique=True, sqlite_where=batches.c.state != "aborted")

releases = sa.Table(
    "releases",
    metadata,
    sa.Column("release_id", sa.Text, primary_key=True),
    sa.Column("generation_id", sa.Text, nullable=False),
    sa.Column("manifest_sha256", sa.Text, nullable=False),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sqlite_autoincrement=True,  # the number of a removed draft is never given out again
)

APPEND_ONLY = (
    """CREATE TRIGGER IF NOT EXISTS events_no_update BEFORE UPDATE ON events
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER IF NOT EXISTS events_no_delete BEFORE DELETE ON events
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    # INSERT OR REPLACE deletes without firing the delete trigger: only the next number after the head may enter.
    """CREATE TRIGGER IF NOT EXISTS events_at_the_end BEFORE INSERT ON events
       WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER IF NOT EXISTS documents_no_update BEFORE UPDATE ON documents
       BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END""",
    """CREATE TRIGGER IF NOT EXISTS documents_no_delete BEFORE DELETE ON documents
       BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END""",
    """CREATE TRIGGER IF NOT EXISTS documents_once BEFORE INSERT ON documents
       WHEN EXISTS (SELECT 1 FROM documents WHERE sha256 = NEW.sha256)
       BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END""",
)


@lru_cache(maxsize=16)
def make_engine(url: sa.URL) -> sa.Engine:
    """Return an engine whose write transactions begin with BEGIN IMMEDIATE; one a process, so that statements compile once.

    Raises
    ------
    PlatformFailed
        E-LEDGER-01: `url` is not a SQLite address; no other database has been tested.
    """
    if url.get_backend_name() != "sqlite":
        raise PlatformFailed(
            "E-LEDGER-01",
            Text(
                en="ledger_url must be a SQLite address (sqlite:///path); no other database has been tested yet.",
                zh="ledger_url 必须是 SQLite 地址（sqlite:///路径）；尚未测试其他数据库。",
            ),
        )
    engine = sa.create_engine(url, poolclass=NullPool)
    sa.event.listen(engine, "connect", _configure)
    sa.event.listen(engine, "begin", _begin)
    return engine


def create_tables(engine: sa.Engine) -> None:
    """Create what is missing: tables, append-only triggers, WAL. The caller holds the catalogue lock."""
    with engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA journal_mode = WAL")
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        metadata.create_all(connection)
        for statement in APPEND_ONLY:
            connection.exec_driver_sql(statement)


def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection has no common type
    connection.isolation_level = (
        None  # the driver must not begin transactions of its own (deferred ones fail under load)
    )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("zonelab_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
