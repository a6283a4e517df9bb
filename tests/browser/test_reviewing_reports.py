"""A report on its way in a real browser: handed in, checked by two, published by a third, read; and a number followed back."""

from __future__ import annotations

import re

import pytest

from data.paths import Workspace
from data.releases import load_release
from experiments.registry.store import Registry
from experiments.reviewing.desk import ReviewDesk
from experiments.run import DEMO, run_experiment
from tests.browser.conftest import serving, settled, visible
from tests.unit.viewer import viewer_workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
EXPERIMENT = "SE-2026-0003"
AUTHOR, ONE, TWO, PRESS = "scientist.one", "checker.one", "checker.two", "press.one"
POINTS, RATED = 7, ("speed", "pm25")
COMMENT = "Say which hours count."


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a workspace with one report that nobody has handed in, and the address of its viewer."""
    workspace = viewer_workspace.released(tmp_path_factory.mktemp("reviewing"))
    run_experiment(workspace, load_release(workspace), DEMO / f"{EXPERIMENT}.yml", "RUN-0001")
    with serving(workspace.home, tmp_path_factory.mktemp("log") / "viewer.log") as url:
        yield Workspace(workspace.home), url


def sit(page, url, user, name):
    """Take somebody's seat at the review of a report."""
    page.goto(f"{url}/review?lang=en&report={name}")
    page.wait_for_selector("footer.zl-foot", timeout=60_000)
    field = page.get_by_label("Your user name")
    field.fill(user)
    field.press("Enter")
    page.locator(".zl-acting code", has_text=user).wait_for(timeout=60_000)
    settled(page)


def press(page, name, state):
    """Press a button until the report is in the state that follows: a page drawn anew under the pointer takes no click."""
    from playwright.sync_api import TimeoutError as TooLate

    tag = page.locator(".zl-strip .zl-tag", has_text=re.compile(f"^{state}$"))
    for _ in range(4):
        settled(page)
        button = page.get_by_role("button", name=name, exact=True)
        if button.count():
            button.click()
        try:
            tag.wait_for(timeout=20_000)
        except TooLate:
            continue
        return
    tag.wait_for(timeout=1_000)


def check(page, comment=""):
    """Give one check: look at every point, rate every finding, vote. It is one form: the server is asked once."""
    from playwright.sync_api import expect

    desk = page.locator(".st-key-zl_report_check")
    desk.get_by_text("Nobody sees your check until both are in.").wait_for(timeout=60_000)
    if comment:
        desk.get_by_label("Comment", exact=True).fill(comment)
        desk.get_by_role("button", name="Add the comment").click()
        desk.locator(".zl-said", has_text=comment).wait_for(timeout=60_000)
    boxes = desk.locator("[data-testid=stCheckbox] label")
    expect(boxes).to_have_count(POINTS, timeout=60_000)
    for place in range(POINTS):
        boxes.nth(place).click()
    for name in RATED:
        desk.locator(f".st-key-level_{name} label", has_text=re.compile("^moderate$")).click()
        desk.locator(f".st-key-why_{name} input").fill("Two cities, one season.")
    desk.locator("label", has_text=re.compile("^approve$")).click()
    desk.get_by_role("button", name="Give this check for good").click()
    desk.wait_for(state="detached", timeout=60_000)


def read(page, url):
    page.goto(f"{url}/report?lang=en&experiment={EXPERIMENT}")
    page.wait_for_selector("footer.zl-foot", timeout=60_000)
    return visible(page)


def test_a_report_is_checked_by_two_published_by_a_third_and_read(visitor, place):
    workspace, url = place
    desk = ReviewDesk(Registry.open(workspace))
    name = desk.items()[0].reported.name
    with visitor.page(f"{url}/report?lang=en") as reader:
        assert "No report has been published yet" in visible(reader)
    with visitor.page(f"{url}/queue?lang=en") as page:
        sit(page, url, AUTHOR, name)
        press(page, "Submit", "submitted")
        assert page.locator(".st-key-zl_report_check").count() == 0
        sit(page, url, ONE, name)
        check(page, COMMENT)
        sit(page, url, TWO, name)
        assert COMMENT not in visible(page)
        check(page)
        page.get_by_text(COMMENT).wait_for(timeout=60_000)
        press(page, "Approve", "approved")
        assert page.get_by_role("button", name="Publish", exact=True).count() == 0
        sit(page, url, PRESS, name)
        press(page, "Publish", "published")
    with visitor.page(f"{url}/report?lang=en") as reader:
        assert "Bottom line" in read(reader, url)
        reader.get_by_role("link", name="Trace").first.click()
        reader.get_by_role("heading", name="Where this number comes from").wait_for(timeout=60_000)
        assert f"{EXPERIMENT}.analyses." in visible(reader)
    record = desk.item(name).record
    assert record.certainty == dict.fromkeys(RATED, "moderate")
    assert record.published is not None
    assert len({event.actor for event in record.events}) == 4
    assert visitor.blocked == []
