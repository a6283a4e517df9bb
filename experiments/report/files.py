"""The files that a results document becomes: what stands in them is judged by the gate for files before anybody gets one.

Belongs here: kind → maker, the gate. Does not: making (html, typeset, word_file), writing (experiments.run), the rules
(quality.disclosure).
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any, Literal

from data.messages import Language, Refused
from experiments.report.blocks import Report, plain, texts
from experiments.report.html import render_report
from experiments.report.page import page_html
from experiments.report.sections import report_of
from quality.disclosure.files import decide_file
from quality.disclosure.verdict import Verdict

Kind = Literal["html", "pdf", "docx"]


def report_file(document: dict[str, Any], language: Language, kind: Kind, *, stale: bool = False) -> bytes:
    """Return the impact report of one results document as a file that may leave.

    Parameters
    ----------
    document
        As `experiments.results` writes it.
    language, kind
        Of the file.
    stale
        People withdrew since the report was made: PDF and DOCX say so on every page (the page gets its banner where it lies).

    Raises
    ------
    Refused
        `E-REPORT`: it cannot be set (see `typeset.render_pdf`). `E-SDC-11`: it holds what may not leave.
    """
    if kind == "html":
        page = render_report(document, language).encode()
        _pass(page)
        return page
    return blocks_file(report_of(document, language, stale=stale), kind)


def blocks_file(report: Report, kind: Kind) -> bytes:
    """Return a report of blocks as a file that may leave; raises as `report_file`."""
    if kind == "html":
        page = page_html(report).encode()
        _pass(page)
        return page
    _pass(f"<!doctype html><html><body>{escape(chr(10).join(texts(plain(report))))}</body></html>".encode())
    if kind == "pdf":
        from experiments.report.typeset import typeset

        return typeset(report)
    from experiments.report.word_file import word_file

    return word_file(report)


@lru_cache(maxsize=32)
def verdict_of(page: bytes) -> Verdict:
    """Judge a page once: PDF and Word of one language hold the same texts, and a review looks at what a run has written."""
    return decide_file("report.html", page).verdict


def _pass(page: bytes) -> None:
    """Let the gate judge a page, or the texts of a document as one: to read a PDF of ours back costs fifty times making it."""
    verdict = verdict_of(page)
    if verdict.status != "accepted":
        raise Refused(verdict.code, verdict.reason)
