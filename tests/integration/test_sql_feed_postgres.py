"""A database's feed on a real PostgreSQL: typed rows, a transaction that cannot write, pages by time and key, to the archive."""

import datetime as dt
import os
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
import yaml

from data.contracts import load_contract
from data.feeds.config import SqlFeed
from data.feeds.sql_run import fetch
from data.lake import Lake
from data.ledger import Ledger
from data.messages import PlatformFailed
from data.settings import REPOSITORY
from quality.inbox import pending, take
from tests import postgres

pytestmark = pytest.mark.integration
FEED = {"kind": "sql", "name": "town", "zone": "deqing", "contract": "sensor_node_reading", "table": "public.readings",
        "watermark": "changed", "key": ["node_id", "measured_epoch_s"], "rows": 40, "overlap": 60}  # fmt: skip
MAKE = """create table readings (node_id uuid, sensor text, measured_epoch_s bigint, temperature_c numeric(6,2), big bigint,
 changed timestamptz, day date, primary key (node_id, sensor, measured_epoch_s))"""
FILL = """insert into readings select '00000000-0000-0000-0000-000000000007', 'dht11', 1700000000 + n, n / 4.0, 5000000000 + n,
 timestamptz '2026-03-01 00:00:00+08' + (n / 3) * interval '1 second', date '2026-03-01' from generate_series({}, {}) n"""


@pytest.fixture(scope="module")
def server():
    try:
        started = postgres.start()
    except postgres.Unavailable as reason:
        pytest.skip(str(reason))
    yield started
    started.stop()


@pytest.fixture
def town(server, monkeypatch):
    url = server.database()
    monkeypatch.setenv("ZONELAB_FEED_TOWN_URL", url)
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

    def execute(statement):
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    execute(MAKE)
    return execute


def run(workspace, **changes):
    return fetch(SqlFeed.model_validate(FEED | changes), workspace, tell=lambda _: None)


def test_rows_come_typed_by_pages_and_late_ones_too_and_each_is_in_the_archive_once(town, workspace):
    town(FILL.format(1, 100))
    assert len(run(workspace).files) == 3
    (first, *_) = sorted(workspace.inbox.rglob("[!.]*.parquet"))
    table = pq.read_table(first)
    assert [str(field.type) for field in table.schema] == [
        "string", "string", "int64", "string", "int64", "timestamp[us, tz=UTC]", "date32[day]"]  # fmt: skip
    assert table["changed"][0].as_py() == dt.datetime(2026, 2, 28, 16, 0, tzinfo=dt.UTC)
    town(
        FILL.format(101, 130).replace("interval '1 second'", "interval '-1 second'")
    )  # late: earlier than all that came
    town(FILL.format(131, 150))
    run(workspace, overlap=120)
    results = take(workspace, pending(workspace, settle_seconds=0), run_id="test")
    assert {str(result.status) for result in results} <= {"accepted", "duplicate"}
    table = Lake(workspace, Ledger.open(workspace)).read(load_contract("sensor_node_reading"))
    assert sorted(table["measured_epoch_s"].to_pylist()) == [1_700_000_000 + n for n in range(1, 151)]
    assert table["temperature_c"].to_pylist().count(2.5) == 1


def test_without_an_overlap_pages_go_on_behind_the_last_row(town, workspace):
    town(FILL.format(1, 100))
    run(workspace, overlap=0)
    town(FILL.format(101, 110))
    assert run(workspace, overlap=0).rows == 10
    assert run(workspace, overlap=0).files == ()


def test_nothing_can_be_written_and_the_code_of_the_error_is_told(town, workspace):
    town(FILL.format(1, 3))
    query = "with gone as (delete from readings returning *) select * from gone"
    with pytest.raises(PlatformFailed, match=r"0A000|25006"):
        run(workspace, table=None, query=query)
    with pytest.raises(PlatformFailed, match="42P01"):
        run(workspace, table="public.nothing")
    town("create function sweep() returns int language sql as 'delete from readings; select 1'")
    with pytest.raises(PlatformFailed, match="25006"):
        run(workspace, table=None, query="select readings.*, sweep() from readings")
    assert run(workspace).rows == 3


def test_the_command_fetches_once_and_answers_in_json(town, workspace, tmp_path):
    town(FILL.format(1, 3))
    path = tmp_path / "town.yml"
    path.write_text(yaml.safe_dump(FEED))
    line = [
        sys.executable,
        "-m",
        "apps.cli.main",
        "feed",
        "sql",
        "--config",
        str(path),
        "--as",
        "staff.one",
        "--once",
        "--json",
    ]
    environment = {**os.environ, "ZONELAB_HOME": str(workspace.home)}
    done = subprocess.run(line, cwd=REPOSITORY, env=environment, capture_output=True, check=False, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["rows"] == 3
    assert len(list(workspace.inbox.rglob("[!.]*.parquet"))) == 1
