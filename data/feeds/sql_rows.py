"""Rows of a database behind a watermark: one ordered, bounded query at a time, read only, as typed Arrow tables.

Belongs here: the statement, the transaction that cannot write, what types become. Does not: how far a feed has come (sql_state),
deliveries (sql_run). Nothing of a database's message is passed on: it may hold an address with a password, or a value.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import sqlalchemy as sa
from pydantic import SecretStr

from data.feeds.config import SqlFeed
from data.feeds.texts import failed, refused

COUNTED = 1000

Place = tuple[Any, ...]
"""Watermark and key of a row, in the order of the query."""

Row = Mapping[str, Any]


@contextmanager
def reading(feed: SqlFeed, url: SecretStr) -> Iterator[sa.Connection]:
    """Yield a connection in a transaction that cannot write.

    Raises
    ------
    PlatformFailed
        E-FEED-10: the database is away or refused; the message says which kind of error, and nothing of what the database said.
    """
    try:
        engine = sa.create_engine(_readable(sa.make_url(url.get_secret_value())), poolclass=sa.NullPool)
        with engine.connect() as connection:
            _forbid_writing(connection)
            yield connection
    except (sa.exc.SQLAlchemyError, OSError, ImportError) as error:
        raise failed("E-FEED-10", feed=feed.name, reason=_kind(error)) from None


def _kind(error: Exception) -> str:
    """Return the kind of an error and the code that the database gives it; its words may hold an address or a value."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorname", None)
    if code is None and cause.args and isinstance(cause.args[0], dict):
        code = cause.args[0].get("C")  # PostgreSQL's SQLSTATE, as pg8000 gives it
    return f"{type(cause).__name__} {code}" if code else type(cause).__name__


def _readable(url: sa.URL) -> sa.URL:
    """Return the address; a file of SQLite is opened to be read, so that a wrong name makes no empty database."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith((":", "file:")):
        return url
    return url.set(database=f"file:{quote(url.database)}").update_query_dict({"mode": "ro", "uri": "true"})


def _forbid_writing(connection: sa.Connection) -> None:
    """Make the transaction one that cannot write; other databases than these need a user who may only read."""
    statements = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET TRANSACTION READ ONLY"}
    if connection.dialect.name in statements:
        connection.exec_driver_sql(statements[connection.dialect.name])


def source(feed: SqlFeed) -> sa.TableClause | sa.Subquery:
    """Return what rows are taken from, with the columns that order them."""
    names: list[sa.ColumnClause[Any]] = [sa.column(name) for name in order_of(feed)]
    if feed.table is not None:
        *schema, table = feed.table.split(".")
        return sa.table(table, *names, schema=".".join(schema) or None)
    return sa.text(f"{feed.query}".rstrip().rstrip(";")).columns(*names).subquery("source_rows")


def order_of(feed: SqlFeed) -> tuple[str, ...]:
    """Return the columns by which rows are ordered: watermark, then key."""
    return (feed.watermark, *feed.key)


def page(connection: sa.Connection, feed: SqlFeed, after: Place | None, begin: Any, most: int) -> list[Row]:  # noqa: ANN401
    """Return the next rows in the order of watermark and key.

    Parameters
    ----------
    after
        The place of the last row that was taken in this run; rows behind it come.
    begin
        Where a run begins that has taken none: rows whose watermark is this or greater; None for the beginning.
    most
        Rows at most.
    """
    rows = source(feed)
    places = [rows.c[name] for name in order_of(feed)]
    statement = sa.select(sa.text("*")).select_from(rows).order_by(*places).limit(most)
    statement = statement.where(*(place.is_not(None) for place in places))
    if after is not None:
        statement = statement.where(_behind(places, after))
    elif begin is not None:
        statement = statement.where(places[0] >= _bound(begin))
    found = connection.execute(statement)
    given = set(found.keys())
    missing = [name for name in order_of(feed) if name not in given]
    if missing:
        raise refused("E-FEED-11", feed=feed.name, columns=", ".join(missing))
    return [dict(row) for row in found.mappings()]


def _behind(places: Sequence[sa.ColumnElement[Any]], after: Place) -> sa.ColumnElement[bool]:
    """Return that a row comes after a place, written out: not every database compares rows of values."""
    conditions = []
    for number, (column, value) in enumerate(zip(places, after, strict=True)):
        same = [earlier == _bound(each) for earlier, each in zip(places[:number], after[:number], strict=True)]
        conditions.append(sa.and_(*same, column > _bound(value)))
    return sa.or_(*conditions)


def _bound(value: Any) -> sa.BindParameter[Any]:  # noqa: ANN401
    """Return a value as a parameter of its own kind: a number of 64 bits, a time with its zone."""
    if isinstance(value, int) and not isinstance(value, bool):
        return sa.literal(value, sa.BigInteger())
    if isinstance(value, dt.datetime):
        return sa.literal(value, sa.DateTime(timezone=value.tzinfo is not None))
    return sa.literal(value)


def unordered(connection: sa.Connection, feed: SqlFeed) -> int:
    """Return how many rows have no place in the order because watermark or key are empty; counted up to `COUNTED`."""
    rows = source(feed)
    empty = sa.or_(*(rows.c[name].is_(None) for name in order_of(feed)))
    some = sa.select(sa.literal_column("1")).select_from(rows).where(empty).limit(COUNTED).subquery("empty_rows")
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def as_table(feed: SqlFeed, rows: Sequence[Row]) -> pa.Table:
    """Return rows as a typed table; decimals are texts with the digits that they have, times with a zone are UTC.

    Raises
    ------
    Refused
        E-FEED-15: a column of bytes, structures or mixed kinds.
    """
    names = list(rows[0])
    columns = {}
    for name in names:
        values = [_plain(row[name]) for row in rows]
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowException, TypeError, OverflowError):
            kinds = sorted({type(each).__name__ for each in values if each is not None})
            raise refused("E-FEED-15", feed=feed.name, column=name, kind=" / ".join(kinds)) from None
        if not _is_cell(columns[name].type):
            raise refused("E-FEED-15", feed=feed.name, column=name, kind=str(columns[name].type))
    return pa.table(columns)


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC)
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)  # one precision a column would add digits
    return value


def _is_cell(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_null, pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating,
        pa.types.is_string, pa.types.is_date, pa.types.is_timestamp, pa.types.is_time,
    )  # fmt: skip
    return any(test(kind) for test in tests)
