"""Sections say every number of the accounts, hold back what is null, and speak as firmly as the certainty allows."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from experiments.report import fonts
from experiments.report.blocks import plain, texts
from experiments.report.html import render_report
from experiments.report.sections import report_of
from experiments.report.sentences import plain_sentence, sentence
from tests.unit.report.accounted import NUMBERS, accounted
from tests.unit.report.cases import BENEFIT, HARM

FULL = accounted()
LANGUAGES = ("en", "zh")
WORDS_MOST, LETTERS_MOST = 400, 800


def told(report, key):
    return json.dumps(plain(next(part for part in report.sections if part.key == key)), ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", NUMBERS)
def test_a_section_says_the_numbers_of_its_account(key, language):
    found = told(report_of(FULL, language), key).replace("\\n", " ")
    assert [number for number in NUMBERS[key] if number not in found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_not_be_shown_says_so_and_zero_is_zero(language):
    report, held = report_of(FULL, language), {"en": "held back", "zh": "不予显示"}[language]
    assert all(held in told(report, key) for key in ("flow", "baseline", "delivery", "harms"))
    events = next(
        block
        for part in report.sections
        if part.key == "harms"
        for block in part.blocks
        if getattr(block, "rows", None)
    )
    assert events.rows[0].cells[1:] == ("0", held)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_unfilled_and_everything_can_be_set(language):
    report = report_of(FULL, language)
    said = texts(plain(report.sections))
    assert not [text for text in said if re.search(r"\{\w+\}", text)]
    assert not fonts.missing("".join(said))
    missing = {part.key for part in report.sections if part.state == "not_reported"}
    assert missing == {"heterogeneity", "review"}


@pytest.mark.parametrize(
    ("level", "en", "zh"),
    [
        ("high", "AI triage reduced waiting time by 5.68 min", "AI 分诊使等候时间减少 5.68"),
        ("moderate", "AI triage probably reduced waiting time by 5.68 min", "AI 分诊很可能使等候时间减少 5.68"),
        ("low", "AI triage may have reduced waiting time by 5.68 min", "AI 分诊可能使等候时间减少 5.68"),
        (
            "very_low",
            "It is very uncertain whether AI triage changed waiting time",
            "很不确定AI 分诊是否改变了等候时间",
        ),
    ],
)
def test_a_sentence_is_as_firm_as_its_evidence(level, en, zh):
    assert sentence({**BENEFIT, "certainty": level}, "en").startswith(en)
    assert sentence({**BENEFIT, "certainty": level}, "zh").startswith(zh)


def test_results_without_a_rating_speak_as_they_did():
    assert sentence(BENEFIT, "en").startswith("AI triage reduced waiting time")
    assert "uncertain" not in plain_sentence(BENEFIT, "en")


def test_a_reviewers_rating_stands_in_place_of_the_proposal():
    rated = accounted()
    rated["accounts"]["certainty"][0]["rated"] = {"level": "low", "reason": "The log has gaps."}
    rated["analyses"][0]["certainty"] = "low"
    rated["review"] = {
        "checks": [{"role": "methods_reviewer", "vote": "approve", "at": "2026-04-01T08:00:00+00:00"}],
        "comments": [{"id": "C1", "section": "harms", "text": "And falls?", "answer": None}],
    }
    report = report_of(rated, "en")
    assert "Low (reviewer)" in told(report, "certainty")
    assert "The log has gaps." in told(report, "certainty")
    assert "may have reduced" in told(report, "bottom-line")
    assert "Methods reviewer: approved, 2026-04-01 08:00 UTC" in told(report, "review")
    assert "And falls?" in told(report, "review")
    pairs = dict(report.status.pairs)
    assert pairs["Review"] == "1 checks in, 1 approve"
    assert dict(report_of(FULL, "en").status.pairs)["Certainty"] == "Moderate 1 (proposed by machine)"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("copies", [1, 12])
def test_the_plain_page_is_short_whatever_was_found(language, copies):
    many = [{**item, "certainty": "low", "analysis_id": f"a{n}"} for n in range(copies) for item in (BENEFIT, HARM)]
    report = report_of(accounted(analyses=many) if copies > 1 else FULL, language)
    page = " ".join(texts(plain(next(part for part in report.sections if part.key == "plain-language").blocks)))
    if language == "en":
        assert 60 < len(page.split()) <= WORDS_MOST
    else:
        assert 100 < len(re.findall(r"[\u4e00-\u9fff]", page)) <= LETTERS_MOST
    assert ("results stand" in page or "另有" in page) == (copies > 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_the_sections_that_the_documents_have(language):
    page = unescape(re.sub(r"<[^>]+>", "", render_report(FULL, language)))
    assert [number for key in NUMBERS for number in NUMBERS[key] if number not in page.replace("\n", " ")] == []
