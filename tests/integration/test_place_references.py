"""Panels of places twice: the SQL models and a plain reader in Python agree on whatever records are generated."""

import os
import random
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.contracts import load_contract
from quality.marts import marts
from tests.golden import golden_lake, rendered_models
from tests.property import place_references as reference

pytestmark = pytest.mark.integration

EXAMPLES = int(os.environ.get("ZONELAB_PANEL_EXAMPLES", "6"))
PANELS = {
    "panel_district_month": reference.panel_district_month,
    "panel_zone_month": reference.panel_zone_month,
    "panel_zone_year": reference.panel_zone_year,
    "panel_social_insure": reference.panel_social_insure,
}
TABLES = (
    "traffic_hour", "district_signal", "sensor_device", "air_weather_hour", "census_county_2010", "census_county_2020",
    "social_insure",
)  # fmt: skip
CITIES = ("beijing", "shanghai")
FEBRUARY = datetime(2024, 1, 31, 16, tzinfo=UTC)
"""Local midnight of 1 February 2024."""
yes, maybe = st.booleans(), st.sampled_from([True, False, False])
share = st.sampled_from([1.0, 0.9, 0.76, 0.74, 0.5, 0.1])
BLOCKS = st.lists(
    st.tuples(st.sampled_from(CITIES), st.integers(1, 2), st.integers(1, 2), share, share, st.integers(0, 99), yes),
    max_size=4, unique_by=lambda block: block[:3],
)  # fmt: skip
AIR = st.lists(
    st.tuples(st.sampled_from(CITIES), share, share, st.integers(0, 99)), max_size=2, unique_by=lambda b: b[0]
)
DEVICES = st.lists(
    st.tuples(
        st.sampled_from(CITIES), st.integers(1, 2), st.sampled_from(["speed_kmh", "pm25_ugm3"]),
        st.sampled_from([60, 120, 720]), st.sampled_from([None, 10.0]), st.sampled_from([None, 25.0, 50.0]),
        st.sampled_from([date(2024, 1, 1), date(2024, 2, 10), date(2024, 2, 20)]), st.sampled_from([None, date(2024, 2, 15)]),
    ),
    max_size=4, unique_by=lambda row: (row[0], row[1], row[2], row[6]),
)  # fmt: skip
SIGNALS = st.lists(
    st.tuples(st.sampled_from(CITIES), st.integers(1, 2), st.sampled_from([None, date(2024, 2, 8), date(2023, 5, 1)]), yes),
    max_size=3, unique_by=lambda row: row[:2],
)  # fmt: skip
CODES = ("110000", "110101", "110102", "310000", "310101", "330500", "330521", "330522", "340100", "340102")
COUNT = st.none() | st.integers(0, 10**7)
AREAS = st.lists(
    st.fixed_dictionaries(
        {"region_code": st.sampled_from(CODES), "household_size": st.none() | st.integers(100, 500).map(lambda n: n / 100)}
        | {name: COUNT for name in reference.COUNTED if name != "household_size"}
    ),
    max_size=8, unique_by=lambda row: row["region_code"],
)  # fmt: skip
NUMBER, BIT = st.none() | st.integers(0, 99).map(float), st.integers(0, 1)
RESPONDENTS = st.lists(
    st.fixed_dictionaries(
        {
            "respondent_id": st.integers(1, 50), "address": st.sampled_from(["a", "b"]), "village": st.sampled_from(["v"]),
            "takeup_survey": BIT, "age": NUMBER, "agpop": NUMBER, "ricearea_2010": NUMBER, "disaster_prob": NUMBER,
            "male": st.none() | BIT, "default": BIT, "intensive": BIT, "risk_averse": NUMBER, "literacy": st.none() | BIT,
            "pre_takeup_rate": NUMBER,
        }
    ),
    max_size=6, unique_by=lambda row: row["respondent_id"],
)  # fmt: skip


def name_of(zone, number):
    return f"{zone[:2].upper()}-D0{number}"


