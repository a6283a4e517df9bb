"""Waiting after failures: from the fifth in a row each further try has to wait, longer each time.

Belongs here: counting tries by name, whether there is an account of that name or not. Does not: whether a password fits
(sessions). A try is counted before it is looked at, so that many at once are counted too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from data.accounts.store import Store, written
from data.accounts.tables import attempts

FREE, FIRST, LONGEST = 5, timedelta(seconds=30), timedelta(minutes=15)
FORGOTTEN = timedelta(hours=24)
MOST_NAMES = 10_000
UNKNOWN, UNKNOWN_EVERY = "unknown", timedelta(minutes=1)
"""The row that says when a failure under a name without an account was last recorded."""


def wait_after(failures: int) -> timedelta:
    """Return how long the next try has to wait.

    >>> [wait_after(n).seconds for n in (4, 5, 6, 9, 10, 500)]
    [0, 30, 60, 480, 900, 900]
    """
    if failures < FREE:
        return timedelta(0)
    doubled: int = 2 ** min(failures - FREE, 10)
    return min(LONGEST, FIRST * doubled)


def begin_try(store: Store, name: str, now: datetime) -> tuple[int, timedelta]:
    """Count a try; return how many failed in a row if this one does, and how long it must still wait (then it is not counted)."""
    hidden = store.name_hash(name)
    with store.writing() as connection:
        row = connection.execute(sa.select(attempts).where(attempts.c.name == hidden)).one_or_none()
        if row is not None and row.wait_until is not None and row.wait_until > written(now):
            return row.failures, datetime.fromisoformat(row.wait_until) - now
        stale = row is None or row.last_at < written(now - FORGOTTEN)
        failures = 1 if row is None or stale else row.failures + 1
        _keep(connection, hidden, failures, now)
    return failures, timedelta(0)


def forget(connection: sa.Connection, hidden: str) -> None:
    """Forget the tries for a name: it signed in, or was unlocked."""
    connection.execute(attempts.delete().where(attempts.c.name == hidden))


def told_lately(store: Store, now: datetime) -> bool:
    """Tell whether a failure under a name without an account was recorded within the last minute; if not, it is now."""
    with store.writing() as connection:
        query = sa.select(attempts.c.last_at).where(attempts.c.name == UNKNOWN)
        last: str | None = connection.execute(query).scalar()
        if last is not None and last > written(now - UNKNOWN_EVERY):
            return True
        forget(connection, UNKNOWN)
        row = {"name": UNKNOWN, "failures": 0, "last_at": written(now)}
        connection.execute(attempts.insert().values(row))
    return False


def _keep(connection: sa.Connection, hidden: str, failures: int, now: datetime) -> None:
    connection.execute(
        attempts.delete().where((attempts.c.name == hidden) | (attempts.c.last_at < written(now - FORGOTTEN)))
    )
    count = connection.execute(sa.select(sa.func.count()).select_from(attempts)).scalar_one()
    if count >= MOST_NAMES:  # a machine that tries names: the oldest make room
        oldest = sa.select(attempts.c.name).order_by(attempts.c.last_at).limit(count - MOST_NAMES + 1)
        connection.execute(attempts.delete().where(attempts.c.name.in_(oldest)))
    wait = wait_after(failures)
    row = {
        "name": hidden,
        "failures": failures,
        "last_at": written(now),
        "wait_until": written(now + wait) if wait else None,
    }
    connection.execute(attempts.insert().values(row))
