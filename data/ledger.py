"""The ledger: a hash-chained, append-only list of what was done, by whom, when.

Belongs here: opening the catalogue, transactions, appending events and proving the chain. Does not: what other modules keep
in the same database (submissions, lake, releases). An event never holds a person's value.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from data import catalog
from data.engine import WRITES, ThreadView, make_engine, writes
from data.locks import exclusive
from data.messages import PlatformFailed, Text
from data.migrations import bring_up_to_date
from data.paths import Workspace
from data.problems import Problem, problem
from data.settings import Settings, load_settings

GENESIS = "0" * 64
"""`prev_hash` of the first event."""


@dataclass(frozen=True)
class Event:
    """One entry of the chain. `hash` covers all other fields, `prev_hash` included."""

    seq: int
    prev_hash: str
    kind: str
    object_id: str
    detail: dict[str, Any]
    actor: str
    role: str
    at_utc: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The newest entry: kept outside the database (release manifests) it makes a cut-off tail detectable."""

    seq: int
    hash: str


def now_utc() -> str:
    """Return the present moment as ISO text in UTC with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def canonical(value: object) -> str:
    """Return the one JSON text of `value`: sorted keys, no spaces, no NaN.

    >>> canonical({"b": 1, "a": "区"})
    '{"a":"区","b":1}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def event_hash(fields: Mapping[str, object]) -> str:
    """Return the sha256 of an event's fields other than `hash`."""
    return hashlib.sha256(canonical({k: v for k, v in fields.items() if k != "hash"}).encode()).hexdigest()


