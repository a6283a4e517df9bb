"""The files of an annual report: page, PDF, Word file, its document as JSON; each through the gate for files.

Belongs here: kind → maker. Does not: making the document (document), the sections (sections).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from data.messages import Language
from experiments.annual.document import schema_text, to_text
from experiments.annual.sections import report_of
from experiments.annual.shapes import Annual
from experiments.report.files import blocks_file

Form = Literal["html", "pdf", "docx", "json"]
SCHEMA_FILE = Path(__file__).resolve().parents[1] / "report" / "annual.schema.json"


def annual_file(document: Annual, language: Language, form: Form) -> bytes:
    """Return an annual report as a file that may leave.

    Raises
    ------
    Refused
        As `experiments.report.files.report_file`.
    """
    if form == "json":
        return to_text(document).encode()
    return blocks_file(report_of(document, language), form)


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
