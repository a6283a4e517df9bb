"""The pages without a browser: right numbers, both languages, and a sentence wherever there is nothing to show."""

from __future__ import annotations

import json
import re

import pytest

from data.releases import load_release
from data.stale import MARK

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung


PAGES = ["zones", "panel", "report"]
EVERY = [*PAGES, "variables", "variable"]


def text(run) -> str:
    """Return what a reader sees, markup removed."""
    bodies = [block.proto.body for block in run.get("html") if "<style" not in block.proto.body]
    return re.sub(r"<[^>]+>", " ", " ".join(bodies))


def markup(run) -> str:
    return " ".join(block.proto.body for block in run.get("html"))


@pytest.mark.parametrize(
    ("lang", "heads"), [("en", ["Pilot zones", "Panel", "AI triage"]), ("zh", ["试点区", "面板", "分诊"])]
)
def test_each_page_speaks_both_languages(full, visit, lang, heads):
    for page, head in zip(PAGES, heads, strict=True):
        run = visit(full.home, page, lang=lang)
        assert not run.exception
        (h1,) = re.findall(r"<h1>(.*?)</h1>", markup(run))
        assert head in h1
        assert "SIMULATED" in text(run)


def test_report_numbers_are_those_of_the_results_file(full, visit):
    release = load_release(full)
    for experiment in ("SE-2026-0001", "SE-2026-0002", "SE-2026-0003"):
        path = full.results / release.release_id / experiment / "results.json"
        said = markup(visit(full.home, "report", lang="en", experiment=experiment))
        for entry in json.loads(path.read_text(encoding="utf-8"))["analyses"]:
            row = next(row for row in entry["result"]["estimates"] if row["term"] == entry["term"])
            for name in ("estimate", "conf_low", "conf_high"):
                assert f'<data value="{row[name]!r}">' in said


def test_a_report_whose_data_were_erased_says_what_to_do(full, visit):
    release = load_release(full).release_id
    assert "not current" not in text(visit(full.home, "report", lang="en", experiment="SE-2026-0002"))
    note = full.results / release / "SE-2026-0002" / MARK
    note.write_text('{"schema_version": 1, "acts": {"WD-0001": "rows"}}', encoding="utf-8")
    try:
        said = text(visit(full.home, "report", lang="en", experiment="SE-2026-0002"))
        assert "This report is not current" in said
        assert "zonelab run --job analyse" in said
        assert "并非最新" in text(visit(full.home, "report", lang="zh", experiment="SE-2026-0002"))
        assert "not current" not in text(visit(full.home, "report", lang="en", experiment="SE-2026-0003"))
    finally:
        note.unlink()


def test_harms_row_is_always_there(full, visit):
    with_harm = text(visit(full.home, "report", lang="en", experiment="SE-2026-0002"))
    without = text(visit(full.home, "report", lang="en", experiment="SE-2026-0003"))
    assert "Harms and unintended effects" in with_harm
    assert "Harms and unintended effects" in without
    assert "harms were not looked for" in without


def test_language_switch_keeps_page_and_filters(full, visit):
    run = visit(full.home, "panel", lang="en", zone="hangzhou", outcome="satisfaction_score")
    run.segmented_control(key="choose_lang").set_value("zh").run()
    assert not run.exception
    assert "变化轨迹：满意度" in text(run)
    assert run.query_params["zone"] in ("hangzhou", ["hangzhou"])
    assert run.query_params["lang"] in ("zh", ["zh"])


def test_a_filter_reaches_the_address(full, visit):
    run = visit(full.home, "panel", lang="en", tab="trajectories")
    run.selectbox(key="choose_panel").set_value("panel_district_month").run()
    assert not run.exception
    assert run.query_params["panel"] in ("panel_district_month", ["panel_district_month"])
    assert "Traffic speed" in text(run)


def test_a_small_zone_is_suppressed_and_said_so(full, visit):
    said = text(visit(full.home, "panel", lang="en", zone="deqing"))
    assert "8 of 8 cells rest on fewer than 10 units and are not shown." in said


@pytest.mark.parametrize(("lang", "step"), [("en", "No release yet."), ("zh", "尚无数据版本。")])
@pytest.mark.parametrize("page", EVERY)
def test_an_empty_workspace_names_the_next_step(tmp_path, visit, page, lang, step):
    run = visit(tmp_path, page, lang=lang)
    assert not run.exception
    assert step in text(run)
    assert "make demo" in text(run)


@pytest.mark.parametrize(("lang", "step"), [("en", "No experiment has been analysed"), ("zh", "尚未分析任何实验")])
def test_a_release_without_results_names_the_next_step(unanalysed, visit, lang, step):
    run = visit(unanalysed.home, "report", user="scientist.one", lang=lang)
    assert not run.exception
    assert step in text(run)


@pytest.mark.parametrize(
    ("page", "codes"),
    [
        ("zones", {"zone": "atlantis"}),
        ("panel", {"zone": "atlantis"}),
        ("panel", {"panel": "panel_of_experts"}),
        ("panel", {"outcome": "'; drop table x"}),
        ("report", {"experiment": "SE-9999-0001"}),
        ("panel", {"tab": "gossip"}),
        ("zones", {"lang": "tlh"}),
        ("variables", {"table": "x'; drop table y", "view": "?"}),
        ("variable", {"v": "panel_individual_wave.telephone"}),
        ("variables", {"cart": "panel_of_experts.x~panel_individual_wave.telephone", "view": "cart"}),
    ],
)
def test_unknown_codes_are_answered_with_a_sentence(full, visit, page, codes):
    run = visit(full.home, page, **({"lang": "en"} | codes))
    assert not run.exception
    assert "<h1>" in markup(run)
    if "zone" in codes or "experiment" in codes or "panel" in codes:
        assert next(iter(codes.values())) in text(run)


def test_markup_in_an_address_stays_text(full, visit):
    run = visit(full.home, "zones", lang="en", zone="<img src=x onerror=alert(1)>")
    assert "<img" not in markup(run)


def test_a_failure_becomes_a_sentence_and_the_log_holds_no_value(full, visit, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("person 42 waited 17 minutes")

    monkeypatch.setattr("apps.viewer.app_pages.panel.show", broken)
    run = visit(full.home, "panel", lang="en")
    assert not run.exception
    assert "This page could not be shown" in text(run)
    assert "RuntimeError" in caplog.text
    assert "person 42" not in caplog.text + text(run)


def test_a_number_is_followed_back_on_its_page(visit, full):
    number = "SE-2026-0001.wait_itt.treat"
    said = text(visit(full.home, "report", user="scientist.one", experiment="SE-2026-0001", trace=number))
    for link in (
        "SE-2026-0001.analyses.wait_itt.result.estimates.0.estimate",
        "panel_individual_wave",
        "SE-2026-0001@1.0",
    ):
        assert link in said


def test_an_unknown_number_is_a_sentence(visit, full):
    number = "SE-2026-0001.nothing"
    run = visit(full.home, "report", user="scientist.one", experiment="SE-2026-0001", trace=number)
    assert not run.exception
    assert "E-TRACE-02" in text(run)
