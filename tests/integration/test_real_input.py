"""Real files through the whole way: five-cities sensors and two censuses, with every row accounted for at every step.

The numbers here were counted in the files themselves, with a spreadsheet library, not with the platform.
"""

import csv
from datetime import date

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from data.contracts import load_contract
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.reference import PROGRAMME, zones
from quality.intake import submit
from quality.panel import build_panels
from quality.review import Desk
from quality.review.acts import approve, take_up

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(600)]

CITIES = {"beijing": "Beijing", "shanghai": "Shanghai", "chengdu": "Chengdu"}
HOURS = 52584  # 2010-01-01 to 2015-12-31, one row an hour: 2191 days
MONTHS = 72
# census: rows with any text, of which with a code and admissible; three of the 28 rows without a code have no population either
CENSUS = {
    2010: {
        "read": 3249,
        "accepted": 3219,
        "E-REQ-01": {"region_code": 28, "population_total": 3},
        "E-RANGE-01": {"sex_ratio": 1, "household_size": 1},
    },
    2020: {"read": 3358, "accepted": 3312, "E-REQ-01": {"region_code": 46}},
}
POPULATION = {
    ("beijing", 2010): 19612368,
    ("beijing", 2020): 21893095,
    ("shanghai", 2010): 23019196,
    ("shanghai", 2020): 24870895,
    ("hangzhou", 2010): 8700373,
    ("hangzhou", 2020): 11936010,
    ("hefei", 2010): 5702466,
    ("hefei", 2020): 9369881,
    ("shenzhen", 2010): 10358381,
    ("shenzhen", 2020): 17494398,
    ("tianjin", 2010): 12938693,
    ("tianjin", 2020): 13866009,
    ("deqing", 2010): 491789,
    ("deqing", 2020): 548568,
    ("chengdu", 2010): 14047625,
    ("chengdu", 2020): 20937757,
    ("chongqing", 2010): 28846170,
    ("chongqing", 2020): 32054159,
    ("jinan", 2010): 6813984,
    ("jinan", 2020): 9202432,
    ("xian", 2010): 8467838,
    ("xian", 2020): 12183280,
}


def _city_file(shared, zone):
    return shared / "data" / "sensor-fivecities" / f"{CITIES[zone]}PM20100101_20151231.csv"


def _census_file(shared, year):
    return shared / "data" / "admin-cn-census" / f"census_county_{year}_v1.xlsx"


def _problems(receipt):
    """Return {code: {column: rows}} of a receipt's errors."""
    found = {}
    for problem in receipt["problems"]:
        if problem["severity"] == "error":
            columns = found.setdefault(problem["code"], {})
            columns[problem["column"]] = columns.get(problem["column"], 0) + problem["count"]
    return found


@pytest.fixture(scope="module")
def arrived(tmp_path_factory, shared):
    """Submit the five files and build the panels once: (workspace, ledger, receipts, build)."""
    workspace = Workspace(tmp_path_factory.mktemp("real") / "home").create()
    receipts = {}
    for zone in CITIES:
        sent = submit(
            _city_file(shared, zone), contract="air_weather_hour", zone=zone, actor="tester", workspace=workspace
        )
        receipts[zone] = sent.model_dump(mode="json")
    for year in CENSUS:
        sent = submit(
            _census_file(shared, year),
            contract=f"census_county_{year}",
            zone=PROGRAMME,
            actor="tester",
            workspace=workspace,
        )
        receipts[year] = sent.model_dump(mode="json")
        take_up(Desk.open(workspace), sent.submission_id, actor="steward.one")
        approve(Desk.open(workspace), sent.submission_id, actor="steward.one")
    ledger = Ledger.open(workspace)
    return workspace, ledger, receipts, build_panels(workspace, ledger, run_id="real-input")


def _mart(arrived, name):
    generation = arrived[3].generation
    return pq.read_table(generation.path / generation.tables[name].file).to_pylist()


@pytest.mark.parametrize("zone", CITIES)
def test_every_hour_of_a_city_enters(arrived, shared, zone):
    lines = _city_file(shared, zone).read_bytes().count(b"\n") - 1
    receipt = arrived[2][zone]
    assert lines == HOURS
    assert (receipt["status"], receipt["rows_read"], receipt["rows_accepted"]) == ("accepted", HOURS, HOURS)
    assert (receipt["rows_quarantined"], receipt["rows_unchanged"], _problems(receipt)) == (0, 0, {})


