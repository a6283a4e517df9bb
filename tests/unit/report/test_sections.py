"""Sections hold every number of the results once rounded, and say what is not there; nothing is left out."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from data.settings import REPOSITORY
from experiments.report import fonts
from experiments.report.blocks import Bullets, Figure, Missing, Table, plain
from experiments.report.html import line, render_report
from experiments.report.sections import report_of
from experiments.report.wording_sections import ALL, LACKS
from tests.unit.report.cases import BENEFIT, HARM, LOOSE, document, entry

KEYS = [
    "bottom-line", "summary", "deviations", "question", "design", "flow", "baseline", "delivery", "power", "results",
    "over-time", "multiplicity", "attrition", "robustness", "heterogeneity", "exploratory", "harms", "certainty",
    "elsewhere", "cautions", "plain-language", "versions", "ethics", "checklist", "review", "history",
]  # fmt: skip
FULL = document(BENEFIT, HARM, LOOSE)


def section(report, key):
    return next(part for part in report.sections if part.key == key)


def table(report, key):
    return next(block for block in section(report, key).blocks if isinstance(block, Table))


def words(value):
    return json.dumps(plain(value), ensure_ascii=False)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("results", [FULL, document()], ids=["full", "empty"])
def test_every_section_stands_there_in_order_and_none_is_empty(results, language):
    report = report_of(results, language)
    assert [part.key for part in report.sections] == KEYS
    assert [part.title.split()[0] for part in report.sections] == [str(n) for n in range(1, 27)]
    assert all(part.blocks for part in report.sections)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_missing_is_said_and_counted_in_the_checklist(language):
    report = report_of(document(), language)
    told = {"en": "Not reported: ", "zh": "未报告："}[language]
    for key in ("bottom-line", "baseline", "power", "certainty", "plain-language", "review", "history"):
        assert section(report, key).state == "not_reported"
        assert all(block.text.startswith(told) for block in section(report, key).blocks)
    states = {row.cells[0]: row.cells[3] for row in table(report, "checklist").rows}
    assert len(table(report, "checklist").rows) == 42
    assert states["CONSORT 25"] == told.rstrip(" :：")
    assert states["CONSORT 9"] == {"en": "Reported in part", "zh": "部分报告"}[language]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_and_the_document_show_the_same_numbers(language):
    page = unescape(re.sub(r"<[^>]+>", "", render_report(FULL, language)))
    report = report_of(FULL, language)
    for found in FULL["analyses"]:
        item = line(found, language)
        shown = (item.estimate, item.low, item.high, item.std_error, item.p, item.p_adjusted)
        key = "results" if item.confirmatory else "exploratory"
        assert all(number in page and number in words(section(report, key)) for number in shown)
    for item in (line(BENEFIT, language), line(HARM, language)):
        assert item.sentence in words(section(report, "bottom-line"))
        row = next(row for row in table(report, "summary").rows if f"· {item.id}" in row.cells[0])
        assert row.cells[3].split("\n")[0] == item.estimate
        assert row.cells[4] == f"{item.low} … {item.high}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_p_against_a_margin_is_shown_as_one_before_and_after_correction(language):
    equal = {**BENEFIT, "hypothesis": {**BENEFIT["hypothesis"], "direction": "equivalence"}}
    report = report_of(document(equal), language)
    assert table(report, "multiplicity").rows[0].cells[-2:] == ("0.006 §", "0.012 §")
    assert "§" in words(section(report, "summary"))


def test_the_harms_row_always_stands_there():
    rows = table(report_of(document(BENEFIT), "en"), "summary").rows
    assert [row.cells[0] for row in rows[-2:]] == [
        "Harms", "No harm outcome was registered for this experiment, so harms were not looked for.",
    ]  # fmt: skip
    rows = table(report_of(FULL, "en"), "summary").rows
    assert [row.cells[0].split("\n")[0] for row in rows[-2:]] == ["Harms", "Routine jobs"]


def test_the_figure_has_its_numbers_in_words_and_in_a_table():
    report = report_of(FULL, "en")
    figure, values = section(report, "results").blocks[1:3]
    assert isinstance(figure, Figure)
    assert "−5.68 min, 95% interval −6.81 to −4.55" in figure.alt
    assert len(figure.effects) == len(figure.forest.marks) == 2
    assert [row.cells[4] for row in values.rows] == ["−2.84", "−1.22"]
    assert "mood" in words(section(report, "results").blocks[3])


def test_exploratory_results_stand_apart():
    report = report_of(FULL, "en")
    assert "Mood" not in words(section(report, "summary"))
    assert plain(section(report, "exploratory").blocks)[0]["block"] == "box"
    assert "no exploratory" in words(section(report_of(document(BENEFIT), "en"), "exploratory"))


def test_effects_by_period_are_shown_where_an_analysis_has_them():
    grouped = document(BENEFIT)
    row = grouped["analyses"][0]["result"]["estimates"][0]
    grouped["analyses"][0]["result"]["estimates"] += [{**row, "term": "event_time", "group": "2", "estimate": -7.1234}]
    assert [row.cells[:2] for row in table(report_of(grouped, "en"), "over-time").rows] == [("2", "−7.12")]


def test_robustness_and_groups_are_shown_where_an_analysis_has_them():
    found = document(BENEFIT)
    bare = report_of(found, "en")
    assert (section(bare, "robustness").state, section(bare, "heterogeneity").state) == ("not_reported", "not_reported")
    answer = {"conf_low": -7.0, "conf_high": -4.0, "p_value": 0.012}
    groups = [{"group": "old", "estimate": -8.5, "conf_low": -10.0, "conf_high": -7.0}]
    found["analyses"][0]["result"]["diagnostics"] |= {
        "few_clusters": {"is_treated": {"CR2": answer, "randomisation": answer}},
        "leave_one_out": {
            "column": "zone_id",
            "moves_most": "xian",
            "without": [1, 2],
            "low": -6.0,
            "high": -5.0,
            "moved_by": 0.5,
        },
        "subgroups": {"age": {"groups": groups, "withheld": [], "equal": {"p_value": 0.02, "method": "HTZ"}}},
    }
    report = report_of(found, "en")
    told, *lacks = section(report, "robustness").blocks
    assert [line.split(":")[0] for line in told.items] == ["wait"] * 3
    assert [block.text for block in lacks] == ["Not reported: specification curve."]
    assert "−8.50 (−10.00 … −7.00)" in words(section(report, "heterogeneity"))
    assert section(report, "heterogeneity").state == "reported"


def test_a_result_without_a_standard_error_has_open_ends():
    bare = {"std_error": None, "df": None, "conf_low": None, "conf_high": None}
    one = document(entry("one", {"estimate": -5.5, "p_value": 0.04, **bare}))
    report = report_of(one, "en")
    row = table(report, "summary").rows[1]
    assert (row.cells[3].split("\n")[0], row.cells[4]) == ("−5.50", "−∞ … ∞")


def test_banners_say_what_must_not_be_overlooked():
    unregistered = document(
        BENEFIT, timing={"level": None, "text": {"en": "No plan", "zh": "无方案"}}, registration=None
    )
    banners = report_of(unregistered, "en", stale=True).banners
    assert [text.split()[0] for text in banners] == ["SIMULATED", "NOT", "NOT"]
    release = {**FULL["release"], "simulated": False}
    assert report_of(document(BENEFIT, release=release), "en").banners == ()


def test_the_document_is_dated_by_the_results_and_not_by_the_clock():
    assert report_of(FULL, "en").moment == "2026-03-02T09:00:00+00:00"
    later = document(BENEFIT, amendments=[])
    later["registration"]["assignments"] = [
        {"drawn_at": "2026-03-05T00:00:00+00:00", "zones": [], "assignment_sha256": "a"}
    ]
    assert report_of(later, "en").moment == "2026-03-05T00:00:00+00:00"
    assert report_of(document(registration=None, timing=FULL["timing"] | {"level": None}), "en").moment is None


def test_every_word_of_a_report_is_said_in_both_languages_and_can_be_set():
    for text in ALL.values():
        assert text.en
        assert text.zh
        assert fonts.missing(text.en + text.zh) == ()
    assert [key for key, text in LACKS.items() if text.en == text.zh] == []


def test_the_fonts_carry_their_licence():
    licence = (fonts.FOLDER / "OFL.txt").read_text(encoding="utf-8")
    assert licence.startswith("Copyright 2014-2021 Adobe (http://www.adobe.com/).")
    assert "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007" in licence
    assert "OTHER DEALINGS IN THE FONT SOFTWARE." in licence
    assert all(fonts.font_file(weight).stat().st_size < 4_000_000 for weight in fonts.WEIGHTS)
    assert (REPOSITORY / "experiments" / "report" / "fonts") == fonts.FOLDER


def test_marks_follow_the_verdict():
    bullets = section(report_of(FULL, "en"), "bottom-line").blocks[0]
    assert isinstance(bullets, Bullets)
    assert bullets.marks == ("good", "bad")
    assert not any(isinstance(block, Missing) for block in section(report_of(FULL, "en"), "bottom-line").blocks)
