"""The public copy of a report: what readers are served from, in a folder that holds released files only.

Belongs here: writing the copy, reading a file of it proved against the ledger. Does not: whether it may be published (acts,
case), who reads it (reading). `published/<release>/<experiment>/<sha256>/` is written once; only a stale mark may change it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from data.durable import sha256_file, write_bytes, write_text
from data.messages import Language, PlatformFailed, Text
from data.paths import Workspace
from data.stale import marks
from experiments.report.files import Kind, report_file
from experiments.results import RESULTS
from experiments.reviewing.desk import Item
from experiments.reviewing.records import ReportRecord

REVIEW = "review.json"


def folder_of(workspace: Workspace, record: ReportRecord) -> Path:
    """Return where the public copy of one file's report lies."""
    return workspace.published / record.report / record.sha256[:12]


def public_copy(workspace: Workspace, item: Item) -> dict[str, str]:
    """Write the public copy; return name → sha256 of its files. A copy that was begun before is written again.

    Pages and documents are made here, from the approved results and the review: what lies beside the results is not trusted.

    Raises
    ------
    PlatformFailed
        E-REVIEW-02: the results file is not the one that was approved.
    """
    source, target = item.reported.path, folder_of(workspace, item.record)
    content = source.read_bytes()
    if sha256(content).hexdigest() != item.record.sha256:
        raise _changed(item.record, RESULTS)
    write_bytes(target / RESULTS, content)
    write_text(target / REVIEW, json.dumps(review_of(item.record), ensure_ascii=False, indent=2) + "\n")
    document = reviewed(json.loads(content), item.record)
    stale = bool(marks(workspace, item.record.report))
    for language in get_args(Language):
        for kind in get_args(Kind):
            write_bytes(target / f"report.{language}.{kind}", report_file(document, language, kind, stale=stale))
    return {path.name: sha256_file(path) for path in sorted(target.iterdir()) if path.is_file()}


def review_of(record: ReportRecord) -> dict[str, Any]:
    """Return what the public is told of a review: roles, votes, certainty with reasons, comments with answers; nobody's name."""
    return {
        "schema_version": 1,
        "report": record.report,
        "results_sha256": record.sha256,
        "checks": [
            {
                "role": item.role,
                "vote": item.vote,
                "at": item.at,
                "ratings": {name: asdict(rating) for name, rating in item.ratings.items()},
            }
            for item in record.checks
        ],
        "certainty": record.certainty,
        "comments": [
            {"id": item.id, "section": item.section, "text": item.text, "answer": item.answer}
            for item in record.comments
        ],
        "exceptions": [{"rule": item.rule, "reason": item.reason, "at": item.at} for item in record.exceptions],
    }


def reviewed(document: dict[str, Any], record: ReportRecord) -> dict[str, Any]:
    """Return a results document with what its review says: the certainty of each finding, and `review` (see `review_of`)."""
    levels, reasons = record.certainty, _reasons(record)
    analyses = [
        {**entry, "certainty": levels[entry["analysis_id"]]} if entry["analysis_id"] in levels else entry
        for entry in document["analyses"]
    ]
    made = {**document, "analyses": analyses, "review": review_of(record)}
    if "accounts" in document:
        rated = [
            {**item, "rated": {"level": levels[item["id"]], "reason": reasons[item["id"]]}}
            if item["id"] in levels
            else item
            for item in document["accounts"]["certainty"]
        ]
        made["accounts"] = {**document["accounts"], "certainty": rated}
    return made


def _reasons(record: ReportRecord) -> dict[str, str]:
    """Return the reasons of those whose rating counts, in the order of the checks."""
    found: dict[str, list[str]] = {}
    for check in record.checks:
        for name, rating in check.ratings.items():
            if rating.level == record.certainty.get(name):
                found.setdefault(name, []).append(rating.reason)
    return {name: "; ".join(dict.fromkeys(said)) for name, said in found.items()}


def public_file(workspace: Workspace, record: ReportRecord, name: str) -> bytes:
    """Return a file of the public copy, proved against what was recorded when it was published.

    A stale report's page has its banner since, and its documents are gone, to be made again with it; its results never change.

    Raises
    ------
    PlatformFailed
        E-REVIEW-02: the file is missing, or is not the one that was published.
    """
    wanted = record.published.files.get(name) if record.published else None
    path = folder_of(workspace, record) / name
    if wanted is None or not path.is_file():
        raise _changed(record, name)
    content = path.read_bytes()
    may_carry_banner = name.endswith(".html") and bool(marks(workspace, record.report))
    if sha256(content).hexdigest() != wanted and not may_carry_banner:
        raise _changed(record, name)
    return content


def _changed(record: ReportRecord, name: str) -> PlatformFailed:
    return PlatformFailed(
        "E-REVIEW-02",
        Text(
            en=f"{name} of {record.key} is missing or not the file that was approved; it is not shown. Run `zonelab verify`, "
            "and tell the publisher.",
            zh=f"{record.key} 的 {name} 缺失或与获批文件不符，不予显示。请运行 zonelab verify 并通知发布人。",
        ),
    )
