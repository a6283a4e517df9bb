"""Version 2: documents that events refer to, append-only, and the drafts of forms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE = (
    """CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents
       BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END""",
    """CREATE TRIGGER documents_no_delete BEFORE DELETE ON documents
       BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END""",
    # INSERT OR REPLACE deletes without firing the delete trigger.
    """CREATE TRIGGER documents_once BEFORE INSERT ON documents
       WHEN EXISTS (SELECT 1 FROM documents WHERE sha256 = NEW.sha256)
       BEGIN SELECT RAISE(ABORT, 'documents are append-only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION documents_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'documents are append-only'; END $$""",
    """CREATE TRIGGER documents_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON documents
       FOR EACH STATEMENT EXECUTE FUNCTION documents_refuse()""",
)


def upgrade() -> None:
    """Create both tables and the triggers of the first."""
    op.create_table(
        "documents",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("saved_at", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
