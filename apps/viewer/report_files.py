"""The files of a report that a reader takes along: PDF and Word as the run wrote them, made again where they are not there.

Belongs here: which bytes a download holds. Does not: making documents (experiments.report), who may (desk, outcomes), buttons.
"""

from __future__ import annotations

from typing import Literal

from apps.viewer.findings import Report
from data.messages import Language
from experiments.results import load_results

Kind = Literal["pdf", "docx"]
MIME: dict[Kind, str] = {
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
    path = report.path.with_name(f"report.{language}.{kind}")
    if path.is_file() and not report.stale:
        return path.read_bytes()
    from experiments.report.files import report_file

    return report_file(load_results(report.path), language, kind, stale=bool(report.stale))
