"""Running the migrations in this process, in one transaction.

Belongs here: the only import of Alembic at run time. Does not: deciding whether there is something to do (data.migrations).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from data.engine import WRITES
from data.migrations import HEAD, KNOWN, version


def upgrade(engine: sa.Engine) -> None:
    """Bring the catalogue to the newest version, or leave it as it was if a step fails.

    A catalogue with tables but no version was made before versions were kept: it is stamped as the first one.
    """
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        if version(connection) == HEAD:  # another machine's process was first: the file lock holds on one machine only
            return
        config = configuration(connection)
        if version(connection) is None and sa.inspect(connection).has_table("events"):
            command.stamp(config, KNOWN[0])
        command.upgrade(config, "head")


def configuration(connection: sa.Connection) -> Config:
    """Return the Alembic configuration that runs this package's scripts on an open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "data:migrations")
    config.set_main_option("path_separator", "os")
    return config
