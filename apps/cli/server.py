"""A running Dagster web server, spoken to in GraphQL: is it ours, launch a job, wait, read how it ended.

Belongs here: the queries and what their answers mean. Does not: when it is used (runs). It is used only if it serves this
workspace and its daemon is alive: without the daemon a launched run would wait in the queue for ever.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from data.messages import NotFound, PlatformFailed, Text

if TYPE_CHECKING:
    from data.paths import Workspace
    from data.settings import Settings

PROBE_SECONDS, ASK_SECONDS, RELOAD_SECONDS, POLL_SECONDS, PAGE = 2.0, 30.0, 120.0, 0.5, 500
ADDRESS_FILE = "server.json"
"""In DAGSTER_HOME while `zonelab serve` runs: the address of its web server."""

SPEAKING: dict[str, dict[str, dict[str, str]]] = {"loggers": {"console": {}}}
"""Run config: short lines in the run's log, as `orchestration.launch` has them."""

ENDED = ("SUCCESS", "FAILURE", "CANCELED")

ABOUT = """{ instance { info daemonHealth { daemonStatus(daemonType: "QUEUED_RUN_COORDINATOR") { healthy } } } }"""
JOBS = """{ repositoriesOrError { __typename ... on RepositoryConnection {
  nodes { name location { name } jobs { name } } } } }"""
PLACES = """{ workspaceOrError { ... on Workspace { locationEntries {
  name loadStatus locationOrLoadError { __typename ... on PythonError { message } } } } } }"""
RELOAD = (
    """mutation Reload($name: String!) { reloadRepositoryLocation(repositoryLocationName: $name) { __typename } }"""
)
LAUNCH = """mutation Launch($params: ExecutionParams!) { launchRun(executionParams: $params) { __typename
  ... on LaunchRunSuccess { run { runId } } ... on Error { message } } }"""
STATUS = """query Status($id: ID!) { runOrError(runId: $id) { __typename ... on Run { status } } }"""
EVENTS = """query Events($id: ID!, $after: String, $limit: Int) {
  logsForRun(runId: $id, afterCursor: $after, limit: $limit) { __typename ... on EventConnection { cursor hasMore events {
    __typename
    ... on AssetCheckEvaluationEvent { evaluation { success severity } }
    ... on MaterializationEvent { assetKey { path } metadataEntries { label ... on TextMetadataEntry { text } } }
    ... on ExecutionStepFailureEvent { stepKey error { className }
      failureMetadata { description metadataEntries { label ... on TextMetadataEntry { text } } } }
  } } } }"""


def ask(
    url: str, query: str, variables: dict[str, Any] | None = None, *, seconds: float = ASK_SECONDS
) -> dict[str, Any]:
    """Return the data of a query.

    Raises
    ------
    httpx.HTTPError
        Nobody answers, or not with a success status.
    PlatformFailed
        The server answered with errors.
    """
    import httpx

    with httpx.Client(trust_env=False, timeout=seconds) as client:  # a loopback address needs no proxy
        reply = client.post(f"{url.rstrip('/')}/graphql", json={"query": query, "variables": variables or {}})
    reply.raise_for_status()
    document = reply.json()
    if document.get("errors"):
        raise _failed(document["errors"][0].get("message", "unknown"))
    data: dict[str, Any] = document["data"]
    return data


def addresses(place: Workspace, settings: Settings) -> list[str]:
    """Return where a server of this workspace may be: the settings' address, and that which `zonelab serve` left."""
    found = [settings.dagster_url]
    with contextlib.suppress(OSError, ValueError, KeyError):
        found.append(str(json.loads((place.dagster / ADDRESS_FILE).read_text(encoding="utf-8"))["url"]))
    return list(dict.fromkeys(found))


def serves(url: str, place: Workspace) -> bool:
    """Return whether a web server at `url` serves this workspace and can start runs: daemon alive, our jobs loaded."""
    import httpx

    try:
        instance = ask(url, ABOUT, seconds=PROBE_SECONDS)["instance"]
        alive = bool(instance["daemonHealth"]["daemonStatus"]["healthy"])
        ours = str(place.dagster) in (instance["info"] or "").split()
        return alive and ours and bool(jobs(url, seconds=PROBE_SECONDS))
    except (httpx.HTTPError, PlatformFailed, ValueError, KeyError):
        return False


def jobs(url: str, *, seconds: float = ASK_SECONDS) -> dict[str, dict[str, Any]]:
    """Return the jobs by name, each with its repository; empty while (or if) the server could not load our definitions."""
    nodes = ask(url, JOBS, seconds=seconds)["repositoriesOrError"].get("nodes", [])
    return {entry["name"]: node for node in nodes for entry in node["jobs"] if not entry["name"].startswith("__")}


