"""Sequence numbers: one row per append in the catalogue, open → committed or aborted.

Belongs here: reserving a number, closing it together with its ledger event, asking which are closed. Does not: files and Delta
(lake, delta). Every function that writes runs under the lake's writer lock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa

from data.catalog import batches as table
from data.ledger import Ledger

ACTOR = "platform"


@dataclass(frozen=True)
class Batch:
    """One append. `sha256`, `file` and `delta_version` are known once it is committed."""

    seq: int
    table_name: str
    submission_id: str
    state: Literal["open", "committed", "aborted"]
    rows: int
    sha256: str
    file: str
    delta_version: int | None
    run_id: str


def reserve(ledger: Ledger, *, table_name: str, submission_id: str, rows: int, run_id: str) -> Batch:
    """Take the next sequence number and leave it open."""
    with ledger.transaction() as connection:
        last = connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0
        batch = Batch(last + 1, table_name, submission_id, "open", rows, "", "", None, run_id)
        connection.execute(table.insert().values(vars(batch)))
    return batch


def close_committed(ledger: Ledger, batch: Batch, *, sha256: str, file: str, delta_version: int) -> Batch:
    """Close the number with the rows in, and record the append, in one transaction."""
    done = replace(batch, state="committed", sha256=sha256, file=file, delta_version=delta_version)
    _close(ledger, done, kind="lake_appended")
    return done


def close_aborted(ledger: Ledger, batch: Batch) -> Batch:
    """Close the number empty, and record it, in one transaction."""
    done = replace(batch, state="aborted")
    _close(ledger, done, kind="lake_append_aborted")
    return done


def open_batches(ledger: Ledger) -> list[Batch]:
    """Return what is being written, or what a dead writer left."""
    return _select(ledger, table.c.state == "open")


def committed_batches(ledger: Ledger, as_of_seq: int | None = None) -> list[Batch]:
    """Return the appends that are in, in order, all or up to a sequence number."""
    upto = sa.true() if as_of_seq is None else table.c.seq <= as_of_seq
    return _select(ledger, sa.and_(table.c.state == "committed", upto))


def batch_of(ledger: Ledger, submission_id: str) -> Batch | None:
    """Return the append of a submission that is in or being written; an aborted one does not count."""
    found = _select(ledger, sa.and_(table.c.submission_id == submission_id, table.c.state != "aborted"))
    return found[0] if found else None


def last_append(ledger: Ledger, table_name: str) -> int:
    """Return the number of the newest append to a table that is in; 0 if there is none."""
    query = sa.select(sa.func.max(table.c.seq)).where(table.c.table_name == table_name, table.c.state == "committed")
    with ledger.reading() as connection:
        return int(connection.execute(query).scalar() or 0)


def highest_closed(ledger: Ledger) -> int:
    """Return the highest number with everything below it closed; 0 when nothing has been appended."""
    with ledger.reading() as connection:
        lowest_open = connection.execute(sa.select(sa.func.min(table.c.seq)).where(table.c.state == "open")).scalar()
        last = connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0
    return int(last if lowest_open is None else lowest_open - 1)


def _close(ledger: Ledger, batch: Batch, kind: str) -> None:
    detail = {name: value for name, value in vars(batch).items() if name not in ("submission_id", "state")}
    with ledger.transaction() as connection:
        connection.execute(table.update().where(table.c.seq == batch.seq).values(vars(batch)))
        ledger.record(connection, kind=kind, object_id=batch.submission_id, detail=detail, actor=ACTOR)


def _select(ledger: Ledger, condition: sa.ColumnElement[bool]) -> list[Batch]:
    with ledger.reading() as connection:
        rows = connection.execute(sa.select(table).where(condition).order_by(table.c.seq)).mappings().all()
    return [Batch(**row) for row in rows]
