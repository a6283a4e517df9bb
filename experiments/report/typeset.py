"""A report → PDF by Typst: tagged (PDF/UA-1), only the vendored fonts, the same bytes from the same results.

Belongs here: handing blocks to the template, refusing what cannot be set. Does not: what a report says (sections), how it looks
(templates/report.typ). Texts go to Typst as data and never become markup; what Typst says of a text is never passed on.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.messages import Language
from experiments.messages import refusal
from experiments.report import fonts
from experiments.report.blocks import Figure, Report, plain, texts
from experiments.report.sections import report_of
from experiments.report.wording_sections import said

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).resolve().parent / "templates" / "report.typ"
STANDARD = "ua-1"
BOLD = 700
FIGURE_PPI = 220


def render_pdf(document: dict[str, Any], language: Language, *, stale: bool = False) -> bytes:
    """Return the impact report of one results document as PDF.

    Parameters
    ----------
    document
        As `experiments.results` writes it.
    language
        ``en`` or ``zh``: of the text and of the file's own language tag.
    stale
        People withdrew since the report was made: every page says so.

    Raises
    ------
    Refused
        `E-REPORT-01`: the fonts lack a character; its code point is named. `E-REPORT-02`: a font file is missing or not the
        vendored one. `E-REPORT-03`: Typst could not set the report for another reason.
    """
    return typeset(report_of(document, language, stale=stale))


def typeset(report: Report) -> bytes:
    """Return a report as PDF; see `render_pdf`."""
    return _compiled(report, {}, format="pdf", pdf_standards=[STANDARD])


def figure_png(report: Report) -> bytes | None:
    """Return the forest plot as PNG, for files that cannot hold drawings; None where nothing is drawn."""
    if not any(isinstance(block, Figure) for section in report.sections for block in section.blocks):
        return None
    return _compiled(report, {"only": "figure"}, format="png", ppi=FIGURE_PPI)


def _compiled(report: Report, inputs: dict[str, str], **options: Any) -> bytes:  # noqa: ANN401 - Typst's own options
    import typst

    handed = json.dumps(_handed(report), ensure_ascii=False)
    lacking = fonts.missing("".join(texts(json.loads(handed))))
    if lacking:
        points = ", ".join(f"U+{ord(char):04X}" for char in lacking)
        raise refusal("E-REPORT-01", points=points, n=len(lacking))
    when = int(datetime.fromisoformat(report.moment).timestamp()) if report.moment else 0
    given: Any = {"font_paths": _fonts(fonts.FOLDER), "sys_inputs": {"report": handed, **inputs}, "timestamp": when}
    try:
        made: bytes | list[bytes] = typst.compile(
            TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True, **given, **options
        )
    except typst.TypstError:
        raise refusal("E-REPORT-03", standard=STANDARD) from None
    return made[0] if isinstance(made, list) else made


def _handed(report: Report) -> dict[str, Any]:
    """Return what the template reads: the blocks, and what the file says of itself."""
    simulated = said("simulated_file", report.language) in report.banners
    mark = said("simulated_mark", report.language)
    told: Any = plain(report)
    return {
        **told,
        "sections": [_with_signs(section) for section in told["sections"]],
        "font": fonts.FAMILY,
        "lowered": fonts.LOWERED,
        "raised": fonts.RAISED,
        "file_title": f"[{mark}] {report.title}" if simulated else report.title,
        "keywords": ["SIMULATED"] if simulated else [],
        "contents_word": said("contents", report.language),
        "date": _date(report.moment),
    }


def _with_signs(section: dict[str, Any]) -> dict[str, Any]:
    """Return a section whose axis says minus as the numbers do."""
    for block in section["blocks"]:
        if block["block"] == "figure":
            block["forest"]["ticks"] = [[at, f"{n}".replace("-", "−")] for at, n in block["forest"]["ticks"]]
    return section


def _date(moment: str | None) -> dict[str, int] | None:
    if moment is None:
        return None
    at = datetime.fromisoformat(moment).astimezone(UTC)
    return {name: getattr(at, name) for name in ("year", "month", "day", "hour", "minute", "second")}


@cache
def _fonts(folder: Path) -> typst.Fonts:
    """Return the vendored fonts and no others: without a font Typst would set nothing and call it done."""
    import typst

    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    if {(font.family, font.weight) for font in found.fonts()} != {(fonts.FAMILY, 400), (fonts.FAMILY, BOLD)}:
        raise refusal("E-REPORT-02", folder=folder.name, family=fonts.FAMILY)
    return found
