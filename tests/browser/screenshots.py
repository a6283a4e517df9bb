"""The pictures of the README: the main pages in both languages on desk and phone, of a copy of the demo workspace.

Run it as `make screenshots` after `make demo`. It keeps 128 colours: a picture stays below 150 KB. Nothing here is a test.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from apps.viewer.app_pages import __file__ as pages
from data.settings import load_settings
from tests.browser.conftest import CHROMIUM, FLAGS, serving, settled

FOLDER = Path(pages).resolve().parent.parent / "screenshots"
USER = "demo.investigator"
SIZES = {"desk": (1440, 1000), "phone": (390, 1000)}
SHOTS = (
    ("zones", "zones", "en", "desk"),
    ("zones", "zones", "zh", "desk"),
    ("zones", "zones", "en", "phone"),
    ("zones", "zones", "zh", "phone"),
    ("zone", "zone?z=hangzhou", "zh", "desk"),
    ("variables", "variables?q=wait", "en", "desk"),
    ("panel", "panel?tab=trajectories", "zh", "desk"),
    ("panel", "panel?tab=trajectories", "en", "phone"),
    ("report", "report?experiment=SE-2026-0001", "en", "desk"),
    ("report", "report?experiment=SE-2026-0001", "zh", "desk"),
    ("report", "report?experiment=SE-2026-0001", "en", "phone"),
    ("report", "report?experiment=SE-2026-0001", "zh", "phone"),
    ("experiment", "experiment?id=SE-2026-0001", "en", "desk"),
    ("help", "help", "zh", "phone"),
)


def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        home = shutil.copytree(load_settings().home, Path(folder) / "home", symlinks=True)
        with serving(home, Path(folder) / "viewer.log") as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for old in FOLDER.glob("*.png"):
                old.unlink()
            for name, path, lang, size in SHOTS:
                picture = _taken(browser, url, f"{path}{'&' if '?' in path else '?'}lang={lang}", SIZES[size])
                _kept(picture, FOLDER / f"{name}-{lang}{'-phone' if size == 'phone' else ''}.png")
            browser.close()


def _taken(browser, url, path, size):
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    context.add_cookies([{"name": "zonelab_acting", "value": USER, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/{path}")
    page.wait_for_selector("footer.zl-foot", timeout=120_000)
    settled(page)
    page.wait_for_timeout(1_500)  # charts fade in
    picture = page.screenshot()
    context.close()
    return picture


def _kept(picture: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size // 1024} KB")  # noqa: T201 -- a command's answer


if __name__ == "__main__":
    main()
