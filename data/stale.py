"""Marks beside reports whose data were erased since: which acts, and whether making the report again mends it.

Belongs here: writing, reading and taking back a mark, the banner that says so at the head of each page, removing documents that
cannot say so. Does not: which reports an erasure concerns (data.erasure.consequences).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Literal

from data.durable import remove_file, write_bytes, write_text
from data.paths import Workspace

MARK = "stale.json"
Cause = Literal["rows", "totals"]
"""Why a report is stale: its tables held rows of the person, and a repetition mends it; or they hold totals in which the person
counts, which only a new release makes anew."""


BANNER = {
    "en": "Not current: since this report was made, people withdrew their consent and their data were erased. Its numbers still "
    "count them. Ask for the newest report.",
    "zh": "非最新：本报告生成后，有人撤回知情同意，其数据已被清除，而本报告的数字仍包含这些数据。请查阅最新报告。",
}
DOCUMENTS = ("report.*.pdf", "report.*.docx")
START = re.compile(r"<body[^>]*>")


def mark(workspace: Workspace, report: str, act_id: str, cause: Cause) -> None:
    """Mark a report (`release/experiment`); safe to repeat."""
    _write(workspace, report, {**marks(workspace, report), act_id: cause})


def marks(workspace: Workspace, report: str) -> dict[str, Cause]:
    """Return the withdrawals since which a report no longer says what its data say, each with its cause; empty if none.

    >>> from pathlib import Path
    >>> marks(Workspace(Path("nowhere")), "R/SE-2026-0001")
    {}
    """
    path = workspace.results / report / MARK
    found: dict[str, Cause] = json.loads(path.read_text(encoding="utf-8"))["acts"] if path.is_file() else {}
    return found


def renew(workspace: Workspace, report: str) -> None:
    """Take back the marks of a report that was made again from the rewritten tables; those about totals stay."""
    before = marks(workspace, report)
    left = {act: cause for act, cause in before.items() if cause != "rows"}
    if before:
        _write(workspace, report, left)


def _write(workspace: Workspace, report: str, found: Mapping[str, Cause]) -> None:
    path = workspace.results / report / MARK
    if found:
        write_text(path, json.dumps({"schema_version": 1, "acts": dict(sorted(found.items()))}, indent=2) + "\n")
        _show(workspace, report)
    else:
        remove_file(path)


def with_banner(page: bytes) -> bytes:
    """Return a report's page with the banner at its head, once.

    >>> with_banner(with_banner(b"<body><p>x</p>")).count(b'id="stale"')
    1
    """
    text = page.decode("utf-8")
    if 'id="stale"' in text:
        return page
    box = "".join(f'<span lang="{language}">{escape(said)}</span> ' for language, said in BANNER.items())
    head, body, rest = _parts(text)
    return f'{head}{body}\n<p class="simulated" id="stale" role="alert">{box}</p>{rest}'.encode()


def _show(workspace: Workspace, report: str) -> None:
    """Put the banner at the head of a report's pages, public copies too; files that cannot take it go, to be made again."""
    for folder in (workspace.results / report, *sorted((workspace.published / report).glob("*"))):
        for name in DOCUMENTS:
            for document in sorted(folder.glob(name)):
                remove_file(document)
        for page in sorted(folder.glob("*.html")):
            before = page.read_bytes()
            if (after := with_banner(before)) != before:
                write_bytes(page, after)


def _parts(page: str) -> tuple[str, str, str]:
    found = START.search(page)
    place = found.span() if found else (0, 0)
    return page[: place[0]], page[place[0] : place[1]], page[place[1] :]
