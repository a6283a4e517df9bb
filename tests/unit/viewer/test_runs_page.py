"""Runs and freshness: run state and check state apart, the clock gone, overdue things, both languages, operators only."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from apps.viewer import house_reads, run_reads
from apps.viewer.components import run_view
from apps.viewer.run_reads import Checks, Run, verdicts
from data.paths import Workspace

ERROR, WARN = {"success": False, "severity": "ERROR"}, {"success": False, "severity": "WARN"}
GOOD = {"success": True, "severity": "ERROR"}


def check(status, evaluation=None):
    return {"name": "suite", "executionForLatestMaterialization": {"status": status, "evaluation": evaluation}}


def node(group, *checks, at="1790000000000", made=True):
    made_by = [{"timestamp": at, "runId": "aaaaaaaa-1"}] if made else []
    return {
        "groupName": group,
        "assetKey": {"path": [group]},
        "assetMaterializations": made_by,
        "assetChecksOrError": {"checks": list(checks)},
    }


def run(status="SUCCESS", checks=None):
    return Run("aaaaaaaa-1", "everything", status, 1.0, 2.0, 3.0, checks)


@pytest.mark.integration  # Dagster is imported
def test_every_query_fits_the_installed_dagster():
    graphql = pytest.importorskip("graphql")
    from dagster_graphql.schema import create_schema

    schema = create_schema().graphql_schema
    for query in run_reads.QUERIES:
        assert graphql.validate(schema, graphql.parse(query)) == []


def test_verdicts_are_counted_by_what_they_are():
    found = verdicts(
        check(status, evaluation)["executionForLatestMaterialization"]
        for status, evaluation in (
            ("SUCCEEDED", GOOD),
            ("FAILED", ERROR),
            ("FAILED", WARN),
            ("EXECUTION_FAILED", None),
            ("SUCCEEDED", None),
            ("IN_PROGRESS", None),
        )
    )
    assert found == Checks(passed=1, failed=3, warned=1, missing=1)


@pytest.mark.parametrize(
    ("shown", "is_good"),
    [
        (run(checks=Checks(passed=3)), True),
        (run(checks=Checks(passed=3, warned=1)), True),
        (run(checks=Checks(passed=3, failed=1)), False),
        (run(checks=None), False),
        (run("FAILURE", Checks(passed=3)), False),
        (run("STARTED"), False),
        (run("A_STATE_OF_LATER"), False),
    ],
)
def test_only_a_run_without_a_failed_check_is_green(shown, is_good):
    assert ("zl-good" in run_view.run_tag(shown).text) == is_good


@pytest.mark.parametrize(
    ("checks", "kind"),
    [
        (None, "unsure"),
        (Checks(), "unsure"),
        (Checks(passed=9, failed=1), "bad"),
        (Checks(passed=9, warned=1), "unsure"),
        (Checks(passed=9, missing=1), "unsure"),
        (Checks(passed=9), "good"),
    ],
)
def test_checks_are_green_only_when_all_passed(checks, kind):
    assert f"zl-{kind}" in run_view.check_tag(checks).text


@pytest.fixture
def clock():
    """Return a web server of this process that answers as Dagster's does, and what it answers."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["query"]
            found = next(answer for word, answer in answers.items() if word in asked)
            body = json.dumps({"data": found}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    answers = {}
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers, server
    server.shutdown()
    thread.join(10)
    server.server_close()


def told(answers, workspace, *, healthy=True):
    """Let the clock tell of a run that Dagster calls a success and that has a failed check."""
    one = {
        "runId": "aaaaaaaa-1",
        "jobName": "everything",
        "creationTime": 1.79e9,
        "startTime": 1.79e9,
        "endTime": 1.79e9 + 61,
    }
    failed = {"__typename": "AssetCheckEvaluationEvent", "evaluation": ERROR}
    schedule = {"name": "nightly", "pipelineName": "everything"}
    on = {"scheduleState": {"status": "RUNNING", "nextTick": {"timestamp": 1.8e9}}}
    off = {"scheduleState": {"status": "STOPPED", "nextTick": None}}
    answers |= {
        "daemonHealth": {
            "instance": {
                "info": f"base_dir: {workspace.dagster}\n",
                "daemonHealth": {
                    "allDaemonStatuses": [{"daemonType": "SCHEDULER", "required": True, "healthy": healthy}]
                },
            }
        },
        "assetNodes": {
            "assetNodes": [
                node("raw", check("SUCCEEDED", GOOD)),
                node("panels", check("FAILED", ERROR)),
                node("estimates", made=False),
            ]
        },
        "statuses:": {
            "runsOrError": {"results": [{"runId": "b", "status": "QUEUED"}, {"runId": "c", "status": "STARTED"}]}
        },
        "query Runs": {"runsOrError": {"results": [{**one, "status": "SUCCESS"}]}},
        "schedules": {
            "repositoriesOrError": {
                "nodes": [{"schedules": [{**schedule, **on}, {**schedule, "name": "feeds", **off}]}]
            }
        },
        "logsForRun": {"logsForRun": {"events": [failed], "hasMore": False, "cursor": "x"}},
    }


def text(opened):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup(opened)))