class Ledger:
    """The catalogue database of one workspace. Open it with `Ledger.open`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._view = ThreadView()

    @classmethod
    def open(cls, workspace: Workspace, settings: Settings | None = None) -> Ledger:
        """Open the workspace's ledger, creating or upgrading its tables; safe to repeat and to call from several processes.

        Parameters
        ----------
        workspace
            Holds `catalog.db` unless `settings.ledger_url` names another database (SQLite, or PostgreSQL through pg8000).
        settings
            Default: the environment's. The URL counts only for the settings' own home: a workspace nested in another
            (a replication) always keeps its own file.
        """
        chosen = settings or load_settings()
        own = chosen.home.expanduser().resolve() == workspace.home.expanduser().resolve()
        file = sa.URL.create("sqlite", database=str(workspace.catalog.absolute()))
        url = sa.make_url(chosen.ledger_url) if own and chosen.ledger_url else file
        with exclusive(workspace.home / ".catalog.lock"):
            engine = make_engine(url)
            bring_up_to_date(engine)
        return cls(engine)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Yield a connection that holds the write lock; commit on leaving, roll back if the block raises.

        What this thread reads meanwhile it reads on this connection: what the block has written is there. A transaction within
        a transaction of this thread is part of it: all of it stands or falls together.
        """
        present = self._view.connection()
        if present is not None and writes(present):
            yield present
            return
        with (
            self._engine.connect().execution_options(**WRITES) as connection,
            connection.begin(),
            self._view.through(connection),
        ):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Yield a connection with one consistent view; it never waits for a writer.

        Inside another block of this thread it is that block's view, so that one question is answered from one state.
        """
        present = self._view.connection()
        if present is not None:
            yield present
            return
        with self._engine.connect() as connection, connection.begin(), self._view.through(connection):
            yield connection

    def close(self) -> None:
        """Close the kept connections: SQLite folds its log into the file, and what is asked next comes from the disk."""
        self._engine.dispose()

    def stream(self, query: sa.Select[Any]) -> Iterator[sa.RowMapping]:
        """Yield rows one at a time, on a connection of their own that stays open as long as they are asked for."""
        with self._engine.connect() as connection, connection.begin():
            yield from connection.execute(query).mappings()

    def record(
        self,
        connection: sa.Connection,
        *,
        kind: str,
        object_id: str,
        detail: Mapping[str, Any],
        actor: str,
        role: str = "",
    ) -> int:
        """Append one event inside the caller's transaction, so that the act and its record stand or fall together.

        Parameters
        ----------
        connection
            From `transaction()`.
        kind, object_id
            What was done, to what (`"release"`, `"R000012-1a2b3c4d"`), by `actor` in that `role`.
        detail
            JSON values only; NaN is refused (ValueError).

        Returns
        -------
        int
            The event's place in the chain, counted from 1 without gaps.
        """
        newest = self._newest(connection)
        fields: dict[str, Any] = {
            "seq": newest.seq + 1,
            "prev_hash": newest.hash,
            "kind": kind,
            "object_id": object_id,
            "detail": dict(detail),
            "actor": actor,
            "role": role,
            "at_utc": now_utc(),
        }
        row = {**fields, "detail": canonical(fields["detail"]), "hash": event_hash(fields)}
        connection.execute(catalog.events.insert().values(row))
        return newest.seq + 1

    def events(self, kind: str | None = None, object_id: str | None = None) -> list[Event]:
        """Return the events in order: all, or those of one kind, of one object, or both.

        Raises
        ------
        PlatformFailed
            E-LEDGER-04: an entry is damaged so that it cannot be read.
        """
        query = sa.select(catalog.events).order_by(catalog.events.c.seq)
        if kind is not None:
            query = query.where(catalog.events.c.kind == kind)
        if object_id is not None:
            query = query.where(catalog.events.c.object_id == object_id)
        return self._events(query)

    def events_of(self, kinds: Sequence[str], object_id: str | None = None) -> list[Event]:
        """Return the events of some kinds in order, about anything or about one object; raises as `events`."""
        query = sa.select(catalog.events).where(catalog.events.c.kind.in_(kinds)).order_by(catalog.events.c.seq)
        return self._events(query if object_id is None else query.where(catalog.events.c.object_id == object_id))

    def _events(self, query: sa.Select[Any]) -> list[Event]:
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [_event(row) for row in rows]

    def head(self) -> Head:
        """Return the newest entry's number and hash; (0, zeros) when nothing has been recorded."""
        with self.reading() as connection:
            return self._newest(connection)

    def holds(self, head: Head) -> bool:
        """Tell whether `head` is in the chain today; False means that the chain was cut or rewritten since."""
        if head.seq == 0:
            return head.hash == GENESIS
        query = sa.select(catalog.events.c.hash).where(catalog.events.c.seq == head.seq)
        with self.reading() as connection:
            return bool(connection.execute(query).scalar() == head.hash)

    def verify(self) -> list[Problem]:
        """Recompute the chain and name every place where it does not hold.

        An edited entry no longer matches its hash; a removed one leaves a gap; an inserted or moved one does not follow from
        its neighbour. A tail cut off cleanly leaves a valid chain: compare with a release's recorded head (`holds`).
        """
        with self.reading() as connection:
            rows = connection.execute(sa.select(catalog.events).order_by(catalog.events.c.seq)).mappings().all()
        found: list[Problem] = []
        previous = Head(0, GENESIS)
        for row in rows:
            found.extend(_check_entry(dict(row), previous))
            previous = Head(row["seq"], row["hash"])
        return found

    def damage(self) -> list[str]:
        """Return what SQLite finds wrong with its own file (at most ten findings); PostgreSQL guards its pages itself."""
        if self._engine.dialect.name != "sqlite":
            return []
        with self.reading() as connection:
            found: Sequence[object] = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
        return [str(text) for text in found if text != "ok"]

    def compact(self) -> None:
        """Give up the space of what was overwritten, so that no page of the file holds it any more (SQLite)."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                raw: Any = connection.connection.dbapi_connection
                for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.execute(statement)

    @staticmethod
    def _newest(connection: sa.Connection) -> Head:
        query = sa.select(catalog.events.c.seq, catalog.events.c.hash).order_by(catalog.events.c.seq.desc()).limit(1)
        row = connection.execute(query).one_or_none()
        return Head(row.seq, row.hash) if row else Head(0, GENESIS)


def _check_entry(row: dict[str, Any], previous: Head) -> list[Problem]:
    where = f"ledger/{row['seq']}"
    found: list[Problem] = []
    if row["seq"] != previous.seq + 1:
        gap = f"{previous.seq + 1}–{row['seq'] - 1}"
        found.append(problem(where, f"entries {gap} before it are missing", f"之前的第 {gap} 条记录缺失"))
    elif row["prev_hash"] != previous.hash:
        found.append(
            problem(
                where,
                f"does not follow from entry {previous.seq}: an entry was inserted, removed, moved or rewritten",
                f"与第 {previous.seq} 条记录不相接：有记录被插入、删除、移动或改写",
            )
        )
    if not _hash_holds(row):
        found.append(problem(where, "was edited: its content does not match its hash", "被改动：内容与其哈希不符"))
    return found


def _hash_holds(row: dict[str, Any]) -> bool:
    try:
        return bool(event_hash({**row, "detail": json.loads(row["detail"])}) == row["hash"])
    except (ValueError, TypeError):  # no JSON, no UTF-8, no text: a flipped bit can make a text bytes
        return False


def _event(row: sa.RowMapping) -> Event:
    try:
        detail = json.loads(row["detail"])
        if not isinstance(detail, dict):
            raise TypeError("detail is not an object")
    except (ValueError, TypeError) as error:
        raise PlatformFailed(
            "E-LEDGER-04",
            Text(
                en=f"Ledger entry {row['seq']} cannot be read: it was damaged. Run `zonelab verify` and restore the catalogue.",
                zh=f"账本第 {row['seq']} 条记录已损坏，无法读取。请运行 zonelab verify 并从备份恢复目录库。",
            ),
        ) from error
    return Event(**{**row, "detail": detail})
