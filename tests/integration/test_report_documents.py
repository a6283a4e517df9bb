"""PDF and DOCX of a report: the numbers of the results, tagged, in the vendored fonts, the same bytes each time."""

from __future__ import annotations

import io
import json
import re
import shutil
import time
import zipfile
from functools import cache

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from data.messages import Refused
from experiments.annual.files import annual_file
from experiments.report import fonts, typeset, word_file
from experiments.report.files import report_file
from experiments.report.fonts import make
from experiments.report.html import line
from experiments.report.sections import report_of
from experiments.report.typeset import render_pdf
from experiments.report.word_file import render_docx
from quality.disclosure.files import decide_file
from tests.unit.annual import cases as annual_cases
from tests.unit.report.accounted import NUMBERS, accounted
from tests.unit.report.cases import BENEFIT, HARM, LOOSE, document, entry

pytestmark = pytest.mark.integration  # tenths of a second each: not in the quick rung
FULL = document(BENEFIT, HARM, LOOSE)
LANGUAGES = ("en", "zh")
TAGS = {"en": "en-GB", "zh": "zh-CN"}


@cache
def pdf(language):
    return render_pdf(FULL, language)


@cache
def docx(language):
    return render_docx(FULL, language)


@cache
def pdf_text(content):
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def docx_text(content):
    body = Document(io.BytesIO(content)).element.body
    return re.sub(r"\s+", "", "".join(node.text or "" for node in body.iter(qn("w:t"))))


