"""Protocol × release → results.json → pages: deterministic, complete, in two languages, told by intervals."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from data.generations import TableInfo
from data.messages import NotFound
from data.paths import Workspace
from experiments.design.assignment import AssignedUnit
from experiments.multiplicity import adjust
from experiments.registry.protocol import load_protocol
from experiments.registry.schema.design import AssignmentSpec
from experiments.report.html import render_file, render_report
from experiments.report.sentences import reading, verdict
from experiments.results import load_results
from experiments.run import DEMO, attempt, run_all, run_experiment
from experiments.source import Source


@dataclass
class FolderRelease:
    """What the run needs of a release, on tables that a test wrote."""

    folder: Path
    release_id: str = "R000007-0a1b2c3d"
    generation_id: str = "gen-000001"
    as_of_seq: int = 7
    simulated: bool = True
    submissions: tuple[str, ...] = ("SUB-2026-0001",)
    contracts: dict[str, str] = field(default_factory=dict)
    built_at: str = "2099-01-01T00:00:00.000000+00:00"
    excluded: tuple[()] = ()

    def now(self, mart: str) -> TableInfo:
        return self.tables[mart]

    @property
    def tables(self) -> dict[str, TableInfo]:
        return {path.stem: TableInfo(1, "0" * 64, "f" * 64, path.name) for path in self.folder.glob("*.parquet")}

    def table(self, mart: str) -> Path:
        path = self.folder / f"{mart}.parquet"
        if not path.is_file():
            raise NotFound("E-REL-03", load_protocol(DEMO / "SE-2026-0003.yml").title_brief)
        return path


def district_months(effect: float) -> pd.DataFrame:
    rng = np.random.default_rng(12)
    rows = pd.DataFrame([(unit, month) for unit in range(44) for month in range(6)], columns=["unit", "month_index"])
    rows["zone_id"] = np.where(rows["unit"] % 2 == 0, "beijing", "xian")
    rows["district_id"] = "D" + rows["unit"].astype("str")
    rows["signal_share"] = ((rows["unit"] < 22) & (rows["month_index"] >= 3)).astype(float)
    rows["speed_kmh"] = 30 + rows["unit"] * 0.1 + effect * rows["signal_share"] + rng.normal(size=len(rows)) * 0.3
    rows["pm25_ugm3"] = 60 + rng.normal(size=len(rows))
    return rows.drop(columns="unit")


def made(folder: Path) -> FolderRelease:
    folder.mkdir()
    district_months(1.8).to_parquet(folder / "panel_district_month.parquet")
    return FolderRelease(folder)


@pytest.fixture
def release(tmp_path: Path) -> FolderRelease:
    return made(tmp_path / "tables")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, _empty_catalogue: Path) -> Path:
    """Return the results of one run; tests only read them."""
    folder = tmp_path_factory.mktemp("run")
    workspace = Workspace(folder / "home").create()
    shutil.copyfile(_empty_catalogue, workspace.catalog)
    return run_experiment(workspace, made(folder / "tables"), DEMO / "SE-2026-0003.yml", "run-1")


@pytest.fixture
def own_results(workspace: Workspace, release: Any) -> Path:
    """Return the results of a run of this test alone, which it may repeat."""
    return run_experiment(workspace, release, DEMO / "SE-2026-0003.yml", "run-1")


def test_results_hold_what_reports_need(results: Path) -> None:
    document = load_results(results)
    speed = document["analyses"][0]
    row = speed["result"]["estimates"][0]
    assert results.parent.name == "SE-2026-0003"
    assert (speed["number_id"], speed["term"]) == ("SE-2026-0003.speed.signal_share", "signal_share")
    assert row["conf_low"] < 1.8 < row["conf_high"]
    assert (speed["label"], speed["status"], speed["outcome"]["level"]) == ("exploratory", "exploratory", "society")
    assert document["timing"]["level"] is None
    assert document["registration"] is None
    assert speed["registered_spec_sha256"] == speed["result"]["spec_sha256"]
    assert speed["result"]["data_sha256"] == "f" * 64
    assert speed["adjusted"]["n_tests"] == 2
    assert document["release"]["simulated"] is True
    assert document["not_estimated"] == []


def test_second_run_changes_no_byte(workspace: Workspace, release: Any, own_results: Path) -> None:
    before = {path.name: path.read_bytes() for path in own_results.parent.iterdir()}
    run_experiment(workspace, release, DEMO / "SE-2026-0003.yml", "run-2")
    assert {path.name: path.read_bytes() for path in own_results.parent.iterdir()} == before
    both = {f"report.{language}.{kind}" for language in ("en", "zh") for kind in ("html", "pdf", "docx")}
    assert set(before) == {"results.json", "report.html"} | both


def test_changed_data_replace_the_results(workspace: Workspace, release: Any, own_results: Path) -> None:
    district_months(0.0).to_parquet(release.folder / "panel_district_month.parquet")
    run_experiment(workspace, release, DEMO / "SE-2026-0003.yml", "run-2")
    document = load_results(own_results)
    assert document["run_id"] == "run-2"
    assert abs(document["analyses"][0]["result"]["estimates"][0]["estimate"]) < 0.3


def test_missing_tables_are_told_and_stop_nothing(workspace: Workspace, release: Any) -> None:
    paths = run_all(workspace, release, "run-1")
    assert [path.parent.name for path in paths] == ["SE-2026-0001", "SE-2026-0002", "SE-2026-0003"]
    document = load_results(paths[0])
    assert document["analyses"] == []
    assert [item["code"] for item in document["not_estimated"]] == ["E-REL-03"] * 5
    page = render_file(paths[0], "en")
    assert page.count("Not reported") >= 5
    assert "A harm outcome was registered but could not be estimated" in page


def test_demo_protocols_are_not_run_on_real_data(workspace: Workspace, release: Any) -> None:
    release.simulated = False
    assert run_all(workspace, release, "run-1") == []


class Page(HTMLParser):
    """Collects ids, outside addresses and the text of a page; fails on tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.titles: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []
        self.links += [str(found[name]) for name in ("href", "src") if name in found]
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title":
            self.titles.append(data)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_is_whole_and_alone(results: Path, language: Any) -> None:
    text = render_file(results, language)
    page = Page(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert page.links == ["report.zh.html" if language == "en" else "report.en.html"]
    assert "<script" not in text
    assert "url(" not in text
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}">' in text
    assert "SIMULATED" in text
    assert len(page.titles) == 3
    assert all(re.search(r"\d", title) for title in page.titles)


