"""The catalogue database: its tables, as the code uses them.

Belongs here: table definitions. Does not: how a transaction begins (data.engine), how an older catalogue becomes this one, and
the triggers that keep events and documents append-only (data.migrations), what a row means (ledger, submissions, lake, …).
"""

from __future__ import annotations

import sqlalchemy as sa

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
    sa.Index("events_object", "object_id", "kind"),
    sa.Index("events_kind", "kind"),
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
sa.Index(
    "batches_submission",
    batches.c.submission_id,
    unique=True,
    sqlite_where=batches.c.state != "aborted",
    postgresql_where=batches.c.state != "aborted",
)

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
