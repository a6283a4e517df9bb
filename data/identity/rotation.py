"""A new key in the vault: successors of every pseudonym, and the one transaction in which they take their places.

Belongs here: the vault's side of a change of the key. Does not: rewriting the archive in between (data.identity.key_change).
Until `finish`, both pseudonyms of a person are known and the old key is there; afterwards neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from data.identity.pseudonym import project_key, pseudonym
from data.identity.tables import keys, persons
from data.identity.vault import Vault, new_secret
from data.ledger import now_utc


def prepare(vault: Vault) -> int:
    """Make the next key, unless there is one, and everybody's successor under it; return the key's number. Safe to repeat."""
    with vault.transaction() as connection:
        _make_next(connection)
        row = connection.execute(sa.select(keys).where(keys.c.state == "next")).mappings().one()
        people = connection.execute(sa.select(persons).where(persons.c.successor.is_(None))).mappings().all()
        found = _successors(people, int(row["number"]), bytes.fromhex(str(row["secret"])))
        if found:
            update = persons.update().where(persons.c.pseudonym == sa.bindparam("old"))
            connection.execute(update.values(successor=sa.bindparam("new")), found)
    return int(row["number"])


def pairs(vault: Vault) -> Mapping[str, str]:
    """Return pseudonym → successor of everybody."""
    return {person.pseudonym: person.successor for person in vault.people() if person.successor is not None}


def finish(vault: Vault) -> None:
    """Let the successors take their places and remove the old key, in one transaction. Nothing happens without a next key."""
    with vault.transaction() as connection:
        if connection.execute(sa.select(keys.c.number).where(keys.c.state == "next")).first() is None:
            return
        connection.execute(
            persons.update()
            .where(persons.c.successor.is_not(None))
            .values(pseudonym=persons.c.successor, successor=sa.null())
        )
        connection.execute(keys.delete().where(keys.c.state == "current"))
        connection.execute(keys.update().where(keys.c.state == "next").values(state="current"))
    vault.compact()


def _make_next(connection: sa.Connection) -> None:
    if connection.execute(sa.select(keys.c.number).where(keys.c.state == "next")).first() is None:
        newest: int = connection.execute(sa.select(sa.func.max(keys.c.number))).scalar_one()
        row = {"number": newest + 1, "secret": new_secret(), "state": "next", "created_at": now_utc()}
        connection.execute(keys.insert().values(row))


def _successors(people: Sequence[sa.RowMapping], number: int, secret: bytes) -> list[dict[str, str]]:
    derived = {name: project_key(secret, name) for name in {row["project"] for row in people}}
    return [
        {"old": row["pseudonym"], "new": pseudonym(derived[row["project"]], number, row["kind"], row["identifier"])}
        for row in people
    ]
