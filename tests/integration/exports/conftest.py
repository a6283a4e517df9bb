"""A release of three small panels with everything in them that is hard to keep, made once."""

import datetime as dt
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data import generations, releases
from data.fingerprint import fingerprint_file
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.settings import Settings
from quality.exports.facts import facts_of
from quality.exports.sheet import Sheet
from quality.marts import mart
from tests.unit.cli.conftest import zonelab  # noqa: F401 - a fixture

STATUSES = [0, 0, 0, 1, 2, 5, 8, 9, 11]
TYPES = {
    "string": pa.string(),
    "double": pa.float64(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def panel(name, rows):
    """Return a table of a declared mart: columns not named are null."""
    columns = mart(name).columns
    schema = pa.schema([(column.name, TYPES[column.data_type]) for column in columns])
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def person_wave(number, wave, status=0, **changes):
    """Return one row; a status says why both answers are absent."""
    row = {
        "zone_id": "deqing",
        "person_id": f"DEQ-P{number:05d}",
        "wave": f"W{wave}",
        "wave_order": wave,
        "clinic_id": "DEQ-C01",
        "treat": number % 2,
        "is_post": wave > 1,
        "is_observed": status != 11,
        "interview_date": dt.date(2024, 2, 29) if status != 11 else None,
        "birth_year": 1960 + number % 40,
        "age_years": 64 - number % 40,
        "is_elderly": number % 40 < 5,
        "gender_code": 1 + number % 2,
        "wait_min": 10.1 + number if status == 0 else None,
        "wait_min__st": status,
        "satisfaction_score": 1 + number % 5 if status == 0 else None,
        "satisfaction_score__st": status,
        "is_simulated": True,
    }
    return {**row, **changes}


def people(count=45):
    """Return the rows of `count` people in two waves, every status among them."""
    return [
        person_wave(number, wave, STATUSES[number % len(STATUSES)] if wave == 2 else 0)
        for number in range(1, count + 1)
        for wave in (1, 2)
    ]


def organisations():
    """Return three organisations, one that never adopted."""
    return [
        {
            "zone_id": "deqing",
            "org_id": f"DEQ-O{number}",
            "quarter": "2024Q1",
            "quarter_index": 8096,
            "sector_code": "finance",
            "adopted_quarter": "2024Q1" if number else None,
            "adopted_quarter_index": 8096 if number else 0,
            "quarters_since_adoption": 0 if number else None,
            "is_adopted": min(number, 1),
            "productivity_krmb": 61.25,
            "headcount_total": 10,
            "headcount_routine": None if number else 4,
            "headcount_routine__st": [0, 8, 9][number],
            "is_simulated": True,
        }
        for number in range(3)
    ]


def district():
    """Return one district."""
    row = {"zone_id": "deqing", "district_id": "D1", "month": dt.date(2024, 1, 1), "month_index": 24288}
    return [{**row, "speed_kmh": 31.5, "hours_expected": 744, "is_simulated": True}]


@pytest.fixture(scope="session")
def tables_of():
    """Return the builder of the three panels from rows about people."""

    def build(rows):
        return {
            "panel_individual_wave": panel("panel_individual_wave", rows),
            "panel_organisation_quarter": panel("panel_organisation_quarter", organisations()),
            "panel_district_month": panel("panel_district_month", district()),
        }

    return build


@pytest.fixture(scope="session")
def release_tables():
    """Return the function that publishes tables and names a release of them."""

    def build(workspace, ledger, folder, tables):
        folder.mkdir(exist_ok=True, parents=True)
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
        source = {name: folder / f"{name}.parquet" for name in tables}
        pin = Lake(workspace, ledger).pin()
        generations.publish(
            workspace, ledger, source=source, pin=pin, run_id="run", contracts={"clinic_visit": "digest"}
        )
        return releases.build(workspace, ledger, actor="user", run_id="run")

    return build


@pytest.fixture(scope="session")
def archive(tmp_path_factory, release_tables, tables_of):
    """Return a workspace with one release; tests only read it."""
    folder = tmp_path_factory.mktemp("released")
    workspace = Workspace(folder / "home").create()
    ledger = Ledger.open(workspace, Settings(home=workspace.home, ledger_url=None))
    tables = tables_of(people())
    release = release_tables(workspace, ledger, folder / "marts", tables)
    return SimpleNamespace(workspace=workspace, ledger=ledger, release=release, tables=tables)


@pytest.fixture
def sheet_like(tmp_path):
    """Return the builder of a sheet from a table and its variables, for what no panel of today holds."""
    from data.duck import open_duckdb, parquet_source
    from data.messages import Text

    def build(table, variables, key=("id",)):
        path = tmp_path / "odd.parquet"
        pq.write_table(table, path)
        source = parquet_source([path])
        with open_duckdb() as connection:
            facts = facts_of(connection, source, variables)
        title = Text(en="Odd", zh="奇")
        content = fingerprint_file(path)
        names = dict.fromkeys(("title", "about"), title)
        return Sheet(
            "odd", source, table.num_rows, content.fingerprint, **names, key=key, variables=tuple(variables), facts=facts,
            left_out=(), subject="nobody",
        )  # fmt: skip

    return build
