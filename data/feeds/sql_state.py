"""How far a feed of a database has come: the watermark, kept in the feed's own folder after its rows are in the drop folder.

Belongs here: writing and reading it with the type of its values. Does not: moving it (sql_run). What a withdrawal changed in it
is noticed by its digest: the run then begins at the watermark again, and rows come twice rather than not at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.durable import write_text
from data.feeds.config import SqlFeed
from data.feeds.drop import Drop
from data.feeds.texts import refused

KINDS: dict[str, tuple[type, Callable[[str], Any]]] = {
    "datetime": (dt.datetime, dt.datetime.fromisoformat),
    "date": (dt.date, dt.date.fromisoformat),
    "bool": (bool, lambda text: text == "True"),
    "int": (int, int),
    "float": (float, float),
    "decimal": (Decimal, Decimal),
    "uuid": (uuid.UUID, uuid.UUID),
    "text": (str, str),
}
"""What orders rows, by its name in the file; the first that fits, so that a time is not taken for its date."""


@dataclass(frozen=True)
class Watermark:
    """The place of the last row that lies in the drop folder.

    `place` is its watermark and key; only the watermark where the rest cannot be trusted any more. `seen` are
    the digests of the pages of the last run: an overlap that brings nothing new is not delivered again.
    """

    place: tuple[Any, ...]
    seen: tuple[str, ...] = ()


def place_of_state(drop: Drop) -> Path:
    """Return the file that holds a feed's watermark."""
    return drop.folder / "watermark.json"


def load(drop: Drop, feed: SqlFeed) -> Watermark | None:
    """Return how far a feed has come; None if it never ran.

    Raises
    ------
    Refused
        E-FEED-14: the configuration's query or order is another than the one that the watermark belongs to.
    """
    path = place_of_state(drop)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if found["source"] != _source(feed):
        raise refused("E-FEED-14", feed=feed.name, place=path)
    whole = found["check"] == _check(found["place"])
    pairs = found["place"] if whole else found["place"][:1]
    return Watermark(tuple(KINDS[kind][1](text) for kind, text in pairs), tuple(found["seen"]) if whole else ())


def keep(drop: Drop, feed: SqlFeed, mark: Watermark) -> None:
    """Keep how far a feed has come, durably."""
    place = [_written(value) for value in mark.place]
    document = {"source": _source(feed), "place": place, "check": _check(place), "seen": list(mark.seen)}
    write_text(place_of_state(drop), json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _written(value: object) -> list[str]:
    kind = next(name for name, (known, _) in KINDS.items() if isinstance(value, known))
    text = value.isoformat() if isinstance(value, dt.date) else repr(value) if isinstance(value, float) else str(value)
    return [kind, text]


def is_ordered(value: object) -> bool:
    """Whether a value is of a kind that can be kept and compared."""
    return isinstance(value, tuple(known for known, _ in KINDS.values()))


def _source(feed: SqlFeed) -> str:
    """Return the digest of what a watermark belongs to; the text of a query is nobody's business in a state file."""
    said = json.dumps([feed.table, feed.query, feed.watermark, feed.key], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _check(place: list[Any]) -> str:
    return hashlib.sha256(json.dumps(place, ensure_ascii=False).encode()).hexdigest()
