"""A served viewer and a real browser: Debian's chromium, never downloaded; without it these tests are skipped.

Every request that leaves the loopback address is stopped and noted: a test asserts that the list is empty.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from apps.viewer.launch import command
from data.settings import REPOSITORY, child_environment
from tests.unit.viewer import viewer_workspace

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCAL = ("127.0.0.1", "localhost")
IDLE = """document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-stale=true]')"""


def settled(page):
    """Wait until the page has answered all that was asked of it, and return it: before that it may show half an answer."""
    page.wait_for_timeout(60)
    page.wait_for_function(IDLE, timeout=60_000)
    return page


def visible(page) -> str:
    """Return the text of the main part, as it stands once the page has settled."""
    return settled(page).inner_text("[data-testid=stMain]")


@dataclass
class Visitor:
    """A browser and what it tried to fetch from outside."""

    browser: object
    blocked: list[str] = field(default_factory=list)

    @contextmanager
    def page(self, url, *, width=1440, locale="en-GB"):
        """Open `url` in a fresh context and wait until the page stands."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, locale=locale)
        try:
            page = context.new_page()
            page.route("**/*", self._local_only)
            page.goto(url)
            page.wait_for_selector("footer.zl-foot", timeout=60_000)
            try:
                yield settled(page)
            except Exception as error:
                error.add_note(f"at {page.url}\n{page.inner_text('body')[:1500]}")
                raise
        finally:
            context.close()

    def _local_only(self, route):
        host = route.request.url.split("/")[2].split(":")[0]
        if host in LOCAL:
            route.continue_()
        else:
            self.blocked.append(route.request.url)
            route.abort()


@pytest.fixture(scope="module")
def visitor():
    """Return a browser with its list of blocked requests; playwright holds an event loop until the module ends."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Visitor(browser)
        browser.close()


@pytest.fixture(scope="session")
def full(tmp_path_factory):
    """Return a workspace with a release and three results files."""
    return viewer_workspace.build(tmp_path_factory.mktemp("browser-full"))


@pytest.fixture(scope="session")
def served(full, tmp_path_factory):
    """Return the address of a viewer that shows `full`."""
    with serving(full.home, tmp_path_factory.mktemp("log") / "viewer.log") as url:
        yield url


@pytest.fixture(scope="session")
def served_empty(tmp_path_factory):
    """Return the address of a viewer that has nothing to show."""
    with serving(tmp_path_factory.mktemp("browser-empty"), tmp_path_factory.mktemp("log") / "viewer.log") as url:
        yield url


@contextmanager
def serving(home, log, more=lambda _port: {}):
    """Start the viewer on a free port as `zonelab serve` does, wait until it answers, and stop that process.

    `more` gives further variables of the environment for the port.
    """
    port = free_port()
    with log.open("wb") as stream:
        environment = child_environment({"ZONELAB_HOME": str(home), **more(port)})
        process = subprocess.Popen(  # noqa: S603 -- our own argument list, no shell
            command(port), cwd=REPOSITORY, env=environment, stdout=stream, stderr=stream
        )
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def free_port():
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url, process):
    for _ in range(300):
        assert process.poll() is None, "the viewer stopped while starting"
        try:
            httpx.get(url, timeout=1, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the viewer did not answer within 30 s")
