"""The viewer as a reader meets it: rendered, in both languages, on a phone, with nothing fetched from outside."""

from __future__ import annotations

import json
import re

import pytest

from data.releases import load_release
from tests.browser.conftest import settled, visible

pytestmark = pytest.mark.browser

PATHS = {"zones": "", "panel": "panel", "report": "report"}
HEADS = {
    "en": {
        "zones": "Pilot zones",
        "panel": "Panel",
        "report": "AI triage in community clinics and patients' waiting time",
    },
    "zh": {"zones": "试点区", "panel": "面板", "report": "社区诊所 AI 分诊与患者等候时间"},
}
STACK = ("Traceback", 'File "', "Error:", "uncaught")
# what Chinese pages keep in Latin letters: codes are marked up as code, the product and the language have names of their own
KEPT = {"zonelab", "SIMULATED", "English", "Language", "HTML", "JSON", "Word"}
CHART = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
WIDEST = "Math.max(document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth)"


def english_words(page) -> set[str]:
    """Return the Latin words of the visible text less codes: ids, commands, column names."""
    said = page.evaluate(
        """() => { const main = document.querySelector('[data-testid=stMain]').cloneNode(true);
        main.querySelectorAll('code, script, style, [data-testid=stIconMaterial]').forEach(e => e.remove());
        return main.textContent }"""
    )
    return set(re.findall(r"[A-Za-z]{4,}", re.sub(r"[A-Za-z0-9]+(?:[_:][A-Za-z0-9]+)+", " ", said)))


def chart_names(page) -> list[str]:
    """Return the accessible name of each chart."""
    names = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].map(chart =>
        [chart, ...chart.querySelectorAll('[aria-label]')].map(e => e.getAttribute('aria-label')).join(' '))"""
    )
    assert names
    return names


def rounds_to(text: str, value: float) -> bool:
    """Tell whether the first number of `text` is `value` rounded to the decimals shown."""
    number = re.search(r"−?[\d,]+(?:\.(\d+))?", text)
    shown = float(number[0].replace("−", "-").replace(",", ""))
    return abs(shown - value) <= 0.5 * 10 ** -len(number[1] or "") + 1e-12


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", PATHS)
def test_each_page_stands_in_both_languages_on_desk_and_phone(visitor, served, name, lang):
    with visitor.page(f"{served}/{PATHS[name]}?lang={lang}") as page:
        page.wait_for_selector(CHART)
        settled(page)
        assert page.inner_text("h1") == HEADS[lang][name]
        page.wait_for_function("code => document.documentElement.lang === code", arg={"en": "en", "zh": "zh-CN"}[lang])
        assert "SIMULATED" in visible(page)
        assert not [word for word in STACK if word in visible(page)]
        if lang == "zh":
            assert english_words(page) <= KEPT
        assert all(re.search(r"\d", name) for name in chart_names(page))
        page.get_by_text({"en": "View as table", "zh": "以表格查看"}[lang]).first.click()
        page.locator("details table.zl-table").first.wait_for()
        page.set_viewport_size({"width": 390, "height": 900})
        page.wait_for_function(f"({WIDEST}) <= 390", timeout=5_000)
    assert visitor.blocked == []


@pytest.mark.parametrize(
    "path", ["zones", "panel", "report", "experiments", "experiment?id=SE-2026-0001", "register", "review"]
)
def test_every_page_has_an_address_of_its_own(visitor, served, path):
    with visitor.page(f"{served}/{path}") as page:
        assert page.get_by_text("Page not found").count() == 0
        assert page.url.startswith(f"{served}/{path}")
        assert visible(page).strip()


def test_the_bare_address_leads_to_the_zones(visitor, served):
    with visitor.page(f"{served}/?lang=en&zone=hangzhou") as page:
        page.wait_for_url("**/zones?**")
        assert "zone=hangzhou" in settled(page).url
        assert page.inner_text("h1") == "Pilot zones"


def test_a_chinese_browser_is_met_in_chinese(visitor, served):
    with visitor.page(served, locale="zh-CN") as page:
        assert page.inner_text("h1") == HEADS["zh"]["zones"]
        page.wait_for_function("document.title === '试点区 · zonelab'")


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


def test_language_switch_keeps_page_and_filters(visitor, served):
    with visitor.page(f"{served}/panel?lang=en&zone=hangzhou&outcome=satisfaction_score") as page:
        page.get_by_role("radio", name="中文").or_(page.get_by_role("button", name="中文")).first.click()
        page.wait_for_selector("h1:has-text('面板')")
        page.wait_for_function("document.documentElement.lang === 'zh-CN'")
        page.get_by_text("变化轨迹：满意度").first.wait_for()
        settled(page)
        assert "/panel?" in page.url
        assert "zone=hangzhou" in page.url
        assert "lang=zh" in page.url


def test_page_links_keep_language_and_zone(visitor, served):
    with visitor.page(f"{served}/?lang=zh&zone=hangzhou") as page:
        page.get_by_role("link", name="面板").click()
        page.wait_for_selector("h1:has-text('面板')")
        page.wait_for_url("**/panel?**zone=hangzhou**")
        assert "lang=zh" in settled(page).url


@pytest.mark.parametrize(
    ("name", "lang", "step"),
    [("zones", "en", "No release yet."), ("panel", "zh", "尚无数据版本。"), ("report", "en", "No release yet.")],
)
def test_an_empty_workspace_is_told_in_a_sentence(visitor, served_empty, name, lang, step):
    with visitor.page(f"{served_empty}/{PATHS[name]}?lang={lang}") as page:
        assert step in visible(page)
        assert "make demo" in visible(page)
        assert not [word for word in STACK if word in visible(page)]
    assert visitor.blocked == []


def test_an_unknown_zone_is_told_in_a_sentence(visitor, served):
    with visitor.page(f"{served}/?lang=en&zone=atlantis") as page:
        assert "No zone is called atlantis." in visible(page)


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
