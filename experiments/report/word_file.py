"""A report → DOCX by python-docx, for people who edit in Word or WPS: the same blocks as the PDF, the same bytes each time.

Belongs here: which style, font and mark a block gets. Does not: what a report says (sections), the plot's drawing (typeset).
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from functools import singledispatchmethod
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as DocxParagraph

from data.messages import Language
from experiments.report.blocks import (
    Block,
    Box,
    Bullets,
    Facts,
    Figure,
    Heading,
    Missing,
    Paragraph,
    Pre,
    Report,
    Table,
)
from experiments.report.sections import report_of
from experiments.report.typeset import figure_png
from experiments.report.word_table import HEAD, HEAD_NUMBER, NUMBER, TEXT, table_element
from experiments.report.wording_sections import said

LATIN, CHINESE = "Arial", "Microsoft YaHei"
SOFT, WARNING, YELLOW = RGBColor(0x4A, 0x55, 0x60), RGBColor(0x3A, 0x2A, 0x00), "FFE9A8"
SIGNS = {"good": "● ", "bad": "◆ ", "open": "■ "}
TAGS = {"en": "en-GB", "zh": "zh-CN"}
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""The earliest time that a zip archive can say; stands where the results hold no time."""

STYLES = ("Normal", "Title", "Heading 1", "Heading 2", "List Bullet", "Header", "Footer", "Caption")


def render_docx(document: dict[str, Any], language: Language, *, stale: bool = False) -> bytes:
    """Return the impact report of one results document as DOCX; parameters as those of `typeset.render_pdf`.

    Raises
    ------
    Refused
        The forest plot could not be drawn: see `typeset.render_pdf`.
    """
    return word_file(report_of(document, language, stale=stale))


def word_file(report: Report) -> bytes:
    """Return a report as DOCX; see `render_docx`."""
    writer = _Writer(report)
    writer.head()
    for section in report.sections:
        writer.paragraph("Heading1", section.title)
        for block in section.blocks:
            writer.block(block)
    buffer = io.BytesIO()
    writer.file.save(buffer)
    return _dated(buffer.getvalue(), writer.moment)


class _Writer:
    """The file as it grows."""

    def __init__(self, report: Report) -> None:
        self.report, self.file = report, Document()
        self.moment = datetime.fromisoformat(report.moment).astimezone(UTC) if report.moment else EPOCH
        for name in STYLES:
            _fonts(self.file.styles[name], TAGS[report.language])
        self.file.styles["Normal"].font.size = Pt(10)
        _own_styles(self.file.styles)
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(self.file.sections[0], side, Cm(2))
        self._properties()

    def _properties(self) -> None:
        properties, simulated = self.file.core_properties, said("simulated_file", self.report.language)
        mark = f"[{said('simulated_mark', self.report.language)}] " if simulated in self.report.banners else ""
        properties.title, properties.author, properties.last_modified_by = (
            mark + self.report.title,
            "zonelab",
            "zonelab",
        )
        properties.language, properties.comments, properties.revision = TAGS[self.report.language], "", 1
        properties.keywords = "SIMULATED" if mark else ""
        properties.created = properties.modified = self.moment.replace(tzinfo=None)

    def head(self) -> None:
        """Write what stands on every page, the title and the status."""
        part = self.file.sections[0]
        for text in self.report.banners:
            _shaded(part.header.add_paragraph(), text)
        _page_number(part.footer.paragraphs[0], self.report)
        self.paragraph("Soft", self.report.kicker)
        self.paragraph("Title", self.report.title)
        for text in self.report.lead:
            self.paragraph("Soft", text)
        self.block(self.report.status)

    def paragraph(self, style: str, text: str) -> DocxParagraph:
        """Write a paragraph in a style, named by its id: looking names up costs more than all the rest."""
        made = self.file.add_paragraph()
        made._p.style = style  # noqa: SLF001 - python-docx looks styles up by name only
        made.add_run(text)
        return made

    @singledispatchmethod
    def block(self, block: Block) -> None:
        """Write one block."""
        raise TypeError(type(block).__name__)

    @block.register
    def _(self, block: Heading) -> None:
        self.paragraph("Heading2", block.text)

    @block.register
    def _(self, block: Paragraph) -> None:
        self.paragraph("Soft" if block.tone == "note" else "Normal", block.text)

    @block.register
    def _(self, block: Missing) -> None:
        self.paragraph("Soft", block.text)

    @block.register
    def _(self, block: Bullets) -> None:
        for place, text in enumerate(block.items):
            sign = SIGNS[block.marks[place]] if block.marks else ""
            self.paragraph("ListBullet", sign + text)

    @block.register
    def _(self, block: Table) -> None:
        self.paragraph("Caption", block.caption).paragraph_format.keep_with_next = True
        self.file.add_paragraph()._p.addprevious(table_element(block))  # noqa: SLF001 - the table's own markup

    @block.register
    def _(self, block: Figure) -> None:
        self.paragraph("Caption", block.caption).paragraph_format.keep_with_next = True
        picture = figure_png(self.report)
        if picture is None:
            return
        shape = self.file.add_picture(io.BytesIO(picture), width=Cm(16.5))
        about = shape._inline.docPr  # noqa: SLF001 - python-docx has no other way to an alternative text
        about.set("descr", block.alt)
        about.set("title", block.caption)

    @block.register
    def _(self, block: Facts) -> None:
        for name, text in block.pairs:
            made = self.paragraph("Fact", name)
            made.runs[0].bold = True
            made.add_run(f"  {text}")

    @block.register
    def _(self, block: Pre) -> None:
        self.paragraph("Normal", "\n".join(block.lines))

    @block.register
    def _(self, block: Box) -> None:
        for part in block.blocks:
            self.block(part)


