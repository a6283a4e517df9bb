"""Five cities and Shenzhen, the real sensor files, to a release: every row accounted for, coverage against a second reader."""

import csv
from collections import Counter
from datetime import date

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data import releases
from data.contracts import load_contract
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.reference import PROGRAMME
from quality.intake import submit
from quality.panel import build_panels

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(900)]

CITIES = {"beijing": "Beijing", "shanghai": "Shanghai", "chengdu": "Chengdu"}
HOURS, DAYS = 52584, 2191  # 2010-01-01 to 2015-12-31
SHENZHEN = [
    ("charging_station", "inf.csv", None),
    ("charging_station", "inf_raw.csv", None),
    ("charging_site", "stations.csv", None),
    ("charging_grid", "information.csv", None),
    ("charging_moment", "time.csv", None),
    ("weather_hour", "weather_airport.csv", "airport"),
    ("weather_hour", "weather_central.csv", "central"),
    ("weather_hour", "SZweather20220619-20220718.xls", "airport"),
]
MARTS = ("panel_sensor_day", "panel_zone_month", "dim_charging_place")


@pytest.fixture(scope="module")
def built(tmp_path_factory, shared):
    """Submit every file and build the sensors' marts once: (workspace, ledger, receipts, build)."""
    workspace = Workspace(tmp_path_factory.mktemp("sensors") / "home").create()
    sent = [
        ("air_weather_hour", f"sensor-fivecities/{city}PM20100101_20151231.csv", zone, None)
        for zone, city in CITIES.items()
    ]
    sent += [(contract, f"sensor-shenzhen/{file}", PROGRAMME, wave) for contract, file, wave in SHENZHEN]
    receipts = [
        submit(shared / "data" / file, contract=name, zone=zone, wave=wave, actor="tester", workspace=workspace)
        for name, file, zone, wave in sent
    ]
    ledger = Ledger.open(workspace)
    build = build_panels(workspace, ledger, run_id="real", select=tuple(f"+{mart}" for mart in MARTS))
    return workspace, ledger, receipts, build


@pytest.fixture(scope="module")
def days(built):
    return pq.read_table(built[3].generation.table("panel_sensor_day")).to_pandas()


def test_every_row_of_every_file_is_kept_or_named(built):
    workspace, ledger, receipts, _ = built
    for receipt in receipts:
        assert receipt.rows_read == receipt.rows_accepted + receipt.rows_quarantined + receipt.rows_unchanged
    kept = Counter()
    for receipt, (name, *_) in zip(receipts, [("air_weather_hour",)] * 3 + SHENZHEN, strict=True):
        kept[name] += receipt.rows_accepted
    assert {name: Lake(workspace, ledger).read(load_contract(name)).num_rows for name in kept} == dict(kept)
    assert kept == {
        "air_weather_hour": 3 * HOURS,
        "charging_station": 1587,
        "charging_site": 1706,
        "charging_grid": 247,
        "charging_moment": 8640,
        "weather_hour": 2 * 4344 + 720,
    }


def test_the_accounts_are_even_and_a_release_holds_them(built):
    workspace, ledger, _, build = built
    accounts = [check for check in build.checks if check.kind == "reconcile"]
    assert all(check.passed for check in build.checks if check.severity == "error")
    assert {check.name.partition(":")[2] for check in accounts} >= {name for name, *_ in SHENZHEN} | {
        "air_weather_hour"
    }
    release = releases.build(workspace, ledger, actor="tester", run_id="real")
    assert set(release.tables) == set(MARTS)
    assert release.simulated is False
    assert releases.verify(workspace, release.release_id, ledger=ledger) == []


def test_a_day_of_the_us_post_is_what_the_file_says(days, shared):
    """Hours, coverage and mean of every day of Beijing's post, computed again from the file with pandas alone."""
    frame = pd.read_csv(shared / "data" / "sensor-fivecities" / "BeijingPM20100101_20151231.csv", na_values="NA")
    frame["day"] = pd.to_datetime(frame[["year", "month", "day"]]).dt.date
    grouped = frame.groupby("day")["PM_US Post"].agg(["count", "mean"])
    mine = days[(days.zone_id == "beijing") & (days.device_id == "us_post")].set_index("day").sort_index()
    assert len(mine) == len(grouped) == DAYS
    assert mine["hours_valid"].tolist() == grouped["count"].tolist()
    assert (mine["readings_empty"] == 24 - grouped["count"].to_numpy()).all()
    enough = grouped["count"] >= 20
    assert mine["value_mean"].notna().tolist() == enough.tolist()
    assert mine.loc[enough.to_numpy(), "value_mean"].to_numpy() == pytest.approx(grouped.loc[enough, "mean"].to_numpy())
    assert set(mine.loc[~enough.to_numpy(), "value_mean__st"]) == {9}


def test_outliers_are_those_of_a_second_computation(days, shared):
    frame = pd.read_csv(shared / "data" / "sensor-fivecities" / "ShanghaiPM20100101_20151231.csv", na_values="NA")
    like = frame.groupby(["year", "month", "hour"])["TEMP"]
    distance = (frame["TEMP"] - like.transform("median")).abs()
    spread = distance.groupby([frame["year"], frame["month"], frame["hour"]]).transform("median")
    far = (like.transform("count") >= 10) & (spread > 0) & (distance > 5 * 1.4826 * spread)
    mine = days[(days.zone_id == "shanghai") & (days.variable == "temperature_c")]
    assert mine["outlier_count"].sum() == far.sum() > 0


def test_visibility_cut_at_ten_kilometres_is_outside_detection(days):
    summer = days[(days.variable == "visibility_km") & (days.day < date(2022, 7, 19))]
    assert len(summer) == 30
    assert summer["readings_out_of_detection"].sum() > 600
    assert set(summer["value_mean__st"]) == {16}
    assert summer["value_mean"].isna().all()


def test_the_charging_clock_keeps_its_five_minutes(days):
    moments = days[days.source_table == "charging_moment"]
    assert len(moments) == 30
    assert (moments["readings_expected"] == 288).all()
    assert (moments["readings_missing"] + moments["readings_duplicate"]).sum() == 0
    assert (moments["clock_drift_s"] == 0).all()
    assert set(moments["value_mean__st"]) == {5}


def test_a_summer_without_records_is_told_day_by_day(days):
    """The airport's files leave out 19 July to 31 August 2022: 44 days of silence, each with a row and a reason."""
    airport = days[(days.device_id == "airport") & (days.variable == "temperature_c")]
    silent = airport[airport["readings_received"] == 0]
    assert (silent["day"].min(), silent["day"].max(), len(silent)) == (date(2022, 7, 19), date(2022, 8, 31), 44)
    assert set(silent["value_mean__st"]) == {14}


def test_places_are_counted_as_published(built, shared):
    places = pq.read_table(built[3].generation.table("dim_charging_place")).to_pandas()
    with (shared / "data" / "sensor-shenzhen" / "information.csv").open(encoding="utf-8-sig", newline="") as stream:
        piles = sum(int(row["count"]) for row in csv.DictReader(stream))
    assert places.loc[places.source_table == "charging_grid", "pile_count"].sum() == piles
