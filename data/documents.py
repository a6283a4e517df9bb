"""Documents: texts that are kept for good and named by the sha256 of their bytes.

Belongs here: putting and getting a text (a protocol's version, a diagnosis, an assignment) that an event of the ledger refers
to. Does not: what the text means (experiments.registry), texts that may still change (data.drafts), files (originals, lake).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from data.catalog import documents as table
from data.ledger import Event, Ledger, now_utc
from data.messages import NotFound, PlatformFailed, Text

REFERENCES = ("document", "assignment_sha256", "diagnosis", "frame_sha256", "certificate")
"""Keys of an event's detail whose value is the sha256 of a document (or null)."""
KINDS = {"assignment_sha256": "assignment", "diagnosis": "diagnosis", "frame_sha256": "frame"}
"""The kind of what stands under a key: a bundle withholds frames and assignments by it."""


def sha256_text(content: str) -> str:
    """Return the sha256 of the text's UTF-8 bytes: the name under which it is kept.

    >>> sha256_text("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content.encode("utf-8", "surrogateescape")).hexdigest()


def put(connection: sa.Connection, kind: str, content: str) -> str:
    """Keep `content` inside the caller's transaction and return its sha256; known content is kept once.

    Parameters
    ----------
    connection
        From `Ledger.transaction()`, so that the document and the event that refers to it stand or fall together.
    kind
        What it is (`"protocol"`, `"diagnosis"`). Content that is known keeps the kind it first came with.
    content
        The text; canonical JSON where a machine compares it.

    Raises
    ------
    PlatformFailed
        E-DOC-02: the content is on record under this name, but was damaged since.
    """
    sha256 = sha256_text(content)
    known = connection.execute(sa.select(table.c.content).where(table.c.sha256 == sha256)).scalar()
    if known is None:
        row = {"sha256": sha256, "kind": kind, "content": content, "created_at": now_utc()}
        connection.execute(table.insert().values(row))
    elif known != content:
        raise _damaged(sha256, kind)
    return sha256


def get(ledger: Ledger, sha256: str) -> str:
    """Return the text kept under `sha256`, its bytes proved against that name.

    Raises
    ------
    NotFound
        E-DOC-01: nothing is kept under this name.
    PlatformFailed
        E-DOC-02: what is kept was changed after it was kept.
    """
    query = sa.select(table.c.kind, table.c.content).where(table.c.sha256 == sha256)
    with ledger.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            "E-DOC-01", Text(en=f"No document is kept under {sha256}.", zh=f"没有以 {sha256} 为名的存档文件。")
        )
    if not holds(sha256, row.content):
        raise _damaged(sha256, row.kind)
    return str(row.content)


def raw(ledger: Ledger, sha256: str) -> bytes | None:
    """Return the bytes kept under `sha256` as they lie there, unproved; None if nothing is: for verification."""
    query = sa.select(table.c.content).where(table.c.sha256 == sha256)
    with ledger.reading() as connection:
        if connection.dialect.name == "sqlite":  # a flipped byte need not be UTF-8 any more
            query = sa.select(sa.cast(table.c.content, sa.LargeBinary)).where(table.c.sha256 == sha256)
        found = connection.execute(query).scalar()
    return found.encode("utf-8", "surrogateescape") if isinstance(found, str) else found


def references(event: Event) -> frozenset[str]:
    """Return the names of the documents that an event refers to."""
    found = (event.detail.get(key) for key in REFERENCES)
    return frozenset(name for name in found if isinstance(name, str))


def kinds(events: Iterable[Event]) -> dict[str, set[str]]:
    """Return the kinds under which events refer to documents, by their names."""
    found: dict[str, set[str]] = {}
    for event in events:
        for key, kind in KINDS.items():
            if (name := event.detail.get(key)) is not None:
                found.setdefault(name, set()).add(kind)
    return found


def mentioned(events: Iterable[Event]) -> set[str]:
    """Return every text in the events' details, under whatever key: a document whose name is not among them is no event's."""
    return _texts([event.detail for event in events])


def each(ledger: Ledger) -> Iterator[sa.RowMapping]:
    """Yield every row of the table in the order of its name, unproved: for verification and export."""
    yield from ledger.stream(sa.select(table).order_by(table.c.sha256))


def holds(sha256: str, content: object) -> bool:
    """Tell whether `content`, as it came from the database, is a text whose name is `sha256`."""
    return isinstance(content, str) and sha256_text(content) == sha256


def _texts(value: object) -> set[str]:
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set[str]().union(*(_texts(item) for item in inner))


def _damaged(sha256: str, kind: str) -> PlatformFailed:
    return PlatformFailed(
        "E-DOC-02",
        Text(
            en=f"Document {sha256} ({kind}) was changed after it was kept: its bytes do not match its name. "
            "Run `zonelab verify` and restore the catalogue from a copy.",
            zh=f"存档文件 {sha256}（{kind}）在存入后被改动：内容与其名称不符。请运行 zonelab verify，并从备份恢复目录库。",
        ),
    )
