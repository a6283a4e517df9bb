"""`zonelab run`: through the web server of this workspace if there is one, else in a process of its own."""

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from apps.cli import runs, server

pytestmark = pytest.mark.archive

DONE = {
    "run_id": "r1",
    "status": "SUCCESS",
    "checks": {"passed": 3, "failed": 0, "warned": 1},
    "release_id": "R000001-aaaaaaaa",
    "failures": [],
}
FAILED = {
    **DONE,
    "status": "FAILURE",
    "release_id": None,
    "failures": [{"step": "panels", "code": "E-PANEL-10", "message": {"en": "no", "zh": "否"}, "exit_code": 1}],
}


@pytest.fixture
def launcher(monkeypatch):
    """Replace the child process: its answer, its exit status; record how it was started."""
    started = []
    answer = {"stdout": json.dumps(DONE), "returncode": 0}

    def start(line, **options):
        started.append((line, options))
        return subprocess.CompletedProcess(line, answer["returncode"], stdout=answer["stdout"].encode())

    monkeypatch.setattr(runs.subprocess, "run", start)
    monkeypatch.setattr(server, "serves", lambda *_: False)
    return answer, started


def test_without_a_server_the_job_runs_in_a_process_with_the_workspaces_history(zonelab, launcher, tmp_path):
    _, started = launcher
    run = zonelab("run", "--job", "ingest", "--json")
    ((line, options),) = started
    assert (run.code, run.document) == (0, DONE)
    assert line[1:] == ["-m", "orchestration.launch", "--job", "ingest"]
    assert options["env"]["DAGSTER_HOME"] == str(tmp_path / "home" / "dagster")
    assert options["env"]["ZONELAB_HOME"] == str(tmp_path / "home")
    assert (tmp_path / "home" / "dagster" / "dagster.yaml").is_file()


@pytest.mark.parametrize(("codes", "expected"), [([1], 1), ([1, 5], 5), ([], 5)])
def test_a_failed_run_says_what_failed_and_whose_fault_it_is(zonelab, launcher, codes, expected):
    answer, _ = launcher
    failures = [{**FAILED["failures"][0], "exit_code": code} for code in codes]
    answer["stdout"] = json.dumps({**FAILED, "failures": failures})
    assert zonelab("run", "--json").code == expected
    assert ("E-PANEL-10" in zonelab("run").out) == bool(codes)


def test_an_unknown_job_is_four(zonelab, launcher):
    answer, _ = launcher
    answer |= {
        "stdout": json.dumps({"error": {"code": "E-RUN-01", "message": {"en": "no", "zh": "否"}}}),
        "returncode": 4,
    }
    run = zonelab("run", "--job", "x", "--json")
    assert (run.code, run.document["error"]["code"]) == (4, "E-RUN-01")


def test_a_launcher_that_dies_without_an_answer_is_five(zonelab, launcher):
    answer, _ = launcher
    answer |= {"stdout": "", "returncode": -9}
    run = zonelab("run", "--json")
    assert (run.code, run.document["error"]["code"]) == (5, "E-RUN-05")


def test_a_file_that_lies_in_no_zones_folder_is_named(zonelab, launcher, tmp_path):
    assert launcher
    zonelab("init")
    (tmp_path / "home" / "inbox" / "stray.csv").write_text("a", encoding="utf-8")
    run = zonelab("run", "--json")
    assert (run.code, run.document) == (0, DONE)
    assert "inbox/stray.csv" in run.err


def test_who_may_not_run_is_told_so(zonelab, launcher, tmp_path):
    _, started = launcher
    zonelab("init")
    (tmp_path / "home" / "access.yml").write_text(
        "users: {reader: {roles: [reviewer], zones: '*'}}\n", encoding="utf-8"
    )
    assert zonelab("run", "--as", "reader", "--json").code == 3
    assert started == []


class Dagster:
    """A stand-in for the web server: answers by the query's beginning, remembers what was launched."""

    def __init__(self, home):
        self.home, self.healthy, self.launched, self.status, self.events = home, True, [], "SUCCESS", []
        self.loaded, self.reloaded = True, []

    def data(self, query, variables):  # noqa: PLR0911 - one answer a query
        if "daemonHealth" in query:
            info = f"local_artifact_storage:\n  config:\n    base_dir: {self.home / 'dagster'}\n"
            return {"instance": {"info": info, "daemonHealth": {"daemonStatus": {"healthy": self.healthy}}}}
        if "repositoriesOrError" in query:
            jobs = [{"name": "everything"}, {"name": "__ASSET_JOB"}]
            node = {"name": "__repository__", "location": {"name": "zonelab"}, "jobs": jobs}
            return {
                "repositoriesOrError": {"__typename": "RepositoryConnection", "nodes": [node] if self.loaded else []}
            }
        if "locationEntries" in query:
            kind = "RepositoryLocation" if self.loaded else "PythonError"
            entry = {"name": "zonelab", "loadStatus": "LOADED", "locationOrLoadError": {"__typename": kind}}
            return {"workspaceOrError": {"locationEntries": [entry]}}
        if "reloadRepositoryLocation" in query:
            self.reloaded.append(variables["name"])
            self.loaded = True
            return {"reloadRepositoryLocation": {"__typename": "WorkspaceLocationEntry"}}
        if "launchRun" in query:
            self.launched.append(variables["params"])
            return {"launchRun": {"__typename": "LaunchRunSuccess", "run": {"runId": "r2"}}}
        if "runOrError" in query:
            return {"runOrError": {"__typename": "Run", "status": self.status}}
        start = int(variables["after"] or 0)
        page, more = self.events[start : start + 2], start + 2 < len(self.events)
        return {"logsForRun": {"events": page, "cursor": str(start + 2), "hasMore": more}}


