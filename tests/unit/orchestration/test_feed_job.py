"""Feeds by the clock: each database is asked, one that fails does not keep the others, nothing configured starts nothing."""

import sqlite3

import dagster as dg
import pytest
import yaml

from data.messages import Refused
from orchestration.defs.feeds import feed_schedule, fetch_all
from orchestration.resources import House

pytestmark = pytest.mark.archive

FEED = {
    "kind": "sql",
    "zone": "deqing",
    "contract": "sensor_node_reading",
    "table": "readings",
    "watermark": "n",
    "key": ["id"],
}


@pytest.fixture
def configure(workspace, tmp_path, monkeypatch):
    def write(name):
        path = tmp_path / f"{name}.db"
        connection = sqlite3.connect(path)
        with connection:
            connection.execute("create table readings (id integer, n integer)")
            connection.execute("insert into readings values (1, 1)")
        connection.close()
        monkeypatch.setenv(f"ZONELAB_FEED_{name}_URL".upper(), f"sqlite:///{path}")
        workspace.feeds.mkdir(exist_ok=True)
        (workspace.feeds / f"{name}.yml").write_text(yaml.safe_dump({**FEED, "name": name}))

    return write


def ticked(workspace):
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(instance=instance, resources={"house": House(home=str(workspace.home))})
        return feed_schedule()(context)


def test_each_feed_is_asked_and_a_broken_one_is_told_after_the_others(workspace, configure, monkeypatch):
    for name in ("alpha", "beta", "gamma"):
        configure(name)
    monkeypatch.delenv("ZONELAB_FEED_BETA_URL")
    counts, errors = fetch_all(workspace)
    assert counts == {"alpha": 1, "gamma": 1}
    assert [(type(error), error.code) for error in errors] == [(Refused, "E-FEED-02")]
    assert len(list(workspace.inbox.rglob("*.parquet"))) == 2


def test_nothing_configured_starts_nothing(workspace, configure):
    assert isinstance(ticked(workspace), dg.SkipReason)
    configure("alpha")
    assert isinstance(ticked(workspace), dg.RunRequest)
