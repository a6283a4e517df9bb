"""The viewer as a reader meets it: rendered, in both languages, on a phone, with nothing fetched from outside."""

from __future__ import annotations

import json
import re

import pytest

from data.releases import load_release
from tests.browser.conftest import settled

pytestmark = pytest.mark.browser


def rounds_to(text: str, value: float) -> bool:
    """Tell whether the first number of `text` is `value` rounded to the decimals shown."""
    number = re.search(r"−?[\d,]+(?:\.(\d+))?", text)
    shown = float(number[0].replace("−", "-").replace(",", ""))
    return abs(shown - value) <= 0.5 * 10 ** -len(number[1] or "") + 1e-12


def test_the_bare_address_leads_to_the_zones(visitor, served):
    with visitor.page(f"{served}/?lang=en&zone=hangzhou") as page:
        page.wait_for_url("**/zones?**")
        assert "zone=hangzhou" in settled(page).url
        assert page.inner_text("h1") == "Pilot zones"


@pytest.mark.parametrize("experiment", ["SE-2026-0001", "SE-2026-0002", "SE-2026-0003"])
def test_report_shows_the_numbers_of_the_results_file(visitor, served, full, experiment):
    path = full.results / load_release(full).release_id / experiment / "results.json"
    entries = json.loads(path.read_text(encoding="utf-8"))["analyses"]
    with visitor.page(f"{served}/report?lang=en&experiment={experiment}") as page:
        shown = page.eval_on_selector_all("data", "all => all.map(e => [e.textContent, e.getAttribute('value')])")
    exact = {float(value) for _, value in shown}
    for entry in entries:
        row = next(row for row in entry["result"]["estimates"] if row["term"] == entry["term"])
        assert {row["estimate"], row["conf_low"], row["conf_high"]} <= exact
    assert [pair for pair in shown if not rounds_to(pair[0], float(pair[1]))] == []


def test_page_links_keep_language_and_zone(visitor, served):
    with visitor.page(f"{served}/?lang=zh&zone=hangzhou") as page:
        page.get_by_role("link", name="面板").click()
        page.wait_for_selector("h1:has-text('面板')")
        page.wait_for_url("**/panel?**zone=hangzhou**")
        assert "lang=zh" in settled(page).url


@pytest.mark.parametrize(("lang", "label"), [("en", "Download the report (PDF)"), ("zh", "下载报告（PDF）")])
def test_the_report_comes_as_pdf_in_the_screens_language(visitor, served, full, lang, label):
    with visitor.page(f"{served}/report?lang={lang}") as page:
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label).click()
        content = waiting.value.path().read_bytes()
    assert waiting.value.suggested_filename == f"SE-2026-0001-{load_release(full).release_id}.{lang}.pdf"
    assert content.startswith(b"%PDF-1.7")
    assert visitor.blocked == []


def test_the_report_can_be_downloaded(visitor, served, full):
    with visitor.page(f"{served}/report?lang=en") as page, page.expect_download() as waiting:
        page.get_by_role("button", name="Download the results (JSON)").click()
    name = waiting.value.suggested_filename
    assert name == f"SE-2026-0001-{load_release(full).release_id}.json"