@pytest.fixture
def dagster(tmp_path, monkeypatch):
    """Serve the stand-in on a free loopback port and point the settings at it."""
    fake = Dagster(tmp_path / "home")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps({"data": fake.data(asked["query"], asked["variables"])}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setenv("ZONELAB_DAGSTER_URL", f"http://127.0.0.1:{listening.server_port}")
        yield fake
        listening.shutdown()
        thread.join()


def test_with_a_server_of_this_workspace_the_job_is_launched_there(zonelab, dagster):
    verdict = {"__typename": "AssetCheckEvaluationEvent", "evaluation": {"success": True, "severity": "ERROR"}}
    warned = {"__typename": "AssetCheckEvaluationEvent", "evaluation": {"success": False, "severity": "WARN"}}
    released = {
        "__typename": "MaterializationEvent",
        "assetKey": {"path": ["release"]},
        "metadataEntries": [{"label": "release_id", "text": "R000001-aaaaaaaa"}, {"label": "rows"}],
    }
    dagster.events = [verdict, verdict, {"__typename": "RunStartEvent"}, verdict, warned, released]
    run = zonelab("run", "--json")
    assert run.document == {**DONE, "run_id": "r2"}
    (params,) = dagster.launched
    assert params["selector"] == {
        "repositoryName": "__repository__",
        "repositoryLocationName": "zonelab",
        "jobName": "everything",
    }


def test_a_refusal_on_the_server_is_told_as_the_launcher_tells_it(zonelab, dagster):
    said = [{"label": label, "text": text} for label, text in (("code", "E-PANEL-10"), ("en", "no"), ("zh", "否"))]
    dagster.status = "FAILURE"
    dagster.events = [
        {
            "__typename": "ExecutionStepFailureEvent",
            "stepKey": "panels",
            "error": {"className": "Failure"},
            "failureMetadata": {"description": "no", "metadataEntries": said},
        }
    ]
    run = zonelab("run", "--json")
    assert run.code == 1
    assert run.document["failures"] == FAILED["failures"]


@pytest.mark.parametrize(
    ("name", "code", "exit_code"),
    [("DagsterAssetCheckFailedError", "E-RUN-02", 1), ("OperationalError", "E-RUN-03", 5)],
)
def test_a_failed_check_is_the_inputs_fault_and_an_exception_the_platforms(zonelab, dagster, name, code, exit_code):
    failed = {
        "__typename": "ExecutionStepFailureEvent",
        "stepKey": "s",
        "error": {"className": name},
        "failureMetadata": None,
    }
    dagster.status, dagster.events = "FAILURE", [failed]
    run = zonelab("run", "--json")
    assert (run.code, run.document["failures"][0]["code"]) == (exit_code, code)


def test_an_unknown_job_on_the_server_is_four_and_launches_nothing(zonelab, dagster):
    run = zonelab("run", "--job", "__ASSET_JOB", "--json")
    assert run.code == 4
    assert "everything" in run.document["error"]["message"]["en"]
    assert dagster.launched == []


def test_a_server_of_another_workspace_or_without_daemon_is_not_used(dagster, workspace):
    url = runs.load_settings().dagster_url
    assert server.serves(url, workspace)
    dagster.healthy = False
    assert not server.serves(url, workspace)
    dagster.healthy, dagster.home = True, workspace.home / "other"
    assert not server.serves(url, workspace)


def test_a_server_without_jobs_is_not_used_and_is_told_to_load_them_again(dagster, workspace):
    url = runs.load_settings().dagster_url
    dagster.loaded = False
    assert not server.serves(url, workspace)
    assert not server.loaded(url)
    assert dagster.reloaded == ["zonelab"]
    assert server.loaded(url)
    assert server.serves(url, workspace)
    assert dagster.reloaded == ["zonelab"]


def test_nobody_there_is_not_loaded():
    assert not server.loaded("http://127.0.0.1:9")


def test_a_server_that_serve_left_its_address_for_is_found(workspace):
    settings = runs.load_settings()
    assert server.addresses(workspace, settings) == [settings.dagster_url]
    (workspace.dagster / server.ADDRESS_FILE).write_text('{"url": "http://127.0.0.1:3999"}', encoding="utf-8")
    assert server.addresses(workspace, settings) == [settings.dagster_url, "http://127.0.0.1:3999"]
