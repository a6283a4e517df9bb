"""A report whose data were erased says so itself, until it is made again from what is left."""

import pytest

from data.lineage import rests_on
from data.stale import MARK, mark, marks, renew

REPORT = "R1/SE-2026-0001"
PAGE = '<!doctype html>\n<html>\n<body class="x">\n<main>9.5</main>\n</body>\n</html>\n'


@pytest.fixture
def folder(workspace):
    place = workspace.results / REPORT
    place.mkdir(parents=True)
    for name in ("report.html", "report.zh.html"):
        (place / name).write_text(PAGE, encoding="utf-8")
    return place


def test_a_mark_stands_beside_the_report_and_at_the_head_of_each_page_once(workspace, folder):
    assert marks(workspace, REPORT) == {}
    for act in ("WD-0001", "WD-0001", "WD-0002"):
        mark(workspace, REPORT, act, "rows")
    assert marks(workspace, REPORT) == {"WD-0001": "rows", "WD-0002": "rows"}
    for page in folder.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert text.count('id="stale"') == 1
        assert "Not current" in text
        assert "非最新" in text
        assert text.index("<body") < text.index('id="stale"') < text.index("<main>")
        assert text.endswith("<main>9.5</main>\n</body>\n</html>\n")


def test_making_it_again_mends_rows_and_leaves_totals(workspace, folder):
    mark(workspace, REPORT, "WD-0001", "rows")
    mark(workspace, REPORT, "WD-0002", "totals")
    (folder / "report.html").write_text(PAGE, encoding="utf-8")
    renew(workspace, REPORT)
    assert marks(workspace, REPORT) == {"WD-0002": "totals"}
    assert 'id="stale"' in (folder / "report.html").read_text(encoding="utf-8"), "the new page says so again"


def test_a_report_that_was_only_short_of_rows_is_current_again(workspace, folder):
    mark(workspace, REPORT, "WD-0001", "rows")
    (folder / "report.html").write_text(PAGE, encoding="utf-8")
    renew(workspace, REPORT)
    renew(workspace, REPORT)
    assert marks(workspace, REPORT) == {}
    assert not (folder / MARK).exists()
    assert (folder / "report.html").read_text(encoding="utf-8") == PAGE


def test_documents_that_cannot_say_so_go(workspace, folder):
    for name in ("report.zh.pdf", "report.en.docx", "results.json"):
        (folder / name).write_bytes(b"old")
    mark(workspace, REPORT, "WD-0001", "rows")
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.zh.html", "results.json", MARK]


def test_every_panel_rests_on_the_tables_that_its_sql_reads():
    assert rests_on("panel_zone_month") == {
        "traffic_hour",
        "air_weather_hour",
        "district_signal",
        "sensor_device",
    }
    assert "clinic_visit" in rests_on("panel_individual_wave")
    assert rests_on("dim_zone") == frozenset()
    assert rests_on("no_such_panel") is None
