"""Drafts: what a user is still filling in, saved as it is, by revision.

Belongs here: the form's autosave; a draft has one owner and no history, and leaves no trace in the ledger. Does not: what the
content means or whether it is complete (experiments.registry), texts kept for good (data.documents).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from data.catalog import drafts as table
from data.ledger import Ledger, canonical, now_utc
from data.messages import NotFound, Refused, Text


@dataclass(frozen=True)
class Draft:
    """One draft as last saved. `revision` counts the saves from 1."""

    draft_id: str
    owner: str
    content: dict[str, Any]
    saved_at: str
    revision: int


def create(ledger: Ledger, owner: str, content: Mapping[str, Any]) -> str:
    """Save a new draft and return its id, `D-000031`; the id of a removed draft is never given out again."""
    row = {"owner": owner, "content": canonical(dict(content)), "saved_at": now_utc(), "revision": 1}
    with ledger.transaction() as connection:
        number: int = connection.execute(table.insert().values(row).returning(table.c.number)).scalar_one()
    return f"D-{number:06d}"


def save(ledger: Ledger, draft_id: str, owner: str, content: Mapping[str, Any], revision: int) -> int:
    """Replace a draft's content and return its new revision.

    Parameters
    ----------
    ledger, draft_id, owner
        Whose draft. Another owner's is not found.
    content
        JSON values only; NaN is refused (ValueError).
    revision
        The one that the content was made from, as `load` or the last `save` gave it.

    Raises
    ------
    NotFound
        E-DRAFT-02: this owner has no such draft.
    Refused
        E-DRAFT-01: it was saved elsewhere since `revision`; nothing is changed.
    """
    text = canonical(dict(content))
    with ledger.transaction() as connection:
        present = _require(connection, draft_id, owner)
        if present.revision != revision:
            raise _stale(present, revision)
        change = {"content": text, "saved_at": now_utc(), "revision": revision + 1}
        connection.execute(table.update().where(_is(draft_id, owner)).values(change))
    return revision + 1


def load(ledger: Ledger, draft_id: str, owner: str) -> Draft:
    """Return a draft.

    Raises
    ------
    NotFound
        E-DRAFT-02: this owner has no such draft.
    """
    with ledger.reading() as connection:
        return _require(connection, draft_id, owner)


def list_of(ledger: Ledger, owner: str) -> list[Draft]:
    """Return an owner's drafts, the last saved first."""
    query = sa.select(table).where(table.c.owner == owner).order_by(table.c.saved_at.desc(), table.c.number.desc())
    with ledger.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return [_draft(row) for row in rows]


def remove(ledger: Ledger, draft_id: str, owner: str) -> None:
    """Remove a draft for good: after it was handed in, or when its owner gives it up.

    Raises
    ------
    NotFound
        E-DRAFT-02: this owner has no such draft.
    """
    with ledger.transaction() as connection:
        _require(connection, draft_id, owner)
        connection.execute(table.delete().where(_is(draft_id, owner)))


def _is(draft_id: str, owner: str) -> sa.ColumnElement[bool]:
    found = re.fullmatch(r"D-([0-9]{6,9})", draft_id, flags=re.ASCII)
    return sa.and_(table.c.number == (int(found[1]) if found else 0), table.c.owner == owner)


def _require(connection: sa.Connection, draft_id: str, owner: str) -> Draft:
    row = connection.execute(sa.select(table).where(_is(draft_id, owner))).mappings().one_or_none()
    if row is None:
        raise NotFound(
            "E-DRAFT-02",
            Text(
                en=f"You have no draft {draft_id}. It may have been removed.",
                zh=f"您没有草稿 {draft_id}，可能已被删除。",
            ),
        )
    return _draft(row)


def _draft(row: sa.RowMapping) -> Draft:
    fields = {name: row[name] for name in ("owner", "saved_at", "revision")}
    return Draft(draft_id=f"D-{row['number']:06d}", content=json.loads(row["content"]), **fields)


def _stale(present: Draft, revision: int) -> Refused:
    return Refused(
        "E-DRAFT-01",
        Text(
            en=f"Draft {present.draft_id} was saved elsewhere at {present.saved_at}: it is at revision {present.revision}, "
            f"yours was made from revision {revision}. Nothing was saved; open the draft again and repeat your change.",
            zh=f"草稿 {present.draft_id} 已于 {present.saved_at} 在别处保存：现为第 {present.revision} 版，您的修改基于第 "
            f"{revision} 版。未保存任何内容；请重新打开草稿后再修改。",
        ),
    )
