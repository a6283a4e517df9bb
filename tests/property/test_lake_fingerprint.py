"""Fingerprints over generated tables: blind to order and threads, sensitive to everything else."""

import random

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.duck import open_duckdb
from data.fingerprint import fingerprint, fingerprint_table

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


def text(rows, threads=2):
    """Fingerprint through a connection that stays open: opening one costs more than the query."""
    connection = CONNECTIONS[threads]
    connection.register("content", table_of(rows))
    return fingerprint(connection, "SELECT * FROM content").fingerprint


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
