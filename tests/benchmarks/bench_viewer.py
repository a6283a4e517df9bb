"""How long a reader waits: the first load of the viewer and the switch from page to page, on a release of ten million rows.

Run: `make bench-viewer` (`ZONELAB_BENCH_PERSON_WAVES` for fewer rows). Builds the release as `bench_panel` does, serves it as
`zonelab serve` does, opens it in Debian's chromium. A first load begins with a fresh browser context; it ends, as a switch does,
when the page has its heading and the script has run to its end. Writes results/viewer.json; a missed bar is told, not hidden.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from data import releases
from data.ledger import Ledger
from data.paths import Workspace
from data.settings import REPOSITORY
from quality.panel import build_panels
from tests.benchmarks.bench_estimation import machine
from tests.benchmarks.bench_panel import MART, PERSON_WAVES, _fill_people
from tests.browser.conftest import CHROMIUM, FLAGS, IDLE, serving

RESULTS = Path(__file__).parent / "results" / "viewer.json"
PAGES = {"zones": "Zones", "variables": "Variables", "panel": "Panel", "experiments": "Experiments"}
"""Pages of the menu by address, with the words of their links in English."""
VIEWS = ("panel?tab=quality", "panel?tab=trajectories", "variable?v=wait_min")
"""Views of the long table that are opened by their address."""
LOADS, ROUNDS = 5, 6
BARS = {"first_load_s": 3.0, "switch_p95_s": 1.0}


def release_of(home: Path, rows: int) -> Workspace:
    """Make an archive of that many person-waves and a release of their panel."""
    workspace = Workspace(home).create()
    _fill_people(workspace, rows)
    ledger = Ledger.open(workspace)
    build_panels(workspace, ledger, run_id="bench", select=(f"+{MART}",))
    releases.build(workspace, ledger, actor="bench", run_id="bench")
    return workspace


def arrived(page: Any) -> None:
    """Wait until the page has run to its end and has a heading."""
    stands = f"document.querySelector('h1') && document.querySelector('footer.zl-foot') && {IDLE}"
    page.wait_for_function(stands, timeout=120_000, polling=20)


def load(browser: Any, address: str) -> float:
    """Return the seconds from an empty browser context to a page that stands."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(address)
    arrived(page)
    spent = time.perf_counter() - begin
    context.close()
    return spent


def switches(browser: Any, url: str) -> dict[str, list[float]]:
    """Return the seconds of each switch by the page that was asked for, in one visit that goes round the menu."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    page.goto(f"{url}/?lang=en")
    arrived(page)
    spent: dict[str, list[float]] = {name: [] for name in PAGES}
    for turn in range(ROUNDS):
        for name in [*PAGES][1:] + [*PAGES][:1]:
            page.wait_for_timeout(300)
            begin = time.perf_counter()
            page.get_by_role("link", name=PAGES[name], exact=True).first.click()
            page.wait_for_url(f"**/{name}?**", wait_until="commit")
            arrived(page)
            if turn:  # the first round reads what is then kept: it is told apart
                spent[name].append(time.perf_counter() - begin)
            else:
                spent.setdefault(f"{name}, first visit", []).append(time.perf_counter() - begin)
    page.context.close()
    return spent


def measure(url: str) -> dict[str, Any]:
    """Return every wait, and the two that have bars."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        cold = load(browser, f"{url}/?lang=en")
        loads = [load(browser, f"{url}/{name}?lang=en") for _ in range(LOADS) for name in PAGES]
        views = {view: [load(browser, f"{url}/{view}&lang=en") for _ in range(2)] for view in VIEWS}
        visits = switches(browser, url)
        browser.close()
    known = sorted(second for name, found in visits.items() if "first visit" not in name for second in found)
    told = {
        "cold_server_s": cold,
        "first_load_s": statistics.median(loads),
        "first_load_worst_s": max(loads),
        "views_by_address_s": views,
        "switch_p95_s": known[-(-len(known) * 95 // 100) - 1],
        "switch_median_s": statistics.median(known),
        "switches_s": visits,
    }
    return told | {"bars": BARS, "met": {name: told[name] < bar for name, bar in BARS.items()}}


def main() -> None:
    """Build, serve, measure, print, write."""
    if CHROMIUM is None:
        raise SystemExit("chromium is not installed")
    rows = int(os.environ.get("ZONELAB_BENCH_PERSON_WAVES", PERSON_WAVES))
    with tempfile.TemporaryDirectory(prefix="zonelab-bench-") as folder:
        home = Path(os.environ.get("ZONELAB_BENCH_HOME") or Path(folder) / "home")
        os.environ["ZONELAB_HOME"] = str(home)
        if not (home / "releases").exists():
            release_of(home, rows)
        with serving(home, Path(folder) / "viewer.log") as url:
            line = {"rows": rows, **measure(url), "load_1_min": os.getloadavg()[0], "machine": machine()}
    told = json.loads(json.dumps(line), parse_float=lambda text: round(float(text), 3))
    if rows == PERSON_WAVES:
        RESULTS.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps({name: told[name] for name in told if name != 'machine'}, indent=1)}\n")


if __name__ == "__main__":
    os.chdir(REPOSITORY)
    main()
