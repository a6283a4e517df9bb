"""The key of a record: what it says, and that it is the same however a table is cut or its texts are held."""

import datetime as dt
import hashlib

import numpy as np
import pyarrow as pa
import pytest

from data.contracts import Column
from data.contracts.record_key import KEY_BYTES, key_text, record_keys
from data.messages import Text
from data.repeats import has_repeats

LABEL = Text(en="x", zh="x")


def column(name, kind="string"):
    return Column(name=name, type=kind, label=LABEL)


def digest(text):
    return hashlib.sha256(text.encode()).digest()[:KEY_BYTES]


def at(*moments):
    return pa.array([dt.datetime.fromisoformat(moment) for moment in moments], pa.timestamp("us", "UTC"))


def test_without_a_time_the_key_is_the_hash_of_the_texts():
    keys = record_keys([(column("a"), pa.array(["x", "x"])), (column("n", "integer"), pa.array([7, 8]))])
    assert keys.to_pylist() == [digest("x\x1f7"), digest("x\x1f8")]


def test_a_time_stands_in_the_last_five_bytes_and_what_is_above_them_in_the_hash():
    moment = at("2026-04-01T00:00:00+00:00", "1969-12-31T23:59:59.999999+00:00")
    (first, second) = record_keys([(column("a"), pa.array(["x", "x"])), (column("t", "timestamp"), moment)]).to_pylist()
    ticks = 1_775_001_600_000_000
    assert first == digest(f"x\x1f{ticks >> 40}")[:11] + (ticks % (1 << 40)).to_bytes(5, "little")
    assert second == digest("x\x1f-1")[:11] + b"\xff" * 5
    assert key_text(second).endswith("f" * 10)


def test_of_several_times_the_last_one_counts_and_the_others_are_hashed():
    days = pa.array([dt.date(1970, 1, 3)], pa.date32())
    key = record_keys([(column("t", "timestamp"), at("1970-01-01T00:00:00+00:00")), (column("d", "date"), days)])
    assert key.to_pylist() == [digest("1970-01-03\x1f0")[:11] + bytes(5)]


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [("boolean", pa.array([True]), "true"), ("number", pa.array([-0.0]), "0.0"), ("integer", pa.array([-3]), "-3")],
)
def test_other_types_are_hashed_by_their_text(kind, values, text):
    assert record_keys([(column("v", kind), values)]).to_pylist() == [digest(text)]


def test_a_row_without_a_part_has_no_key():
    keys = record_keys([(column("a"), pa.array(["x", None, "x"])), (column("t", "timestamp"), at(*["2026-01-01"] * 3))])
    assert [key is None for key in keys.to_pylist()] == [False, True, False]
    assert has_repeats(pa.chunked_array([keys]))
    assert record_keys([(column("a"), pa.array([], pa.string()))]).to_pylist() == []
    assert record_keys([(column("a"), pa.nulls(2, pa.string()))]).null_count == 2


def test_pieces_and_coded_texts_give_the_same_keys():
    rng = np.random.default_rng(20260401)
    names = pa.array([f"P{number}" for number in rng.integers(0, 90, 400)])
    ticks = pa.array(rng.integers(-(10**15), 3 * 10**15, 400)).cast(pa.timestamp("us", "UTC"))
    parts = column("a"), column("b", "integer"), column("t", "timestamp")
    numbers = pa.array(rng.integers(0, 50, 400))
    whole = record_keys(list(zip(parts, (names, numbers, ticks), strict=True)))
    coded = pa.chunked_array([names.slice(0, 150).dictionary_encode(), names.slice(150).dictionary_encode()])
    assert record_keys(list(zip(parts, (coded, numbers, ticks), strict=True))) == whole
    halves = [[values.slice(start, 200) for values in (names, numbers, ticks)] for start in (0, 200)]
    apart = [record_keys(list(zip(parts, half, strict=True))) for half in halves]
    assert pa.concat_arrays(apart) == whole
    assert not has_repeats(pa.chunked_array(apart))
    assert len(set(whole.to_pylist())) == 400


def test_many_combinations_are_sorted_instead_of_counted(monkeypatch):
    parts = [(column(name, "integer"), pa.array(np.arange(60) % 20 * step)) for name, step in (("a", 1), ("b", 3))]
    counted = record_keys(parts)
    monkeypatch.setattr("data.contracts.record_key.MOST_PLACES", 1)
    assert record_keys(parts) == counted
    assert len(set(counted.to_pylist())) == 20
