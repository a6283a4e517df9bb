"""The scene of feeds for kill_harness: a broker's messages are taken, acknowledged and delivered, then a database's rows.

The line to the broker is a file of the numbers that were acknowledged: like a broker it hands out again what is not in it.
"""

import os
import sqlite3
import warnings
from pathlib import Path

import pyarrow.parquet as pq  # otherwise it is imported in every fork

from data.feeds import sql_run, sql_state
from data.feeds.broker import Arrived
from data.feeds.config import MqttFeed, SqlFeed
from data.feeds.drop import Drop
from data.feeds.spool import Spool
from data.feeds.subscriber import _Run
from data.paths import Workspace

assert pq.__name__
warnings.filterwarnings("ignore", category=DeprecationWarning)  # forking while a library has threads
WHERE = {"zone": "deqing", "contract": "sensor_node_reading"}
LAB = MqttFeed(kind="mqtt", name="lab", host="broker.test", topics=("a",), **WHERE)
TOWN = SqlFeed(kind="sql", name="town", table="readings", watermark="n", key=("id",), rows=4, **WHERE)
MESSAGES, ROWS, GROUP = 9, 10, 3


class Line:
    """What is not acknowledged comes again."""

    def __init__(self, home):
        self._acked = Path(home) / "acked"

    def arrived(self, _patience, _most):
        known = set(self._acked.read_text().split()) if self._acked.exists() else set()
        waiting = [n for n in range(MESSAGES) if str(n) not in known][:GROUP]
        return [Arrived("a", f'{{"message": {n}}}'.encode(), n, 1, 0.0) for n in waiting]

    def acknowledge(self, group):
        with self._acked.open("a") as stream:
            stream.write("".join(f"{message.number}\n" for message in group))


def subscribe(home):
    drop = Drop(Workspace(Path(home)), LAB)
    with drop.held():
        run, line = _Run(LAB, Spool(drop, LAB.batch), lambda _: None), Line(home)
        for turn in range(MESSAGES // GROUP + 1):
            run.take(line, 0.0)
            if turn == 1:
                run.deliver()
        run.deliver()


def fetch(home):
    os.environ["ZONELAB_FEED_TOWN_URL"] = f"sqlite:///{home}/town.db"
    sql_run.fetch(TOWN, Workspace(Path(home)), tell=lambda _: None)


def prepare(home):
    Workspace(home).create()
    connection = sqlite3.connect(Path(home) / "town.db")
    with connection:
        connection.execute("create table readings (id integer, n integer)")
        connection.executemany("insert into readings values (?, ?)", [(n, n // 2) for n in range(ROWS)])
    connection.close()


def act(home):
    subscribe(home)
    fetch(home)


peace = act


# Planted faults: each breaks one promise. Without a kill all of them go unnoticed.


def acknowledged_before_the_disk():
    def take(self, connection, patience):
        group = connection.arrived(patience, GROUP)
        connection.acknowledge(group)
        self._keep(group)

    _Run.take = take


def let_go_before_the_delivery():
    real = Drop.deliver

    def deliver(self, content, suffix):
        for path in (self.folder / "arrived").glob("*.ndjson"):
            path.unlink()
        return real(self, content, suffix)

    Drop.deliver = deliver


def watermark_before_the_file():
    real, keep = Drop.deliver, sql_state.keep

    def deliver(self, content, suffix):
        if self.feed is TOWN:
            rows = pq.read_table(sql_run.io.BytesIO(content)).to_pylist()
            keep(self, TOWN, sql_state.Watermark((rows[-1]["n"], rows[-1]["id"])))
        return real(self, content, suffix)

    Drop.deliver = deliver


FAULTS = {
    each.__name__: each
    for each in (acknowledged_before_the_disk, let_go_before_the_delivery, watermark_before_the_file)
}
