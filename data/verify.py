"""Verification: recompute everything the archive promises, and name what does not hold.

Belongs here: ledger chain, lake files, generations, releases and originals against their records. Does not: repairing. What
should be is read from the chained events, not from the plain tables beside them, which anyone with the file could edit.
"""

from __future__ import annotations

from collections.abc import Iterator

from data import batches, delta, generations, releases
from data.durable import sha256_file
from data.integrity import check_manifest, check_table
from data.ledger import Ledger
from data.paths import Workspace
from data.problems import Problem, problem
from data.submissions import submissions

__all__ = ["Problem", "verify_workspace"]


def verify_workspace(workspace: Workspace, ledger: Ledger) -> list[Problem]:
    """Check everything; an empty list means that nothing was lost, added or changed outside the platform."""
    return [
        *ledger.verify(),
        *_lake(workspace, ledger),
        *_accounts(ledger),
        *_originals(workspace, ledger),
        *_generations(workspace, ledger),
        *releases.verify(workspace, ledger=ledger),
    ]


def _lake(workspace: Workspace, ledger: Ledger) -> Iterator[Problem]:
    known: dict[str, set[str]] = {}
    for event in ledger.events("lake_appended"):
        table, file = event.detail["table_name"], event.detail["file"]
        known.setdefault(table, set()).add(file)
        where, path = f"lake/{table}/{file}", workspace.lake / table / file
        if not path.is_file():
            yield problem(where, "the file is missing", "文件缺失")
        elif sha256_file(path) != event.detail["sha256"]:
            yield problem(where, "the file's bytes are not those that were appended", "文件内容与追加时不同")
    for folder in sorted(path for path in workspace.lake.glob("*") if path.is_dir()):
        listed = {file.path.name for file in delta.files(folder)}
        for file in sorted(listed ^ known.get(folder.name, set())):
            where = f"lake/{folder.name}/{file}"
            if file in listed:
                yield problem(where, "the table lists a file that the ledger does not know", "表中有账本未登记的文件")
            else:
                yield problem(where, "the table no longer lists a file that was appended", "表中缺少已登记的文件")


def _accounts(ledger: Ledger) -> Iterator[Problem]:
    """Rows accepted by the gate = rows in the lake, for every settled submission."""
    stored = {batch.submission_id: batch.rows for batch in batches.committed_batches(ledger)}
    for submission in submissions(ledger):
        rows = stored.get(submission.submission_id, 0)
        if submission.status != "received" and rows != submission.rows_accepted:
            yield problem(
                f"submission/{submission.submission_id}",
                f"{submission.rows_accepted} rows were accepted, the lake holds {rows}",
                f"已接收 {submission.rows_accepted} 行，档案库中有 {rows} 行",
            )


def _originals(workspace: Workspace, ledger: Ledger) -> Iterator[Problem]:
    """Check each file as received. One that was rejected may be absent: what must not be kept (direct identifiers) is not."""
    arrived = submissions(ledger)
    kept = {submission.sha256 for submission in arrived if submission.status in ("accepted", "quarantined")}
    for sha256 in sorted({submission.sha256 for submission in arrived}):
        where, path = f"originals/{sha256}", workspace.originals / sha256[:2] / sha256
        if path.is_file():
            if sha256_file(path) != sha256:
                yield problem(where, "the file's bytes are not those received", "原始文件内容已改变")
        elif sha256 in kept:
            yield problem(where, "the file as received is missing", "原始文件缺失")


def _generations(workspace: Workspace, ledger: Ledger) -> Iterator[Problem]:
    recorded = {event.object_id: event for event in ledger.events("generation_published")}
    for name, event in recorded.items():
        where, manifest = f"generation/{name}", workspace.generations / name / generations.MANIFEST
        if not manifest.is_file():
            yield problem(where, "it is missing", "版本缺失")
            continue
        yield from check_manifest(where, manifest, event)
        try:
            generation = generations.load(workspace, name)
        except (ValueError, TypeError, KeyError, AttributeError):
            yield problem(where, "its manifest cannot be read", "版本清单无法读取")
            continue
        for mart, info in generation.tables.items():
            yield from check_table(f"{where}/{mart}", generation.table(mart), info)
    pointer = workspace.generations / generations.POINTER
    if pointer.is_file() and pointer.read_text(encoding="utf-8").strip() not in recorded:
        yield problem("generation/CURRENT", "it points at a generation that was never recorded", "指向未登记的版本")
