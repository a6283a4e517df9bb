"""Version 3: the events of one object, and those of one kind, are found without reading the whole ledger."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create both indexes; no row of the ledger is touched."""
    op.create_index("events_object", "events", ["object_id", "kind"])
    op.create_index("events_kind", "events", ["kind"])