def test_numbers_on_the_page_are_those_of_the_file(results: Path) -> None:
    document = load_results(results)
    document["analyses"][0]["result"]["estimates"][0].update(estimate=77.123456, conf_low=70.5, conf_high=83.25)
    for language in ("en", "zh"):
        page = render_report(document, language)  # type: ignore[arg-type]
        assert "77.12" in page


def test_texts_of_others_are_escaped(results: Path) -> None:
    document = load_results(results)
    document["title"] = {"en": "<script>alert(1)</script>", "zh": "x"}
    document["analyses"][0]["outcome"]["name"]["en"] = "<b>bold</b>"
    page = render_report(document, "en")
    assert "<script>" not in page
    assert "<b>bold" not in page


def test_harms_row_is_always_there(results: Path) -> None:
    document = load_results(results)
    assert "harms were not looked for" in render_report(document, "en")
    document["analyses"][1]["outcome"]["is_harm"] = True
    page = render_report(document, "en")
    assert "harms were not looked for" not in page
    assert page.index('id="harms"') < page.index("PM2.5", page.index('id="harms"'))


@pytest.mark.parametrize(
    ("low", "high", "sesoi", "expected"),
    [
        (-0.1, 0.1, 0.2, "little"),
        (0.05, 0.1, 0.2, "little"),
        (-0.2, 0.1, 0.2, "uncertain"),
        (-5.0, 5.0, None, "uncertain"),
        (0.1, 5.0, 0.2, "higher"),
        (-5.0, -0.1, None, "lower"),
    ],
)
def test_reading_of_intervals(low: float, high: float, sesoi: float | None, expected: str) -> None:
    assert reading(low, high, sesoi) == expected


