"""R10, R11: files that carry people out do not pass, files as reports have them do; figures and texts of released tables only."""

from dataclasses import replace

import pytest

from quality.disclosure import files
from quality.disclosure.files import decide_file
from quality.disclosure.gate import decide, is_released
from quality.disclosure.outputs import About, FigureOf, TextOf
from quality.disclosure.policy import load_policy
from tests.disclosure.smuggling import csv_of, honest, html_of, smuggled, svg_of, table

ABOUT = About("people by arm", "panel")
LEAST = 60


@pytest.mark.integration
def test_no_file_that_carries_people_out_passes():
    found, bound = smuggled(), [table()]
    assert len(found) >= LEAST
    told = {name: decide_file(name, content, bound) for name, content in found.items()}
    assert [name for name, decision in told.items() if decision.released is not None] == []
    assert [name for name, decision in told.items() if decision.verdict.evidence["why"] == "unreadable"] == [
        "python.png"
    ]


def test_files_as_reports_have_them_pass():
    bound = [table()]
    told = {name: decide_file(name, content, bound) for name, content in honest().items()}
    assert {name: d.verdict.evidence for name, d in told.items() if d.released is None} == {}
    assert all(is_released(decision.released) for decision in told.values())


def test_numbers_that_are_of_no_released_table_do_not_pass():
    assert decide_file("people.csv", csv_of(["arm", "people"], ["a", 41]), [table()]).released is None
    assert decide_file("people.csv", csv_of(["arm", "people"], ["a", 40])).released is None
    assert decide_file("people.csv", csv_of(["arm", "n"], ["a", 40]), [replace(table(), seal="x")]).released is None


def test_the_size_of_a_file():
    small = load_policy().raised(file_bytes=100)
    assert decide_file("people.csv", csv_of(["arm"], ["a" * 200]), [table()], small).released is None


def test_a_reader_that_fails_passes_nothing(monkeypatch):
    def fail(_content):
        raise RuntimeError("13800138000")

    for kind in files.READERS:
        monkeypatch.setitem(files.READERS, kind, fail)
    for name, content in honest().items():
        decision = decide_file(name, content, [table()])
        assert decision.released is None
        assert "138" not in decision.verdict.reason.en


@pytest.mark.parametrize("kind", ["scatter", "rug", "spaghetti", "residual", "box", "trajectories", "something"])
def test_figures_that_show_single_units(kind):
    assert decide(FigureOf(ABOUT, kind, table())).verdict.rule == "R10"


def test_a_figure_is_of_a_released_table_and_holds_its_numbers_only():
    good = svg_of("<text>a: 40</text>")
    assert decide(FigureOf(ABOUT, "bar", table(), good, "svg")).released
    for bad in (svg_of("<text>a: 41</text>"), svg_of("<foreignObject/>"), svg_of('<g onclick="x()"/>'), b"<svg"):
        assert decide(FigureOf(ABOUT, "bar", table(), bad, "svg")).released is None
    assert decide(FigureOf(ABOUT, "bar", {"a": 40}, good, "svg")).verdict.rule == "R10"
    assert decide(FigureOf(ABOUT, "bar", table(), b'{"data": [{"y": [7]}]}')).released is None
    assert decide(FigureOf(ABOUT, "bar", table(), b'{"data": [{"y": [40], "hovertext": "p"}]}')).released is None


@pytest.mark.parametrize(
    ("template", "passes"),
    [
        ("In 2026, {n} people took part (SE-2026-0001, 95% interval).", True),
        ("{n} of 41 people took part.", False),
        ("{n} people took part, three people fell ill.", False),
        ("其中七人患病，共 {n} 人。", False),
        ("{other} people took part.", False),
        ("{n} people; call 13800138000.", False),
    ],
)
def test_numbers_in_texts(template, passes):
    released = table()
    decision = decide(TextOf(ABOUT, template, {"n": (released, ("a",)), "other": (released, ("nobody",))}))
    assert (decision.released is not None) is passes
    if passes:
        assert "40 people" in decision.released.value("text")


def test_a_page_may_link_to_its_other_language():
    assert decide_file("report.html", html_of('<a href="report.zh.html">中文</a>')).released
