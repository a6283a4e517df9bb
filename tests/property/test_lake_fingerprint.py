"""Fingerprints over generated tables: blind to order and threads, sensitive to everything else."""

import datetime as dt
import random

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.duck import open_duckdb
from data.fingerprint import LONG, fingerprint, fingerprint_table

TYPES = {
    "count": (pa.int64(), st.integers(-(2**62), 2**62)),
    "share": (pa.float64(), st.floats(allow_nan=False)),
    "name": (pa.string(), st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)),
    "flag": (pa.bool_(), st.booleans()),
    "day": (pa.date32(), st.integers(0, 30_000)),
    "wait__st": (pa.int64(), st.integers(0, 17)),
}
ROW = st.fixed_dictionaries({name: st.none() | values for name, (_, values) in TYPES.items()})
ROWS = st.lists(ROW, min_size=1, max_size=20)


def table_of(rows):
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, (kind, _) in TYPES.items()})


CONNECTIONS = {threads: open_duckdb(threads=threads) for threads in (1, 2)}


def text(rows, threads=2, about_rows=0):
    """Fingerprint through a connection that stays open: opening one costs more than the query."""
    connection = CONNECTIONS[threads]
    connection.register("content", table_of(rows))
    return fingerprint(connection, "SELECT * FROM content", about_rows=about_rows).fingerprint


@settings(max_examples=25, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_threads_do_not_matter(rows, chance):
    shuffled = chance.sample(rows, len(rows))
    assert text(rows, 1) == text(shuffled, 2)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.data())
def test_any_changed_cell_matters(rows, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from(sorted(TYPES)))
    was = rows[place][name]
    now = data.draw((st.none() | TYPES[name][1]).filter(lambda value: value != was or type(value) is not type(was)))
    changed = [dict(row) for row in rows]
    changed[place][name] = now
    assert text(rows) != text(changed)


@settings(max_examples=60, deadline=None)
@given(ROWS | st.builds(lambda row, count: [row] * count, ROW, st.integers(1, 3)))
def test_what_is_known_of_the_columns_changes_nothing(rows):
    """The ends of a long table's columns make it cheaper to spell out, to the same text."""
    assert text(rows) == text(rows, about_rows=LONG)


def test_ends_of_every_type_change_nothing():
    days = [dt.date(1, 1, 1), dt.date(9999, 12, 31), None]
    for first in (1, 7):
        moments = [dt.datetime(2024, 1, 2, 3, 4, first, tzinfo=dt.UTC), dt.datetime(1969, 1, 1, tzinfo=dt.UTC), None]
        table = pa.table(
            {
                "day": pa.array(days, pa.date32()),
                "far_day": pa.array([-800_000, 4_000_000, None], pa.date32()),
                "moment": pa.array(moments, pa.timestamp("us", tz="UTC")),
                "bytes": pa.array([b"\x00a", b"", None], pa.binary()),
                "below_nought": pa.array([-10, -99, -50]),
                "through_nought": pa.array([-1, 10, 5]),
                "small": pa.array([1, 2, 3], pa.int32()),
                "nothing": pa.array([None] * 3, pa.string()),
                "signs": ["区", "ab", "é"],
            }
        )
        with open_duckdb() as connection:
            connection.register("content", table)
            plain, quick = (fingerprint(connection, "SELECT * FROM content", about_rows=rows) for rows in (0, LONG))
        assert plain == quick


@settings(max_examples=15, deadline=None)
@given(ROWS)
def test_a_doubled_or_lost_row_matters(rows):
    assert text(rows) not in (text([*rows, rows[0]]), text(rows[1:]))


def test_names_types_and_column_order_matter():
    table = table_of([{"count": 1, "share": 1.0, "name": "1", "flag": True, "day": 1, "wait__st": 1}])
    renamed = table.rename_columns(["amount", *table.column_names[1:]])
    retyped = table.set_column(0, "count", pa.array([1.0]))
    moved = table.select(table.column_names[::-1])
    texts = [fingerprint_table(each).fingerprint for each in (table, renamed, retyped, moved)]
    assert len(set(texts)) == 4


def test_many_rows_on_many_threads():
    chance = random.Random(20)  # noqa: S311 - a fixed seed, not a secret
    table = pa.table({"a": [chance.random() for _ in range(150_000)], "b": list(range(150_000))})
    assert fingerprint_table(table, 1) == fingerprint_table(table, 4)
