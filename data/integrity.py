"""Comparing one file with its record: a manifest with its ledger event, a mart with its manifest, values with a correction.

Belongs here: checks of single files. Does not: which generations and releases there are (releases, verify).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from data.durable import sha256_file
from data.fingerprint import fingerprint_file
from data.generations import Generation, TableInfo
from data.ledger import Event, Ledger
from data.messages import Refused, Text
from data.paths import Workspace
from data.problems import Problem, problem
from data.rewritten import newest
from data.standing import excluded


def check_manifest(where: str, path: Path, event: Event | None) -> Iterator[Problem]:
    """Compare a manifest's bytes with the sha256 in the event that recorded it."""
    if event is None:
        yield problem(where, "the ledger does not know it", "账本中没有登记")
    elif sha256_file(path) != event.detail["manifest_sha256"]:
        yield problem(where, "its manifest was edited after it was recorded", "清单在登记之后被改动")


def check_table(where: str, path: Path, info: TableInfo) -> Iterator[Problem]:
    """Compare a mart's bytes, number of rows and content with its manifest entry."""
    if not path.is_file():
        yield problem(where, "the table's file is missing", "表文件缺失")
        return
    if sha256_file(path) != info.sha256:
        yield problem(where, "the file's bytes are not those recorded", "文件内容与登记的不同")
    try:
        content = fingerprint_file(path)
    except duckdb.Error:
        yield problem(where, "the table's file cannot be read", "表文件无法读取")
        return
    if content.rows != info.rows:
        yield problem(
            where,
            f"it holds {content.rows} rows, {info.rows} were recorded",
            f"现有 {content.rows} 行，登记 {info.rows} 行",
        )
    elif content.fingerprint != info.fingerprint:
        yield problem(where, "its values are not those recorded", "数值与登记的不同")


def rewritten_info(ledger: Ledger, place: str, info: TableInfo) -> TableInfo:
    """Return what a mart's file must be: as its manifest says, or as the newest recorded rewriting of it does."""
    change = newest(ledger).get(place)
    if change is None:
        return info
    return replace(info, rows=change.rows_after, sha256=change.now, fingerprint=change.fingerprint or "")


def verify_corrections(workspace: Workspace, ledger: Ledger) -> Iterator[Problem]:
    """Compare the kept values of every correction with the digest in the event that proposed it, or that an erasure left."""
    erased = newest(ledger)
    for event in ledger.events("correction_proposed"):
        name = event.detail["correction"]
        where, path = f"correction/{name}", workspace.correction_values(name)
        change = erased.get(path.absolute().relative_to(workspace.home.absolute()).as_posix())
        if change is not None and change.successor is None and not path.is_file():
            continue
        if not path.is_file():
            yield problem(where, "the file of its values is missing", "其数值文件缺失")
        elif sha256_file(path) != (change.now if change else event.detail["sha256"]):
            yield problem(where, "its values are not those that were proposed", "其数值与提出时不同")


def check_standing(ledger: Ledger, generation: Generation) -> None:
    """Make sure that all the generation shows still stands."""
    now = {item.submission_id for item in excluded(ledger, generation.as_of_seq)}
    fallen = sorted(now - {item.submission_id for item in generation.excluded})
    if fallen:
        names = ", ".join(fallen[:10])
        raise Refused(
            "E-REL-04",
            Text(
                en=f"The panels show {len(fallen)} deliveries or corrections that no longer stand ({names}). Build them again,"
                " then release.",
                zh=f"面板仍显示 {len(fallen)} 个已不再有效的批次或更正（{names}）。请重新构建面板后再发布。",
            ),
        )
