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

pytestmark = [pytest.mark.integration, pytest.mark.served, pytest.mark.slow]

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


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    """Return the demo's files of clinic_assignment by zone."""
    manifest = write_files(Workspace(tmp_path_factory.mktemp("scratch") / "home").create(), scale=0.1)
    return {
        file.zone: (file, manifest.folder / file.path)
        for file in manifest.files
        if file.contract == "clinic_assignment"
    }


def lay(workspace, file, source):
    """Put a file into the drop folder as a careful sender does: under another name until it is whole."""
    folder = workspace.inbox / file.zone / file.contract
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{source.name}.part"
    part.write_bytes(source.read_bytes())
    part.rename(folder / source.name)


def settled(ledger, files):
    found = {submission.sha256: submission.status for submission in submissions(ledger)}
    return all(found.get(file.sha256, "received") != "received" for file in files)


def test_a_file_laid_in_the_inbox_is_taken_without_a_command(served, assignments):
    workspace = served[0]
    file, source = assignments["deqing"]
    lay(workspace, file, source)
    assert until(lambda: settled(Ledger.open(workspace), [file]))


def test_a_bulk_delivery_is_taken_by_one_run(served, assignments):
    workspace = served[0]
    for file, source in assignments.values():
        lay(workspace, file, source)
    ledger = Ledger.open(workspace)
    assert until(lambda: settled(ledger, [file for file, _ in assignments.values()]))
    rest = {file.sha256 for file, _ in assignments.values()} - {assignments["deqing"][0].sha256}
    assert len({submission.run_id for submission in submissions(ledger) if submission.sha256 in rest}) == 1


def test_ctrl_c_stops_all_three(served):
    _, ports, env, process, _ = served
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert until(lambda: not answers(ports["viewer"]) and not answers(ports["dagster"]), seconds=10)
    assert not (Workspace(served[0].home).dagster / "server.json").exists()
    assert env
