"""`zonelab feed`: who may run one, what is told when it cannot, and one answer at the end."""

import sqlite3

import pytest
import yaml

pytestmark = pytest.mark.archive

FEED = {"kind": "sql", "name": "town", "zone": "deqing", "contract": "sensor_node_reading", "table": "readings",
        "watermark": "changed", "key": ["id"]}  # fmt: skip
ACCESS = """users:
  staff.one: {roles: [zone_operator], zones: [deqing]}
  staff.two: {roles: [zone_operator], zones: [xian]}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "town.yml"
    path.write_text(yaml.safe_dump(FEED))
    return path


@pytest.fixture
def town(tmp_path, monkeypatch):
    path = tmp_path / "town.db"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("create table readings (id integer, changed text)")
        connection.executemany("insert into readings values (?, ?)", [(1, "2026-03-01"), (2, None)])
    connection.close()
    monkeypatch.setenv("ZONELAB_FEED_TOWN_URL", f"sqlite:///{path}")


@pytest.mark.usefixtures("town")
def test_a_fetch_answers_once_and_rows_without_a_place_make_it_not_acceptable(zonelab, config, workspace):
    run = zonelab("feed", "sql", "--config", config, "--as", "staff.one", "--once", "--json")
    assert (run.code, run.document["rows"], run.document["unordered"]) == (1, 1, 1)
    assert run.document["files"] == [path.name for path in workspace.inbox.rglob("*.parquet")]
    assert "in the drop folder (1 rows)" in run.err
    again = zonelab("feed", "sql", "--config", config, "--as", "staff.one", "--once", "--lang", "zh")
    assert "0 行写入 0 个文件" in again.out


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("kind", ["sql", "mqtt"])
def test_only_who_may_submit_in_the_zone_may_run_a_feed(zonelab, tmp_path, workspace, kind):
    (workspace.home / "access.yml").write_text(ACCESS)
    broker = {"host": "broker.test", "topics": ["a"]}
    own = {name: FEED[name] for name in ("name", "zone", "contract")} | broker | {"kind": "mqtt"}
    path = tmp_path / "feed.yml"
    path.write_text(yaml.safe_dump(FEED if kind == "sql" else own))
    run = zonelab("feed", kind, "--config", path, "--as", "staff.two", "--json")
    assert (run.code, run.document["error"]["code"]) == (3, "E-ACCESS-01")
    assert not list(workspace.inbox.rglob("*.parquet"))


def test_what_is_missing_is_told_with_its_code(zonelab, config, tmp_path):
    options = ("--as", "staff.one", "--once", "--json")
    assert zonelab("feed", "sql", "--config", tmp_path / "none.yml", *options).code == 4
    run = zonelab("feed", "sql", "--config", config, *options)
    assert (run.code, run.document["error"]["code"]) == (1, "E-FEED-02")
    assert "ZONELAB_FEED_TOWN_URL" in run.document["error"]["message"]["zh"]
