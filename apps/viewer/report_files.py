"""The files of a report that a reader takes along: PDF and Word as the run wrote them, made again where they are not there.

Belongs here: which bytes a download holds. Does not: making documents (experiments.report), who may (desk, outcomes), buttons.
"""

from __future__ import annotations

from typing import Literal

from apps.viewer.findings import Report
from data.messages import Language
from data.paths import Workspace
from data.settings import load_settings
from experiments.results import load_results
from experiments.reviewing import reading

Kind = Literal["pdf", "docx", "html", "json"]
MIME: dict[Kind, str] = {
    "html": "text/html",
    "json": "application/json",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def content(report: Report, language: Language, kind: Kind) -> bytes:
    """Return the report as a document; one whose data were erased since is made again and says so on every page.

    Raises
    ------
    Refused
        E-REPORT: the document cannot be set; E-SDC-11: it holds what may not leave.
    """
    if report.read_as is not None:
        return reading.content(Workspace(load_settings().home), report.read_as, kind, language)
    path = report.path.with_name(f"report.{language}.{kind}")
    if kind == "json":
        return report.path.read_bytes()
    if path.is_file() and not report.stale:
        return path.read_bytes()
    from experiments.report.files import report_file

    return report_file(load_results(report.path), language, kind, stale=bool(report.stale))
