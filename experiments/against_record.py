"""Results against the record: what was registered, what was done, and what each number may therefore be called.

Belongs here: recording that outcomes were read and analyses run, and the parts of results.json that the registry's record
answers. Does not: statistics, the rest of the file (results), rules (experiments.registry). All times in it are the ledger's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from data.access import SYSTEM
from data.ledger import Event, Ledger
from data.messages import NotFound
from data.paths import Workspace
from data.releases import Release
from experiments.design.draws import draws_of
from experiments.registry.amending import detail_of_epochs, readings_of
from experiments.registry.amendments import known_from
from experiments.registry.deviations.detect import detect
from experiments.registry.deviations.gather import facts
from experiments.registry.deviations.model import Deviation, Findings, Ran
from experiments.registry.labels import OnRecord, Registered, Row, label, rows
from experiments.registry.points import Points, points_of, record_read
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record
from experiments.registry.store import Registry
from experiments.registry.timing import begun_of, timing
from experiments.results import Attempt

RUN, FOUND = "analysis_run", "deviation_found"


def note_reading(workspace: Workspace, release: Release, protocol: Protocol) -> None:
    """Record, before the tables are opened, that the outcomes of an experiment are read; unregistered ones too.

    Who registers later must not be able to say that nobody had looked.
    """
    tables = [item.dataset for item in (*protocol.analyses, *protocol.robustness)]
    record_read(Ledger.open(workspace), release, tables, SYSTEM, [protocol.experiment_id], role=SYSTEM)


def against_record(
    workspace: Workspace, release: Release, protocol: Protocol, attempts: Sequence[Attempt], document: dict[str, Any]
) -> dict[str, Any]:
    """Return the results document with labels, "registered vs. done", deviations, checks, timing and amendments.

    Parameters
    ----------
    protocol
        The plan that was run: of a file, or the registered one.
    attempts
        Its analyses with their results or refusals.
    document
        As `results_document` and `adjust` made it; its labels and statuses are replaced.
    """
    registry = Registry.open(workspace)
    record = _record(registry, protocol.experiment_id)
    runs = ran(attempts, document)
    if record is None or record.current is None:
        labels = dict.fromkeys((run.analysis_id for run in runs), "exploratory")
        note_runs(registry.ledger, release, protocol, document, labels)
        return _without_registration(document, protocol, runs)
    before = _on_record(registry, record, release)
    given = {run.analysis_id: label(run, before) for run in runs}
    note_runs(registry.ledger, release, protocol, document, dict(given))
    on_record = _on_record(registry, registry.record(protocol.experiment_id), release)
    cited = on_record.cited or on_record.versions[-1]
    found = _findings(registry, record, release, cited.protocol, runs, on_record.points)
    table = rows(protocol, runs, on_record)
    first = on_record.versions[0].at
    begun = begun_of(registry.ledger, protocol.experiment_id, cited.protocol)
    return {
        **document,
        "registration": registration(record, cited.version),
        "analyses": [_labelled(entry, given, table) for entry in document["analyses"]],
        "registered_vs_done": [_row(row, cited.protocol, protocol, document) for row in table],
        "deviations": [item.to_dict() for item in found.deviations],
        "checks": [item.to_dict() for item in found.checks],
        "timing": timing(cited.protocol, first, on_record.points, begun).to_dict(),
        "amendments": [{**item.detail, "at": item.at_utc} for item in record.amendments],
        "exposure_epochs": detail_of_epochs(record),
    }


def registration(record: Record, version: str) -> dict[str, Any]:
    """Return `registration` of a results file: the version that reports cite, and every draw that was not given up.

    The version cited is the one that stood when outcomes were first read; `protocol` names the plan that was run, which may be
    a later one. Without a registered version `registration` is None.
    """
    cited = record.version(version)
    named = ("assignment_sha256", "seed_commitment", "frame_sha256", "committed_at", "drawn_at", "revealed_at")
    draws = [item for item in draws_of(record.events) if item.abandoned_at is None]
    return {
        "version": cited.version,
        "registered_at": cited.registered_at,
        "document_sha256": cited.document_sha256,
        "assignments": [{**{name: getattr(item, name) for name in named}, "zones": list(item.zones)} for item in draws],
    }


def ran(attempts: Sequence[Attempt], document: dict[str, Any]) -> tuple[Ran, ...]:
    """Return the analyses as they were run; all of those with a hypothesis are claims until their label says otherwise."""
    entries = {entry["analysis_id"]: entry for entry in document["analyses"]}
    return tuple(_ran(item, entries.get(item.analysis.id)) for item in attempts)


def note_runs(
    ledger: Ledger, release: Release, protocol: Protocol, document: dict[str, Any], labels: dict[str, Any]
) -> None:
    """Record each analysis that gave a result on a release, once; `is_primary` says that it answers for a primary outcome."""
    primary = {item.id for item in protocol.outcomes if item.tier == "primary"}
    known = [event.detail for event in ledger.events(RUN, protocol.experiment_id)]
    seen = {(item["release_id"], item["analysis_id"], item["label"], item["spec_sha256"]) for item in known}
    with ledger.transaction() as connection:
        for entry in document["analyses"]:
            name = entry["analysis_id"]
            key = (release.release_id, name, labels[name], entry["result"]["spec_sha256"])
            if key in seen:
                continue
            detail = dict(zip(("release_id", "analysis_id", "label", "spec_sha256"), key, strict=True))
            detail |= {"run_id": document["run_id"], "is_primary": entry["outcome"].get("id") in primary}
            ledger.record(
                connection, kind=RUN, object_id=protocol.experiment_id, detail=detail, actor=SYSTEM, role=SYSTEM
            )


def _record(registry: Registry, experiment_id: str) -> Record | None:
    try:
        return registry.record(experiment_id)
    except NotFound:
        return None


def _on_record(registry: Registry, record: Record, release: Release) -> OnRecord:
    versions = tuple(
        Registered(item.version, item.registered_at, item.protocol) for item in record.versions if item.registered_at
    )
    points = points_of(registry.ledger, record.experiment_id, [item.protocol for item in versions])
    return OnRecord(versions, points, release.built_at)


def _ran(attempt: Attempt, entry: dict[str, Any] | None) -> Ran:
    analysis = attempt.analysis
    adjusted = entry["adjusted"] if entry else None
    claims = bool(entry and entry["hypothesis"]["tier"] == "confirmatory")
    return Ran(
        analysis.id,
        analysis.spec(),
        analysis.dataset,
        analysis.hypothesis_ids,
        analysis.missing_data,
        has_result=entry is not None,
        claims_confirmatory=claims,
        correction=adjusted["correction"] if adjusted else None,
    )


def _findings(
    registry: Registry, record: Record, release: Release, cited: Protocol, runs: tuple[Ran, ...], points: Points
) -> Findings:
    """Return what the triggers find; a deviation carries the moment, phase and knowledge of its first discovery."""
    done = facts(registry.workspace, registry.ledger, release, cited, runs)
    found = detect(done, phase=points.phase, knowledge=known_from(readings_of(record)))
    known = {item.detail["id"]: item for item in record.deviations if item.kind == FOUND}
    fresh = [item for item in found.deviations if item.id not in known]
    if fresh:
        with registry.ledger.transaction() as connection:
            for item in fresh:
                detail = {**item.to_dict(), "release_id": release.release_id}
                kept = {"kind": FOUND, "object_id": record.experiment_id, "actor": SYSTEM, "role": SYSTEM}
                registry.ledger.record(connection, detail=detail, **kept)
        known |= {
            event.detail["id"]: event
            for event in registry.record(record.experiment_id).deviations
            if event.kind == FOUND
        }
    noted = {item.detail["id"]: item.detail for item in record.deviations if item.kind == "deviation_noted"}
    return replace(found, deviations=tuple(_dated(item, known[item.id], noted) for item in found.deviations))


def _dated(found: Deviation, event: Event, noted: dict[str, dict[str, Any]]) -> Deviation:
    said = {name: noted[found.id][name] for name in _NOTED} if found.id in noted else {}
    first = event.detail
    return replace(
        found,
        discovered_at=event.at_utc,
        phase=first["phase"],
        knowledge_of_results=first["knowledge_of_results"],
        **said,
    )


_NOTED = ("reason_code", "consequence", "corrective_action")


def _labelled(entry: dict[str, Any], labels: dict[str, Any], table: tuple[Row, ...]) -> dict[str, Any]:
    name = entry["analysis_id"]
    status = next((row.status for row in table if name in row.analyses), "exploratory")
    return {**entry, "label": labels[name], "status": status}


def _row(row: Row, cited: Protocol, done: Protocol, document: dict[str, Any]) -> dict[str, Any]:
    """Return one line of the table, with the numbers that answer it."""
    statements = {item.id: item for plan in (done, cited) for item in plan.hypotheses}
    hypothesis = statements.get(row.hypothesis)
    numbers = [entry["number_id"] for entry in document["analyses"] if entry["analysis_id"] in row.analyses]
    return {
        "hypothesis_id": row.hypothesis,
        "statement": hypothesis.statement.model_dump() if hypothesis else None,
        "tier": hypothesis.tier if hypothesis else "exploratory",
        "analysis_ids": list(row.analyses),
        "number_ids": numbers,
        "label": row.label,
        "status": row.status,
        "changes": [change.to_dict() for change in row.changes],
    }


def _without_registration(document: dict[str, Any], protocol: Protocol, runs: tuple[Ran, ...]) -> dict[str, Any]:
    table = rows(protocol, runs, None)
    labels = {run.analysis_id: "exploratory" for run in runs}
    return {
        **document,
        "registration": None,
        "analyses": [_labelled(entry, labels, table) for entry in document["analyses"]],
        "registered_vs_done": [_row(row, protocol, protocol, document) for row in table],
        "deviations": [],
        "checks": [],
        "timing": timing(protocol, None, Points(), (None, None)).to_dict(),
        "amendments": [],
        "exposure_epochs": [],
    }
