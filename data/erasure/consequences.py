"""What an erasure means for what was published: releases get their new fingerprints beside the old ones, reports become stale.

Belongs here: the note beside a release's manifest, which reports to mark (data.stale). Does not: rewriting tables (rewriting). A
manifest is never edited: its hash is on record, and the release keeps the numbers under which it was analysed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from data import releases
from data.durable import sha256_file, write_text
from data.lake import Lake
from data.ledger import Ledger
from data.lineage import rests_on
from data.paths import Workspace
from data.pins import TablePin
from data.releases import Release
from data.rewritten import acts, newest
from data.stale import Cause, mark
from data.withdrawals import STALE


def note_releases(workspace: Workspace, ledger: Ledger, lake: Lake, *, act_id: str, actor: str) -> list[str]:
    """Write beside each release what its tables and pins are now; return the releases that this act changed."""
    changed: list[str] = []
    for release in releases.list_releases(workspace):
        present = lake.pin(release.as_of_seq).tables
        noted = _noted_pins(workspace, release)
        if not _marts_of(ledger, release, act_id) and act_id not in release.rewritten_by and noted == present:
            continue
        moved = {name: asdict(pin) for name, pin in present.items() if pin != release.pins.get(name)}
        _note(workspace, ledger, release, moved, act_id, actor)
        changed.append(release.release_id)
    return changed


def _noted_pins(workspace: Workspace, release: Release) -> Mapping[str, TablePin]:
    """Return a release's pins as last noted."""
    path = releases.note_path(workspace, release.release_id)
    noted = json.loads(path.read_text(encoding="utf-8"))["pins"] if path.is_file() else {}
    return {**release.pins, **{name: TablePin(**pin) for name, pin in noted.items()}}


def _marts_of(ledger: Ledger, release: Release, act_id: str) -> set[str]:
    """Return the marts of a release that an act rewrote."""
    files = {f"generations/{release.generation_id}/{info.file}": mart for mart, info in release.tables.items()}
    changes = (change for act in acts(ledger) if act.act_id == act_id for change in act.changes)
    return {files[change.path] for change in changes if change.path in files}


def _contracts_of(ledger: Ledger, act_id: str) -> set[str]:
    """Return the tables of the lake that an act took rows out of."""
    changes = (change for act in acts(ledger) if act.act_id == act_id for change in act.changes)
    return {change.path.split("/")[1] for change in changes if change.layer == "lake"}


def _note(
    workspace: Workspace, ledger: Ledger, release: Release, pins: dict[str, Any], act_id: str, actor: str
) -> None:
    present = newest(ledger)
    tables = {}
    for mart, info in release.tables.items():
        change = present.get(f"generations/{release.generation_id}/{info.file}")
        if change is not None:
            now = {
                "rows": change.rows_after,
                "sha256": change.now,
                "fingerprint": change.fingerprint,
                "file": info.file,
            }
            tables[mart] = {"was": asdict(info), "now": now}
    names = [*dict.fromkeys([*release.rewritten_by, act_id])]
    document = {"schema_version": 1, "release_id": release.release_id, "acts": names, "tables": tables, "pins": pins}
    path = releases.note_path(workspace, release.release_id)
    write_text(path, json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    detail = {"act": act_id, "note_sha256": sha256_file(path)}
    known = ledger.events(releases.NOTED, release.release_id)
    if known and known[-1].detail == detail:
        return
    with ledger.transaction() as connection:
        ledger.record(connection, kind=releases.NOTED, object_id=release.release_id, detail=detail, actor=actor)


def mark_stale(workspace: Workspace, ledger: Ledger, *, act_id: str, actor: str) -> list[str]:
    """Mark every report whose analyses used the person's data; return them as `release/experiment`.

    An analysis used them if its table held rows that the act removed, or is made from a table of the lake that did.
    """
    marked: list[str] = []
    known = {release.release_id: release for release in releases.list_releases(workspace)}
    emptied = _contracts_of(ledger, act_id)
    for path in sorted(workspace.results.glob("*/*/results.json")):
        release = known.get(path.parent.parent.name)
        read = {item["dataset"] for item in json.loads(path.read_text(encoding="utf-8")).get("analyses", [])}
        cause = _cause(read, _marts_of(ledger, release, act_id), emptied) if release is not None else None
        if cause is None:
            continue
        name = f"{path.parent.parent.name}/{path.parent.name}"
        marked.append(name)
        mark(workspace, name, act_id, cause)
        if act_id in {event.detail["act"] for event in ledger.events(STALE, name)}:
            continue
        with ledger.transaction() as connection:
            detail = {"act": act_id, "cause": cause}
            ledger.record(connection, kind=STALE, object_id=name, detail=detail, actor=actor)
    return marked


def _cause(read: set[str], rewritten: set[str], emptied: set[str]) -> Cause | None:
    behind = {mart: rests_on(mart) for mart in read - rewritten}
    if any(emptied and (found is None or found & emptied) for found in behind.values()):
        return "totals"
    return "rows" if read & rewritten else None
