"""kill -9 at every write system call of the feeds: each message and each row is in the drop folder, and nothing half written."""

import json

import pyarrow.parquet as pq
import pytest

from tests.integration import kill_harness
from tests.integration.kill_harness import drive, judge, killed

pytestmark = pytest.mark.integration
SCENE = "kill_feed_scene"
MESSAGES, ROWS = 9, 10


@pytest.fixture(scope="module", autouse=True)
def _tracing():
    reason = kill_harness.why_not()
    if reason:
        pytest.skip(reason)


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
    report = drive(SCENE, tmp_path / "run", stride=6, offset=2)
    assert len(killed(report)) >= report["calls"] // 6
    assert {"write", "fsync", "rename"} <= set(report["names"])
    assert judge(report, violations) == {}


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_kill_at_every_write_call_of_the_feeds_loses_nothing(tmp_path):
    report = drive(SCENE, tmp_path / "run")
    assert len(killed(report)) == report["calls"] > 30
    assert judge(report, violations) == {}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "fault", ["acknowledged_before_the_disk", "let_go_before_the_delivery", "watermark_before_the_file"]
)
def test_a_planted_fault_is_found_and_only_by_killing(tmp_path, fault):
    found = judge(drive(SCENE, tmp_path / "run", fault=fault), violations)
    assert 0 not in found, f"without a kill the fault must not show: {found[0]}"
    assert found, "the harness did not notice"
