"""What the clock says: stages, runs, what comes next, over GraphQL on the loopback address; the last answer is kept.

Belongs here: the queries and what an answer holds. Does not: starting runs (apps.cli), the page (app_pages.runs). Run state and
check state are two facts, read apart: Dagster calls a run with failed checks a success.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from apps.cli import server
from data.durable import write_text
from data.messages import PlatformFailed
from data.paths import Workspace
from data.settings import Settings

SECONDS = 5.0
RUNS = 12
LAST = Path("logs") / "clock.json"
"""In the workspace: the last answer, for when the clock does not answer."""
STAGES = ("raw", "panels", "release", "estimates")

ABOUT = """{ instance { info daemonHealth { allDaemonStatuses { daemonType required healthy } } } }"""
ASSETS = """{ assetNodes { groupName assetKey { path }
  assetMaterializations(limit: 1) { timestamp runId }
  assetChecksOrError { ... on AssetChecks { checks { name
    executionForLatestMaterialization { status evaluation { success severity } } } } } } }"""
RUN_LIST = """query Runs($limit: Int) { runsOrError(limit: $limit) { ... on Runs { results {
  runId jobName status creationTime startTime endTime } } } }"""
WAITING = """{ runsOrError(filter: {statuses: [QUEUED, NOT_STARTED, STARTING, STARTED]}) { ... on Runs { results {
  runId status } } } }"""
NEXT = """{ repositoriesOrError { ... on RepositoryConnection { nodes { schedules {
  name pipelineName scheduleState { status nextTick { timestamp } } } } } } }"""
QUERIES = (ABOUT, ASSETS, RUN_LIST, WAITING, NEXT)


@dataclass(frozen=True)
class Checks:
    """Verdicts: how many checks passed, failed as an error, only warned, were never made."""

    passed: int = 0
    failed: int = 0
    warned: int = 0
    missing: int = 0


@dataclass(frozen=True)
class Stage:
    """One group of tables: how many were ever made, when one last was and by which run, its checks on what is there now."""

    name: str
    tables: int
    made: int
    last_at: float | None
    last_run: str | None
    checks: Checks


@dataclass(frozen=True)
class Run:
    """One run. `checks` is None where they are not known (a run that has not ended)."""

    run_id: str
    job: str
    status: str
    created: float
    began: float | None
    ended: float | None
    checks: Checks | None


@dataclass(frozen=True)
class Next:
    """One schedule: its job, whether it is switched on, when it next looks (None where it is off)."""

    name: str
    job: str
    is_on: bool
    at: float | None


@dataclass(frozen=True)
class Clock:
    """One answer of the clock: when it came, where the clock's own pages are, and whether its daemon lives."""

    read_at: str
    url: str
    is_alive: bool
    stages: tuple[Stage, ...]
    runs: tuple[Run, ...]
    coming: tuple[Next, ...]
    queued: int
    under_way: int


@dataclass(frozen=True)
class Seen:
    """What is known of the clock: the answer of this moment (`is_now`), an earlier one, or none."""

    clock: Clock | None
    is_now: bool


_ended: dict[tuple[str, str], Checks] = {}
"""Checks of runs that have ended: they do not change."""


def look(workspace: Workspace, settings: Settings) -> Seen:
    """Ask the clock of this workspace; if nobody answers, return what was last known.

    Parameters
    ----------
    workspace
        A web server that serves another one is not asked further.
    settings
        Where the server is expected.
    """
    for url in server.addresses(workspace, settings):
        try:
            found = _asked(url, workspace)
        except (httpx.HTTPError, PlatformFailed, ValueError, KeyError, TypeError):
            continue
        if found is not None:
            _keep(workspace, found)
            return Seen(found, is_now=True)
    return Seen(_kept(workspace), is_now=False)


def _asked(url: str, workspace: Workspace) -> Clock | None:
    about = server.ask(url, ABOUT, seconds=SECONDS)["instance"]
    if str(workspace.dagster) not in (about["info"] or "").split():
        return None
    daemons = [item for item in about["daemonHealth"]["allDaemonStatuses"] if item["required"]]
    waiting = server.ask(url, WAITING, seconds=SECONDS)["runsOrError"]["results"]
    queued = sum(run["status"] == "QUEUED" for run in waiting)
    return Clock(
        read_at=datetime.now(UTC).isoformat(timespec="seconds"),
        url=url.rstrip("/"),
        is_alive=bool(daemons) and all(item["healthy"] for item in daemons),
        stages=stages(server.ask(url, ASSETS, seconds=SECONDS)["assetNodes"]),
        runs=tuple(
            _run(url, item)
            for item in server.ask(url, RUN_LIST, {"limit": RUNS}, seconds=SECONDS)["runsOrError"]["results"]
        ),
        coming=tuple(coming(server.ask(url, NEXT, seconds=SECONDS)["repositoriesOrError"]["nodes"])),
        queued=queued,
        under_way=len(waiting) - queued,
    )


