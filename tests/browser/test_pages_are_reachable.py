"""Upload and Batches without a mouse and to a screen reader: axe finds nothing, the keyboard reaches and does every act."""

from __future__ import annotations

import pytest

from data.paths import Workspace
from tests.browser.conftest import serving, settled
from tests.browser.page_facts import faults
from tests.unit.review.review_house import ACCESS, FIRST, STEWARD, House

pytestmark = pytest.mark.browser

OPERATOR = "zone.operator"
MORE = "  zone.operator: {roles: [zone_operator], zones: [deqing]}\n"
BROKEN = "受访者编号,轮次,诊所编号,访谈日期,备注\nDQ-P70001,W1,DQ-C01,2026-13-04,x\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a workspace in which one delivery waits for its review, and the address of its viewer."""
    home = tmp_path_factory.mktemp("reachable")
    house = House(Workspace(home).create(), tmp_path_factory.mktemp("files"))
    (home / "access.yml").write_text(ACCESS + MORE, encoding="utf-8")
    assert house.send("01,1,", "02,2,", "03,99,", answers={"W-PANEL-02": "moved away"}) == FIRST
    with serving(home, tmp_path_factory.mktemp("log") / "viewer.log") as url:
        yield house, url


def act_as(page, user):
    """Give a name in the sidebar; the page then shows what that user may see."""
    from playwright.sync_api import expect

    field = page.get_by_label("Your user name").or_(page.get_by_label("您的用户名"))
    field.fill(user)
    field.press("Enter")
    expect(page.locator(".zl-acting")).to_contain_text(user, timeout=60_000)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_on_upload_with_a_faulty_file(visitor, place, lang):
    _, url = place
    with visitor.page(f"{url}/upload?lang={lang}&contract=clinic_visit") as page:
        act_as(page, OPERATOR)
        page.locator("[data-testid=stFileUploader]").wait_for()
        before = faults(page)
        with page.expect_file_chooser() as waiting:
            page.locator("[data-testid=stFileUploader] button").first.click()
        waiting.value.set_files([{"name": "one.csv", "mimeType": "text/csv", "buffer": BROKEN.encode()}])
        page.locator("[data-testid=stDataFrame]").wait_for(timeout=60_000)
        assert (before, faults(page)) == ([], [])


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("code", ["", f"&sub={FIRST}"])
def test_axe_finds_nothing_on_batches(visitor, place, lang, code):
    _, url = place
    with visitor.page(f"{url}/batches?lang={lang}{code}") as page:
        act_as(page, STEWARD)
        page.get_by_text(FIRST).first.wait_for()
        assert faults(page) == []


def press(page, name):
    """Reach a control by the Tab key alone, and press it."""
    settled(page)
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("[document.activeElement.tagName, document.activeElement.innerText.trim()]") == [
            "BUTTON",
            name,
        ]:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"the keyboard does not reach {name}")


def test_a_batch_is_taken_up_and_approved_by_the_keyboard_alone(visitor, place):
    from playwright.sync_api import expect

    house, url = place
    with visitor.page(f"{url}/batches?lang=en&sub={FIRST}") as page:
        act_as(page, STEWARD)
        expect(page.get_by_text("moved away")).to_be_visible(timeout=60_000)
        press(page, "Take up for review")
        expect(page.get_by_role("button", name="Approve")).to_be_visible(timeout=60_000)
        press(page, "Approve")
        expect(page.locator(".zl-strip .zl-tag")).to_have_text("approved", timeout=60_000)
        assert house.state(FIRST) == "approved"
        page.set_viewport_size({"width": 390, "height": 900})
        widest = (
            "Math.max(document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth)"
        )
        page.wait_for_function(f"({widest}) <= 390", timeout=10_000)
    assert visitor.blocked == []
