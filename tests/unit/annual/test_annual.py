"""Annual reports: the order of worries, trends against means computed here, nothing of few units, numbers as documented."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from data.messages import Refused, WrongUsage
from experiments.accounts.panel import Panel
from experiments.annual import taking_part
from experiments.annual.document import annual, schema_text, worry
from experiments.annual.files import SCHEMA_FILE
from experiments.annual.sections import PROGRAMME, ZONE, report_of
from experiments.annual.shapes import Quality, Study, WaveShare, ZoneStanding
from experiments.report import fonts
from experiments.report.blocks import plain, texts
from experiments.report.page import page_html
from tests.unit.annual import cases

CLEAR = {**cases.ZONE, "overdue": [], "missing_documents": [], "not_met": []}
NO_FILES = {"files": 0, "rows_read": 0, "rows_accepted": 0, "rows_quarantined": 0, "corrections": 0, "reasons": {}}


def judged(zone=CLEAR, study=None, seen=0.9, read=100, held=0):
    share = WaveShare(id="z-W1", zone_id="z", year=2025, issued=100, seen_share=seen)
    files = Quality.model_validate({**NO_FILES, "id": "z", "rows_read": read, "rows_quarantined": held})
    studies = (Study.model_validate({**cases.STUDY, **(study or {})}),)
    return worry((ZoneStanding.model_validate(zone),), studies, (share,), (files,))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "none"),
        ({"held": 6}, "quarantine"),
        ({"held": 5}, "none"),
        ({"held": 6, "seen": 0.69}, "retention"),
        ({"seen": 0.69, "zone": {**CLEAR, "not_met": ["plans"]}}, "conditions"),
        ({"zone": {**CLEAR, "not_met": ["plans"], "missing_documents": ["approval"]}}, "documents"),
        ({"zone": cases.ZONE}, "overdue"),
        ({"zone": cases.ZONE, "study": {"rules_crossed": 1}}, "harm"),
    ],
)
def test_the_worry_is_the_first_that_holds(given, expected):
    assert judged(**given) == expected


def rows():
    rng = np.random.default_rng(5)
    found = pd.DataFrame({"zone_id": np.repeat(["a", "b", "c", "d"], 40)})
    found["unit"] = [f"{zone}:{n}" for n, zone in enumerate(found["zone_id"])]
    found["lot"] = [f"{zone}:{n // 10}" for n, zone in enumerate(found["zone_id"])]
    return found.assign(wave_order=1, wave="W1", arm="x", wait_min=rng.normal(45, 9, len(found)))


def panel(frame):
    return Panel("panel_individual_wave", "person", frame, "wave_order", "wave", ("x",), None, ("wait_min",))


def test_a_trend_is_the_mean_here_with_an_interval_over_clusters_and_the_mean_elsewhere():
    frame = rows()
    (point,) = taking_part._points(panel(frame), "wait_min", "a")
    mine = frame[frame["zone_id"] == "a"]
    lots = np.array([part["wait_min"].mean() for _, part in mine.groupby("lot")])
    reach = stats.t.ppf(0.975, 3) * lots.std(ddof=1) / 2
    assert point.mean == pytest.approx(mine["wait_min"].mean(), rel=5e-3)
    assert point.low == pytest.approx(mine["wait_min"].mean() - reach, rel=5e-3)
    assert point.others == pytest.approx(frame.loc[frame["zone_id"] != "a", "wait_min"].mean(), rel=5e-3)


def test_a_trend_of_nine_people_is_not_told():
    frame = rows()
    few = frame[(frame["zone_id"] != "a") | (frame.index < 9)]
    (point,) = taking_part._points(panel(few), "wait_min", "a")
    assert (point.mean, point.low, point.high) == (None, None, None)


def test_waves_are_rounded_and_small_ones_held_back(tmp_path):
    names = ("zone_id", "wave", "wave_order", "wave_year", "units_issued", "units_observed")
    told = [
        ("a", "W1", 1, 2024, 243, 240),
        ("a", "W2", 2, 2025, 243, 200),
        ("a", "W3", 3, 2026, 243, 1),
        ("b", "W1", 1, 2024, 8, 8),
    ]
    table = pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in told])
    pq.write_table(table, tmp_path / "dim_wave.parquet")
    release = SimpleNamespace(tables={"dim_wave": None}, table=lambda name: tmp_path / f"{name}.parquet")
    found = {item.id: (item.issued, item.seen_share) for item in taking_part.waves(release, ("a", "b"), 2025)}
    assert found == {"a-W1": (245, None), "a-W2": (245, pytest.approx(200 / 243, abs=5e-4)), "b-W1": (None, None)}


def test_quality_counts_the_files_of_the_release_only():
    def sent(name, zone, **differs):
        base = {"rows_read": 10, "rows_accepted": 8, "rows_quarantined": 2, "correction_reason": None}
        problems = [
            {"severity": "error", "code": "E-X-01", "count": 2},
            {"severity": "warning", "code": "W", "count": 9},
        ]
        return SimpleNamespace(submission_id=name, zone=zone, problems=problems, **{**base, **differs})

    release = SimpleNamespace(submissions=("S1", "S2"))
    found = [sent("S1", "a"), sent("S2", "a", correction_reason="typing"), sent("S3", "a"), sent("S2", "b")]
    (told,) = taking_part.quality(found, release, ("a",))
    assert (told.files, told.rows_read, told.rows_quarantined, told.corrections) == (2, 20, 4, 8)
    assert told.reasons == {"E-X-01": 4}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scope", ["zone", "programme"])
def test_a_report_holds_the_numbers_of_its_document(language, scope):
    zone = "deqing" if scope == "zone" else None
    found = cases.document(scope=scope, zone_id=zone)
    report = report_of(found, language)
    assert len(report.sections) == len(ZONE if scope == "zone" else PROGRAMME)
    assert all(section.blocks for section in report.sections)
    told = json.dumps(plain(report), ensure_ascii=False)
    sentence = found.claims[0].sentence
    shared = ["23", "29,112", "29,111", sentence.en if language == "en" else sentence.zh, "2020-06-17", "2020"]
    own = (
        ["1,234", "3.5", "51.5", "49.1 … 53.9", "48.2"]
        if scope == "zone"
        else ["628.1", "157.0 %", "−6.08", "−6.75 … −5.40"]
    )
    assert [number for number in (*shared, *own) if number not in told] == []
    assert not fonts.missing("".join(texts(plain(report))))
    page = page_html(report)
    assert page.count("<section") == page.count("</section>") == len(report.sections)
    assert "http" not in page
    assert "{" not in "".join(texts(plain(report.sections)))


def test_what_may_not_be_shown_says_so():
    report = report_of(cases.document(), "en")
    people = next(part for part in report.sections if part.key == "people")
    assert people.blocks[0].rows[1].cells == ("W2", "2025", "held back", "held back")


def test_stale_results_make_the_report_say_so():
    stale = {**cases.STUDY, "stale": True}
    report = report_of(cases.document(studies=[stale]), "en")
    assert any("NOT CURRENT" in text for text in report.banners)


def test_the_published_schema_is_that_of_the_models():
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m experiments.annual.files"


def test_a_year_before_the_first_zone_is_refused():
    with pytest.raises(Refused) as caught:
        annual(None, None, 1999, ())
    assert caught.value.code == "E-ANNUAL-01"


@pytest.mark.parametrize(
    ("experiment", "zone", "programme", "year"),
    [
        (None, None, False, None),
        ("SE-1", "deqing", False, 2025),
        ("SE-1", None, False, 2025),
        (None, "deqing", False, None),
        (None, "deqing", True, 2025),
    ],
)
def test_only_one_report_can_be_asked_for(experiment, zone, programme, year):
    from apps.cli.reports import _one

    with pytest.raises(WrongUsage) as caught:
        _one(experiment, zone, programme=programme, year=year)
    assert caught.value.code == "E-USAGE-22"
