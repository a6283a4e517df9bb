"""Criteria 2, 4, 8 and 20 of the viewer (domain/viewer.md section 10): language, link, colours, empty and wrong."""

from __future__ import annotations

import io

import pytest

from tests.browser.conftest import settled, visible
from tests.browser.page_facts import STACK

pytestmark = pytest.mark.browser

FILTERS = "panel?lang=zh&panel=panel_organisation_quarter&zone=hangzhou&tab=trajectories&outcome=headcount_total"


def test_criterion_02_language(visitor, served):
    with visitor.page(served, locale="zh-CN") as page:
        page.wait_for_selector("h1:has-text('试点区')", timeout=60_000)
        page.wait_for_function("document.documentElement.lang === 'zh-CN' && document.title === '试点区 · zonelab'")
    with visitor.page(f"{served}/panel?lang=zh&zone=hangzhou&outcome=satisfaction_score") as page:
        assert page.inner_text("h1") == "面板"
        page.get_by_role("radio", name="English").or_(page.get_by_role("button", name="English")).first.click()
        page.wait_for_selector("h1:has-text('Panel')", timeout=60_000)
        page.wait_for_function("document.documentElement.lang === 'en' && document.title === 'Panel · zonelab'")
        page.get_by_text("Trajectory: Satisfaction").first.wait_for(timeout=60_000)
        assert page.locator(".st-key-zl_menu a").first.inner_text() == "Zones"
        assert "zone=hangzhou" in settled(page).url
        assert "outcome=satisfaction_score" in page.url


@pytest.mark.parametrize("may_copy", [True, False])
def test_criterion_04_a_shared_link_opens_in_the_readers_language(visitor, served, may_copy):
    with visitor.page(f"{served}/{FILTERS}", locale="zh-CN") as page:
        if may_copy:
            page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served)
        else:
            page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page.get_by_role("button", name="复制链接").click()
        page.wait_for_selector(".zl-shared [role=status]:not(:empty)", timeout=60_000)
        link = page.input_value(".zl-shared input")
        if may_copy:
            assert page.evaluate("navigator.clipboard.readText()") == link
        else:
            assert page.evaluate("getSelection().toString() || document.activeElement.value") == link
    with visitor.page(link, locale="en-GB") as page:
        page.get_by_text("Trajectory: Workers in total").first.wait_for(timeout=60_000)
        for code in (
            "panel=panel_organisation_quarter",
            "zone=hangzhou",
            "outcome=headcount_total",
            "tab=trajectories",
        ):
            assert code in page.url
        assert "lang=en" in page.url


def test_criterion_08_series_and_states_are_told_apart_without_colour(visitor, served):
    with visitor.page(f"{served}/panel?lang=en&tab=participation") as page:
        page.context.new_cdp_session(page).send("Emulation.setEmulatedVisionDeficiency", {"type": "deuteranopia"})
        keys = page.locator(".zl-key")
        keys.first.wait_for(timeout=60_000)
        first, second = (_ink(keys.nth(place)) for place in (0, 1))
        differing = sum(a != b for a, b in zip(first, second, strict=True))
        assert differing > 0.05 * len(first)  # the dash and the shape of the mark, all colour taken out
        assert all(said.strip() for said in page.locator(".zl-legend li").all_inner_texts())
    with visitor.page(f"{served}/reports?lang=en") as page:
        tags = page.locator(".zl-tag")
        tags.first.wait_for(timeout=60_000)
        assert all(word.strip() for word in tags.all_inner_texts())


def _ink(element) -> list[bool]:
    """Return which pixels of a picture are drawn on, in black and white."""
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(element.screenshot())).convert("L").resize((68, 28))
    return [value < 200 for value in image.tobytes()]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_criterion_20_an_empty_workspace_is_told_with_the_next_step_on_every_page(visitor, served_empty, lang):
    with visitor.page(f"{served_empty}/help?lang={lang}") as page:
        page.context.add_cookies([{"name": "zonelab_acting", "value": "methods.one", "url": served_empty}])
        page.goto(f"{served_empty}/zones?lang={lang}")
        page.wait_for_selector("footer.zl-foot", timeout=60_000)
        names = settled(page).locator(".st-key-zl_menu a").all_inner_texts()
        assert len(names) > 10
        for name in names:
            page.locator(".st-key-zl_menu").get_by_role("link", name=name, exact=True).click()
            page.wait_for_function("name => document.title.startsWith(name + ' ')", arg=name, timeout=60_000)
            said = visible(page)
            assert not [word for word in STACK if word in said], name
            assert page.locator("h1").count() == 1, name
            boxes = page.locator(".zl-box, .zl-note, [data-testid=stFileUploader], .st-key-zl_menu + *, button").count()
            assert boxes, name
    assert visitor.blocked == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("zone?z=atlantis", "No zone is called atlantis."),
        ("zones?zone=atlantis", "No zone is called atlantis."),
        ("variable?v=panel_individual_wave.telephone", "This release has no variable"),
        ("report?experiment=SE-9999-0001", "No report on SE-9999-0001"),
        ("experiment?id=SE-9999-0001", "SE-9999-0001"),
        ("releases?release=R999999-00000000", "There is no release R999999-00000000"),
        ("panel?lang=en&panel=panel_of_experts", "which this release does not have"),
        ("panel?zone=deqing", "rest on fewer than 10 units and are not shown"),
        ("help?term=no+such+word", "No word found"),
    ],
)
def test_criterion_20_what_is_unknown_or_too_small_is_told_in_a_sentence(tourist, served, path, said):
    tourist.goto(f"{served}/{path}{'&' if '?' in path else '?'}lang=en")
    tourist.get_by_text(said).first.wait_for(timeout=60_000)
    assert not [word for word in STACK if word in visible(tourist)]


@pytest.mark.parametrize("name", ["register", "queue", "upload", "batches"])
def test_criterion_20_a_page_for_others_is_refused_at_its_address(tourist, served, name):
    tourist.goto(f"{served}/{name}?lang=en")
    tourist.get_by_text("This page is for:").first.wait_for(timeout=60_000)
    assert "Give your user name in the sidebar." in visible(tourist)
    assert tourist.locator(".st-key-zl_menu").get_by_role("link", name="Register").count() == 0


@pytest.fixture(scope="module")
def tourist(visitor, served):
    """Return one page of a reader without a name."""
    with visitor.page(f"{served}/help?lang=en") as page:
        yield page
