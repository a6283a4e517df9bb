"""`panel_sensor_day` twice: the SQL models and a plain reader in Python agree on whatever devices send."""

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
from tests.integration.test_place_references import ordered
from tests.property import sensor_references as reference

pytestmark = pytest.mark.integration

EXAMPLES = int(os.environ.get("ZONELAB_PANEL_EXAMPLES", "8"))
PANEL = "panel_sensor_day"
TABLES = ("sensor_reading", "traffic_hour", "sensor_device")
ZONES = ("hefei", "jinan")
BEGIN = datetime(2024, 1, 29, 15, tzinfo=UTC)
"""An hour before local midnight: devices report from here to the first days of February."""
DAYS = (date(2024, 1, 25), date(2024, 1, 30), date(2024, 2, 1), date(2024, 2, 2))
share, seed = st.sampled_from([1.0, 0.9, 0.76, 0.74, 0.3]), st.integers(0, 99)
BLOCKS = st.lists(
    st.fixed_dictionaries(
        {
            "zone": st.sampled_from(ZONES), "device": st.integers(1, 2), "variable": st.sampled_from(["noise_db", "pm25_ugm3"]),
            "every": st.sampled_from([15, 30, 60, 360]), "came": share, "filled": share, "drift": st.sampled_from([0, 0, 1, 40]),
            "lag": st.sampled_from([None, 5, 400, -900]), "flat": st.booleans(), "seed": seed,
        }
    ),
    max_size=4, unique_by=lambda block: (block["zone"], block["device"], block["variable"]),
)  # fmt: skip
ROAD = st.lists(st.tuples(st.sampled_from(ZONES), share, share, seed), max_size=1)
REGISTER = st.lists(
    st.fixed_dictionaries(
        {
            "zone_id": st.sampled_from(ZONES),
            "source_table": st.sampled_from(["sensor_reading", "sensor_reading", "traffic_hour"]),
            "device_id": st.integers(1, 2), "variable": st.sampled_from(["noise_db", "pm25_ugm3"]),
            "unit": st.sampled_from(["dB", "µg/m3"]), "site_id": st.sampled_from([None, "S1"]),
            "district_id": st.sampled_from([None, "D9"]), "cadence_min": st.sampled_from([10, 30, 60, 360, 1440]),
            "detection_min": st.sampled_from([None, 10.0]), "detection_max": st.sampled_from([None, 25.0, 50.0]),
            "clock_timezone": st.sampled_from(["Asia/Shanghai", "Asia/Shanghai", "UTC"]), "installed_date": st.sampled_from(DAYS),
            "removed_date": st.sampled_from([None, None, date(2024, 2, 2), date(2024, 2, 20)]), "is_simulated": st.booleans(),
        }
    ).map(lambda row: {**row, "device_id": f"{row['zone_id']}-{row['device_id']}"}),
    max_size=6, unique_by=lambda row: tuple(row[part] for part in load_contract("sensor_device").key),
)  # fmt: skip