def stages(nodes: Sequence[Mapping[str, Any]]) -> tuple[Stage, ...]:
    """Return the groups of tables in the order of the work, others after them."""
    names = dict.fromkeys([*STAGES, *sorted(node["groupName"] for node in nodes)])
    own = {name: [node for node in nodes if node["groupName"] == name] for name in names}
    return tuple(_stage(name, found) for name, found in own.items() if found)


def _stage(name: str, nodes: Sequence[Mapping[str, Any]]) -> Stage:
    made = [node["assetMaterializations"][0] for node in nodes if node["assetMaterializations"]]
    last = max(made, key=lambda item: float(item["timestamp"]), default=None)
    checks = [check for node in nodes for check in node["assetChecksOrError"].get("checks", [])]
    return Stage(
        name=name,
        tables=len(nodes),
        made=len(made),
        last_at=None if last is None else float(last["timestamp"]) / 1000,
        last_run=None if last is None else last["runId"],
        checks=verdicts(check["executionForLatestMaterialization"] for check in checks),
    )


def verdicts(executions: Iterable[Mapping[str, Any] | None]) -> Checks:
    """Count verdicts; one that broke has failed, one that was never made or is under way is missing.

    >>> verdicts([None, {"status": "SUCCEEDED", "evaluation": {"success": True, "severity": "ERROR"}}])
    Checks(passed=1, failed=0, warned=0, missing=1)
    """
    words = [_verdict(item) for item in executions]
    return Checks(*(words.count(word) for word in ("passed", "failed", "warned", "missing")))


def _verdict(execution: Mapping[str, Any] | None) -> str:
    status = execution["status"] if execution else "SKIPPED"
    if status in ("IN_PROGRESS", "SKIPPED"):
        return "missing"
    evaluation = (execution or {}).get("evaluation")
    if status == "EXECUTION_FAILED" or evaluation is None:
        return "failed"
    if evaluation["success"]:
        return "passed"
    return "warned" if evaluation["severity"] == "WARN" else "failed"


def coming(repositories: Sequence[Mapping[str, Any]]) -> list[Next]:
    """Return the schedules, the next first; those that are off at the end."""
    found = [_next(item) for node in repositories for item in node["schedules"]]
    return sorted(found, key=lambda item: (item.at is None, item.at or 0.0, item.name))


def _next(item: Mapping[str, Any]) -> Next:
    state = item["scheduleState"]
    is_on = state["status"] == "RUNNING"
    tick = state["nextTick"] if is_on else None
    return Next(item["name"], item["pipelineName"], is_on, None if tick is None else tick["timestamp"])


def _run(url: str, item: Mapping[str, Any]) -> Run:
    return Run(
        run_id=item["runId"],
        job=item["jobName"],
        status=item["status"],
        created=item["creationTime"],
        began=item["startTime"],
        ended=item["endTime"],
        checks=_checks(url, item["runId"]) if item["status"] in server.ENDED else None,
    )


def _checks(url: str, run_id: str) -> Checks:
    """Return the verdicts of a run that has ended, from its own events, once."""
    if (url, run_id) not in _ended:
        counted = server.outcome(run_id, "", list(server.events(url, run_id)))["checks"]
        _ended[url, run_id] = Checks(counted["passed"], counted["failed"], counted["warned"])
    return _ended[url, run_id]


def _keep(workspace: Workspace, found: Clock) -> None:
    path = workspace.home / LAST
    path.parent.mkdir(exist_ok=True)
    write_text(path, json.dumps(asdict(found)) + "\n")


def _kept(workspace: Workspace) -> Clock | None:
    try:
        said = json.loads((workspace.home / LAST).read_text(encoding="utf-8"))
        return Clock(
            **{
                **said,
                "stages": tuple(Stage(**{**item, "checks": Checks(**item["checks"])}) for item in said["stages"]),
                "runs": tuple(
                    Run(**{**item, "checks": Checks(**item["checks"]) if item["checks"] else None})
                    for item in said["runs"]
                ),
                "coming": tuple(Next(**item) for item in said["coming"]),
            }
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