def test_cities_lie_in_the_lake_whole_and_in_utc(arrived):
    workspace, ledger = arrived[:2]
    table = Lake(workspace, ledger).read(load_contract("air_weather_hour"))
    assert table.num_rows == len(CITIES) * HOURS
    first = pc.min(table["observed_at"]).as_py()
    assert first.isoformat() == "2009-12-31T16:00:00+00:00"  # 2010-01-01 00:00 in Beijing


def test_failed_rain_gauge_is_missing_with_a_reason(arrived):
    workspace, ledger = arrived[:2]
    table = Lake(workspace, ledger).read(load_contract("air_weather_hour"))
    failed = table.filter(
        pc.and_(
            pc.equal(table["zone_id"], "beijing"),
            pc.equal(pc.strftime(table["observed_at"], "%Y-%m-%dT%H"), "2015-11-07T05"),  # 13:00 in Beijing
        )
    )
    assert failed["precipitation_mm"].to_pylist() == [None]
    assert pc.max(table["precipitation_mm"]).as_py() < 100


@pytest.mark.parametrize("year", CENSUS)
def test_every_row_of_a_census_is_accounted_for(arrived, year):
    receipt, expected = arrived[2][year], dict(CENSUS[year])
    read, accepted = expected.pop("read"), expected.pop("accepted")
    assert (receipt["rows_read"], receipt["rows_accepted"]) == (read, accepted)
    assert (receipt["rows_quarantined"], receipt["rows_unchanged"]) == (read - accepted, 0)
    assert receipt["status"] == "quarantined"
    assert _problems(receipt) == expected


@pytest.mark.parametrize("year", CENSUS)
def test_quarantine_keeps_each_row_that_did_not_enter(arrived, year):
    workspace, _, receipts, _ = arrived
    kept = pq.read_table(workspace.quarantine / f"{receipts[year]['submission_id']}.parquet")
    assert kept.num_rows == CENSUS[year]["read"] - CENSUS[year]["accepted"]


@pytest.mark.parametrize("year", CENSUS)
def test_census_lies_in_the_lake_once_per_area(arrived, year):
    workspace, ledger = arrived[:2]
    table = Lake(workspace, ledger).read(load_contract(f"census_county_{year}"))
    assert table.num_rows == CENSUS[year]["accepted"] == len(set(table["region_code"].to_pylist()))


def test_zone_years_hold_the_published_totals(arrived):
    rows = {(row["zone_id"], row["year"]): row for row in _mart(arrived, "panel_zone_year")}
    assert {key: row["population_total"] for key, row in rows.items()} == POPULATION
    assert {zone for zone, _ in rows} == set(zones())
    for row in rows.values():
        assert row["population_male"] + row["population_female"] == row["population_total"]
        assert row["population_urban"] + (row["population_rural"] or 0) == row["population_total"]


def _city_rows(shared, zone):
    with _city_file(shared, zone).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("zone", CITIES)
def test_zone_months_account_for_every_hour(arrived, shared, zone):
    months = [row for row in _mart(arrived, "panel_zone_month") if row["zone_id"] == zone]
    assert [row["month"] for row in months] == [date(2010 + i // 12, i % 12 + 1, 1) for i in range(MONTHS)]
    hours = _city_rows(shared, zone)
    measured = [name for name in hours[0] if name.startswith("PM_") or name in {"TEMP", "HUMI", "PRES"}]
    observed = sum(any(hour[name] != "NA" for name in measured) for hour in hours)
    assert sum(row["air_hours_reported"] for row in months) == HOURS
    assert sum(row["air_hours_observed"] for row in months) == observed


def test_zone_month_is_the_mean_of_what_was_measured(arrived, shared):
    months = _mart(arrived, "panel_zone_month")
    (june,) = [row for row in months if (row["zone_id"], row["month"]) == ("beijing", date(2013, 6, 1))]
    hours = [row for row in _city_rows(shared, "beijing") if (row["year"], row["month"]) == ("2013", "6")]
    values = [float(row["PM_US Post"]) for row in hours if row["PM_US Post"] != "NA"]
    assert june["air_pm25_us_post_ugm3"] == pytest.approx(sum(values) / len(values), rel=1e-9)
    assert june["is_simulated"] is False


def test_the_same_files_again_add_nothing(arrived, shared):
    workspace, ledger = arrived[:2]
    before = Lake(workspace, ledger).closed_seq()
    again = submit(
        _city_file(shared, "chengdu"), contract="air_weather_hour", zone="chengdu", actor="tester", workspace=workspace
    )
    assert again.status == "duplicate"
    assert Lake(workspace, ledger).closed_seq() == before