def elements(content):
    """Return every structure element of a tagged PDF."""
    found, waiting = [], [PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if hasattr(node, "get"):
            found.append(node)
            kids = node.get("/K", [])
            waiting += [kid for kid in (kids if isinstance(kids, list) else [kids]) if not isinstance(kid, int)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("made", "read"), [(pdf, pdf_text), (docx, docx_text)], ids=["pdf", "docx"])
def test_every_number_is_that_of_the_results(made, read, language):
    told = read(made(language))
    for found in FULL["analyses"]:
        item = line(found, language)
        numbers = (item.estimate, item.low, item.high, item.std_error, item.p, item.p_adjusted, item.df)
        assert [number for number in numbers if number not in told] == []
        row = "".join((f"{item.estimate}{item.unit}", item.std_error, f"{item.low}…{item.high}", item.df, item.p))
        assert re.sub(r"\s+", "", row) in told, "the numbers of one analysis stand side by side"
    for item in (line(BENEFIT, language), line(HARM, language)):
        assert re.sub(r"\s+", "", item.sentence) in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("read", [pdf_text, docx_text])
def test_another_number_in_the_results_is_another_number_in_the_file(read, language):
    changed = document(BENEFIT)
    changed["analyses"][0]["result"]["estimates"][0]["estimate"] = -5.123
    made = (render_pdf if read is pdf_text else render_docx)(changed, language)
    assert "−5.12" in read(made)
    assert "−5.68" not in read(made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_and_says_what_it_is(language):
    reader = PdfReader(io.BytesIO(pdf(language)))
    root = reader.trailer["/Root"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    assert root["/MarkInfo"]["/Marked"] is not None
    assert root["/Lang"].lower().startswith(language)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] is not None
    assert reader.metadata.title.endswith(FULL["title"][language])
    assert reader.metadata.title.startswith({"en": "[SIMULATED]", "zh": "[模拟]"}[language])
    assert reader.metadata.creation_date.isoformat() == "2026-03-02T09:00:00+00:00"
    kinds = [node.get("/S") for node in elements(pdf(language))]
    assert {"/H1", "/H2", "/Table", "/THead", "/TH", "/TD", "/L", "/Figure", "/Caption"} <= set(kinds)
    alts = [str(node["/Alt"]) for node in elements(pdf(language)) if "/Alt" in node]
    assert [alt for alt in alts if "−5.68" in alt and "−2.44" in alt]


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_vendored_fonts_are_in_the_pdf_and_all_are_embedded(language):
    found = {}
    for page in PdfReader(io.BytesIO(pdf(language))).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[inner["/BaseFont"].split("+")[-1]] = inner["/FontDescriptor"].get_object()
    assert {name.removesuffix("-Identity-H") for name in found} == {"NotoSansCJKsc-Regular", "NotoSansCJKsc-Bold"}
    assert all("/FontFile3" in descriptor for descriptor in found.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_that_data_are_simulated(language):
    word = {"en": "SIMULATED DATA", "zh": "模拟数据"}[language]
    pages = PdfReader(io.BytesIO(pdf(language))).pages
    assert len(pages) > 2
    assert all(word in page.extract_text() for page in pages)
    header = Document(io.BytesIO(docx(language))).sections[0].header
    assert any(word in paragraph.text for paragraph in header.paragraphs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_results_give_the_same_bytes_at_another_time(language, monkeypatch):
    before = pdf(language), docx(language)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2_000_000_000))
    assert (render_pdf(FULL, language), render_docx(FULL, language)) == before


def test_a_report_without_any_time_has_no_date():
    bare = document(registration=None, timing={**FULL["timing"], "level": None})
    assert PdfReader(io.BytesIO(render_pdf(bare, "en"))).metadata.creation_date is None
    with zipfile.ZipFile(io.BytesIO(render_docx(bare, "en"))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_missing_glyph_stops_it_and_only_its_code_point_is_named():
    secret = document(BENEFIT, title={"en": "Clinic of \U00020bb7", "zh": "\U00020bb7诊所"})
    for language in LANGUAGES:
        with pytest.raises(Refused) as caught:
            render_pdf(secret, language)
        assert caught.value.code == "E-REPORT-01"
        for text in (caught.value.text.en, caught.value.text.zh):
            assert "U+20BB7" in text
            assert "\U00020bb7" not in text
            assert "Clinic" not in text


def test_typst_too_refuses_a_glyph_that_the_list_promised(monkeypatch):
    secret = document(BENEFIT, title={"en": "Clinic of \U00020bb7", "zh": "x"})
    monkeypatch.setattr(fonts, "missing", lambda _: ())
    with pytest.raises(Refused) as caught:
        render_pdf(secret, "en")
    assert caught.value.code == "E-REPORT-03"
    assert "Clinic" not in str(caught.value)


@pytest.mark.parametrize("gone", [("Regular", "Bold"), ("Bold",)])
def test_a_removed_font_stops_it(tmp_path, monkeypatch, gone):
    for weight in set(fonts.WEIGHTS) - set(gone):
        shutil.copy(fonts.font_file(weight), tmp_path)
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(Refused) as caught:
        render_pdf(FULL, "en")
    assert caught.value.code == "E-REPORT-02"


def test_the_fonts_have_every_character_that_this_repository_writes():
    lacking = set(fonts.missing("".join(make.used() | make.gb2312())))
    assert lacking <= set("Ÿ✗"), "neither stands in a report; else: python -m experiments.report.fonts.make"


@pytest.mark.parametrize("kind", ["html", "pdf", "docx"])
def test_what_names_somebody_does_not_leave_in_any_form(kind):
    assert decide_file(f"report.en.{kind}", report_file(FULL, "en", kind)).verdict.status == "accepted", (
        "read back, too"
    )
    told = document(BENEFIT, title={"en": "Call 13912345678", "zh": "致电 13912345678"})
    with pytest.raises(Refused) as caught:
        report_file(told, "en", kind)
    assert caught.value.code.startswith("E-SDC")
    assert "13912345678" not in str(caught.value)


def test_markup_in_the_results_stays_text():
    title = "#panic(1) *x* $y$ <b> & ]"
    made = document(BENEFIT, title={"en": title, "zh": title})
    assert re.sub(r"\s+", "", title) in pdf_text(render_pdf(made, "en"))
    made["analyses"][0]["outcome"]["name"] = {"en": title, "zh": title}
    assert re.sub(r"\s+", "", title) in docx_text(render_docx(made, "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_file_has_headings_header_rows_alt_text_fonts_and_language(language):
    made = Document(io.BytesIO(docx(language)))
    assert (made.core_properties.title[:1], made.core_properties.language) == ("[", TAGS[language])
    headings = [part.text for part in made.paragraphs if part.style.name == "Heading 1"]
    assert headings == [part.title for part in report_of(FULL, language).sections]
    assert made.tables
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in made.tables)
    (picture,) = made.inline_shapes
    assert "−5.68" in picture._inline.docPr.get("descr")
    for name in ("Normal", "Heading 1", "Table Text" if "Table Text" in made.styles else "TableText"):
        style = made.styles[name]
        properties = (
            style if style.element.rPr is not None and style.element.rPr.rFonts is not None else style.base_style
        ).element
        assert properties.rPr.rFonts.get(qn("w:eastAsia")) == word_file.CHINESE
    assert made.styles["TableText"].base_style.name == "Normal"
    assert made.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == TAGS[language]


def test_figures_below_and_above_the_line_are_set_small():
    title = "CO₂ per 10⁻⁶ m³"
    made = render_pdf(document(BENEFIT, title={"en": title, "zh": title}), "en")
    assert "CO2per10−6m³" in pdf_text(made)


def test_open_intervals_are_set_and_drawn():
    bare = {"std_error": None, "df": None, "conf_low": None, "conf_high": None}
    made = document(entry("one", {"estimate": -5.5, "p_value": 0.04, **bare}))
    assert "−∞…∞" in pdf_text(render_pdf(made, "zh"))
    assert "−∞…∞" in docx_text(render_docx(made, "zh"))


def test_a_report_without_a_figure_has_none():
    assert typeset.figure_png(report_of(document(LOOSE), "en")) is None
    assert not Document(io.BytesIO(render_docx(document(LOOSE), "en"))).inline_shapes


READERS = {"pdf": pdf_text, "docx": docx_text}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", READERS)
def test_the_accounts_stand_in_the_files_with_the_numbers_of_the_results(kind, language):
    made = report_file(accounted(), language, kind)
    told = READERS[kind](made)
    wanted = [re.sub(r"\s+", "", number) for key in NUMBERS for number in NUMBERS[key]]
    assert [number for number in wanted if number not in told] == []
    assert report_file(accounted(), language, kind) == made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scope", ["zone", "programme"])
def test_annual_reports_are_tagged_the_same_bytes_and_hold_their_numbers(scope, language):
    found = annual_cases.document(scope=scope, zone_id="deqing" if scope == "zone" else None)
    made = {kind: annual_file(found, language, kind) for kind in READERS}
    sentence = found.claims[0].sentence
    wanted = ["29,112", "29,111", re.sub(r"\s+", "", sentence.en if language == "en" else sentence.zh)]
    wanted += ["51.5", "49.1…53.9"] if scope == "zone" else ["628.1", "−6.75…−5.40"]
    for kind, content in made.items():
        assert [number for number in wanted if number not in READERS[kind](content)] == []
        assert annual_file(found, language, kind) == content
    pdf_ = PdfReader(io.BytesIO(made["pdf"]))
    assert pdf_.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert str(pdf_.trailer["/Root"]["/Lang"]).startswith(language)
    assert json.loads(annual_file(found, language, "json"))["year"] == 2025