def readings(blocks):
    """Return what devices send over five days: stamps that drift, gaps, doubles within a slot, words in place of numbers."""
    rows = []
    for block in blocks:
        draw = random.Random(block["seed"])  # noqa: S311 - data of a test
        for step in range(5 * 1440 // block["every"]):
            if draw.random() < block["came"]:
                moment = BEGIN + timedelta(minutes=step * block["every"], seconds=step * block["drift"])
                rows.append(_reading(block, moment, draw))
    return rows


def _reading(block, moment, draw):
    value = 20.0 if block["flat"] else draw.choice([draw.randrange(200, 240) / 10, draw.randrange(600) / 10])
    value = value if draw.random() < block["filled"] else None
    received = None if block["lag"] is None else moment + timedelta(seconds=block["lag"] + draw.randrange(60))
    return {
        "zone_id": block["zone"], "device_id": f"{block['zone']}-{block['device']}", "variable": block["variable"],
        "observed_at": moment, "received_at": received, "reading": value,
        "reading__st": draw.choice([0, None]) if value is not None else draw.choice([9, 14, 14, 16, 5, None]),
        "is_simulated": draw.choice([True, False, None]), "_ingested_at": BEGIN + timedelta(days=3),
    }  # fmt: skip


def road(blocks):
    """Return hourly records of a road's device, whose readings are two variables."""
    rows = []
    for zone, came, filled, number in blocks:
        draw = random.Random(number)  # noqa: S311 - data of a test
        for step in range(60):
            if draw.random() < came:
                row = {
                    "zone_id": zone,
                    "district_id": "D1",
                    "device_id": f"{zone}-1",
                    "observed_at": BEGIN + timedelta(hours=step),
                }
                for name in reference.HOURLY:
                    value = draw.randrange(600) / 10 if draw.random() < filled else None
                    row |= {name: value, f"{name}__st": 0 if value is not None else draw.choice([9, 14, None])}
                rows.append({**row, "is_simulated": True, "_ingested_at": BEGIN + timedelta(days=30)})
    return rows


LAKES = st.fixed_dictionaries(
    {"sensor_reading": BLOCKS.map(readings), "traffic_hour": ROAD.map(road), "sensor_device": REGISTER}
)


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set timezone = 'UTC'")
        rendered_models.prepare(connection, [PANEL])
        yield connection


def agree(connection):
    """Hold the panel against its reference in all its columns; return its rows."""
    rendered_models.run(connection, [PANEL])
    lake = {name: connection.execute(f'select * from lake."{name}"').to_arrow_table().to_pylist() for name in TABLES}
    columns = [column.name for column in marts()[PANEL].columns]
    places = [columns.index(part) for part in marts()[PANEL].meta.key]
    rows = connection.execute(f"select * from {PANEL}").to_arrow_table().to_pylist()
    expected = [tuple(row[column] for column in columns) for row in reference.panel_sensor_day(lake)]
    found = [tuple(row[column] for column in columns) for row in rows]
    for one, other in zip(ordered(found, places), ordered(expected, places), strict=False):
        assert dict(zip(columns, one, strict=True)) == dict(zip(columns, other, strict=True))
    assert len(found) == len(expected)
    return rows


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(lake=LAKES)
def test_the_model_and_the_reference_agree_on_generated_readings(engine, lake):
    for name, rows in lake.items():
        rendered_models.fill(engine, name, rows)
    agree(engine)


def test_every_rule_of_a_day_is_met_by_the_readings_of_one_lake(engine):
    """A lake in which each reason, flag and count of the panel occurs: what the two agree on is not nothing."""
    block = {"zone": "hefei", "came": 0.9, "filled": 0.9, "drift": 40, "lag": 400, "flat": False, "seed": 5}
    base = {
        "zone_id": "hefei",
        "source_table": "sensor_reading",
        "unit": "dB",
        "clock_timezone": "UTC",
        "removed_date": None,
    }
    narrow = {**base, "variable": "pm25_ugm3", "cadence_min": 30, "detection_max": 25.0, "installed_date": DAYS[0]}
    blocks = [
        {**block, "device": 1, "variable": "noise_db", "every": 15},
        {**block, "device": 1, "variable": "pm25_ugm3", "every": 30},
        {
            **block,
            "device": 2,
            "variable": "pm25_ugm3",
            "every": 30,
            "drift": 0,
            "lag": -900,
            "flat": True,
            "came": 1.0,
        },
    ]
    register = [
        {**base, "device_id": "hefei-1", "variable": "noise_db", "cadence_min": 30, "installed_date": DAYS[2]},
        {**narrow, "device_id": "hefei-1"},
        {**narrow, "device_id": "hefei-2", "detection_max": None},
    ]
    for name, rows in {"sensor_reading": readings(blocks), "traffic_hour": [], "sensor_device": register}.items():
        rendered_models.fill(engine, name, rows)
    rows = agree(engine)
    assert {row["value_mean__st"] for row in rows} >= {0, 14, 15, 16}
    for flag in ("is_registered", "is_flat", "is_clock_suspect", "is_clock_zone_other", "is_simulated"):
        assert any(row[flag] for row in rows), flag
    for count in (
        "readings_duplicate",
        "readings_missing",
        "readings_offline",
        "outlier_count",
        "clock_ahead_count",
        "clock_drift_s",
    ):
        assert any(row[count] for row in rows), count


def test_the_model_and_the_reference_agree_on_the_golden_lake(engine):
    for name in TABLES:
        path = golden_lake.LAKE / f"{name}.csv"
        rendered_models.fill(engine, name, golden_lake.typed_rows(load_contract(name), path))
    found = {row["source_table"] for row in agree(engine)}
    assert found == {"sensor_reading", "traffic_hour"}
