"""Archive rows outside the dates of a file are passed over, and no row that could have one of its keys is."""

import datetime as dt

import pyarrow as pa
import pytest

from data.contracts import Contract
from data.duck import open_duckdb
from data.key_span import key_span

TEXT = {"en": "x", "zh": "x"}
AT = [dt.datetime(2026, 1, 1, 0, 0, 0, 1, dt.UTC), dt.datetime(2026, 1, 3, tzinfo=dt.UTC)]


def contract(*types):
    names = [f"c{place}" for place in range(len(types))]
    label = {"label": TEXT, "required": True}
    columns = [{"name": name, "type": kind, **label} for name, kind in zip(names, types, strict=True)]
    return Contract.model_validate(
        {
            "name": "spans",
            "version": "1.0",
            "title": TEXT,
            "description": TEXT,
            "unit": "zone",
            "grain": "x",
            "source_kind": "sensor",
            "key": names,
            "columns": [*columns, {"name": "v", "type": "number", "label": TEXT}],
        }
    )


def within(condition, **archive):
    with open_duckdb(threads=1) as connection:
        connection.register("archive", pa.table(archive))
        return [row[0] for row in connection.execute(f"select c0 from archive where {condition} order by 1").fetchall()]


@pytest.mark.parametrize(
    ("kind", "arrow", "values", "outside"),
    [
        (
            "timestamp",
            pa.timestamp("us", "UTC"),
            AT,
            [AT[0] - dt.timedelta(microseconds=1), AT[1] + dt.timedelta(seconds=1)],
        ),
        (
            "date",
            pa.date32(),
            [dt.date(1969, 12, 30), dt.date(2026, 1, 3)],
            [dt.date(1969, 12, 29), dt.date(2026, 1, 4)],
        ),
    ],
)
def test_the_ends_belong_to_the_span(kind, arrow, values, outside):
    condition = key_span(contract(kind), pa.table({"c0": pa.chunked_array([pa.array(values[::-1], arrow)])}))
    told = within(condition, c0=pa.array([*values, *outside], arrow))
    assert [each.date() if kind == "timestamp" else each for each in told] == [
        each.date() if kind == "timestamp" else each for each in values
    ]


def test_a_key_without_dates_or_a_file_without_rows_leaves_nothing_out():
    assert key_span(contract("string"), pa.table({"c0": ["a"]})) == "true"
    assert key_span(contract("date"), pa.table({"c0": pa.array([], pa.date32())})) == "true"
    both = key_span(contract("string", "date"), pa.table({"c0": ["a"], "c1": [dt.date(2026, 1, 1)]}))
    assert within(both, c0=["a", "b"], c1=[dt.date(2026, 1, 1), dt.date(2026, 1, 2)]) == ["a"]