def _fonts(style: ParagraphStyle, language: str) -> None:
    """Give a style its Latin and its Chinese font, and its language."""
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for name, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", CHINESE)):
        fonts.set(qn(f"w:{name}"), font)
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), language)
    lang.set(qn("w:eastAsia"), "zh-CN")
    properties.append(lang)


def _shaded(paragraph: DocxParagraph, text: str) -> None:
    """Write a banner."""
    run = paragraph.add_run(text)
    run.bold, run.font.size, run.font.color.rgb = True, Pt(8), WARNING
    paragraph._p.get_or_add_pPr().append(_shade(YELLOW))  # noqa: SLF001 - python-docx has no shading


def _shade(colour: str) -> Any:  # noqa: ANN401 - lxml's element
    element = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        element.set(qn(f"w:{name}"), value)
    return element


def _own_styles(styles: Any) -> None:  # noqa: ANN401 - python-docx declares no types for adding a style
    """Add the styles of soft text, facts and table cells, which have the fonts of the text."""
    for name in ("Soft", "Fact", TEXT, NUMBER, HEAD, HEAD_NUMBER):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        if name == "Soft":
            style.font.color.rgb = SOFT
            continue
        style.paragraph_format.space_after = Pt(2 if name == "Fact" else 0)
        if name != "Fact":
            style.font.size, style.font.bold = Pt(8), name in (HEAD, HEAD_NUMBER)
        if name in (NUMBER, HEAD_NUMBER):
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _page_number(paragraph: DocxParagraph, report: Report) -> None:
    """Write what the foot of each page says; Word counts."""
    before, between, after = report.page_word.replace("{total}", "{n}").split("{n}")
    parts = (f"{report.running}    {before}", "PAGE", between, "NUMPAGES", after)
    for place, part in enumerate(parts):
        if place % 2 == 0:
            paragraph.add_run(part).font.size = Pt(8)
            continue
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), part)
        paragraph._p.append(field)  # noqa: SLF001 - python-docx has no fields


def _dated(content: bytes, moment: datetime) -> bytes:
    """Return an archive with the same members, all of one time: python-docx dates them by the clock."""
    when = max(moment, EPOCH).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, date_time=when)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(member, old.read(name))
    return buffer.getvalue()
