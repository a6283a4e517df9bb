"""A build that keeps months gives what a build of everything gives: late files, corrections, retractions, registers, held files.

The models run without dbt (tests/golden/rendered_models.py); test_golden_panels does the same once with it.
"""

import os
import re
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.contracts import business_schema, load_contract, load_contracts
from data.delta import files
from data.duck import open_duckdb
from data.erasure.sweep import clear_build
from data.fingerprint import fingerprint, fingerprint_file
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.settings import Settings
from data.standing import Excluded
from quality.marts import PROJECT, marts
from quality.months import growing, plan
from quality.months.inputs import PLACES, REGISTERS
from quality.months.keeping import FILE
from quality.months.store import BEHIND_ZONES, BY_ZONE, KEPT, attached
from quality.months.sums import contents
from quality.row_accounts import reconcile
from tests.golden import golden_lake, rendered_models

EXAMPLES = int(os.environ.get("ZONELAB_MONTH_EXAMPLES", "2"))
PANELS = ("panel_sensor_day", "panel_district_month", "panel_zone_month", "dim_unit")
STAGING = {
    account.source: account.staging
    for mart in marts().values()
    for account in mart.meta.accounts_for
    if account.source in growing()
}
MOMENTS = [
    datetime(2024, month, day, hour, minute, tzinfo=UTC)
    for month, day, hour, minute in [
        (1, 5, 3, 0), (1, 31, 14, 0), (1, 31, 15, 59), (1, 31, 16, 0), (1, 31, 17, 0), (2, 10, 0, 0), (2, 10, 1, 0),
        (2, 29, 15, 30), (2, 29, 16, 30), (3, 4, 5, 0),
    ]
]  # fmt: skip
ZONES = ("hefei", "jinan")


def _traffic(zone, device, moment, value):
    code = zone[:2].upper()
    return {
        "zone_id": zone, "district_id": f"{code}-D01", "device_id": f"{code}-D01-S{device}", "observed_at": moment,
        "speed_kmh": value, "speed_kmh__st": 0, "pm25_ugm3": value, "pm25_ugm3__st": 0, "is_simulated": True,
    }  # fmt: skip


def _reading(zone, device, moment, value):
    names = {"zone_id": zone, "device_id": f"{zone}-{device}", "variable": ("noise_db", "heat_c")[device - 1]}
    return {**names, "observed_at": moment, "reading": value, "reading__st": 0}


def _weather(zone, device, moment, value):
    return {"station_id": f"st-{zone}-{device}", "observed_at": moment, "temperature_c": value}


def _air(zone, _, moment, value):
    return {"zone_id": zone, "observed_at": moment, "temperature_c": value, "pm25_us_post_ugm3": value}


def _device(zone, device, moment, value):
    code = zone[:2].upper()
    return {
        "zone_id": zone, "source_table": "traffic_hour", "device_id": f"{code}-D01-S{device}", "variable": "speed_kmh",
        "cadence_min": 30, "detection_max": value, "installed_date": date(2024, moment.month, 1), "is_simulated": True,
    }  # fmt: skip


def _signal(zone, _, moment, __):
    code = zone[:2].upper()
    return {"zone_id": zone, "district_id": f"{code}-D01", "switched_on_date": moment.date(), "is_simulated": True}


TABLES = {
    "traffic_hour": _traffic, "sensor_reading": _reading, "weather_hour": _weather, "air_weather_hour": _air,
    "sensor_device": _device, "district_signal": _signal,
}  # fmt: skip
ROWS = st.tuples(
    st.sampled_from(ZONES), st.integers(1, 2), st.sampled_from(MOMENTS), st.integers(0, 60).map(float), st.booleans()
)
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(TABLES)), st.lists(ROWS, min_size=1, max_size=12), st.booleans()),
    min_size=4,
    max_size=7,
)


