"""The chain behind a reported number: result → run → spec and protocol → release → tables → submissions.

Belongs here: putting the links together from the pins of the results file and from what is on record. Does not: ids (numbers),
making anything again (reproduce). Uploaders stand in it by their role; nobody's name does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data import releases
from data.durable import sha256_file
from data.integrity import check_manifest
from data.ledger import Ledger
from data.lineage import rests_on
from data.messages import NotFound
from data.paths import Workspace
from data.problems import Problem, problem
from data.releases import Release
from data.stale import marks
from data.submissions import Submission, submissions
from experiments.against_record import RUN
from experiments.registry.store import Registry
from experiments.results import load_results
from experiments.tracing.messages import DIFFERS, not_found
from experiments.tracing.numbers import Number, find, near
from experiments.tracing.reports import WRITTEN, Reported, written

Link = dict[str, Any]


def trace(workspace: Workspace, ledger: Ledger, reported: Reported, asked: str) -> Link:
    """Return the chain behind one number.

    Returns
    -------
    dict
        `number_id`, `value`, `result` (file, sha256, analysis), `run`, `spec`, `protocol`, `release`, `tables` (each with the
        contracts it rests on), `submissions` (file name, hash, role of the uploader, moment, rows), `problems`: what is not as
        it was recorded (empty: all is).

    Raises
    ------
    NotFound
        E-TRACE-02: the report holds no such number. E-REL-02: its release is gone.
    """
    document = load_results(reported.path)
    number = find(document, asked)
    if number is None:
        listed = ", ".join(near(document, asked))
        raise not_found("E-TRACE-02", report=reported.name, number=asked, near=listed)
    entry = _entry(document, number)
    release = releases.load_release(workspace, document["release"]["release_id"])
    datasets = _datasets(document, number)
    tables = [_table(release, document, name) for name in datasets]
    return {
        "number_id": number.number_id,
        "value": number.value,
        "result": _result(ledger, reported, entry),
        "run": _run(ledger, document, entry),
        "spec": _spec(entry),
        "protocol": _protocol(workspace, ledger, document),
        "release": _release(workspace, ledger, release),
        "tables": tables,
        "submissions": _submissions(ledger, release, tables),
        "stale": sorted(marks(workspace, reported.name)),
        "problems": _problems(workspace, ledger, reported, release, tables),
    }


def _entry(document: Mapping[str, Any], number: Number) -> Mapping[str, Any] | None:
    """Return the analysis that a number is of; None for a number about the report as a whole."""
    head = number.path[:2]
    is_analysis = len(head) > 1 and head[0] == "analyses" and isinstance(head[1], int)
    return document["analyses"][head[1]] if is_analysis else None


def _datasets(document: Mapping[str, Any], number: Number) -> list[str]:
    """Return the tables behind a number: those that the nearest part around it names, else all that the analyses read."""
    around, found = [document], document
    for step in number.path[:-1]:
        found = found[step]  # type: ignore[index]
        if isinstance(found, Mapping):
            around.append(found)
    tables = document["release"]["tables"]
    named = [part["dataset"] for part in reversed(around) if isinstance(part.get("dataset"), str)]
    of_release = [step for step in number.path if step in tables] if number.path[:2] == ("release", "tables") else []
    every = sorted({entry["dataset"] for entry in document["analyses"]})
    return named[:1] or [str(name) for name in of_release[:1]] or every


def _result(ledger: Ledger, reported: Reported, entry: Mapping[str, Any] | None) -> Link:
    event = written(ledger, reported)
    about = {} if entry is None else {name: entry[name] for name in ("analysis_id", "term", "label", "status")}
    return {
        "report": reported.name,
        "file": f"results/{reported.name}/{reported.path.name}",
        "sha256": reported.sha256,
        "written_at": event.at_utc if event else None,
        "ledger_seq": event.seq if event else None,
        **about,
    }


def _run(ledger: Ledger, document: Mapping[str, Any], entry: Mapping[str, Any] | None) -> Link:
    found = [
        event
        for event in ledger.events(RUN, document["experiment_id"])
        if entry is not None
        and event.detail["analysis_id"] == entry["analysis_id"]
        and event.detail["release_id"] == document["release"]["release_id"]
    ]
    said = {"recorded_at": found[-1].at_utc, "ledger_seq": found[-1].seq} if found else {}
    return {"run_id": document["run_id"], "code": document["code"], **said}


def _spec(entry: Mapping[str, Any] | None) -> Link | None:
    if entry is None:
        return None
    run = entry["result"]["spec_sha256"]
    registered = entry["registered_spec_sha256"]
    return {"sha256": run, "registered_sha256": registered, "as_registered": run == registered, "spec": entry["spec"]}


def _protocol(workspace: Workspace, ledger: Ledger, document: Mapping[str, Any]) -> Link:
    name, pinned = document["experiment_id"], document["protocol"]
    link = {"protocol": f"{name}@{pinned['version']}", "digest": pinned["digest"]}
    try:
        version = Registry(workspace, ledger).record(name).version(pinned["version"])
    except NotFound:
        return {**link, "on_record": False}
    held = {"registered_at": version.registered_at, "document_sha256": version.document_sha256}
    return {**link, "on_record": version.document_sha256 == pinned["digest"], **held}


def _release(workspace: Workspace, ledger: Ledger, release: Release) -> Link:
    built = ledger.events("release_built", release.release_id)
    return {
        "release_id": release.release_id,
        "manifest_sha256": sha256_file(workspace.releases / f"{release.release_id}.json"),
        "generation_id": release.generation_id,
        "as_of_seq": release.as_of_seq,
        "built_at": release.built_at,
        "simulated": release.simulated,
        "ledger_seq": built[-1].seq if built else None,
        "rewritten_by": list(release.rewritten_by),
    }


def _table(release: Release, document: Mapping[str, Any], name: str) -> Link:
    info, pinned = release.now(name), document["release"]["tables"].get(name, {})
    behind = rests_on(name)
    return {
        "table": name,
        "rows": info.rows,
        "sha256": info.sha256,
        "fingerprint": info.fingerprint,
        "as_analysed": pinned.get("fingerprint") == info.fingerprint,
        "contracts": None if behind is None else sorted(behind),
    }


def _submissions(ledger: Ledger, release: Release, tables: list[Link]) -> list[Link]:
    """Return the submissions of the release behind some tables, in the order of arrival."""
    asked = [table["contracts"] for table in tables]
    contracts = None if None in asked else {name for held in asked for name in held}
    held = set(release.submissions)
    roles = {event.object_id: event.role for event in ledger.events("submission_settled")}
    return [
        _submission(item, roles.get(item.submission_id, ""))
        for item in submissions(ledger)
        if item.submission_id in held and (contracts is None or item.contract in contracts)
    ]


def _submission(item: Submission, role: str) -> Link:
    return {
        "submission_id": item.submission_id,
        "file_name": item.file_name,
        "sha256": item.sha256,
        "contract": item.contract,
        "zone": item.zone,
        "wave": item.wave,
        "uploader_role": role or None,
        "received_at": item.received_at,
        "rows_accepted": item.rows_accepted,
    }


def _problems(
    workspace: Workspace, ledger: Ledger, reported: Reported, release: Release, tables: list[Link]
) -> list[dict[str, str]]:
    """Return what along the chain is not as recorded: the results file, the manifest, the tables."""
    found = []
    if ledger.events(WRITTEN, reported.name) and written(ledger, reported) is None:
        found.append({"where": f"results/{reported.name}", **DIFFERS["not_recorded"].model_dump()})
    return found + [
        {"where": item.where, **item.what.model_dump()} for item in _broken(workspace, ledger, release, tables)
    ]


def _broken(workspace: Workspace, ledger: Ledger, release: Release, tables: list[Link]) -> Iterator[Problem]:
    """Yield what is wrong with the manifest and with the files of the tables behind the number; `verify` looks at all."""
    where = f"release/{release.release_id}"
    built = ledger.events("release_built", release.release_id)
    yield from check_manifest(where, workspace.releases / f"{release.release_id}.json", built[-1] if built else None)
    for table in tables:
        path = release.table(table["table"])
        if not path.is_file() or sha256_file(path) != table["sha256"]:
            yield problem(f"{where}/{table['table']}", "its file is not the one that was released", "文件与发布时不符")
