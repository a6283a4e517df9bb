"""The file of the account store: opening it, its transactions, hashes and times.

Belongs here: `<home>/accounts/accounts.db` (folder 0700, file 0600). Does not: what stands in it. What cannot be read is an
error, never an empty store: a login that cannot be checked is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from data.accounts.tables import metadata, secret_values
from data.durable import make_folder, sync_folder
from data.engine import WRITES, make_engine
from data.locks import exclusive
from data.messages import PlatformFailed, Text
from data.paths import Workspace

_NAMES = "names"


class Store:
    """The account store of one workspace. Open it with `Store.open`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, workspace: Workspace) -> Store:
        """Open the store, making it on first use.

        Raises
        ------
        PlatformFailed
            E-LOGIN-02: it cannot be read. Then nobody is signed in.
        """
        path = workspace.accounts
        store = cls(make_engine(sa.URL.create("sqlite", database=str(path.absolute()))))
        if not path.exists():
            with _told(), exclusive(workspace.home / ".accounts.lock"):
                store._make(workspace)
        return store

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Yield a connection that holds the store's write lock; commit on leaving, roll back if the block raises."""
        with _told(), self._engine.connect().execution_options(**WRITES) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection with one consistent view."""
        with _told(), self._engine.connect() as connection, connection.begin():
            yield connection

    def name_hash(self, name: str) -> str:
        """Return the keyed hash under which tries for a name are counted."""
        with self.reading() as connection:
            query = sa.select(secret_values.c.secret).where(secret_values.c.purpose == _NAMES)
            key = bytes.fromhex(connection.execute(query).scalar_one())
        return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()

    def _make(self, workspace: Workspace) -> None:
        path = workspace.accounts
        if path.exists():
            return
        make_folder(path.parent)
        path.parent.chmod(0o700)
        made = path.with_suffix(".new")
        made.unlink(missing_ok=True)
        os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        engine = make_engine(sa.URL.create("sqlite", database=str(made.absolute())))
        with engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA journal_mode = WAL")  # who asks for a session never waits for who signs in
        with engine.connect().execution_options(**WRITES) as connection, connection.begin():
            metadata.create_all(connection)
            connection.execute(secret_values.insert().values(purpose=_NAMES, secret=secrets.token_hex(32)))
        engine.dispose()
        made.rename(path)  # whole or not at all: a store without tables would be a login that cannot be checked
        sync_folder(path.parent)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, OSError) as error:
        raise PlatformFailed(
            "E-LOGIN-02",
            Text(
                en="The account store cannot be read; nobody is signed in until an operator has put it right.",
                zh="账户库无法读取；在运维人员修复之前任何人都不能登录。",
            ),
        ) from error


def secret() -> str:
    """Return a new secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(text: str) -> str:
    """Return the hash of a secret of ours; 256 random bits need no slow one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def moment(now: datetime | None = None) -> datetime:
    """Return `now`, or the present moment."""
    return now or datetime.now(UTC)


def written(when: datetime) -> str:
    """Return a moment as text whose order is that of time."""
    return when.astimezone(UTC).isoformat(timespec="microseconds")
