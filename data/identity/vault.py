"""The vault: keys, and which pseudonym stands for whom; a store of its own with rights of its own.

Belongs here: opening it, its secrets, remembering, finding and forgetting people. Does not: whether it is the workspace's own
(binding), who may ask (data.access, verb `identify`), changing the key (rotation). The pipeline behind the gate never opens it.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from data.contracts import Contract, Identified
from data.durable import make_folder, sync_folder
from data.engine import WRITES, make_engine
from data.identity.pseudonym import KEY_BYTES, keyed_hash, project_key, pseudonym
from data.identity.tables import contracts, keys, metadata, persons, secret_values
from data.ledger import canonical, now_utc
from data.locks import exclusive
from data.messages import PlatformFailed, Text
from data.paths import Workspace
from data.settings import Settings, load_settings

FOLDER, FILE = "vault", "vault.db"
WITHDRAWAL, SEALING, IDENTITY = "withdrawal", "sealing", "identity"


@dataclass(frozen=True)
class Person:
    """One identifier of one project with its pseudonym; `successor` is set while the key is being changed."""

    project: str
    kind: Identified
    identifier: str
    pseudonym: str
    successor: str | None = None


class Vault:
    """The vault of one workspace. Open it with `Vault.open`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, workspace: Workspace, settings: Settings | None = None) -> Vault:
        """Open the workspace's vault, making it (folder 0700, file 0600) and its first key on first use.

        Work goes through `data.identity.binding`, which refuses a vault that is not the workspace's own.

        Raises
        ------
        PlatformFailed
            E-VAULT-01: others may read the file. E-VAULT-04: it cannot be opened. Nothing is done without a vault.
        """
        try:
            engine = make_engine(_address(workspace, settings or load_settings()))
            with exclusive(workspace.home / ".vault.lock"):
                vault = cls(engine)
                vault._begin()
        except (sa.exc.DBAPIError, OSError) as error:
            raise _unreachable() from error
        return vault

    @classmethod
    def exists(cls, workspace: Workspace, settings: Settings | None = None) -> bool:
        """Tell whether a vault was made; without one nobody was ever replaced."""
        path = vault_path(workspace, settings)
        return path is None or path.is_file()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Yield a connection that holds the vault's write lock; what is deleted is overwritten (SQLite)."""
        with self._engine.connect().execution_options(**WRITES) as connection:
            if connection.dialect.name == "sqlite":
                raw = connection.connection.dbapi_connection
                raw.execute("PRAGMA secure_delete = ON")  # type: ignore[union-attr]
            with connection.begin():
                yield connection

    def key_number(self) -> int:
        """Return the number of the key that new pseudonyms are made with."""
        with self._engine.connect() as connection, connection.begin():
            query = sa.select(keys.c.number).where(keys.c.state == "current")
            return int(connection.execute(query).scalar_one())

    def is_rotating(self) -> bool:
        """Tell whether a change of the key was begun and not ended."""
        with self._engine.connect() as connection, connection.begin():
            return connection.execute(sa.select(keys.c.number).where(keys.c.state == "next")).first() is not None

    def pseudonyms(self, project: str, kind: Identified, identifiers: Sequence[str]) -> dict[str, str]:
        """Return the pseudonym of each canonical identifier under the current key; nothing is remembered."""
        number, secret = self._current()
        key = project_key(secret, project)
        return {name: pseudonym(key, number, kind, name) for name in identifiers}

    def remember(self, contract: Contract, kind: Identified, pairs: Mapping[str, str]) -> None:
        """Keep who is behind the pseudonyms of a file, and the contract whose tables hold them; safe to repeat."""
        rows: list[dict[str, object]] = [
            {"project": contract.project, "kind": kind, "identifier": name, "pseudonym": value, "successor": None}
            for name, value in pairs.items()
        ]
        content = canonical(contract.model_dump(mode="json"))
        with self.transaction() as connection:
            connection.execute(contracts.delete().where(contracts.c.name == contract.name))
            connection.execute(contracts.insert().values(name=contract.name, content=content))
            _insert(connection, persons, rows)

    def find(self, *, identifier: str | None = None, pseudonym: str | None = None) -> list[Person]:
        """Return who has this identifier (in every project), or the one behind a pseudonym."""
        column, value = (
            (persons.c.identifier, identifier) if identifier is not None else (persons.c.pseudonym, pseudonym)
        )
        return self._people(column == value)

    def people(self) -> list[Person]:
        """Return everybody, for a change of the key."""
        return self._people(sa.true())

    def count(self) -> int:
        """Return how many pseudonyms are known."""
        with self._engine.connect() as connection, connection.begin():
            return int(connection.execute(sa.select(sa.func.count()).select_from(persons)).scalar_one())

    def contracts(self) -> list[Contract]:
        """Return the contracts under which identifiers were replaced, as they stood when each last was."""
        with self._engine.connect() as connection, connection.begin():
            rows: Sequence[str] = (
                connection.execute(sa.select(contracts.c.content).order_by(contracts.c.name)).scalars().all()
            )
        return [Contract.model_validate(json.loads(row)) for row in rows]

    def forget(self, pseudonyms: Sequence[str]) -> int:
        """Remove people for good; return how many rows went."""
        with self.transaction() as connection:
            gone = connection.execute(persons.delete().where(persons.c.pseudonym.in_(pseudonyms))).rowcount
        self.compact()
        return int(gone)

    def compact(self) -> None:
        """Give up the space of what was deleted (SQLite; PostgreSQL's autovacuum does it in its own time)."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                raw.execute("VACUUM")  # type: ignore[union-attr]

    @property
    def vault_id(self) -> str:
        """Which vault this is; no secret. The ledger names the one that belongs to a workspace."""
        return self._secret(IDENTITY).hex()[:16]

    def withdrawal_hash(self, zone: str, identifier: str) -> str:
        """Return the keyed hash under which a withdrawn person stands in the ledger: it names nobody without the vault."""
        return keyed_hash(self._withdrawal_key, zone, identifier)

    @property
    def sealing_secret(self) -> bytes:
        """The secret of sealed originals."""
        return self._secret(SEALING)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @cached_property
    def _withdrawal_key(self) -> bytes:
        return project_key(self._secret(WITHDRAWAL), "all", WITHDRAWAL)

    def _secret(self, purpose: str) -> bytes:
        with self._engine.connect() as connection, connection.begin():
            query = sa.select(secret_values.c.secret).where(secret_values.c.purpose == purpose)
            return bytes.fromhex(connection.execute(query).scalar_one())

    def _current(self) -> tuple[int, bytes]:
        with self._engine.connect() as connection, connection.begin():
            row = connection.execute(sa.select(keys).where(keys.c.state == "current")).one()
        return int(row.number), bytes.fromhex(row.secret)

    def _people(self, condition: sa.ColumnElement[bool]) -> list[Person]:
        with self._engine.connect() as connection, connection.begin():
            rows = connection.execute(sa.select(persons).where(condition)).mappings().all()
        return [Person(**row) for row in rows]

    def _begin(self) -> None:
        """Make the tables, the first key and the lasting secrets, once."""
        with self._engine.connect() as connection, connection.begin():
            is_made = sa.inspect(connection).has_table(keys.name)
            if is_made and connection.execute(sa.select(keys.c.number)).first() is not None:
                return
        with self.transaction() as connection:
            metadata.create_all(connection)
            row = {"number": 1, "secret": new_secret(), "state": "current", "created_at": now_utc()}
            _insert(connection, keys, [row])
            lasting = [{"purpose": purpose, "secret": new_secret()} for purpose in (WITHDRAWAL, SEALING, IDENTITY)]
            _insert(connection, secret_values, lasting)


def vault_path(workspace: Workspace, settings: Settings | None = None) -> Path | None:
    """Return the vault's file; None if the vault is on a server."""
    url = _url(workspace, settings or load_settings())
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def new_secret() -> str:
    """Return 256 random bits as hexadecimal text."""
    return secrets.token_hex(KEY_BYTES)


