"""What a machine can tell of a page in a browser: leftovers of English, faults found by axe, charts with their tables, width.

Belongs here: questions to a page that stands. Does not: what is right (the tests).
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

import pytest

from tests.browser.conftest import settled

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
WIDEST = "Math.max(document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth)"
STACK = ("Traceback", 'File "', "Error:", "uncaught")
# what Chinese pages keep in Latin letters: codes are marked up as code, the product and the language have names of their own
KEPT = {"zonelab", "SIMULATED", "English", "Language", "HTML", "JSON", "Word"}
TEXT = """() => { const main = document.querySelector('[data-testid=stMain]').cloneNode(true);
    main.querySelectorAll('code, script, style, [lang=en], [data-testid=stIconMaterial]').forEach(e => e.remove());
    return main.textContent }"""
CHARTS = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].map(chart =>
    [chart, ...chart.querySelectorAll('[aria-label]')].map(e => e.getAttribute('aria-label')).join(' '))"""
TABLES = """() => [...document.querySelectorAll('[data-testid=stExpander] table.zl-table')].map(e => e.textContent)"""
AS_TABLE = re.compile("View as table|以表格查看")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Facts:
    """A page as it stood: `faults` by axe, `words` of Latin letters, `charts` by their names, `tables` behind them."""

    url: str
    h1: str
    lang: str
    title: str
    text: str
    words: frozenset[str]
    faults: tuple[object, ...]
    charts: tuple[str, ...]
    tables: tuple[str, ...]
    width: int


def english_words(page) -> frozenset[str]:
    """Return the Latin words of the visible text less codes: ids, commands, column names."""
    said = re.sub(r"[A-Za-z0-9]+(?:[_:][A-Za-z0-9]+)+", " ", page.evaluate(TEXT))
    return frozenset(re.findall(r"[A-Za-z]{4,}", said))


def faults(page):
    """Return what axe finds against WCAG 2.2 A and AA: rule, and where."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(settled(page), options=RULES).response["violations"]
    return [(fault["id"], [node["target"] for node in fault["nodes"]][:3]) for fault in found]


def facts(page) -> Facts:
    """Return what is to be known of a page that stands; it is 390 pixels wide for a moment."""
    tables = settled(page).locator("[data-testid=stExpander] summary").filter(has_text=AS_TABLE)
    for place in range(tables.count()):
        tables.nth(place).click()  # a folded table is not in the page
        page.locator("[data-testid=stExpander][open] table, details[open] table").nth(place).wait_for(timeout=60_000)
    wide = {
        "url": page.url,
        "h1": page.inner_text("h1"),
        "lang": page.evaluate("document.documentElement.lang"),
        "title": page.title(),
        "text": page.inner_text("[data-testid=stMain]"),
        "words": english_words(page),
        "faults": tuple(faults(page)),
        "charts": tuple(page.evaluate(CHARTS)),
        "tables": tuple(page.evaluate(TABLES)),
    }
    return Facts(**wide, width=phone_width(page))


def phone_width(page) -> int:
    """Return how wide the page is on a phone of 390 pixels; what is still being laid out is waited for."""
    from playwright.sync_api import TimeoutError as TooWide

    held = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 900})
    with suppress(TooWide):  # its width is the finding
        page.wait_for_function(f"({WIDEST}) <= 390", timeout=5_000)
    width = page.evaluate(WIDEST)
    page.set_viewport_size(held)
    return width


def numbers(text: str) -> set[str]:
    """Return the numbers of a text as they are written."""
    return set(NUMBER.findall(text))
