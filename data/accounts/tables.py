"""The account store's tables.

Belongs here: table definitions. Does not: what is done with them (accounts, sessions, waiting). Every secret stands
here as a hash.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("password", sa.Text),  # argon2id; none until the invitation was taken up
    sa.Column("locked", sa.Boolean, nullable=False),
    sa.Column("invited_by", sa.Text, nullable=False),
    sa.Column("invited_at", sa.Text, nullable=False),
    sa.Column("opened_at", sa.Text),
    sa.Column("invitation", sa.Text, unique=True),  # sha256 of the code; gone once it was taken up
    sa.Column("invitation_until", sa.Text),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session", sa.Text, primary_key=True),  # sha256 of what the cookie holds
    sa.Column("user", sa.Text, nullable=False, index=True),
    sa.Column("began_at", sa.Text, nullable=False),
    sa.Column("until", sa.Text, nullable=False),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # keyed hash: somebody may have typed a password there
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", sa.Text, nullable=False),
    sa.Column("wait_until", sa.Text),
)

secret_values = sa.Table(
    "secret_values",
    metadata,
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("secret", sa.Text, nullable=False),
)