def hours(blocks):
    """Return records of a month and a few hours around it: some hours missing, some readings empty, some twice a day."""
    rows = []
    for zone, district, device, came, filled, seed, simulated in blocks:
        draw = random.Random(seed)  # noqa: S311 - data of a test
        for step in range(-2, 29 * 24 + 3, draw.choice([1, 2])):
            if draw.random() < came:
                row = {
                    "zone_id": zone, "district_id": name_of(zone, district), "device_id": f"{name_of(zone, district)}-S{device}",
                    "observed_at": FEBRUARY + timedelta(hours=step), "is_simulated": simulated,
                }  # fmt: skip
                for name in reference.MEASURED:
                    value = draw.randrange(600) / 10 if draw.random() < filled else None
                    row |= {name: value, f"{name}__st": 0 if value is not None else draw.choice([9, 14, 16])}
                rows.append(row)
    return rows


def air(blocks):
    """Return hours of air and weather likewise; stations join and leave."""
    rows, names = [], [f"pm25_{name}_ugm3" for name in reference.STATIONS]
    for zone, came, filled, seed in blocks:
        draw = random.Random(seed)  # noqa: S311 - data of a test
        for step in range(-2, 29 * 24 + 3):
            if draw.random() < came:
                values = {
                    name: draw.randrange(2000) / 10 if draw.random() < filled else None
                    for name in (*names[:3], "pm25_us_post_ugm3", "temperature_c", "humidity_pct", "pressure_hpa")
                }
                rows.append({"zone_id": zone, "observed_at": FEBRUARY + timedelta(hours=step), **values})
    return rows


def device(told):
    zone, number, variable, cadence, low, high, installed, removed = told
    return {
        "zone_id": zone, "source_table": "traffic_hour", "device_id": f"{name_of(zone, number)}-S{number}", "variable": variable,
        "cadence_min": cadence, "detection_min": low, "detection_max": high, "installed_date": installed,
        "removed_date": removed if removed is None or removed >= installed else None, "is_simulated": True,
    }  # fmt: skip


def signal(told):
    zone, number, since, simulated = told
    place = {"zone_id": zone, "district_id": name_of(zone, number)}
    return {**place, "switched_on_date": since, "is_simulated": simulated}


LAKES = st.fixed_dictionaries(
    {
        "traffic_hour": BLOCKS.map(hours),
        "air_weather_hour": AIR.map(air),
        "sensor_device": DEVICES.map(lambda rows: [device(row) for row in rows]),
        "district_signal": SIGNALS.map(lambda rows: [signal(row) for row in rows]),
        "census_county_2010": AREAS.map(lambda rows: [{**row, "region_name": "x"} for row in rows]),
        "census_county_2020": AREAS.map(lambda rows: [{**row, "region_name": "x"} for row in rows]),
        "social_insure": RESPONDENTS,
    }
)


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set timezone = 'UTC'")
        rendered_models.prepare(connection, PANELS)
        yield connection


def agree(connection):
    """Hold every panel against its reference, in all its columns; return how many had rows."""
    rendered_models.run(connection, PANELS)
    lake = {name: connection.execute(f'select * from lake."{name}"').to_arrow_table().to_pylist() for name in TABLES}
    held = 0
    for name, compute in PANELS.items():
        columns = [column.name for column in marts()[name].columns]
        rows = connection.execute(f"select * from {name}").to_arrow_table().to_pylist()
        places = [columns.index(part) for part in marts()[name].meta.key]
        expected = [tuple(row[column] for column in columns) for row in compute(lake)]
        found = [tuple(row[column] for column in columns) for row in rows]
        assert ordered(found, places) == ordered(expected, places), name
        held += bool(found)
    return held


def ordered(rows, places):
    return sorted(rows, key=lambda row: [str(row[place]) for place in places])


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(lake=LAKES)
def test_models_and_references_agree_on_generated_records(engine, lake):
    for name, rows in lake.items():
        rendered_models.fill(engine, name, rows)
    assert agree(engine) >= bool(lake["social_insure"])


def test_models_and_references_agree_on_the_golden_lake(engine):
    for name in TABLES:
        path = golden_lake.LAKE / f"{name}.csv"
        rendered_models.fill(engine, name, golden_lake.typed_rows(load_contract(name), path))
    assert agree(engine) == len(PANELS), "the golden lake has rows for every panel"
