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
        E-REPORT: the document cannot be set.
    """
    path = report.path.with_name(f"report.{language}.{kind}")
    if path.is_file() and not report.stale:
        return path.read_bytes()
    from experiments.report.typeset import render_pdf
    from experiments.report.word_file import render_docx

    render = render_pdf if kind == "pdf" else render_docx
    return render(load_results(report.path), language, stale=bool(report.stale))
