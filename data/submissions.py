"""The catalogue of what arrived: one row a submission, from receipt to verdict.

Belongs here: giving out submission ids, recognising known bytes, keeping the verdict and its counts. Does not: checking a file
(quality.check), the order of steps (quality.intake). Every change is an event of the ledger as well.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from data.catalog import submissions as table
from data.ledger import Ledger, canonical, now_utc
from data.messages import NotFound, Text

Status = Literal["received", "accepted", "quarantined", "rejected"]
Verdict = Literal["accepted", "quarantined", "rejected"]

Beside = Callable[[sa.Connection, str], None]
"""What else is recorded in the same transaction, given the submission's id."""

_ID = table.c.submission_id
_ARRIVAL = (sa.func.substr(_ID, 1, len("SUB-2026-")), sa.func.length(_ID), _ID)
"""The order in which ids are given out: by year, then by number, which has four digits or more."""


@dataclass(frozen=True)
class Submission:
    """One file as it came, and what became of its rows.

    `rows_read = rows_accepted + rows_quarantined + rows_unchanged` once it is settled.
    """

    submission_id: str
    sha256: str
    file_name: str
    zone: str
    contract: str
    wave: str | None
    actor: str
    status: Status
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_unchanged: int
    problems: tuple[dict[str, Any], ...]
    correction_reason: str | None
    received_at: str
    run_id: str


def plain_name(name: str) -> str:
    r"""Return a file name for the record: no control or direction characters, at most 200 characters.

    >>> plain_name("a\u202ev.csv")
    'av.csv'
    """
    kept = (letter for letter in unicodedata.normalize("NFC", name) if unicodedata.category(letter)[0] != "C")
    return "".join(kept)[:200]


def receive(  # noqa: PLR0913 - the columns of one record, all by name
    ledger: Ledger,
    *,
    sha256: str,
    file_name: str,
    zone: str,
    contract: str,
    wave: str | None,
    actor: str,
    correction_reason: str | None = None,
    run_id: str = "manual",
    beside: Beside | None = None,
) -> tuple[Submission, bool]:
    """Register a file, or recognise it; idempotent on (sha256, contract).

    Returns
    -------
    (Submission, bool)
        The flag says whether there is work to do. Known and settled bytes: (the first submission, False). Received before but
        never settled, because the process died: (that submission, True) — resume it; `Lake.committed` tells whether its rows
        are in already. Rejected before, or sent again with a reason for correction after rows had been quarantined: a new
        submission.
    """
    wanted = {
        "sha256": sha256,
        "file_name": file_name,
        "zone": zone,
        "contract": contract,
        "wave": wave,
        "actor": actor,
        "correction_reason": correction_reason,
        "run_id": run_id,
    }
    with ledger.transaction() as connection:
        known = _known(connection, sha256, contract)
        if known is not None and not _reopens(known, correction_reason):
            return known, known.status == "received"
        submission_id = _next_id(connection)
        counts = {"rows_read": 0, "rows_accepted": 0, "rows_quarantined": 0, "rows_unchanged": 0}
        row = {**wanted, **counts, "submission_id": submission_id, "status": "received", "received_at": now_utc()}
        connection.execute(table.insert().values({**row, "problems": "[]"}))
        detail = {key: row[key] for key in ("sha256", "zone", "contract", "wave", "run_id", "received_at")}
        ledger.record(connection, kind="submission_received", object_id=submission_id, detail=detail, actor=actor)
        if beside is not None:
            beside(connection, submission_id)
        return _require(connection, submission_id), True


def settle(  # noqa: PLR0913 - the columns of one record, all by name
    ledger: Ledger,
    submission_id: str,
    *,
    status: Verdict,
    rows_read: int,
    rows_accepted: int,
    rows_quarantined: int,
    rows_unchanged: int = 0,
    problems: Sequence[dict[str, Any]] = (),
    role: str = "",
    beside: Beside | None = None,
) -> Submission:
    """Keep the verdict of a received submission. Settling again changes nothing and returns what was kept.

    Raises
    ------
    NotFound
        No such submission.
    ValueError
        The counts do not add up to `rows_read`.
    """
    if rows_read != rows_accepted + rows_quarantined + rows_unchanged:
        raise ValueError(
            f"{submission_id}: {rows_read} rows read, but {rows_accepted} accepted + {rows_quarantined} quarantined "
            f"+ {rows_unchanged} unchanged"
        )
    counts = {
        "rows_read": rows_read,
        "rows_accepted": rows_accepted,
        "rows_quarantined": rows_quarantined,
        "rows_unchanged": rows_unchanged,
    }
    with ledger.transaction() as connection:
        before = _require(connection, submission_id)
        if before.status != "received":
            return before
        change = {**counts, "status": status, "problems": canonical(list(problems))}
        connection.execute(table.update().where(table.c.submission_id == submission_id).values(change))
        detail = {**counts, "status": status}
        ledger.record(
            connection,
            kind="submission_settled",
            object_id=submission_id,
            detail=detail,
            actor=before.actor,
            role=role,
        )
        if beside is not None:
            beside(connection, submission_id)
        return _require(connection, submission_id)


def submissions(ledger: Ledger) -> list[Submission]:
    """Return every submission in the order of arrival."""
    with ledger.reading() as connection:
        rows = connection.execute(sa.select(table).order_by(*_ARRIVAL)).mappings().all()
    return [_submission(row) for row in rows]


def find(ledger: Ledger, submission_id: str) -> Submission:
    """Return one submission.

    Raises
    ------
    NotFound
        E-SUB-01: no submission has this id.
    """
    with ledger.reading() as connection:
        return _require(connection, submission_id)


def _known(connection: sa.Connection, sha256: str, contract: str) -> Submission | None:
    query = (
        sa.select(table)
        .where(table.c.sha256 == sha256, table.c.contract == contract, table.c.status != "rejected")
        .order_by(*(part.desc() for part in _ARRIVAL))
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    return _submission(row) if row else None


def _reopens(known: Submission, correction_reason: str | None) -> bool:
    """Tell whether known bytes are a new submission: only when a reason turns quarantined conflicts into corrections."""
    gives_reason = correction_reason is not None and known.correction_reason is None
    return gives_reason and known.status == "quarantined"


def _next_id(connection: sa.Connection) -> str:
    prefix = f"SUB-{datetime.now(UTC).year}-"
    query = sa.select(sa.func.count()).where(table.c.submission_id.startswith(prefix))
    return f"{prefix}{connection.execute(query).scalar_one() + 1:04d}"


def _require(connection: sa.Connection, submission_id: str) -> Submission:
    query = sa.select(table).where(table.c.submission_id == submission_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(
            "E-SUB-01",
            Text(en=f"There is no submission {submission_id}.", zh=f"没有编号为 {submission_id} 的提交。"),
        )
    return _submission(row)


def _submission(row: sa.RowMapping) -> Submission:
    return Submission(**{**row, "problems": tuple(json.loads(row["problems"]))})
