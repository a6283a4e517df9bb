"""A database's feed: every row at least once whatever happens between two runs, in typed files, and no secret in any message."""

import sqlite3

import pyarrow.parquet as pq
import pytest

from data.feeds.config import SqlFeed
from data.feeds.drop import Drop
from data.feeds.sql_run import earlier, fetch
from data.feeds.sql_state import place_of_state
from data.messages import PlatformFailed, Refused

FEED = {"kind": "sql", "name": "town", "zone": "deqing", "contract": "sensor_node_reading", "table": "readings",
        "watermark": "changed", "key": ["id"], "rows": 3}  # fmt: skip


class Town:
    """A database with readings, and a feed on it."""

    def __init__(self, path, workspace, monkeypatch):
        self.connection, self.workspace, self.told = sqlite3.connect(path), workspace, []
        self.connection.execute("create table readings (id integer, changed text, value real, note text)")
        monkeypatch.setenv("ZONELAB_FEED_TOWN_URL", f"sqlite:///{path}")

    def add(self, *rows):
        self.connection.executemany("insert into readings values (?, ?, ?, ?)", rows)
        self.connection.commit()

    def run(self, **changes):
        feed = SqlFeed.model_validate(FEED | changes)
        return fetch(feed, self.workspace, tell=self.told.append)

    def ids(self):
        """Return the ids of each file in the drop folder, in order."""
        folder = Drop(self.workspace, SqlFeed.model_validate(FEED)).target
        return [pq.read_table(path)["id"].to_pylist() for path in sorted(folder.glob("[!.]*.parquet"))]


@pytest.fixture
def town(tmp_path, workspace, monkeypatch):
    made = Town(tmp_path / "town.db", workspace, monkeypatch)
    yield made
    made.connection.close()


def row(number, minute=None):
    return (number, f"2026-03-01 10:{number if minute is None else minute:02d}:00", number / 2, "x")


def test_pages_go_on_where_the_last_run_ended(town):
    town.add(*(row(n) for n in range(1, 8)))
    done = town.run()
    assert (done.rows, len(done.files)) == (7, 3)
    assert town.ids() == [[1, 2, 3], [4, 5, 6], [7]]
    assert town.run().files == ()
    town.add(row(8), row(9, minute=8))
    assert town.run().rows == 2
    assert town.ids()[3:] == [[8, 9]]


def test_rows_of_one_watermark_are_told_apart_by_the_key(town):
    town.add(*(row(n, minute=5) for n in range(7)))
    town.run()
    town.add(row(7, minute=5))
    town.run()
    assert town.ids() == [[0, 1, 2], [3, 4, 5], [6], [7]]


def test_late_rows_come_within_the_overlap_and_nothing_new_makes_no_file(town):
    town.add(row(1), row(10), row(12))
    town.run(overlap=600)
    assert town.run(overlap=600).rows == 2  # those of the overlap, once
    assert town.run(overlap=600).files == ()
    town.add(row(5))  # late
    assert town.run(overlap=600).rows == 3
    assert town.run(overlap=600).files == ()
    town.add(row(13))
    town.run(overlap=600)
    assert sorted({number for ids in town.ids() for number in ids}) == [1, 5, 10, 12, 13]


def test_without_an_overlap_late_rows_do_not_come(town):
    town.add(row(10))
    town.run()
    town.add(row(5))
    assert town.run().rows == 0


@pytest.mark.parametrize("where", ["deliver", "keep"])
def test_ended_anywhere_a_run_fetches_again_rather_than_not(town, monkeypatch, where):
    town.add(*(row(n) for n in range(1, 6)))
    place = {"deliver": "data.feeds.drop.Drop.deliver", "keep": "data.feeds.sql_state.keep"}[where]

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place, die)
        with pytest.raises(KeyboardInterrupt):
            town.run()
    town.run()
    found = [number for ids in town.ids() for number in ids]
    assert sorted(set(found)) == [1, 2, 3, 4, 5]
    assert len(found) == (5 if where == "deliver" else 8)


