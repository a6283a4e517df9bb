"""The rest of an impact report on its page: the sections that PDF and Word file have too, each to be opened.

Belongs here: blocks of a report with the classes of static/style.css. Does not: what a section says
(experiments.report.sections), the parts that the page draws itself.
"""

from __future__ import annotations

from functools import singledispatch
from html import escape

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.findings import Report
from apps.viewer.language import spoken, t
from experiments.report.blocks import Block, Box, Bullets, Facts, Heading, Missing, Paragraph, Section, Table
from experiments.report.blocks import Row as BlockRow
from experiments.report.html import ELSEWHERE
from experiments.report.sections import report_of
from experiments.results import load_results
from experiments.reviewing import reading


def show(report: Report) -> None:
    """Show the sections that the page has not drawn itself, closed; one that is not reported says so in its first line."""
    document = load_results(report.path) if report.read_as is None else reading.document_of(report.read_as)
    markup.heading(t("The rest of the report"), t("The sections that the PDF has too."))
    for section in report_of(document, spoken()).sections:
        if section.key in ELSEWHERE:
            with st.expander(section.title):
                st.html(section_html(section))


def section_html(section: Section) -> str:
    """Return the blocks of a section as markup of the viewer.

    >>> section_html(Section("power", "9 Power", (Paragraph("a < b"),)))
    '<p>a &lt; b</p>'
    """
    return "".join(_html(block) for block in section.blocks)


@singledispatch
def _html(block: Block) -> str:
    """Return a block as markup."""
    raise TypeError(type(block).__name__)


@_html.register
def _(block: Heading) -> str:
    return f'<h3 class="zl-part">{escape(block.text)}</h3>'


@_html.register
def _(block: Paragraph) -> str:
    return f'<p class="zl-note">{escape(block.text)}</p>' if block.tone == "note" else f"<p>{escape(block.text)}</p>"


@_html.register
def _(block: Missing) -> str:
    return f'<p class="zl-note">{escape(block.text)}</p>'


@_html.register
def _(block: Bullets) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"


@_html.register
def _(block: Facts) -> str:
    pairs = "".join(f"<div><dt>{escape(name)}</dt><dd>{_lines(text)}</dd></div>" for name, text in block.pairs)
    return f'<dl class="zl-facts">{pairs}</dl>'


@_html.register
def _(block: Box) -> str:
    return "".join(_html(part) for part in block.blocks)


@_html.register
def _(block: Table) -> str:
    columns = [
        markup.Column(column.title, "number" if column.kind == "number" else "prose") for column in block.columns
    ]
    return markup.table_html(columns, [_row(row) for row in block.rows], block.caption)


def _row(row: BlockRow) -> markup.Cells | markup.Group | markup.Remark:
    if row.kind == "group":
        return markup.Group(row.cells[0])
    if row.kind == "remark":
        return markup.Remark(row.cells[0])
    return [markup.Html(_lines(cell)) for cell in row.cells]


def _lines(text: str) -> str:
    first, *rest = text.split("\n")
    return escape(first) + "".join(f"<small>{escape(line)}</small>" for line in rest)
