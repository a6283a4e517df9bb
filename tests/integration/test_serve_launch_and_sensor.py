"""`zonelab serve` for real: its web server takes `zonelab run`, its daemon takes files from the inbox, Ctrl-C leaves nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from data.demo import write_files
from data.ledger import Ledger
from data.paths import Workspace
from data.settings import REPOSITORY
from data.submissions import submissions

pytestmark = pytest.mark.integration

PATIENCE = 120.0
CLI = [sys.executable, "-m", "apps.cli.main"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.5)
    return False


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Start `zonelab serve` on free ports in a workspace of its own; stop it by its process id."""
    home = tmp_path_factory.mktemp("serve") / "home"
    ports = {"viewer": free_port(), "dagster": free_port()}
    env = {**os.environ, "ZONELAB_HOME": str(home)}
    options = ["--viewer-port", str(ports["viewer"]), "--dagster-port", str(ports["dagster"]), "--json"]
    process = subprocess.Popen(  # noqa: S603
        [*CLI, "serve", *options], cwd=REPOSITORY, env=env, stdout=subprocess.PIPE, text=True
    )
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("}"):
            break
    yield Workspace(home), ports, env, process, json.loads(text)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    process.stdout.close()


def test_both_pages_answer_on_loopback(served):
    _, ports, _, _, document = served
    assert document["dagster"] == f"http://127.0.0.1:{ports['dagster']}"
    assert answers(ports["viewer"])
    assert answers(ports["dagster"])


def run(env, *arguments):
    found = subprocess.run(  # noqa: S603
        [*CLI, "run", *arguments, "--json"], cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False
    )
    return found.returncode, json.loads(found.stdout), found.stderr


def test_run_goes_through_the_web_server(served):
    _, ports, env, _, _ = served
    code, document, told = run(env, "--job", "ingest")
    assert (code, document["status"]) == (0, "SUCCESS"), told
    assert f"http://127.0.0.1:{ports['dagster']}" in told
    assert document["checks"]["failed"] == 0
    assert document["checks"]["passed"] > 0
    assert document["release_id"] is None


def test_an_unknown_job_is_refused_with_the_list(served):
    code, document, _ = run(served[2], "--job", "everythin")
    assert code == 4
    assert "build_release" in document["error"]["message"]["en"]


def test_a_file_laid_in_the_inbox_is_taken_without_a_command(served, tmp_path):
    workspace, _, _, _, _ = served
    manifest = write_files(Workspace(tmp_path / "scratch").create(), scale=0.1)
    file = next(f for f in manifest.files if f.contract == "clinic_assignment" and f.zone == "deqing")
    folder = workspace.inbox / file.zone / file.contract
    folder.mkdir(parents=True)
    (folder / "clinics.part").write_bytes((manifest.folder / file.path).read_bytes())
    (folder / "clinics.part").rename(folder / file.path.rsplit("/", 1)[-1])
    ledger = Ledger.open(workspace)
    assert until(
        lambda: [found.status for found in submissions(ledger) if found.sha256 == file.sha256] not in ([], ["received"])
    )


def test_ctrl_c_stops_all_three(served):
    _, ports, env, process, _ = served
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert until(lambda: not answers(ports["viewer"]) and not answers(ports["dagster"]), seconds=10)
    assert not (Workspace(served[0].home).dagster / "server.json").exists()
    assert env