def test_files_of_a_repeated_page_are_the_same_bytes(town, workspace, monkeypatch):
    town.add(*(row(n) for n in range(1, 3)))
    with monkeypatch.context() as patched:
        patched.setattr("data.feeds.sql_state.keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            town.run()
    town.run()
    one, two = (path.read_bytes() for path in workspace.inbox.rglob("[!.]*.parquet"))
    assert one == two


def test_a_key_that_does_not_tell_rows_apart_is_refused(town):
    town.add(row(1), row(1))
    with pytest.raises(Refused, match="1 rows of the feed town stand at the same place of changed, id"):
        town.run()


def test_rows_without_a_place_in_the_order_are_told(town):
    town.add(row(1), (2, None, 1.0, "x"))
    assert town.run().unordered == 1
    assert "1 rows" in town.told[0].en
    assert town.ids() == [[1]]


def test_a_query_is_a_source_too_and_another_one_does_not_go_on_from_its_watermark(town):
    town.add(*(row(n) for n in range(1, 5)))
    query = {"table": None, "query": "select id, changed, value * 2 as twice from readings where id > 1;"}
    town.run(**query)
    assert town.ids() == [[2, 3, 4]]
    with pytest.raises(Refused, match="changed since its watermark"):
        town.run()


def test_types_are_kept_and_what_no_file_keeps_is_refused_by_column(town):
    town.add(row(1))
    town.run()
    (path,) = town.workspace.inbox.rglob("[!.]*.parquet")
    assert [str(field.type) for field in pq.read_schema(path)] == ["int64", "string", "double", "string"]
    town.add((2, "2026-03-01 11:00:00", 1.0, b"\x00"))
    with pytest.raises(Refused, match=r"column note .* holds binary"):
        town.run()


def test_a_watermark_that_a_withdrawal_touched_begins_at_its_time_again(town):
    town.add(row(1), row(2, minute=1))
    town.run()
    state = place_of_state(Drop(town.workspace, SqlFeed.model_validate(FEED)))
    state.write_text(state.read_text().replace('"2"', '"[removed]"'))
    town.run()
    assert town.ids() == [[1, 2], [1, 2]]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("sqlite:///{folder}/secret-horse.db", "OperationalError SQLITE_CANTOPEN"),
        ("nothing://secret-horse@x/y", "NoSuchModuleError"),
        ("secret-horse", "ArgumentError"),
    ],
)
def test_no_address_is_in_any_message(town, monkeypatch, tmp_path, url, kind):
    monkeypatch.setenv("ZONELAB_FEED_TOWN_URL", url.format(folder=tmp_path))
    with pytest.raises(PlatformFailed, match=kind) as caught:
        town.run()
    assert "secret-horse" not in str(caught.value) + caught.value.text.zh
    assert not (tmp_path / "secret-horse.db").exists()


def test_an_address_is_asked_for_by_the_name_of_its_variable(town, monkeypatch):
    monkeypatch.delenv("ZONELAB_FEED_TOWN_URL")
    with pytest.raises(Refused, match="ZONELAB_FEED_TOWN_URL"):
        town.run()


def test_nothing_can_be_written_and_missing_columns_are_named(town):
    town.add(row(1))
    with pytest.raises(PlatformFailed, match="E-FEED-10"):
        town.run(table=None, query="with x as (select 1) insert into readings select 1, 'a', 1, 'b'")
    with pytest.raises(PlatformFailed, match="SQLITE_ERROR"):
        town.run(watermark="nothing")


def test_an_overlap_in_each_kind_of_watermark():
    import datetime as dt
    from decimal import Decimal

    feed = SqlFeed.model_validate(FEED | {"overlap": 90})
    moment = dt.datetime(2026, 3, 1, 0, 1, tzinfo=dt.UTC)
    assert earlier(feed, moment) == moment - dt.timedelta(seconds=90)
    assert earlier(feed, dt.date(2026, 3, 1)) == dt.date(2026, 2, 28)
    assert (earlier(feed, 100), earlier(feed, Decimal(100))) == (10, Decimal(10))
    assert earlier(feed, "2026-03-01 00:01:00.5") == "2026-02-28 23:59:30"
    assert earlier(feed, "2026-03-01T00:01") == "2026-02-28T23:59"
    with pytest.raises(Refused, match="a time or a number"):
        earlier(feed, "A17")
