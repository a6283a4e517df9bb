"""Variables, the cart and the tabs of Panel as a reader meets them: found, chosen, taken home, on a desk and on a phone."""

from __future__ import annotations

import re
import shutil
import zipfile

import httpx
import pytest

from tests.browser.conftest import serving, settled, visible
from tests.browser.page_facts import CHARTS, KEPT, STACK, WIDEST, english_words, faults

pytestmark = pytest.mark.browser

ACCESS = "users:\n  operator.one: {roles: [operator], zones: '*'}\n  reader.one: {roles: [analyst], zones: '*'}\n"
WAIT = "panel_individual_wave.wait_min"
PAGES = {
    "variables": ("zh", "variables?q=wait"),
    "matrix": ("en", "variables?view=matrix&table=panel_individual_wave"),
    "variable": ("zh", f"variable?v={WAIT}"),
    "cart": ("en", f"variables?view=cart&cart={WAIT}"),
    "quality": ("zh", "panel?tab=quality"),
    "transitions": ("zh", "panel?tab=transitions&item=is_observed"),
}
"""View → a language and its address; the other language is that of the tests without a browser."""
LONGER = ("matrix", "quality")


@pytest.fixture(scope="module")
def served_closed(full, tmp_path_factory):
    """Return the address of a viewer over a copy of `full` in which roles are given out."""
    home = shutil.copytree(full.home, tmp_path_factory.mktemp("closed") / "home")
    (home / "access.yml").write_text(ACCESS, encoding="utf-8")
    with serving(home, tmp_path_factory.mktemp("log") / "viewer.log") as url:
        yield url


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONGER else []) for name in PAGES]
)
def test_each_view_stands_on_desk_and_phone(visitor, served, name):
    lang, path = PAGES[name]
    with visitor.page(f"{served}/{path}&lang={lang}") as page:
        said = visible(page)
        assert not [word for word in STACK if word in said]
        assert "could not be shown" not in said
        if lang == "zh":
            assert english_words(page) <= KEPT
        assert all(re.search(r"\d", each) for each in page.evaluate(CHARTS))
        assert faults(page) == []
        page.set_viewport_size({"width": 390, "height": 900})
        page.wait_for_function(f"({WIDEST}) <= 390", timeout=5_000)
    assert visitor.blocked == []


def test_a_variable_is_found_added_and_taken_home_once(visitor, served_closed, tmp_path):
    from playwright.sync_api import expect

    with visitor.page(f"{served_closed}/variables?lang=zh") as page:
        page.get_by_label("搜索名称、问题、变量名或概念").fill("ｗａｉｔ")
        page.get_by_label("搜索名称、问题、变量名或概念").press("Enter")
        expect(page.get_by_text("找到 1 个。")).to_be_visible(timeout=60_000)
        settled(page).get_by_role("button", name="加入提取清单").click()
        page.wait_for_url("**cart=panel_individual_wave.wait_min**")
        settled(page).get_by_role("link", name="面板").click()
        page.wait_for_selector("h1:has-text('面板')")
        settled(page).get_by_role("radio", name="我的清单").click()
        expect(page.get_by_text("请在侧栏填写您的用户名。")).to_be_visible(timeout=60_000)
        field = page.get_by_label("您的用户名")
        field.fill("operator.one")
        field.press("Enter")
        settled(page).get_by_role("button", name="生成提取").click()
        link = page.get_by_role("link", name="下载提取文件")
        expect(link).to_be_visible(timeout=60_000)
        address = link.get_attribute("href")
        with page.expect_download() as waiting:
            link.click()
        waiting.value.save_as(tmp_path / "extract.zip")
        assert page.request.get(f"{served_closed}{address}").status == 410
    with zipfile.ZipFile(tmp_path / "extract.zip") as archive:
        (table,) = [name for name in archive.namelist() if name.endswith("/panel_individual_wave.csv")]
        head = archive.read(table).decode("utf-8-sig").splitlines()[0]
    assert head.replace('"', "").split(",") == ["zone_id", "person_id", "wave", "wait_min", "is_simulated"]
    assert visitor.blocked == []


def test_a_reader_without_the_right_is_told_whom_to_ask_and_a_forwarded_link_is_refused(visitor, served_closed):
    with visitor.page(f"{served_closed}/variables?lang=en&view=cart&cart={WAIT}") as page:
        act_as_in_sidebar(page, "reader.one")
        page.get_by_text("Roles that hold it: operator, administrator.").wait_for(timeout=60_000)
        assert page.get_by_role("button", name="Build the extract").count() == 0
        act_as_in_sidebar(page, "operator.one")
        page.get_by_role("button", name="Build the extract").click()
        page.get_by_role("link", name="Download the extract").wait_for(timeout=60_000)
        address = page.get_by_role("link", name="Download the extract").get_attribute("href")
    assert httpx.get(f"{served_closed}{address}", trust_env=False).status_code == 403


def act_as_in_sidebar(page, user):
    field = page.get_by_label("Your user name")
    field.fill(user)
    field.press("Enter")
    settled(page)


@pytest.mark.slow
def test_the_link_of_a_variable_opens_it_in_another_language(visitor, served):
    with visitor.page(f"{served}/variables?lang=zh&q=wait_min") as page:
        page.get_by_role("link", name="等候时间").click()
        page.wait_for_url("**/variable?**")
        link = settled(page).locator("[data-testid=stCode] code").inner_text()
    assert link.startswith(f"{served}/variable?lang=zh&v=")
    with visitor.page(link.replace("lang=zh", "lang=en")) as page:
        assert page.inner_text("h1") == "Waiting time"
