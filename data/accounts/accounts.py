"""Accounts: invited by an administrator, opened by the person, locked, unlocked and revoked.

Belongs here: these acts and their record. Does not: signing in (sessions), roles (data.access). Each stands in the ledger,
without password or code; the store is written in the ledger's transaction, so that nothing is done without a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from data.access import SYSTEM, check_can, load_access
from data.accounts import tables
from data.accounts.passwords import check_rule, hash_of
from data.accounts.provided import end_logins
from data.accounts.store import Store, hashed, moment, secret, written
from data.accounts.waiting import forget
from data.ledger import Ledger
from data.messages import NotFound, NotPermitted, Refused, Text, WrongUsage
from data.paths import Workspace

INVITED, OPENED = "account_invited", "account_opened"
LOCKED, UNLOCKED, REVOKED = "account_locked", "account_unlocked", "account_revoked"
DAYS, MOST_DAYS = 7, 30

State = Literal["invited", "invitation expired", "open", "locked"]


@dataclass(frozen=True)
class Account:
    """One account; times are ISO text in UTC."""

    user: str
    state: State
    invited_by: str
    invited_at: str
    invitation_until: str | None
    opened_at: str | None


def invite(
    workspace: Workspace, ledger: Ledger, user: str, *, actor: str, days: int = DAYS, now: datetime | None = None
) -> tuple[Account, str]:
    """Invite a user of access.yml; return the account and the code, which is shown this once and kept nowhere.

    Inviting somebody who has an account is the way to a new password: the old one holds until the code is used.

    Raises
    ------
    NotPermitted, Refused, WrongUsage
        The actor is no administrator of the workspace; the user is not in access.yml (E-LOGIN-06); days out of range.
    """
    role = check_can(actor, "administer", workspace=workspace)
    if not 1 <= days <= MOST_DAYS:
        raise WrongUsage(
            "E-LOGIN-07",
            Text(en=f"An invitation is valid for 1 to {MOST_DAYS} days.", zh=f"邀请有效期为 1 至 {MOST_DAYS} 天。"),
        )
    _check_listed(workspace, user)
    store, code, begun = Store.open(workspace), secret(), moment(now)
    until = written(begun + timedelta(days=days))
    with ledger.transaction() as book:
        ledger.record(book, kind=INVITED, object_id=user, detail={"until": until}, actor=actor, role=role)
        with store.writing() as connection:
            fresh = {"invitation": hashed(code), "invitation_until": until}
            known = connection.execute(
                tables.accounts.update().where(tables.accounts.c.user == user).values(fresh)
            ).rowcount
            if not known:
                row = {"user": user, "locked": False, "invited_by": actor, "invited_at": written(begun), **fresh}
                connection.execute(tables.accounts.insert().values(row))
    return find(workspace, user, now=now), code


def accept(workspace: Workspace, ledger: Ledger, code: str, password: str, *, now: datetime | None = None) -> str:
    """Set the password that an invitation asks for and return the user; the code is used up, other sessions of the user end.

    Raises
    ------
    NotPermitted, Refused
        E-LOGIN-04: no such invitation, or it is used, replaced or too old. E-LOGIN-05: the password may not be taken.
    """
    if not workspace.accounts.exists():
        raise _no_invitation()
    store = Store.open(workspace)
    user = _invited(store, code, now)
    check_rule(password, user)
    kept = hash_of(password)
    with ledger.transaction() as book:
        ledger.record(book, kind=OPENED, object_id=user, detail={}, actor=user)
        with store.writing() as connection:
            table = tables.accounts
            values = {"password": kept, "opened_at": written(moment(now)), "invitation": None, "invitation_until": None}
            mine = (table.c.user == user) & (table.c.invitation == hashed(code.strip()))
            if connection.execute(table.update().where(mine).values(values)).rowcount != 1:
                raise _no_invitation()  # somebody else was faster
            _end_sessions(connection, user)
            forget(connection, store.name_hash(user))
    return user


def lock(workspace: Workspace, ledger: Ledger, user: str, *, actor: str) -> Account:
    """Lock an account: its sessions end at once and nobody signs in with it. NotFound, NotPermitted as `revoke`."""
    return _set_lock(workspace, ledger, user, actor, locked=True)


def unlock(workspace: Workspace, ledger: Ledger, user: str, *, actor: str) -> Account:
    """Unlock an account, and forget its failed tries. NotFound, NotPermitted as `revoke`."""
    return _set_lock(workspace, ledger, user, actor, locked=False)


def revoke(workspace: Workspace, ledger: Ledger, user: str, *, actor: str) -> None:
    """Revoke an account for good: password, invitation and sessions are gone at once. The user can be invited anew.

    Logins that a provider vouches for end too; one without an account here is known by access.yml.

    Raises
    ------
    NotPermitted, NotFound
        The actor is no administrator of the workspace. E-LOGIN-08: no such account, and no such user.
    """
    role = check_can(actor, "administer", workspace=workspace)
    listed = load_access(workspace)
    is_known = listed is not None and user in listed.users
    if not is_known or any(account.user == user for account in accounts(workspace)):
        find(workspace, user)
        _remove(workspace, ledger, user, actor, role)
    end_logins(ledger, user, by=actor, role=role)


def _remove(workspace: Workspace, ledger: Ledger, user: str, actor: str, role: str) -> None:
    store = Store.open(workspace)
    with ledger.transaction() as book:
        ledger.record(book, kind=REVOKED, object_id=user, detail={}, actor=actor, role=role)
        with store.writing() as connection:
            connection.execute(tables.accounts.delete().where(tables.accounts.c.user == user))
            _end_sessions(connection, user)


def accounts(workspace: Workspace, *, now: datetime | None = None) -> list[Account]:
    """Return the accounts by name; none where no store was made."""
    if not workspace.accounts.exists():
        return []
    with Store.open(workspace).reading() as connection:
        rows = connection.execute(sa.select(tables.accounts).order_by(tables.accounts.c.user)).mappings().all()
    return [_account(row, moment(now)) for row in rows]


def find(workspace: Workspace, user: str, *, now: datetime | None = None) -> Account:
    """Return one account; NotFound (E-LOGIN-08) if there is none of that name."""
    for account in accounts(workspace, now=now):
        if account.user == user:
            return account
    raise NotFound("E-LOGIN-08", Text(en=f"{user} has no account.", zh=f"{user} 没有账户。"))


def _set_lock(workspace: Workspace, ledger: Ledger, user: str, actor: str, *, locked: bool) -> Account:
    role = check_can(actor, "administer", workspace=workspace)
    find(workspace, user)
    store = Store.open(workspace)
    with ledger.transaction() as book:
        ledger.record(book, kind=LOCKED if locked else UNLOCKED, object_id=user, detail={}, actor=actor, role=role)
        with store.writing() as connection:
            chosen = tables.accounts.c.user == user
            connection.execute(tables.accounts.update().where(chosen).values(locked=locked))
            if locked:
                _end_sessions(connection, user)
            else:
                forget(connection, store.name_hash(user))
    return find(workspace, user)


def _end_sessions(connection: sa.Connection, user: str) -> None:
    connection.execute(tables.sessions.delete().where(tables.sessions.c.user == user))


def _invited(store: Store, code: str, now: datetime | None) -> str:
    with store.reading() as connection:
        query = sa.select(tables.accounts).where(tables.accounts.c.invitation == hashed(code.strip()))
        row = connection.execute(query).one_or_none()
    if row is None or row.locked or row.invitation_until <= written(moment(now)):
        raise _no_invitation()
    return str(row.user)


def _check_listed(workspace: Workspace, user: str) -> None:
    listed = load_access(workspace)
    if listed is None:
        raise Refused(
            "E-LOGIN-06",
            Text(
                en="This workspace is open to everybody: write its access.yml first, then invite.",
                zh="此工作区对所有人开放：请先编写 access.yml，再发出邀请。",
            ),
        )
    if user not in listed.users or user == SYSTEM:
        raise Refused(
            "E-LOGIN-06",
            Text(
                en=f"{user} is not in access.yml: list the user there first.",
                zh=f"access.yml 中没有 {user}：请先加入。",
            ),
        )


def _no_invitation() -> NotPermitted:
    return NotPermitted(
        "E-LOGIN-04",
        Text(
            en="This invitation code is not valid: mistyped, used, replaced or too old. Ask an administrator for a new one.",
            zh="邀请码无效：可能输入有误、已使用、已被替换或已过期。请向管理员索取新的邀请码。",
        ),
    )


def _account(said: sa.RowMapping, now: datetime) -> Account:
    state: State = "open"
    if said["locked"]:
        state = "locked"
    elif said["password"] is None:
        state = "invited" if str(said["invitation_until"]) > written(now) else "invitation expired"
    return Account(
        user=said["user"],
        state=state,
        invited_by=said["invited_by"],
        invited_at=said["invited_at"],
        invitation_until=said["invitation_until"],
        opened_at=said["opened_at"],
    )
