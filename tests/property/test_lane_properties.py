"""The short way of a file without a fault and the long way: the same rows, keys and verdict, whatever the file holds."""

import datetime as dt
import io
from functools import partial

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.contracts import Contract
from data.readers import blocks, parquet, quick, read_content, spelling, staged_bytes
from data.readers.sandbox import handover, worker
from quality import check
from quality.beside import NOTHING
from quality.cells import Context
from quality.lane import rows

pytestmark = pytest.mark.integration

QUIET = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
TEXT = {"en": "x", "zh": "x"}


def column(name, kind, **more):
    return {"name": name, "type": kind, "label": {"en": name, "zh": name}, **more}


CONTRACT = Contract.model_validate(
    {
        "name": "lane_try",
        "version": "1.0",
        "title": TEXT,
        "description": TEXT,
        "unit": "device",
        "grain": "one row a sensor and time",
        "source_kind": "sensor",
        "key": ["zone_id", "sensor_id", "at"],
        "na_values": ["NA"],
        "columns": [
            column("zone_id", "string", required=True, source="zone"),
            column("sensor_id", "string", required=True, pattern="S[0-9]{2}"),
            column("at", "timestamp", required=True),
            column("level", "number", minimum=-5, maximum=50),
            column("count", "integer", minimum=0, maximum=900, missing_codes={"-9": "sensor_offline"}),
            column("state", "string", codes={"ok": TEXT, "low": TEXT}),
            column("day", "date"),
            column("raw", "integer"),
        ],
    }
)
STRAIGHT = check._straight_way
START = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)
GOOD = {
    "sensor_id": st.sampled_from(["S01", "S02", "S03", " S03"]),
    "level": st.sampled_from([0.0, -0.0, 1.5, 50.0, -5.0, float("nan"), None, 1e-7, 12.345678901234567]),
    "count": st.sampled_from([0, 900, -9, 17, None]),
    "state": st.sampled_from(["ok", "low", None, "NA", ""]),
    "day": st.sampled_from([dt.date(2026, 3, 4), dt.date(1970, 1, 2), None]),
    "raw": st.sampled_from([0, -1, 10**14, None]),
}
ODD = {
    "sensor_id": ["s1", None, "１", "S0４", "1.10101E+17", "13800138000"],
    "level": [50.1, float("inf"), -5.5, 1e15, 1e300],
    "count": [901, -1, 2**60],
    "state": ["off", "OK", "13800138000", "王伟"],
    "day": [dt.date(1900, 1, 1), dt.date(2150, 1, 1)],
    "raw": [110105194912310021, 10**15, -(2**62)],
    "at": [START, None, dt.datetime(1969, 12, 31, tzinfo=dt.UTC), dt.datetime(2120, 1, 1, tzinfo=dt.UTC)],
}
SCHEMA = pa.schema(
    {
        "sensor_id": pa.string(),
        "at": pa.timestamp("us", "UTC"),
        "level": pa.float64(),
        "count": pa.int64(),
        "state": pa.string(),
        "day": pa.date32(),
        "raw": pa.int64(),
    }
)
FAULTS = st.lists(
    st.sampled_from(sorted(ODD)).flatmap(
        lambda name: st.tuples(st.integers(0, 11), st.just(name), st.sampled_from(ODD[name]))
    ),
    max_size=2,
)


@st.composite
def tables(draw, faults=FAULTS):
    size = draw(st.integers(1, 12))
    cells = {name: draw(st.lists(kind, min_size=size, max_size=size)) for name, kind in GOOD.items()}
    cells["at"] = [START + dt.timedelta(seconds=60 * number) for number in range(size)]
    for place, name, value in draw(faults):
        cells[name][place % size] = value
    return pa.table({name: cells[name] for name in SCHEMA.names}, schema=SCHEMA)


def as_parquet(table):
    stream = io.BytesIO()
    pq.write_table(table, stream, row_group_size=5)
    return stream.getvalue()


def as_csv(table):
    stream = io.BytesIO()
    pyarrow.csv.write_csv(table, stream, pyarrow.csv.WriteOptions(quoting_style="none"))
    return stream.getvalue()