def loaded(url: str) -> bool:
    """Return whether the web server has loaded our definitions; if loading them failed, tell it to try again.

    Its code server has a time limit of its own to start in: on a machine that was busy at that moment the server stays up
    without any job, and nothing but a reload mends that.
    """
    import httpx

    try:
        if jobs(url):
            return True
        places = ask(url, PLACES)["workspaceOrError"].get("locationEntries", [])
        for entry in places:
            if (entry["locationOrLoadError"] or {}).get("__typename") == "PythonError":
                ask(url, RELOAD, {"name": entry["name"]}, seconds=RELOAD_SECONDS)
    except (httpx.HTTPError, PlatformFailed):
        return False
    return False


def launch(url: str, job: str) -> dict[str, Any]:
    """Launch a job, wait until it has ended, and return its outcome."""
    run_id = started(url, job)
    while True:
        status = ask(url, STATUS, {"id": run_id})["runOrError"].get("status")
        if status in ENDED:
            return outcome(run_id, status, list(events(url, run_id)))
        time.sleep(POLL_SECONDS)


def started(url: str, job: str) -> str:
    """Launch a job and return the run's id; NotFound lists the jobs if none has that name."""
    homes = jobs(url)
    if job not in homes:
        known = ", ".join(sorted(homes))
        raise NotFound(
            "E-RUN-01",
            Text(en=f"No job is called {job}. Known: {known}.", zh=f"没有名为 {job} 的作业。可用：{known}。"),
        )
    selector = {
        "repositoryName": homes[job]["name"],
        "repositoryLocationName": homes[job]["location"]["name"],
        "jobName": job,
    }
    reply = ask(url, LAUNCH, {"params": {"selector": selector, "runConfigData": SPEAKING}})["launchRun"]
    if reply["__typename"] != "LaunchRunSuccess":
        raise _failed(reply.get("message", reply["__typename"]))
    return str(reply["run"]["runId"])


def events(url: str, run_id: str) -> Iterator[dict[str, Any]]:
    """Yield the events of a run, page by page."""
    after: str | None = None
    while True:
        page = ask(url, EVENTS, {"id": run_id, "after": after, "limit": PAGE})["logsForRun"]
        yield from page["events"]
        if not page["hasMore"]:
            return
        after = page["cursor"]


def outcome(run_id: str, status: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a run's events amount to, in the form of `orchestration.launch`."""
    verdicts = [event["evaluation"] for event in found if event["__typename"] == "AssetCheckEvaluationEvent"]
    passed = sum(verdict["success"] for verdict in verdicts)
    warned = sum(not verdict["success"] and verdict["severity"] == "WARN" for verdict in verdicts)
    return {
        "run_id": run_id,
        "status": status,
        "checks": {"passed": passed, "failed": len(verdicts) - passed - warned, "warned": warned},
        "release_id": _released(found),
        "failures": [_failure(event) for event in found if event["__typename"] == "ExecutionStepFailureEvent"],
    }


def _released(found: list[dict[str, Any]]) -> str | None:
    for event in found:
        if event["__typename"] == "MaterializationEvent" and event["assetKey"]["path"] == ["release"]:
            return _texts(event).get("release_id")
    return None


def _failure(event: dict[str, Any]) -> dict[str, Any]:
    """Return a failed step as the launcher does: a refusal brings its code and both languages, anything else its type."""
    said = _texts(event.get("failureMetadata") or {})
    step, name = event["stepKey"] or "run", (event["error"] or {}).get("className")
    if "code" in said:
        return {"step": step, "code": said["code"], "message": {"en": said["en"], "zh": said["zh"]}, "exit_code": 1}
    if name == "DagsterAssetCheckFailedError":
        message = {"en": f"{step}: a blocking check failed.", "zh": f"{step}：一项阻断性检查未通过。"}
        return {"step": step, "code": "E-RUN-02", "message": message, "exit_code": 1}
    what = (event.get("failureMetadata") or {}).get("description") or f"unexpected {name}"
    return {
        "step": step,
        "code": "E-RUN-03",
        "message": {"en": f"{step}: {what}", "zh": f"{step}：{what}"},
        "exit_code": 5,
    }


def _texts(event: dict[str, Any]) -> dict[str, str]:
    return {entry["label"]: entry["text"] for entry in event.get("metadataEntries", []) if "text" in entry}


def _failed(message: str) -> PlatformFailed:
    return PlatformFailed(
        "E-RUN-06",
        Text(en=f"The Dagster web server refused: {message}", zh=f"Dagster 服务器拒绝了请求：{message}"),
    )
