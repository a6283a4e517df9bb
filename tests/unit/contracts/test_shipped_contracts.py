"""The contracts that ship: each is documented in both languages, can be addressed by staff's headers, and knows its values."""

import csv

import pyarrow as pa
import pytest

from data.contracts import MISSING_STATUS, business_schema, contract_names, load_contract, load_contracts
from data.readers.header import fold
from data.readers.header_rows import NUMBER

DEMO = (
    "ai_exposure",
    "clinic_assignment",
    "clinic_visit",
    "district_signal",
    "organisation_event",
    "organisation_quarter",
    "sample_file",
    "traffic_hour",
    "unit_event",
    "unit_link",
)
REAL = (
    "admin_division", "air_weather_hour", "census_city", "census_county_2010", "census_county_2020", "city_economy",
    "city_population_supplement", "city_population_year", "city_tier", "social_insure", "weather_hour", "charging_moment",
    "charging_station", "charging_site", "charging_grid",
)  # fmt: skip
SENT_BY_ZONES = ("city_account_year", "price_series")
"""General tables for which nothing is shipped."""
DEVICES = ("sensor_device", "sensor_reading")
PROGRAMME = ("zone_document", "zone_indicator_year", "zone_practice", "open_platform")
KEPT = {
    "air_quality_observed",
    "household_backcheck",
    "household_preload",
    "occupation_crosswalk",
    "occupation_demographics",
    "occupation_exposure",
    "occupation_wage",
    "participant_roster",
    "school_target",
    "sensor_node_reading",
    "sensor_observation",
    "waterpoint_repair",
}
"""Tables that are checked and kept and that no panel reads: real sources, and the roster of participants."""


def test_the_agreed_contracts_ship():
    assert set(load_contracts("panel")) == {*DEMO, *REAL, *SENT_BY_ZONES, *DEVICES, *PROGRAMME}
    assert set(load_contracts("archive")) == KEPT


@pytest.mark.parametrize("name", contract_names())
def test_description_tells_grain_coverage_and_known_problems(name):
    contract = load_contract(name)
    assert "Known problems" in contract.description.en
    assert "已知问题" in contract.description.zh
    assert contract.grain.startswith("one row per ")
    assert all(key in contract.grain for key in contract.key)


@pytest.mark.parametrize("name", contract_names())
def test_every_label_is_in_both_languages(name):
    for column in load_contract(name).columns:
        assert column.label.en.strip()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in column.label.zh) or column.label.zh.startswith("PM2.5")


@pytest.mark.parametrize("name", contract_names())
def test_a_header_means_one_column_only(name):
    seen: dict[str, str] = {}
    for column in load_contract(name).columns:
        for header in (column.name, column.label.en, column.label.zh, *column.aliases, *column.parts):
            assert seen.setdefault(fold(header), column.name) == column.name, header


@pytest.mark.parametrize("name", contract_names())
def test_missing_codes_lie_outside_the_admissible_values(name):
    for column in load_contract(name).columns:
        for code in column.missing_codes:
            if not NUMBER.match(code) and column.type in ("integer", "number"):
                continue  # * and # are no numbers
            below = column.minimum is not None and float(code) < column.minimum
            above = column.maximum is not None and float(code) > column.maximum
            listed = column.codes is not None and code not in column.codes
            assert below or above or listed, (column.name, code)


@pytest.mark.parametrize("name", DEMO)
def test_demo_tables_carry_the_simulated_mark(name):
    column = load_contract(name).column("is_simulated")
    assert column.type == "boolean"
    assert "模拟数据" in column.aliases


@pytest.mark.parametrize("name", [*REAL, *sorted(KEPT)])
def test_real_tables_cannot_be_taken_for_simulated_ones(name):
    assert "is_simulated" not in {column.name for column in load_contract(name).columns}


def test_no_answer_of_a_person_may_be_shown():
    shown = [column.name for column in load_contract("clinic_visit").columns if column.sensitivity == "none"]
    assert shown == ["zone_id", "wave", "is_simulated"]


def test_wait_keeps_the_reason_beside_the_value():
    schema = business_schema(load_contract("clinic_visit"))
    assert schema.field("wait_min").type == pa.float64()
    assert schema.field("wait_min__st").type == pa.int64()
    codes = load_contract("clinic_visit").column("wait_min").missing_codes
    assert {code: MISSING_STATUS[reason] for code, reason in codes.items()} == {"-1": 1, "-2": 2, "-8": 8, "-9": 9}


@pytest.mark.integration
@pytest.mark.parametrize("city", ["Beijing", "Shanghai", "Chengdu"])
def test_five_cities_headers_are_all_known(shared, city):
    path = shared / "data" / "sensor-fivecities" / f"{city}PM20100101_20151231.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        headers = next(csv.reader(stream))
    contract = load_contract("air_weather_hour")
    known = {header for column in contract.columns for header in (column.name, *column.aliases, *column.parts)}
    assert [header for header in headers if header not in known] == ["No"]


@pytest.mark.parametrize("name", contract_names())
def test_a_roster_is_a_column_of_the_same_type_in_a_table_that_ships(name):
    for column in load_contract(name).columns:
        if column.roster is not None:
            assert load_contract(column.roster.contract).column(column.roster.column).type == column.type


@pytest.mark.parametrize("name", contract_names())
def test_money_says_at_whose_prices(name):
    silent = [c.name for c in load_contract(name).columns if "RMB" in (c.unit or "") and c.price_base is None]
    assert silent == [], "declare price_base: {prices: current | constant | not_stated}"