def read(path, *, contract, folder, cells):
    """Read here, as the reading process hands a long table over."""
    rest = handover.write_tables(folder, [read_content(path.read_bytes(), contract=contract, typed=cells == "typed")])
    return handover.read_table(folder, rest, typed=cells == "typed")


@pytest.fixture
def ways(monkeypatch):
    """Return what a file's bytes give on the short way (None if it is not taken) and on the long one."""
    for module, name, value in [
        (check, "read_safely", read),
        (check, "SMALL_TABLE", 1),
        (parquet, "SPELLED_FROM", 1),
        (quick, "SPELLED_FROM", 1),
        (handover, "SPELLED_FROM", 1),
        (handover, "BATCH_ROWS", 3),
        (spelling, "OFTEN", 0),
        (rows, "PIECE_ROWS", 4),
    ]:
        monkeypatch.setattr(module, name, value)
    real, taken = check._straight_way, []

    def straight(*arguments):
        taken.append(real(*arguments))
        return taken[-1]

    def both(content):
        told = []
        for way in (straight, lambda *_: None):
            monkeypatch.setattr(check, "_straight_way", way)
            with staged_bytes(content, "a") as opened:
                told.append(check.check_content(opened, CONTRACT, Context("deqing")))
        return told[0] if taken.pop() is not None else None, *told

    return both


def plain(table):
    kinds = [pa.string() if pa.types.is_dictionary(kind) else kind for kind in table.schema.types]
    return table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))


def assert_alike(first, second):
    assert first.as_json() == second.as_json()
    assert (first.checks, first.columns, first.rules) == (second.checks, second.columns, second.rules)
    assert (first.good is None) == (second.good is None)
    assert first.good is None or plain(first.good).equals(plain(second.good))
    for name in ("bad", "faulty"):
        ours, theirs = getattr(first, name), getattr(second, name)
        assert (ours is None) == (theirs is None)
        assert ours is None or ours.to_pylist() == theirs.to_pylist()
    assert first.sheet.plain().table.equals(second.sheet.plain().table)


@QUIET
@given(tables(), st.sampled_from([as_parquet, as_csv]))
def test_both_ways_say_the_same(ways, table, written):
    _, first, second = ways(written(table))
    assert_alike(first, second)


@QUIET
@given(tables(st.just([])))
def test_a_file_without_a_fault_takes_the_short_way(ways, table):
    taken, _, second = ways(as_parquet(table))
    assert taken is not None
    assert second.rows_bad == 0


@pytest.mark.parametrize("name", sorted(ODD))
def test_a_fault_is_never_passed_over(ways, name):
    """The control of the property: each fault makes a file that the short way must not accept."""
    size = 4
    cells = {"sensor_id": ["S01"] * size, "at": [START + dt.timedelta(hours=n) for n in range(size)]}
    for value in ODD[name]:
        odd = {**cells, name: [*cells.get(name, [None] * size)[:-1], value]}
        table = pa.table({each: odd.get(each, [None] * size) for each in SCHEMA.names}, schema=SCHEMA)
        taken, first, second = ways(as_parquet(table))
        assert_alike(first, second)
        assert (taken is None) or (second.rows_bad == 0 and second.good is not None)
        assert taken is None or name in ("raw", "day", "at", "level")


SPELLINGS = [
    "0",
    "1.50",
    "007",
    " 5",
    "5 ",
    ".5",
    "5.",
    "1e1",
    "-0",
    "-4.999",
    "1e-7",
    "",
    "12.345678901234567",
    "1.5e-400",
]
DOUBTFUL = [
    "+5",
    "0x1F",
    "nan",
    "inf",
    "1e0001",
    "0e-9999",
    "1,5",
    "５",
    "NA",
    "x",
    "51",
    "0.110105194912310003",
    "1e17",
    "5.0",
]
WHOLE = ["0", "17", "-3", "007", " 5", "99999", "", "-0"]
ODD_WHOLE = ["0x1F", "+5", "5.0", "1e3", "110105194912310021", "1000000000000000", "９", "-"]


