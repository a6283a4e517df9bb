"""kill -9 at every step of a correction: nobody sees half of it, nothing is lost, nothing enters twice."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.settings import REPOSITORY, child_environment

DRIVER = Path(__file__).with_name("kill_correct_driver.py")
BEFORE, AFTER = [["01", 1], ["02", 2], ["03", 3]], [["01", 7], ["03", 3]]

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]


def drive(folder, **order):
    """Run the driver; return its report."""
    order = {"folder": str(folder), "act": "accept", "fault": "", "stride": 1, **order}
    done = subprocess.run(  # noqa: S603 - our own driver
        [sys.executable, str(DRIVER), json.dumps(order)],
        cwd=REPOSITORY,
        env=child_environment({"PYTHONPATH": str(REPOSITORY), "ZONELAB_HOME": str(folder / "unused")}),
        capture_output=True,
        text=True,
        check=False,
        timeout=880,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def violations(report):
    """Return what is wrong, by step: half a correction seen, or an end that is not the quiet one."""
    found = {}
    for item in report["attempts"]:
        wrong = ["the retry failed"] if item["retry"] else []
        decided = [state for _, state in item["crash"]["corrections"]] == ["accepted"]
        if item["crash"]["shown"] != (AFTER if decided else BEFORE):
            wrong.append(f"after the crash panels show {item['crash']['shown']}")
        if item["end"]["shown"] != AFTER or len(item["end"]["corrections"]) != 1 or item["end"]["problems"]:
            wrong.append(f"it ends as {item['end']}")
        if wrong:
            found[item["at"]] = wrong
    return found


@pytest.mark.parametrize(
    ("act", "stride"),
    [("accept", 19), *(pytest.param(act, 1, marks=pytest.mark.slow) for act in ("accept", "propose"))],
)
def test_a_correction_killed_at_any_step_ends_as_if_it_had_not_been(tmp_path, act, stride):
    report = drive(tmp_path, act=act, stride=stride)
    killed = [item for item in report["attempts"] if item["killed"]]
    assert len(killed) == len(report["attempts"]) - 1 >= 4
    assert violations(report) == {}


@pytest.mark.slow
def test_a_planted_fault_is_found_and_only_by_killing(tmp_path):
    found = violations(drive(tmp_path, fault="recorded_first", stride=5))
    assert 0 not in found, f"without a kill the fault must not show: {found[0]}"
    assert found, "the harness did not notice"
