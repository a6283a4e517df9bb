"""kill -9 at every write system call of the feeds: each message and each row is in the drop folder, and nothing half written."""

import json

import pyarrow.parquet as pq
import pytest

from tests.integration.kill_harness import finds, survives

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("tracing")]
SCENE = "kill_feed_scene"
MESSAGES, ROWS = 9, 10


def violations(home):
    """Return what is wrong in a workspace after its feeds have run in peace."""
    folder = home / "inbox" / "deqing" / "sensor_node_reading"
    lines = [line for path in folder.glob("[!.]*.ndjson") for line in path.read_text().splitlines()]
    rows = [number for path in folder.glob("[!.]*.parquet") for number in pq.read_table(path)["id"].to_pylist()]
    lost = set(range(MESSAGES)) - {json.loads(line)["message"] for line in lines}
    gone = set(range(ROWS)) - set(rows)
    left = [path.name for path in home.rglob("*") if path.name.endswith(".tmp") or path.parent.name == "arrived"]
    told = {"messages lost": sorted(lost), "rows lost": sorted(gone), "left behind": left}
    return [f"{what}: {which}" for what, which in told.items() if which]


def test_kill_at_some_write_calls_of_the_feeds(tmp_path):
    report = survives(SCENE, tmp_path / "run", violations, stride=6, offset=2)
    assert {"write", "fsync", "rename"} <= set(report["names"])


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_kill_at_every_write_call_of_the_feeds_loses_nothing(tmp_path):
    assert survives(SCENE, tmp_path / "run", violations)["calls"] > 30


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "fault", ["acknowledged_before_the_disk", "let_go_before_the_delivery", "watermark_before_the_file"]
)
def test_a_planted_fault_is_found_and_only_by_killing(tmp_path, fault):
    assert finds(SCENE, tmp_path / "run", violations, fault)
