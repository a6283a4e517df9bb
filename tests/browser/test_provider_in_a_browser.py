"""Signing in by an OpenID provider that the test starts: roles read anew, files behind the login, a replayed cookie of no use."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from functools import partial

import httpx
import pytest

from data.ledger import Ledger
from data.paths import Workspace
from data.settings import child_environment
from tests.browser.conftest import free_port, serving, visible

pytestmark = pytest.mark.browser

LISTED = "login: oidc\nusers:\n  zone.operator: {{roles: [{role}], zones: [deqing]}}\n"
CLAIMS = {"sub": "u-17", "preferred_username": "zone.operator", "email": "operator@zone.example"}
SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "of-this-test-and-of-nothing-else"
client_id = "zonelab"
client_secret = "of-this-test"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""
PATIENCE = 60_000


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """Return the address of an OpenID provider with one user, in a process of its own."""
    port = free_port()
    line = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--user-claims", json.dumps(CLAIMS)]
    with (tmp_path_factory.mktemp("provider") / "log").open("wb") as log:
        process = subprocess.Popen(line, env=child_environment(), stdout=log, stderr=log)  # noqa: S603 -- our own arguments
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                try:
                    httpx.get(f"{url}/.well-known/openid-configuration", timeout=1, trust_env=False).raise_for_status()
                    break
                except httpx.HTTPError:
                    assert process.poll() is None
                    time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def place(provider, tmp_path_factory):
    """Return a workspace whose pages ask that provider, and the address of its viewer."""
    workspace = Workspace(tmp_path_factory.mktemp("oidc")).create()
    (workspace.home / "access.yml").write_text(LISTED.format(role="zone_operator"), encoding="utf-8")

    def environment(port):
        secrets = workspace.home / "secrets.toml"
        secrets.write_text(SECRETS.format(port=port, provider=provider), encoding="utf-8")
        return {"STREAMLIT_SECRETS_FILES": str(secrets)}

    with serving(workspace.home, tmp_path_factory.mktemp("log") / "viewer.log", environment) as url:
        yield workspace, url


def local_only(route):
    """Stop what the provider's own pages ask from outside; ours are held by the other tests."""
    if route.request.url.startswith("http://127.0.0.1:"):
        route.continue_()
    else:
        route.abort()


def fetched(url, cookies=()):
    held = {cookie["name"]: cookie["value"] for cookie in cookies}
    with httpx.Client(trust_env=False, timeout=60, cookies=held) as client:
        return client.get(url).status_code


def test_a_login_by_a_provider_from_beginning_to_end(visitor, place):
    from playwright.sync_api import expect

    workspace, url = place
    context = visitor.browser.new_context(locale="en-GB")
    page = context.new_page()
    page.route("**/*", local_only)
    arrived = partial(page.wait_for_selector, "footer.zl-foot", timeout=PATIENCE)
    page.goto(f"{url}/upload?lang=en&contract=clinic_visit")
    arrived()
    assert "Sign in in the sidebar." in visible(page)
    assert page.get_by_label("Your user name").count() == 0
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=CLAIMS["sub"]).click(timeout=PATIENCE)
    arrived()
    page.goto(f"{url}/upload?lang=en&contract=clinic_visit")
    expect(page.get_by_text("zone.operator · zone operator")).to_be_visible(timeout=PATIENCE)
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.get_by_role("button", name="Template (CSV)").click(timeout=PATIENCE)
    link, kept = waiting.value.url, context.cookies()
    assert (fetched(link), fetched(link, kept)) == (403, 200)

    (workspace.home / "access.yml").write_text(LISTED.format(role="viewer"), encoding="utf-8")
    page.get_by_label("What you send").click()
    page.get_by_role("option").nth(1).click()
    expect(page.get_by_text("Not for you yet")).to_be_visible(timeout=PATIENCE)
    (workspace.home / "access.yml").write_text(LISTED.format(role="zone_operator"), encoding="utf-8")

    page.goto(f"{url}/submissions?lang=en")
    page.get_by_role("button", name="Sign out").click(timeout=PATIENCE)
    page.get_by_role("button", name="End session").click(timeout=PATIENCE)  # the provider's own page
    arrived()
    (ended,) = Ledger.open(workspace).events("login_ended")
    assert ended.object_id == "zone.operator"
    assert fetched(link, kept) == 403
    context.clear_cookies()
    context.add_cookies(kept)  # somebody replays what the browser had
    page.goto(f"{url}/upload?lang=en&contract=clinic_visit")
    arrived()
    assert "Acting as nobody yet" in visible(page)
    context.close()
