"""Verification: recompute everything the archive promises, and name what does not hold.

Belongs here: ledger chain, documents, lake files, generations, releases and originals against their records. Does not:
repairing. What should be is read from the chained events, not from the plain tables beside them, which anyone with the file
could edit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from data import batches, delta, documents, generations, releases
from data.durable import sha256_file
from data.integrity import check_manifest, check_table, rewritten_info, verify_corrections
from data.ledger import Ledger
from data.messages import PlatformFailed
from data.originals import Kept, forms, original_path
from data.paths import Workspace
from data.problems import Problem, problem
from data.rewritten import lake_files
from data.submissions import submissions
from data.withdrawals import unfinished_change, withdrawals

__all__ = ["Problem", "verify_documents", "verify_workspace"]

Row = Mapping[str, Any]
DAMAGE = (PlatformFailed, sa.exc.DBAPIError, ValueError, TypeError, KeyError, AttributeError)
"""What reading a damaged catalogue raises, besides wrong answers."""


def verify_workspace(workspace: Workspace, ledger: Ledger) -> list[Problem]:
    """Check everything; an empty list means that nothing was lost, added or changed outside the platform."""
    checks: dict[str, Callable[[], Iterable[Problem]]] = {
        "ledger": ledger.verify,
        "document": lambda: verify_documents(ledger),
        "catalogue": lambda: _catalogue(ledger),
        "lake": lambda: _lake(workspace, ledger),
        "submission": lambda: _accounts(ledger),
        "originals": lambda: _originals(workspace, ledger),
        "correction": lambda: verify_corrections(workspace, ledger),
        "generation": lambda: _generations(workspace, ledger),
        "release": lambda: releases.verify(workspace, ledger=ledger),
        "withdrawal": lambda: _unfinished(ledger),
    }
    ledger.close()  # what is proved is what the disk holds, not what a connection remembers
    return [found for place, check in checks.items() for found in _told(place, check)]


def _told(place: str, check: Callable[[], Iterable[Problem]]) -> Iterator[Problem]:
    """Run one check; if damage keeps it from its end, say that too, and let the others go on."""
    try:
        yield from check()
    except DAMAGE as error:
        name = error.code if isinstance(error, PlatformFailed) else type(error).__name__
        yield problem(
            place,
            f"could not be checked to the end: what is recorded of it cannot be read ({name})",
            f"无法检查完毕：其记录无法读取（{name}）",
        )


def verify_documents(ledger: Ledger) -> Iterator[Problem]:
    """Compare every document with its name, and the documents with the events that refer to them, both ways.

    A document is put in one transaction with the event that refers to it: one without an event shows that the ledger was cut.
    """
    events = ledger.events()
    mentioned, kinds = documents.mentioned(events), documents.kinds(events)
    present = set()
    for row in documents.each(ledger):
        present.add(row["sha256"])
        yield from _document(row, kinds.get(row["sha256"], ()), is_mentioned=row["sha256"] in mentioned)
    first = {name: event for event in reversed(events) for name in documents.references(event)}
    for name in sorted(first.keys() - present):
        told = f"{first[name].seq} ({first[name].kind} {first[name].object_id})"
        yield problem(
            f"document/{name}",
            f"it is missing; ledger entry {told} refers to it",
            f"文件缺失；账本第 {told} 条记录提到它",
        )


def _document(row: sa.RowMapping, kinds: Collection[str], *, is_mentioned: bool) -> Iterator[Problem]:
    where, kind = f"document/{row['sha256']}", row["kind"]
    if not documents.holds(row["sha256"], row["content"]):
        yield problem(
            where,
            f"its bytes do not match its name: it ({kind}) was changed after it was kept",
            f"内容与名称不符：该文件（{kind}）在存入后被改动",
        )
    elif kinds and kind not in kinds:
        yield problem(
            where,
            f"it is kept as {kind}, the ledger refers to it as {', '.join(sorted(kinds))}: its kind was changed",
            f"其类别为 {kind}，账本所记为 {'、'.join(sorted(kinds))}：类别被改动",
        )
    elif not is_mentioned:
        yield problem(
            where,
            f"no entry of the ledger refers to it ({kind}): an entry was removed, or it was put in from outside",
            f"账本中没有任何记录提到它（{kind}）：有记录被删除，或它从平台之外放入",
        )


def _catalogue(ledger: Ledger) -> Iterator[Problem]:
    """Compare the plain tables with the events that were recorded in the same transaction: a cut ledger lacks some."""
    for told in ledger.damage():
        yield problem("catalogue", f"the database's file is damaged: {told}", f"数据库文件已损坏：{told}")
    arrived = {
        event.object_id: {**event.detail, "actor": event.actor} for event in ledger.events("submission_received")
    }
    settled = {event.object_id: event.detail for event in ledger.events("submission_settled")}
    recorded = {name: {**detail, "status": "received", **settled.get(name, {})} for name, detail in arrived.items()}
    yield from _rows("submission", {item.submission_id: vars(item) for item in submissions(ledger)}, recorded)
    appended = {event.object_id: event.detail for event in ledger.events("lake_appended")}
    present = {item.submission_id: vars(item) for item in batches.committed_batches(ledger)}
    yield from _rows("append of submission", present, appended)


def _rows(what: str, present: Mapping[str, Row], recorded: Mapping[str, Row]) -> Iterator[Problem]:
    """Compare rows with what the ledger recorded of them, column by column."""
    for name in sorted(present.keys() | recorded.keys()):
        where, row, told = f"catalogue/{name}", present.get(name), recorded.get(name)
        if told is None:
            yield problem(where, f"the ledger does not know this {what}", f"账本中没有登记此项（{what}）")
        elif row is None:
            yield problem(where, f"the catalogue has lost this {what}", f"目录库中缺少此项（{what}）")
        elif changed := [column for column in sorted(row.keys() & told.keys()) if row[column] != told[column]]:
            names = ", ".join(changed)
            yield problem(
                where,
                f"this {what} is not as recorded: {names} was changed",
                f"此项（{what}）与登记不符：{names} 被改动",
            )


def _lake(workspace: Workspace, ledger: Ledger) -> Iterator[Problem]:
    known: dict[str, set[str]] = {}
    events = ledger.events("lake_appended")
    appended = {f"lake/{event.detail['table_name']}/{event.detail['file']}": event.detail["sha256"] for event in events}
    for where, sha256 in lake_files(ledger, appended).items():
        _, table, file = where.split("/")
        known.setdefault(table, set()).add(file)
        path = workspace.lake / table / file
        if not path.is_file():
            yield problem(where, "the file is missing", "文件缺失")
        elif sha256_file(path) != sha256:
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
    recorded = forms(ledger)
    for sha256 in sorted({submission.sha256 for submission in arrived}):
        where, known = f"originals/{sha256}", recorded.get(sha256, Kept("plain", sha256))
        path = original_path(workspace, sha256, known.form)
        if known.form == "none":
            continue
        if path.is_file():
            if sha256_file(path) != known.sha256:
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
            place = f"generations/{name}/{info.file}"
            yield from check_table(f"{where}/{mart}", generation.table(mart), rewritten_info(ledger, place, info))
    pointer = workspace.generations / generations.POINTER
    if pointer.is_file() and pointer.read_text(encoding="utf-8").strip() not in recorded:
        yield problem("generation/CURRENT", "it points at a generation that was never recorded", "指向未登记的版本")


def _unfinished(ledger: Ledger) -> Iterator[Problem]:
    """Name each withdrawal without a certificate (somebody who withdrew may still be there) and a change of the key under way."""
    change = unfinished_change(ledger)
    if change is not None:
        told = "it is not finished: repeat `zonelab vault rotate`", "尚未完成：请重新执行 zonelab vault rotate"
        yield problem(f"vault/{change}", *told)
    for act in withdrawals(ledger):
        if act.certificate is None:
            yield problem(
                f"withdrawal/{act.withdrawal_id}",
                "it is not finished: repeat `zonelab withdraw`",
                "尚未完成：请重新执行 zonelab withdraw",
            )
