"""The vault's tables.

Belongs here: table definitions. Does not: what is done with them (vault, rotation). They share no database with the catalogue.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

keys = sa.Table(
    "vault_keys",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # next → current; a key that was replaced is deleted
    sa.Column("created_at", sa.Text, nullable=False),
    sa.CheckConstraint("state in ('next', 'current')", name="vault_keys_state"),
)

secret_values = sa.Table(
    "vault_secrets",
    metadata,
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("secret", sa.Text, nullable=False),
)

persons = sa.Table(
    "vault_persons",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("identifier", sa.Text, primary_key=True),
    sa.Column("pseudonym", sa.Text, nullable=False, unique=True),
    sa.Column("successor", sa.Text, unique=True),
)

contracts = sa.Table(
    "vault_contracts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
)
