"""One run of a database's feed: page after page into the drop folder, each time the file first and the watermark after it.

Belongs here: that order, the overlap for late rows, what a run tells. Does not: statements (sql_rows), the watermark's file
(sql_state). A process that ends between file and watermark fetches that page again; the gate answers `duplicate` or folds it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow.parquet as pq
import sqlalchemy as sa

from data.feeds import sql_state
from data.feeds.config import SqlFeed
from data.feeds.drop import Drop
from data.feeds.sql_rows import Place, Row, as_table, order_of, page, reading, unordered
from data.feeds.sql_state import Watermark
from data.feeds.texts import failed, refused, said
from data.messages import Text
from data.paths import Workspace
from data.settings import feed_secret, feed_variable

Tell = Callable[[Text], None]


@dataclass(frozen=True)
class Fetched:
    """What a run did: rows and files laid down, and rows that have no place in the order."""

    rows: int
    files: tuple[str, ...]
    unordered: int


@dataclass
class _Run:
    drop: Drop
    feed: SqlFeed
    tell: Tell
    mark: Watermark | None
    rows: int = 0
    files: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)


def fetch(feed: SqlFeed, workspace: Workspace, *, tell: Tell) -> Fetched:
    """Fetch what is new since the last run and lay it into the drop folder.

    Raises
    ------
    Refused
        E-FEED-02: no address in the environment; E-FEED-11, -13, -14, -15, -16: rows that cannot be ordered or kept.
    PlatformFailed
        E-FEED-10: the database is away; E-LOCK-01: another process runs this feed.
    """
    url = feed_secret(feed.name, "url")
    if url is None:
        variable = feed_variable(feed.name, "url")
        raise refused(
            "E-FEED-02", variable=variable, feed=feed.name, what="the address of the database", what_zh="数据库地址"
        )
    drop = Drop(workspace, feed)
    with drop.held():
        run = _Run(drop, feed, tell, sql_state.load(drop, feed))
        with reading(feed, url) as connection:
            lost = unordered(connection, feed)
            if lost:
                tell(said("W-FEED-12", feed=feed.name, n=lost, columns=", ".join(order_of(feed))))
            _all_pages(run, connection)
    return Fetched(run.rows, tuple(run.files), lost)


def _all_pages(run: _Run, connection: sa.Connection) -> None:
    after, begin = _start(run.feed, run.mark)
    while True:
        found = page(connection, run.feed, after, begin, run.feed.rows + 1)
        rows = found[: run.feed.rows]
        _check_order(run.feed, found)
        if rows:
            _deliver(run, rows)
            after = _place(run.feed, rows[-1])
        if len(found) <= run.feed.rows:
            return


def _start(feed: SqlFeed, mark: Watermark | None) -> tuple[Place | None, Any]:
    """Return where a run begins: behind the last row, or at a watermark that counts as well."""
    if mark is None:
        return None, feed.start
    if feed.overlap:
        return None, earlier(feed, mark.place[0])
    if len(mark.place) == 1 + len(feed.key):
        return mark.place, None
    return None, mark.place[0]


def earlier(feed: SqlFeed, watermark: Any) -> Any:  # noqa: ANN401
    """Return a watermark less the overlap: seconds of a time, units of a number.

    Raises
    ------
    Refused
        E-FEED-16: a text that is no time.
    """
    if isinstance(watermark, dt.datetime):
        return watermark - dt.timedelta(seconds=feed.overlap)
    if isinstance(watermark, dt.date):
        return watermark - dt.timedelta(days=-(-feed.overlap // 86_400))
    if isinstance(watermark, Decimal):
        return watermark - Decimal(str(feed.overlap))
    if isinstance(watermark, int):
        return watermark - math.ceil(feed.overlap)
    if isinstance(watermark, float):
        return watermark - feed.overlap
    try:
        moment = dt.datetime.fromisoformat(str(watermark)) - dt.timedelta(seconds=feed.overlap)
    except ValueError:
        raise refused("E-FEED-16", feed=feed.name, watermark=feed.watermark) from None
    between = "T" if "T" in str(watermark) else " "
    return moment.replace(microsecond=0, tzinfo=None).isoformat(between)[: len(str(watermark))]


def _check_order(feed: SqlFeed, rows: Sequence[Row]) -> None:
    """Refuse rows that watermark and key do not tell apart: one of them could be passed over between two pages."""
    places = [_place(feed, row) for row in rows]
    strange = [name for name in order_of(feed) if rows and not sql_state.is_ordered(rows[0][name])]
    if strange:
        raise refused("E-FEED-15", feed=feed.name, column=strange[0], kind=type(rows[0][strange[0]]).__name__)
    same = sum(one == two for one, two in pairwise(places))
    if same:
        raise refused("E-FEED-13", feed=feed.name, n=same, columns=", ".join(order_of(feed)))


def _place(feed: SqlFeed, row: Row) -> Place:
    return tuple(row[name] for name in order_of(feed))


def _deliver(run: _Run, rows: Sequence[Row]) -> None:
    """Lay a page into the drop folder, then move the watermark; a page that the last run had as well is passed over."""
    content = _parquet(run.feed, rows)
    digest = hashlib.sha256(content).hexdigest()
    run.pages.append(digest)
    if run.mark is not None and digest in run.mark.seen:
        return
    try:
        file = run.drop.deliver(content, ".parquet")
        run.mark = Watermark(_later(run, _place(run.feed, rows[-1])), tuple(run.pages))
        sql_state.keep(run.drop, run.feed, run.mark)
    except OSError as error:
        raise failed("E-FEED-05", feed=run.feed.name, reason=error.strerror or type(error).__name__) from None
    run.rows += len(rows)
    run.files.append(file.name)
    run.tell(said("I-FEED-03", feed=run.feed.name, file=file.name, rows=len(rows)))


def _later(run: _Run, place: Place) -> Place:
    """Return how far the feed has come: pages of an overlap begin before the watermark, and it never falls.

    Keys are not compared here: only the database knows the order of its texts.
    """
    if run.mark is None or not run.feed.overlap or place[0] >= run.mark.place[0]:
        return place
    return run.mark.place


def _parquet(feed: SqlFeed, rows: Sequence[Row]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(as_table(feed, rows), stream, compression="zstd")
    return stream.getvalue()
