"""Signing in as people meet it: invitation, password, pages, a download, revocation in the middle; and the demo's role picker."""

from __future__ import annotations

import httpx
import pytest

from data.accounts import invite, lock, unlock
from data.ledger import Ledger
from data.paths import Workspace
from tests.browser.conftest import serving, settled, visible

pytestmark = pytest.mark.browser

ACCESS = """
users:
  root.one: {roles: [administrator], zones: "*"}
  zone.operator: {roles: [zone_operator], zones: [deqing]}
"""
PASSWORD = "rain over the old bridge"  # noqa: S105 -- of nobody
PATIENCE = 60_000


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a workspace with an access list, and the address of its viewer."""
    workspace = Workspace(tmp_path_factory.mktemp("login")).create()
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    with serving(workspace.home, tmp_path_factory.mktemp("log") / "viewer.log") as url:
        yield workspace, url


def template(page):
    """Download the upload template; return the address it came from."""
    button = page.get_by_role("button", name="Template (CSV)")
    button.wait_for(timeout=PATIENCE)
    with page.expect_download(timeout=PATIENCE) as waiting:
        button.click()
    return waiting.value.url


def fetched(url, cookies=()):
    held = {cookie["name"]: cookie["value"] for cookie in cookies}
    with httpx.Client(trust_env=False, timeout=60, cookies=held) as client:
        return client.get(url)


def faults(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(item["id"], item["impact"]) for item in found if item["impact"] in ("serious", "critical")]


def test_from_the_invitation_to_the_end_of_the_session(visitor, place):
    from playwright.sync_api import expect

    workspace, url = place
    with visitor.page(f"{url}/upload?lang=en&contract=clinic_visit") as page:  # nobody is invited yet: a name as given
        page.get_by_label("Your user name").fill("zone.operator")
        page.get_by_label("Your user name").press("Enter")
        assert fetched(template(page)).status_code == 200  # the control: without a login the link alone is enough

    ledger = Ledger.open(workspace)
    _, code = invite(workspace, ledger, "zone.operator", actor="root.one")
    context = visitor.browser.new_context(locale="en-GB")
    page = context.new_page()
    page.route("**/*", visitor._local_only)
    page.goto(f"{url}/upload?lang=en&contract=clinic_visit")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=PATIENCE)
    assert faults(page) == []
    page.get_by_role("link", name="You have an invitation code? Set your password.").click()
    page.get_by_label("Invitation code").fill(code)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password once more").fill(PASSWORD)
    assert faults(page) == []
    page.keyboard.press("Enter")
    page.get_by_label("User name").fill("zone.operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("footer.zl-foot", timeout=PATIENCE)

    page.goto(f"{url}/upload?lang=en&contract=clinic_visit")
    link = template(page)
    assert "/media/" in link
    assert fetched(link).status_code == 403
    assert fetched(link, context.cookies()).status_code == 200
    (kept,) = [cookie for cookie in context.cookies() if cookie["name"] == "zonelab_session"]
    assert (kept["httpOnly"], kept["sameSite"]) == (True, "Strict")
    assert "zone.operator · zone operator" in visible(page)
    assert page.get_by_label("Your user name").count() == 0

    lock(workspace, ledger, "zone.operator", actor="root.one")
    page.get_by_label("What you send").click()  # the next thing that is done anywhere on the page
    page.get_by_role("option").nth(1).click()
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_role("button", name="Template (CSV)").count() == 0
    assert fetched(link, context.cookies()).status_code == 403
    page.get_by_role("link", name="Sign in").click()
    unlock(workspace, ledger, "zone.operator", actor="root.one")
    page.get_by_label("User name").fill("zone.operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("footer.zl-foot", timeout=PATIENCE)
    page.goto(f"{url}/submissions?lang=en")
    page.get_by_role("button", name="Sign out").click(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible(timeout=PATIENCE)
    context.close()
    assert visitor.blocked == []


def test_the_demo_offers_roles_and_says_that_it_is_one(visitor, tmp_path_factory):
    from playwright.sync_api import expect

    workspace = Workspace(tmp_path_factory.mktemp("picker")).create()
    (workspace.demo / "1-1").mkdir()
    (workspace.demo / "1-1" / "truth.json").write_text("{}", encoding="utf-8")
    with (
        serving(workspace.home, tmp_path_factory.mktemp("log") / "viewer.log") as url,
        visitor.page(f"{url}/batches?lang=en") as page,
    ):
        assert "Choose a role in the sidebar." in visible(page)
        expect(page.get_by_text("This is the demo, on simulated data")).to_be_visible(timeout=PATIENCE)
        page.get_by_label("Try the demo as").click()
        page.get_by_role("option", name="data steward").click()
        expect(page.get_by_text("Nothing delivered yet")).to_be_visible(timeout=PATIENCE)
        settled(page)
        page.reload()
        expect(page.get_by_text("Nothing delivered yet")).to_be_visible(timeout=PATIENCE)
