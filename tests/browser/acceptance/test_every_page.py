"""Criteria 1, 3, 5, 7 and 19 of the viewer (domain/viewer.md section 10) on every page, which is opened once in each language."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import pytest

from apps.viewer.launch import SCRIPT
from experiments.plans import DEMO
from tests.browser.conftest import settled
from tests.browser.page_facts import KEPT, STACK, Facts, facts, numbers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]  # the first test of a language opens all its pages

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


@dataclass(frozen=True)
class Tour:
    """What was found on every page in one language, by path."""

    lang: str
    pages: dict[str, Facts]


@pytest.fixture(scope="module", params=["en", "zh"])
def tour(visitor, served, request) -> Tour:
    """Return the facts of every page in one language by path; each is opened once."""
    found, lang = {}, request.param
    with visitor.page(f"{served}/{PATHS[0]}?lang={lang}") as page:
        page.context.add_cookies([{"name": "zonelab_acting", "value": USER, "url": served}])
        for path in PATHS:
            page.goto(f"{served}/{path}{'&' if '?' in path else '?'}lang={lang}")
            page.wait_for_selector("footer.zl-foot", timeout=60_000)
            page.wait_for_function("code => document.documentElement.lang === code", arg=HTML[lang])
            if path.split("?")[0] in CHARTED:
                page.wait_for_selector("[data-testid=stVegaLiteChart] :is(canvas, svg)", timeout=60_000)
            found[path] = facts(settled(page))
    return Tour(lang, found)


HTML = {"en": "en", "zh": "zh-CN"}
CHARTED = ("zones", "zone", "panel", "report")


def on(tour, wrong) -> dict[str, object]:
    """Return what is wrong by page, where anything is."""
    return {path: found for path, page in tour.pages.items() if (found := wrong(page))}


def test_the_tour_visits_every_page_of_the_router(tour):
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    tables = [node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id.endswith("_PAGES")]
    names = {key.value for table in tables for key in table.value.keys}
    assert names == {path.split("?")[0] for path in PATHS}
    for path, page in tour.pages.items():
        assert f"/{path.split('?')[0]}" in page.url
        assert (page.lang, page.h1 != "") == (HTML[tour.lang], True)
        assert not [word for word in STACK if word in page.text]


def test_criterion_01_no_outside_requests(tour, visitor):
    assert len(tour.pages) == len(PATHS)
    assert visitor.blocked == []


def test_criterion_03_no_leftovers_of_english(tour):
    assert {path.split("?")[0] for path in tour.pages} >= set(MAIN)
    if tour.lang == "zh":
        assert on(tour, lambda page: {word for word in page.words - KEPT - COMMAND if not _is_name(page, word)}) == {}


COMMAND = {"protocol", "draft", "FILE", "originals"}
"""Words of commands and folders that a message names."""


WRITTEN = {"test", *re.findall(r"[A-Za-z]{4,}", (DEMO / "SE-2026-0001.yml").read_text(encoding="utf-8"))}
"""What the authors of the plan and its checkers (viewer_workspace: "Of a test.") wrote stands in their language."""


def _is_name(page: Facts, word: str) -> bool:
    """Tell whether a word is a name in a report, of a guideline, a method or the person it is called after, or its authors'."""
    return "/report?" in page.url and (word[0].isupper() or word in WRITTEN)


def test_criterion_05_axe_finds_nothing(tour):
    assert on(tour, lambda page: page.faults) == {}


def test_criterion_07_every_chart_has_a_name_with_a_number_and_a_table_with_the_same_values(tour):
    charted = {path.split("?")[0] for path, page in tour.pages.items() if page.charts}
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
    for page in tour.pages.values():
        assert {"en": "Copy link", "zh": "复制链接"}[tour.lang] in page.text
        assert USER in page.text
        assert re.search(r"R\d{6}-[0-9a-f]{8}", page.text)
        assert "SIMULATED" in page.text
        assert page.title.endswith("· zonelab")
