"""Criteria 1, 3, 5, 7 and 19 of the viewer (domain/viewer.md section 10) on every page, which is opened once in each language."""

from __future__ import annotations

import ast
import re

import pytest

from apps.viewer.launch import SCRIPT
from tests.browser.conftest import settled
from tests.browser.page_facts import KEPT, STACK, Facts, facts, numbers

pytestmark = pytest.mark.browser

USER = "methods.one"
PATHS = (
    "zones",
    "zone?z=hangzhou",
    "variables",
    "variable?v=panel_individual_wave.wait_min",
    "panel?tab=participation",
    "panel?tab=trajectories&zone=hangzhou",
    "reports",
    "report?experiment=SE-2026-0001",
    "experiments",
    "experiment?id=SE-2026-0001",
    "register",
    "queue",
    "review",
    "upload",
    "submissions",
    "batches",
    "runs",
    "releases",
    "help",
)
MAIN = ("zones", "zone", "variables", "panel", "report")
"""The five main pages."""


@pytest.fixture(scope="module")
def tour(visitor, served) -> dict[tuple[str, str], Facts]:
    """Return the facts of every page by language and path; each is opened once."""
    found = {}
    for lang in ("en", "zh"):
        with visitor.page(f"{served}/{PATHS[0]}?lang={lang}") as page:
            page.context.add_cookies([{"name": "zonelab_acting", "value": USER, "url": served}])
            for path in PATHS:
                page.goto(f"{served}/{path}{'&' if '?' in path else '?'}lang={lang}")
                page.wait_for_selector("footer.zl-foot", timeout=60_000)
                page.wait_for_function("code => document.documentElement.lang === code", arg=HTML[lang])
                if path.split("?")[0] in CHARTED:
                    page.wait_for_selector("[data-testid=stVegaLiteChart] :is(canvas, svg)", timeout=60_000)
                found[lang, path] = facts(settled(page))
    return found


HTML = {"en": "en", "zh": "zh-CN"}
CHARTED = ("zones", "zone", "panel", "report")


def on(tour, wrong) -> dict[tuple[str, str], object]:
    """Return what is wrong by language and page, where anything is."""
    return {place: found for place, page in tour.items() if (found := wrong(page))}


def test_the_tour_visits_every_page_of_the_router(tour):
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    tables = [node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id.endswith("_PAGES")]
    names = {key.value for table in tables for key in table.value.keys}
    assert names == {path.split("?")[0] for path in PATHS}
    for (lang, path), page in tour.items():
        assert f"/{path.split('?')[0]}" in page.url
        assert (page.lang, page.h1 != "") == (HTML[lang], True)
        assert not [word for word in STACK if word in page.text]


def test_criterion_01_no_outside_requests(tour, visitor):
    assert len(tour) == 2 * len(PATHS)
    assert visitor.blocked == []


def test_criterion_03_no_leftovers_of_english(tour):
    chinese = {place: page for place, page in tour.items() if place[0] == "zh"}
    assert on(chinese, lambda page: page.words - KEPT) == {}
    assert {path.split("?")[0] for _, path in chinese} >= set(MAIN)


def test_criterion_05_axe_finds_nothing(tour):
    assert on(tour, lambda page: page.faults) == {}


def test_criterion_07_every_chart_has_a_name_with_a_number_and_a_table_with_the_same_values(tour):
    charted = {path.split("?")[0] for (_, path), page in tour.items() if page.charts}
    assert charted >= set(CHARTED)
    assert on(tour, lambda page: [name for name in page.charts if not numbers(name)]) == {}
    assert on(tour, lambda page: [name for name in page.charts if not _is_told(name, page.tables)]) == {}


def _is_told(name: str, tables: tuple[str, ...]) -> bool:
    """Tell whether a decimal number of a chart's name stands in a table; a map names zones and counts them."""
    exact = {number for number in numbers(name) if "." in number}
    return any(exact & numbers(table) for table in tables) if exact else bool(tables)


def test_criterion_19_no_page_is_wider_than_a_phone(tour):
    assert on(tour, lambda page: page.width > 390) == {}


def test_every_page_has_the_frame(tour):
    for (lang, _), page in tour.items():
        assert {"en": "Copy link", "zh": "复制链接"}[lang] in page.text
        assert USER in page.text
        assert re.search(r"R\d{6}-[0-9a-f]{8}", page.text)
        assert "SIMULATED" in page.text
        assert page.title.endswith("· zonelab")