def test_uncertain_is_never_no_effect(results: Path) -> None:
    document = load_results(results)
    document["analyses"][0]["certainty"] = "high"
    document["analyses"][0]["result"]["estimates"][0].update(estimate=0.1, conf_low=-3.0, conf_high=3.2, p_value=0.9)
    page = render_report(document, "en")
    assert "It is uncertain whether adaptive signals changed mean road speed" in page
    assert "no effect" not in page.lower()


def test_verdict_follows_the_registered_benefit() -> None:
    assert verdict("higher", "increase") == "good"
    assert verdict("higher", "decrease") == "bad"
    assert verdict("higher", "none") == "open"


def test_families_are_corrected_together() -> None:
    protocol = load_protocol(DEMO / "SE-2026-0001.yml")
    numbers = {
        "wait_itt": (-1.0, 0.5, 0.04),
        "satisfaction_itt": (0.1, 0.05, 1e-9),  # equivalence: what counts is the distance to the margin of 0.2
        "wait_elderly": (-1.0, 0.5, 0.03),
        "satisfaction_elderly": (0.0, 0.1, 1.0),
    }  # wait_younger gave no result: its family stays one of two
    entries = [
        {"analysis_id": name, "term": "t", "result": {"estimates": [_row(*found)]}} for name, found in numbers.items()
    ]
    found = {entry["analysis_id"]: entry["adjusted"] for entry in adjust(protocol, entries)}
    against_margin = 2 * stats.norm.sf(2.0)
    assert found["wait_itt"]["p_value"] == pytest.approx(0.08)
    assert found["satisfaction_itt"]["p_value"] == pytest.approx(max(0.08, against_margin))
    assert found["satisfaction_itt"]["p_unadjusted"] == pytest.approx(against_margin)
    assert found["wait_itt"]["p_unadjusted"] == pytest.approx(0.04)
    assert (found["wait_elderly"]["p_value"], found["wait_elderly"]["n_tests"]) == (0.06, 2)
    assert found["satisfaction_elderly"] is None


def _row(estimate: float, error: float, p_value: float) -> dict[str, Any]:
    return {"term": "t", "estimate": estimate, "std_error": error, "df": None, "p_value": p_value}


def test_results_text_reads_back_exactly(results: Path) -> None:
    text = results.read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n" == text


def test_missing_results_are_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="E-RUN-02"):
        render_file(tmp_path / "a" / "b" / "results.json", "en")


def test_chances_that_differed_are_not_passed_over(release: Any) -> None:
    """In each zone half of the districts, in Beijing with a chance of 3 in 4, in Xi'an of 1 in 4."""
    plan = load_protocol(DEMO / "SE-2026-0003.yml")
    drawn = AssignmentSpec(method="block", unit_id="district_id", strata=("zone_id",))
    units = tuple(
        AssignedUnit(f"D{unit}", "", arm, zone, f"D{unit}", "", chance if arm == "a" else 1 - chance)
        for unit in range(44)
        for arm in ["a" if unit < 22 else "b"]
        for zone, chance in [("beijing", 0.75) if unit % 2 == 0 else ("xian", 0.25)]
    )
    ols = plan.analyses[0].model_copy(
        update={"estimator": "ols", "unit": None, "time": None, "fixed_effects": (), "cluster": ("district_id",)}
    )
    assert attempt(Source(release, drawn, units), ols).refused.code == "E-RUN-03"
    assert attempt(Source(release, drawn), ols).result is not None
    weighted = ols.model_copy(update={"weights": "assignment_weight"})
    assert attempt(Source(release, drawn, units), weighted).result is not None
    absorbed = ols.model_copy(update={"fixed_effects": ("zone_id",)})
    assert attempt(Source(release, drawn, units), absorbed).result is not None


