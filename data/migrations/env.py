"""What Alembic runs: the versions, on the connection and inside the transaction that `upgrade` opened.

Belongs here: nothing else. It is executed by Alembic, never imported.
"""

from alembic import context

from data.catalog import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's too: our engine begins the transaction, not the driver
)
with context.begin_transaction():
    context.run_migrations()
