"""A report of blocks as a whole HTML page: self-contained, no script, no font, no address outside.

Belongs here: the page around the sections. Does not: the sections (fragments), the page of impact reports, which draws its plot
(html).
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

from experiments.report.blocks import Report
from experiments.report.fragments import section_html
from experiments.report.wording_sections import said

STYLE = Path(__file__).resolve().parent / "templates" / "report.css"


def page_html(report: Report) -> str:
    """Return a report as a page."""
    banners = "".join(f'<p class="simulated" role="note">{escape(text)}</p>' for text in report.banners)
    lead = "".join(f'<p class="design">{escape(text)}</p>' for text in report.lead)
    status = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in report.status.pairs)
    sections = "".join(section_html(section) for section in report.sections)
    mark = f"[{said('simulated_mark', report.language)}] " if report.banners else ""
    return (
        f'<!doctype html>\n<html lang="{report.html_lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(mark + report.title)}</title>\n'
        f"<style>\n{_style()}\n</style>\n</head>\n<body>\n{banners}\n<main>\n"
        f'<header class="top"><div class="row"><span class="kicker">{escape(report.kicker)}</span></div>'
        f'<h1>{escape(report.title)}</h1>{lead}<dl class="strip">{status}</dl></header>\n{sections}\n</main>\n</body>\n</html>\n'
    )


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")