class House:
    """A workspace whose lake is filled step by step: keys that are new are inserted, others corrected or retracted."""

    def __init__(self, folder):
        self.workspace = Workspace(Path(folder)).create()
        self.ledger = Ledger.open(self.workspace, Settings(home=self.workspace.home))
        self.seen = set()
        self.kept = 0

    def append(self, name, rows, place):
        contract, drawn = load_contract(name), {}
        for *told, retracted in rows:
            row = TABLES[name](*told)
            drawn[tuple(row[part] for part in contract.key)] = (row, retracted)
        by_op = {"I": [], "C": [], "R": []}
        for key, (row, retracted) in drawn.items():
            op = "I" if (name, key) not in self.seen else "R" if retracted else "C"
            by_op[op].append(row)
            self.seen.add((name, key))
        for op, found in by_op.items():
            if found:
                table = _typed(contract, found)
                golden_lake.append(self.workspace, self.ledger, name, table, submission_id=f"S{place}{op}", op=op)

    def pin(self, held):
        excluded = [Excluded(f"S{place}{op}", "x", 1, "under_review") for place in held for op in "ICR"]
        return Lake(self.workspace, self.ledger).pin(excluded=excluded)

    def build(self, pin, *, keeping):
        """Return the fingerprints of the panels; without `keeping` everything is made anew and nothing is kept."""
        months = plan(self.workspace, pin)
        months = months if keeping else replace(months, kept=frozenset(), zones_kept=frozenset())
        self.kept += len(months.kept)
        with tempfile.TemporaryDirectory() as folder, open_duckdb(f"{folder}/panel.duckdb") as connection:
            connection.execute("create schema lake")
            for name, contract in load_contracts("panel").items():
                if name not in growing():
                    select = Lake(self.workspace, self.ledger).relation_sql(contract, pin.as_of_seq, pin.held)
                    connection.execute(f"create view lake.{name} as {select}")
            counted = months.prepare(connection, pin)
            rendered_models.build(connection, PANELS)
            for name in PANELS:
                if name not in BY_ZONE or not months.zones_kept:
                    connection.execute(f"create view marts.{name} as select * from intermediate.{name}")
            _accounts_hold(connection, counted)
            if keeping:
                _content_is_known(connection, months, Path(folder))
            return {name: fingerprint(connection, f"select * from marts.{name}") for name in PANELS}


def _typed(contract, rows):
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=business_schema(contract))


def _content_is_known(connection, months, folder):
    """Keep the build; what it says that its files hold, without reading the zones that stay, is what they hold."""
    files = {name: folder / f"{name}.parquet" for name in PANELS}
    for name, file in files.items():
        key = ", ".join(marts()[name].meta.key)
        connection.execute(f"copy (select * from marts.{name} order by {key}) to '{file}' (format parquet)")
    known = months.take_over(connection, STAGING, files)
    assert known == {name: fingerprint_file(files[name]) for name in BY_ZONE}


def _accounts_hold(connection, counted):
    names = {name for mart in ("panel_sensor_day", "panel_district_month") for name in rendered_models.below(mart)}
    for name in ("panel_sensor_day", "panel_district_month", "panel_zone_month"):
        mart = marts()[name]
        ours = tuple(account for account in mart.meta.accounts_for if account.staging in names)
        mart = mart.model_copy(update={"meta": mart.meta.model_copy(update={"accounts_for": ours})})
        assert [outcome for outcome in reconcile(connection, [mart], counted) if not outcome.passed] == []


@pytest.mark.integration
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(STEPS, st.sets(st.integers(0, 6), max_size=2))
def test_kept_months_change_no_digit(steps, held):
    with tempfile.TemporaryDirectory() as folder:
        house = House(folder)
        for place, (name, rows, is_held_on) in enumerate(steps):
            house.append(name, rows, place)
            pin = house.pin(held if is_held_on else ())
            found = house.build(pin, keeping=True)
        assert found == house.build(pin, keeping=False)


@pytest.fixture
def house(tmp_path):
    found = House(tmp_path)
    for place, moment in enumerate((MOMENTS[0], MOMENTS[5], MOMENTS[9])):
        found.append("traffic_hour", [(zone, 1, moment, 5.0, False) for zone in ZONES], place)
    return found