def numbered(levels, counts):
    lines = [
        f"S01,2026-03-04 {n // 60:02}:{n % 60:02}:00Z,{level},{raw}"
        for n, (level, raw) in enumerate(zip(levels, counts, strict=True))
    ]
    return "\n".join(["sensor_id,at,level,raw", *lines, ""]).encode()


@pytest.fixture
def read_ways(ways, monkeypatch):  # noqa: ARG001 - everything is small there
    """Return what bytes give when their numbers are read as numbers in small pieces, and when they are read as texts."""
    monkeypatch.setattr(worker, "is_long_text", lambda _: True)
    pieces = partial(blocks.read_in_pieces, first_piece=120, piece=90)
    monkeypatch.setattr(worker, "read_in_pieces", pieces)
    asked = []

    def apart(path, *, contract, folder, cells):
        asked.append(cells)
        rest = worker._read(path, folder, contract, typed=cells != "texts", numbers=cells == "numbers")
        return handover.read_table(folder, rest, typed=True)

    def both(content):
        told = []
        monkeypatch.setattr(check, "read_safely", apart)
        for cells in ("numbers", "typed"):
            asked.clear()
            with staged_bytes(content, "a") as opened:
                reading = check._reading(opened, CONTRACT, NOTHING, cells)
                told.append((check.check_content(opened, CONTRACT, Context("deqing"), reading=reading), list(asked)))
        return told

    monkeypatch.setattr(check, "_straight_way", STRAIGHT)
    return both


def assert_one_verdict(first, second):
    assert first.as_json() == second.as_json()
    assert (first.good is None) == (second.good is None)
    if first.good is not None:
        ours, theirs = plain(first.good), plain(second.good)
        assert ours.equals(theirs)
        assert [repr(x) for x in ours["level"].to_pylist()] == [repr(x) for x in theirs["level"].to_pylist()]
    assert (first.bad is None) == (second.bad is None)
    assert first.bad is None or first.bad.to_pylist() == second.bad.to_pylist()


@QUIET
@given(
    st.lists(st.tuples(st.sampled_from(SPELLINGS), st.sampled_from(WHOLE)), min_size=12, max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.sampled_from(DOUBTFUL), st.sampled_from(ODD_WHOLE)), max_size=1),
)
def test_numbers_read_as_numbers_give_the_verdict_of_their_texts(read_ways, cells, faults):
    levels, counts = map(list, zip(*cells, strict=True))
    for place, level, raw in faults:
        levels[place % len(levels)], counts[place % len(levels)] = level, raw
    (first, _), (second, _) = read_ways(numbered(levels, counts))
    assert_one_verdict(first, second)


@pytest.mark.parametrize("level", DOUBTFUL)
@pytest.mark.parametrize("place", [0, 29])
def test_a_text_that_is_no_plain_number_is_judged_as_text(read_ways, level, place):
    levels = ["1.5"] * 30
    levels[place] = level
    (first, _), (second, _) = read_ways(numbered(levels, ["1"] * 30))
    assert_one_verdict(first, second)


@pytest.mark.parametrize("raw", ODD_WHOLE)
def test_a_text_that_is_no_plain_whole_number_is_judged_as_text(read_ways, raw):
    (first, _), (second, _) = read_ways(numbered(["1"] * 30, ["1"] * 29 + [raw]))
    assert_one_verdict(first, second)


@pytest.mark.parametrize("written", [as_parquet, as_csv])
def test_a_number_that_means_an_empty_cell_is_one_on_both_ways(read_ways, monkeypatch, written):
    monkeypatch.setitem(globals(), "CONTRACT", CONTRACT.model_copy(update={"na_values": ("17",)}))
    cells = {name: [None] * 30 for name in SCHEMA.names} | {"sensor_id": ["S01"] * 30, "raw": [17] * 30}
    table = pa.table({**cells, "at": [START + dt.timedelta(hours=n) for n in range(30)]}, schema=SCHEMA)
    for report, _ in read_ways(written(table)):
        assert report.good["raw"].null_count == 30


def test_plain_numbers_are_read_once(read_ways):
    (first, asked), (second, _) = read_ways(numbered(["1.5", "-0", "2"] * 10, ["1"] * 30))
    assert asked == ["numbers"]
    assert first.rows_good == 30
    assert_one_verdict(first, second)