def _insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows, passing over those whose key is there."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        connection.execute(sqlite_insert(table).on_conflict_do_nothing(), rows)
    else:
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        connection.execute(postgresql_insert(table).on_conflict_do_nothing(), rows)


def _url(workspace: Workspace, settings: Settings) -> sa.URL:
    own = settings.home.expanduser().resolve() == workspace.home.expanduser().resolve()
    chosen = settings.vault if own else None
    if chosen and "://" in chosen:
        return sa.make_url(chosen)
    folder = Path(chosen).expanduser().absolute() if chosen else (workspace.home / FOLDER).absolute()
    return sa.URL.create("sqlite", database=str(folder / FILE))


def _address(workspace: Workspace, settings: Settings) -> sa.URL:
    """Return where the vault is; a file is made with rights for its owner alone before a database opens it."""
    url = _url(workspace, settings)
    if url.get_backend_name() != "sqlite":
        return url
    path = Path(str(url.database))
    if not path.exists():
        make_folder(path.parent.parent)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        sync_folder(path.parent)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PlatformFailed(
            "E-VAULT-01",
            Text(
                en="Others may read the vault's file. Run `chmod 600` on it, find out who did, and change the key "
                "(`zonelab vault rotate`).",
                zh="保管库文件可被他人读取。请对其执行 chmod 600，查明原因，并更换密钥（zonelab vault rotate）。",
            ),
        )
    return url


def _unreachable() -> PlatformFailed:
    return PlatformFailed(
        "E-VAULT-04",
        Text(
            en="The vault cannot be opened, and nothing that holds identifiers is taken in, withdrawn or changed without it. "
            "Check ZONELAB_VAULT and the rights of this process.",
            zh="无法打开保管库；没有保管库就不能接收、撤回或更改含标识的数据。请检查 ZONELAB_VAULT 和本进程的权限。",
        ),
    )
