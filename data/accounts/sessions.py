"""Sessions: signing in with a password, who is signed in by a cookie's secret, signing out.

Belongs here: beginning, finding and ending sessions, each with its record. Does not: cookies and pages (apps.viewer.login). A
session lasts eight hours at most; it is asked for at every use, so an ended one ends at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import sqlalchemy as sa

from data.access import SYSTEM
from data.accounts import tables
from data.accounts.passwords import fits
from data.accounts.store import Store, hashed, moment, secret, written
from data.accounts.waiting import FREE, begin_try, forget, told_lately
from data.ledger import Ledger
from data.messages import NotPermitted, Text
from data.paths import Workspace

SIGNED_IN, SIGNED_OUT, FAILED = "account_signed_in", "account_signed_out", "account_sign_in_failed"
LASTS = timedelta(hours=8)
UNKNOWN = "-"
"""The object of a failure under a name without an account: what was typed there may be a password."""


@dataclass(frozen=True)
class Session:
    """Who is signed in, and until when."""

    user: str
    until: datetime


def sign_in(
    workspace: Workspace, ledger: Ledger, user: str, password: str, *, now: datetime | None = None
) -> tuple[Session, str]:
    """Begin a session; return it with its secret, which only the browser keeps.

    Raises
    ------
    NotPermitted
        E-LOGIN-01: the same words for a wrong password, no such account, one not yet opened and a locked one. E-LOGIN-03: too
        many failures in a row; says how long to wait.
    """
    if not workspace.accounts.exists():
        raise _not_right()
    store, name, present = Store.open(workspace), user.strip(), moment(now)
    failures, wait = begin_try(store, name, present)
    if wait:
        raise _wait(wait)
    kept = _password(store, name)
    if not fits(kept, password):
        _record_failure(store, ledger, name, failures, present)
        raise _not_right()
    return _begun(store, ledger, name, str(kept), present)


def session_of(workspace: Workspace, key: str, *, now: datetime | None = None) -> Session | None:
    """Return the session of a cookie's secret; None if there is none, it is over, or its account is locked or gone."""
    if not key or not workspace.accounts.exists():
        return None
    sessions, accounts = tables.sessions.c, tables.accounts.c
    query = (
        sa.select(sessions.user, sessions.until)
        .join(tables.accounts, accounts.user == sessions.user)
        .where(sessions.session == hashed(key), sessions.until > written(moment(now)), accounts.locked.is_(False))
    )
    with Store.open(workspace).reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Session(row.user, datetime.fromisoformat(row.until))


def end_session(workspace: Workspace, ledger: Ledger, key: str) -> None:
    """End a session; again changes nothing."""
    found = session_of(workspace, key)
    if found is None:
        return
    store = Store.open(workspace)
    with ledger.transaction() as book:
        ledger.record(book, kind=SIGNED_OUT, object_id=found.user, detail={}, actor=found.user)
        with store.writing() as connection:
            connection.execute(tables.sessions.delete().where(tables.sessions.c.session == hashed(key)))


def _begun(store: Store, ledger: Ledger, user: str, kept: str, now: datetime) -> tuple[Session, str]:
    key, until = secret(), now + LASTS
    hidden = store.name_hash(user)
    with ledger.transaction() as book:
        ledger.record(book, kind=SIGNED_IN, object_id=user, detail={"until": written(until)}, actor=user)
        with store.writing() as connection:
            table = tables.accounts
            still = sa.select(table.c.user).where(
                table.c.user == user, table.c.password == kept, table.c.locked.is_(False)
            )
            if connection.execute(still).first() is None:  # locked or revoked while the password was looked at
                raise _not_right()
            connection.execute(tables.sessions.delete().where(tables.sessions.c.until <= written(now)))
            row = {"session": hashed(key), "user": user, "began_at": written(now), "until": written(until)}
            connection.execute(tables.sessions.insert().values(row))
            forget(connection, hidden)
    return Session(user, until), key


def _password(store: Store, user: str) -> str | None:
    """Return the kept password of an account with which one may sign in."""
    table = tables.accounts
    with store.reading() as connection:
        query = sa.select(table.c.password).where(table.c.user == user, table.c.locked.is_(False))
        return connection.execute(query).scalar_one_or_none()


def _record_failure(store: Store, ledger: Ledger, user: str, failures: int, now: datetime) -> None:
    with store.reading() as connection:
        query = sa.select(tables.accounts.c.user).where(tables.accounts.c.user == user)
        known = connection.execute(query).first() is not None
    if not known and told_lately(store, now):
        return  # whoever tries names does not fill the ledger
    with ledger.transaction() as book:
        detail = {"in_a_row": failures, "must_wait": failures >= FREE} if known else {}
        ledger.record(book, kind=FAILED, object_id=user if known else UNKNOWN, detail=detail, actor=SYSTEM)


def _not_right() -> NotPermitted:
    return NotPermitted(
        "E-LOGIN-01",
        Text(
            en="User name or password is not right, or the account is not open. If you were invited, set your password first; "
            "otherwise ask an administrator.",
            zh="用户名或密码不正确，或账户未启用。若已收到邀请，请先设置密码；否则请联系管理员。",
        ),
    )


def _wait(left: timedelta) -> NotPermitted:
    seconds = ceil(left.total_seconds())
    return NotPermitted(
        "E-LOGIN-03",
        Text(
            en=f"Too many tries in a row: try again in {seconds} seconds, or ask an administrator to unlock the account.",
            zh=f"连续尝试次数过多：请在 {seconds} 秒后重试，或请管理员解锁账户。",
        ),
    )
