"""Blocks → HTML: the sections of a report as markup that stands by itself, for pages and for the viewer.

Belongs here: one element per kind of block, every text escaped. Does not: the page around it (html), drawing the forest plot,
whose table follows it (templates).
"""

from __future__ import annotations

from functools import singledispatch
from html import escape

from experiments.report.blocks import (
    Block,
    Box,
    Bullets,
    Column,
    Facts,
    Figure,
    Heading,
    Missing,
    Paragraph,
    Pre,
    Row,
    Section,
    Table,
)


def section_html(section: Section) -> str:
    """Return a section as HTML, its heading of the second level.

    >>> section_html(Section("power", "9 Power", (Paragraph("a < b"),)))
    '<section id="section-power"><h2>9 Power</h2><p>a &lt; b</p></section>'
    """
    inside = "".join(block_html(block) for block in section.blocks)
    return f'<section id="section-{escape(section.key)}"><h2>{escape(section.title)}</h2>{inside}</section>'


@singledispatch
def block_html(block: Block) -> str:
    """Return one block as HTML."""
    raise TypeError(type(block).__name__)


@block_html.register
def _(block: Heading) -> str:
    return f"<h3>{escape(block.text)}</h3>"


@block_html.register
def _(block: Paragraph) -> str:
    return f'<p class="note">{_lines(block.text)}</p>' if block.tone == "note" else f"<p>{_lines(block.text)}</p>"


@block_html.register
def _(block: Missing) -> str:
    return f'<p class="note missing">{escape(block.text)}</p>'


@block_html.register
def _(block: Bullets) -> str:
    marks = block.marks or ("",) * len(block.items)
    items = "".join(
        f'<li class="{escape(mark)}">{_lines(item)}</li>' if mark else f"<li>{_lines(item)}</li>"
        for item, mark in zip(block.items, marks, strict=True)
    )
    return f"<ul>{items}</ul>"


@block_html.register
def _(block: Table) -> str:
    head = "".join(f'<th scope="col"{_kind(column)}>{escape(column.title)}</th>' for column in block.columns)
    rows = "".join(_row(row, block.columns) for row in block.rows)
    caption = f"<caption>{escape(block.caption)}</caption>"
    return f'<div class="wide"><table class="told">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(row: Row, columns: tuple[Column, ...]) -> str:
    if row.kind == "group":
        return f'<tr class="group"><th colspan="{len(columns)}" scope="rowgroup">{_lines(row.cells[0])}</th></tr>'
    if row.kind == "remark":
        return f'<tr class="none"><td colspan="{len(columns)}">{_lines(row.cells[0])}</td></tr>'
    first, *rest = row.cells
    cells = "".join(_cell(cell, column) for cell, column in zip(rest, columns[1:], strict=True))
    return f'<tr><th scope="row">{_lines(first)}</th>{cells}</tr>'


def _cell(text: str, column: Column) -> str:
    """Return a cell that names its column itself: on a narrow screen the head is not shown."""
    return f'<td{_kind(column)} data-label="{escape(column.title)}">{_lines(text)}</td>'


def _kind(column: Column) -> str:
    return ' class="n"' if column.kind == "number" else ""


@block_html.register
def _(block: Figure) -> str:
    """Return what the figure says: the table with its values follows it wherever one stands."""
    return f'<p class="note">{escape(block.alt)}</p>'


@block_html.register
def _(block: Facts) -> str:
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{_lines(text)}</dd>" for name, text in block.pairs)
    return f'<dl class="facts">{pairs}</dl>'


@block_html.register
def _(block: Pre) -> str:
    return f"<pre>{escape(chr(10).join(block.lines))}</pre>"


@block_html.register
def _(block: Box) -> str:
    return f'<div class="boxed">{"".join(block_html(part) for part in block.blocks)}</div>'


def _lines(text: str) -> str:
    """Return a text with its line breaks; lines after the first are small, as in the other files."""
    first, *rest = text.split("\n")
    return escape(first) + "".join(f"<br><small>{escape(line)}</small>" for line in rest)