def markup(opened):
    return " ".join(block.proto.body for block in opened.get("html") if "<style" not in block.proto.body)


@pytest.fixture
def home(workspace, monkeypatch, clock):
    monkeypatch.setenv("ZONELAB_DAGSTER_URL", clock[0])
    run_reads._ended.clear()
    return workspace.home


@pytest.mark.integration
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Latest runs", "1 failed", "Running now: 1. Waiting their turn: 1.", "switched off", "1m")),
        ("zh", ("最近的运行", "1 项未通过", "正在运行：1。排队：1。", "已关闭", "运行状态")),
    ],
)
def test_a_success_with_a_failed_check_is_not_shown_as_good(visit, workspace, home, clock, lang, words):
    url, answers, server = clock
    told(answers, workspace)
    opened = visit(home, "runs", "operator.one", lang=lang)
    assert not opened.exception
    said = text(opened)
    assert [word for word in words if word not in said and word != "1m"] == []
    row = next(part for part in markup(opened).split("<tr>") if f"{url}/runs/aaaaaaaa-1" in part)
    assert "zl-good" not in row
    assert "zl-bad" in row
    server.shutdown()
    server.server_close()
    again = text(visit(home, "runs", "operator.one", lang=lang))
    assert {"en": "does not answer", "zh": "没有响应"}[lang] in again
    assert words[1] in again  # what was last known, with its time
    assert "UTC+8" in again


@pytest.mark.integration
def test_a_dead_daemon_and_another_workspaces_clock_are_told(visit, workspace, home, clock):
    told(clock[1], workspace, healthy=False)
    assert "Nothing runs by itself" in text(visit(home, "runs", "operator.one"))
    (home / run_reads.LAST).unlink()
    told(clock[1], Workspace(home / "another"))
    assert "Nothing was ever heard of it here" in text(visit(home, "runs", "operator.one"))


@pytest.mark.integration
def test_what_the_archive_knows_stands_without_the_clock(visit, full, monkeypatch):
    monkeypatch.setenv("ZONELAB_DAGSTER_URL", "http://127.0.0.1:1")
    said = text(visit(full.home, "runs", "operator.one"))
    assert "Newest release R" in said
    assert "none on record: let your backup end by touching last_backup" in said
    assert "Room on the disk" in said
    assert "Overdue, or waiting for somebody" in said


@pytest.mark.integration
@pytest.mark.parametrize(("user", "may"), [("ops.one", True), ("root.one", True), ("zone.one", False), ("", False)])
def test_the_page_is_for_operators(visit, home, user, may):
    roles = {"ops.one": "operator", "root.one": "administrator", "zone.one": "zone_operator"}
    lines = "".join(f"  {name}: {{roles: [{role}], zones: '*'}}\n" for name, role in roles.items())
    (home / "access.yml").write_text(f"users:\n{lines}", encoding="utf-8")
    said = text(visit(home, "runs", user))
    assert ("Room on the disk" in said) == may
    assert ("Not for you yet" in said) != may


def test_a_backup_is_told_by_the_file_that_it_touches(workspace):
    assert house_reads.last_backup(workspace) is None
    (workspace.home / house_reads.BACKUP).touch()
    assert house_reads.last_backup(workspace) is not None