@pytest.mark.integration
class TestWhatIsMadeAnew:
    def test_a_new_month_of_one_zone_is_all_that_is_made(self, house):
        house.build(house.pin(()), keeping=True)
        house.append("traffic_hour", [("hefei", 2, MOMENTS[9], 7.0, False)], 3)
        assert plan(house.workspace, house.pin(())).made == {("hefei", "2024-03-01")}

    def test_of_the_days_only_the_zone_of_the_new_month_is_made(self, house):
        house.build(house.pin(()), keeping=True)
        house.append("traffic_hour", [("hefei", 2, MOMENTS[9], 7.0, False)], 3)
        assert plan(house.workspace, house.pin(())).zones_kept == {"jinan"}

    def test_a_zone_one_of_whose_months_was_lost_is_made_anew(self, house):
        house.build(house.pin(()), keeping=True)
        months = plan(house.workspace, house.pin(()))
        with open_duckdb(str(months.path)) as connection:
            connection.execute("delete from pieces where piece = ?", [months.keys["hefei", "2024-02-01"]])
        assert plan(house.workspace, house.pin(())).zones_kept == {"jinan"}

    def test_a_file_of_other_rows_than_were_summed_is_not_known(self, house, tmp_path):
        months, file = plan(house.workspace, house.pin(())), tmp_path / "days.parquet"
        with open_duckdb(str(tmp_path / "panel.duckdb")) as connection:
            connection.execute("create schema whole; create table whole.zones_kept (piece varchar)")
            connection.execute("create table whole.zones_made as select 'hefei' as zone_id, 'a' as piece")
            connection.execute(f"copy (select unnest(['hefei', 'elsewhere']) as zone_id) to '{file}' (format parquet)")
            with attached(connection, months.path):
                assert contents(connection, {"panel_sensor_day": file}) == {}

    def test_a_register_of_a_zone_makes_its_months_anew_and_no_others(self, house):
        house.build(house.pin(()), keeping=True)
        house.append("sensor_device", [("jinan", 1, MOMENTS[0], 4.0, False)], 3)
        assert {zone for zone, _ in plan(house.workspace, house.pin(())).made} == {"jinan"}

    def test_a_late_row_of_the_evening_belongs_to_the_next_local_month(self, house):
        house.build(house.pin(()), keeping=True)
        house.append("traffic_hour", [("hefei", 1, MOMENTS[3], 7.0, False)], 3)  # 16:00 UTC on 31 January
        assert plan(house.workspace, house.pin(())).made == {("hefei", "2024-02-01")}

    def test_nothing_is_kept_of_a_build_that_did_not_end(self, house):
        months = plan(house.workspace, house.pin(()))
        assert months.made
        assert plan(house.workspace, house.pin(())).kept == frozenset()

    def test_a_damaged_file_costs_time_only(self, house):
        before = house.build(house.pin(()), keeping=True)
        (house.workspace.build / FILE).write_bytes(b"no database")
        assert plan(house.workspace, house.pin(())).kept == frozenset()
        assert house.build(house.pin(()), keeping=True) == before

    def test_a_withdrawal_clears_what_is_kept(self, house):
        house.build(house.pin(()), keeping=True)
        clear_build(house.workspace)
        assert list(house.workspace.build.glob("*")) == []
        assert plan(house.workspace, house.pin(())).kept == frozenset()

    def test_only_files_of_the_month_are_opened(self, house):
        house.build(house.pin(()), keeping=True)
        house.append("traffic_hour", [("hefei", 2, MOMENTS[9], 7.0, False)], 3)
        months = plan(house.workspace, house.pin(()))
        touched = months.found["traffic_hour"].touching(months.made)
        assert len(touched) == 2 < len(files(house.workspace.lake / "traffic_hour"))


def test_the_kept_models_rest_on_the_growing_tables_and_the_registers():
    """A kept month is made anew when one of these changes; a model that read another table would not be."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "models").rglob("*.sql")}
    below = set().union(*(rendered_models.below(model) for model in (*KEPT, *BY_ZONE)))
    read = {name for model in below for name in re.findall(r"source\('lake', '(\w+)'\)", texts[model])}
    assert read == {*growing(), *REGISTERS}


def test_the_kept_models_are_the_incremental_ones():
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "models").rglob("*.sql")}
    assert {name for name, text in texts.items() if "materialized='incremental'" in text} == {*KEPT, *BY_ZONE}


def test_of_what_is_not_put_back_for_zones_that_stay_nothing_else_is_made():
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "models").rglob("*.sql")}
    readers = {name: set(rendered_models.REF.findall(text)) for name, text in texts.items()}
    partial = set(BEHIND_ZONES)
    while grown := {name for name, read in readers.items() if read & partial and name not in BY_ZONE} - partial:
        partial |= grown
    assert not any(name.startswith(("panel_", "dim_", "fct_", "bridge_")) for name in partial), partial
    assert all(marts()[name].meta.key[0] == "zone_id" for name in BY_ZONE)


def test_whoever_reads_staging_of_a_growing_table_is_kept_or_read_by_a_kept_model():
    """Staging of a growing table lacks the months that are kept: a model that read it for itself would lose them."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "models").rglob("*.sql")}
    readers = {name: set(rendered_models.REF.findall(text)) for name, text in texts.items()}
    partial = set(STAGING.values())
    while grown := {name for name, read in readers.items() if read & partial and name not in KEPT} - partial:
        partial |= grown
    assert not any(name.startswith(("panel_", "dim_", "fct_", "bridge_")) for name in partial), partial


def test_a_growing_key_says_zone_and_moment_or_staging_says_the_place():
    for name in growing():
        if "zone_id" not in load_contract(name).key:
            text = next((PROJECT / "models").rglob(f"{STAGING[name]}.sql")).read_text(encoding="utf-8")
            assert f"'{PLACES[name]}' as zone_id" in text


def test_the_staging_of_every_growing_table_is_known():
    assert set(STAGING) == set(growing())
    seeds = yaml.safe_load((PROJECT / "models" / "staging" / "sources.yml").read_text(encoding="utf-8"))
    assert set(growing()) <= {table["name"] for table in seeds["sources"][0]["tables"]}