def lonely(document: dict[str, Any], low: float | None, high: float | None) -> dict[str, Any]:
    """Return a document whose first result is of one treated district: no standard error, an interval that may be open."""
    changed = json.loads(json.dumps(document))
    changed["analyses"][0]["certainty"] = "high"
    row = next(row for row in changed["analyses"][0]["result"]["estimates"] if row["term"] == "signal_share")
    row |= {"estimate": 2.5, "std_error": None, "statistic": None, "df": None, "p_value": 0.04}
    row |= {"conf_low": low, "conf_high": high}
    return changed


@pytest.mark.parametrize(
    ("low", "high", "says", "ends"),
    [
        (0.7, None, "increased mean road speed by 2.50 km/h (95% interval 0.70 to ∞", "0.70 … ∞"),
        (None, None, "It is uncertain whether adaptive signals changed mean road speed: 2.50", "−∞ … ∞"),
    ],
)
def test_one_treated_cluster_is_said_and_drawn(
    results: Path, low: float | None, high: float | None, says: str, ends: str
) -> None:
    document = lonely(load_results(results), low, high)
    page = render_report(document, "en")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert says in text
    assert ends in text
    bar = re.search(r'<g class="mark \w+">\s*<line x1="([\d.]+)%" x2="([\d.]+)%" y1="17"', page)
    assert bar is not None
    assert float(bar[2]) == 100
    assert (float(bar[1]) == 0) == (low is None)
    caps = page[bar.end() : page.index("</g>", bar.end())].count('y1="11"')
    assert caps == sum(end is not None for end in (low, high))
    assert "None" not in text
    assert "∞" in render_report(document, "zh")


def test_what_stands_beside_an_effect_is_on_the_page(results: Path) -> None:
    document = json.loads(json.dumps(load_results(results)))
    entry = document["analyses"][0]
    few = {"conf_low": 0.1, "conf_high": None, "p_value": 0.02}
    group = {"estimate": 1.25, "conf_low": 1.0, "conf_high": 1.5}
    small = {"en": "fewer than 10 units in an arm", "zh": "某一组不足 10 个单位"}
    entry["result"]["diagnostics"] |= {
        "few_clusters": {entry["term"]: {"CR2": few, "wild_bootstrap": few}},
        "leave_one_out": {
            "column": "zone_id", "without": [{}, {}], "low": 1.0, "high": 2.0, "moves_most": "xian", "moved_by": -0.5
        },
        "subgroups": {
            "is_elderly": {
                "groups": [{"group": "False", **group}, {"group": "True", **group}],
                "equal": {"p_value": 0.4, "method": "HTZ"},
                "withheld": [{"group": "unknown", "reason": small}],
            }
        },
    }  # fmt: skip
    more = {
        "correction": "romano_wolf",
        "gatekeeper": "first",
        "gatekeeping": "serial",
        "resampling": {"by": "district_id", "draws": 9999, "exact": False},
    }
    for item in document["analyses"]:
        item["adjusted"] |= more
    english, chinese = (re.sub(r"<[^>]+>", " ", render_report(document, name)) for name in ("en", "zh"))
    for text in (
        "CR2, Satterthwaite: 0.1",
        "Wild cluster bootstrap: 0.1",
        "xian moves it most, by −0.5",
        "is_elderly = True: 1.2",
        "the same in all groups? p 0.400 (HTZ)",
        "is_elderly = unknown: withheld, fewer than 10",
        "Romano–Wolf (step-down maxT, clusters resampled) over 2 tests. 9,999 draws by district_id.",
        "Tested behind family first (serial: once all are rejected).",
    ):
        assert text in english, text
    assert "逐一去掉 zone_id" in chinese
