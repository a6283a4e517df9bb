"""A table of a report as WordprocessingML: header row repeated, widths fixed, text in styles of its own.

Belongs here: the markup of tables. Built as one text and parsed once: cell by cell through python-docx costs a second a report.
Does not: other blocks (word_file).
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.table import CT_Tbl

from experiments.report.blocks import Column, Row, Table

TEXT, NUMBER, HEAD, HEAD_NUMBER = "TableText", "TableNumber", "TableHead", "TableHeadNumber"
WASH = "F1F4F6"
RULE = '<w:{side} w:val="single" w:sz="4" w:space="0" w:color="C9D1D9"/>'
TWIPS = 9638
"""The width of the text on a page, 17 cm, in twentieths of a point."""


def table_element(block: Table) -> CT_Tbl:
    """Return a table as the element that goes into the body of a document."""
    widths = [round(TWIPS * column.width / sum(each.width for each in block.columns)) for column in block.columns]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    borders = "".join(RULE.format(side=side) for side in ("top", "bottom", "insideH"))
    rows = "".join(_row(row, block.columns, widths) for row in block.rows)
    element: CT_Tbl = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/>'
        f"<w:tblCaption w:val={quoteattr(block.caption)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{_head(block.columns, widths)}{rows}</w:tbl>"
    )
    return element


def _head(columns: tuple[Column, ...], widths: list[int]) -> str:
    cells = "".join(
        _cell(column.title, width, HEAD_NUMBER if column.kind == "number" else HEAD, wash=True)
        for column, width in zip(columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(row: Row, columns: tuple[Column, ...], widths: list[int]) -> str:
    if row.kind == "cells":
        cells = "".join(
            _cell(text, width, NUMBER if column.kind == "number" else TEXT)
            for text, column, width in zip(row.cells, columns, widths, strict=True)
        )
    else:
        group = row.kind == "group"
        cells = _cell(row.cells[0], sum(widths), HEAD if group else TEXT, span=len(columns), wash=group)
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell(text: str, width: int, style: str, *, span: int = 1, wash: bool = False) -> str:
    spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{WASH}"/>' if wash else ""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{shade}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{lines}</w:r></w:p></w:tc>'
    )
