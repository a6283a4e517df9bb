"""Every rule of the panels twice: the SQL models and a plain reader in Python agree on whatever panel is generated.

The models run without dbt (tests/golden/rendered_models.py); the last test holds that against the tables that dbt gives.
"""

import csv
import os
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.contracts import load_contract
from quality.marts import marts
from tests.golden import golden_lake, rendered_models
from tests.property import panel_references as reference

pytestmark = pytest.mark.integration

EXAMPLES = int(os.environ.get("ZONELAB_PANEL_EXAMPLES", "25"))
ZONES = ("hefei", "jinan")
PEOPLE = ("P1", "P2", "P3")
HOMES = ("H1", "H2")
ORGS = ("O1", "O2", "O3", "O4")
DAYS = tuple(date(2024, 1, 1) + timedelta(days=70 * step) for step in range(10))
PANELS = {
    "fct_disposition": reference.fct_disposition,
    "panel_individual_wave": reference.panel_individual_wave,
    "panel_organisation_quarter": reference.panel_organisation_quarter,
    "fct_exposure": reference.fct_exposure,
    "dim_wave": reference.dim_wave,
    "dim_unit": reference.dim_unit,
}
TABLES = (
    "clinic_visit", "clinic_assignment", "organisation_quarter", "sample_file", "unit_link", "unit_event",
    "organisation_event", "ai_exposure",
)  # fmt: skip
day, yes = st.integers(0, 9).map(DAYS.__getitem__), st.booleans()
maybe_day = st.none() | day
zone, wave = st.sampled_from(ZONES), st.sampled_from(["W1", "W2", "W10"])
quarter = st.sampled_from(["2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025Q2"])
person, home, org = st.sampled_from(PEOPLE), st.sampled_from(HOMES), st.sampled_from(ORGS)


def answer(values):
    """Return values with a status, or none with a reason."""
    return values.map(lambda value: (value, 0)) | st.sampled_from([1, 2, 9]).map(lambda status: (None, status))


def table(name, columns, size):
    """Return lists of rows of a contract, one per key; a pair fills a column and its status."""
    key = load_contract(name).key
    rows = st.fixed_dictionaries(columns).map(_spread)
    return st.lists(rows, min_size=size // 3, max_size=size, unique_by=lambda row: tuple(row[part] for part in key))


def _spread(row):
    made = {}
    for name, value in row.items():
        made |= {name: value[0], f"{name}__st": value[1]} if isinstance(value, tuple) else {name: value}
    return made


def typed(row):
    """Return a link's row with the ids that belong to the kinds of units drawn."""
    ids = {"person": PEOPLE, "household": HOMES, "organisation": ORGS, "zone": ZONES}
    made = dict(row)
    for kind, place in (("unit_type", "unit_id"), ("other_type", "other_id")):
        if kind in made and isinstance(made[place], int):
            names = ids[made[kind]]
            made[place] = names[made[place] % len(names)]
    if made.get("relation_code") == "moved_zone":
        made |= {"other_type": "zone", "other_id": ZONES[row["other_id"] % 2]}
    elif made.get("other_type") == "zone":
        made |= {"other_type": "household", "other_id": HOMES[row["other_id"] % 2]}
    return made


CODES = [code for codes in reference.CLASSES.values() for code in codes]
kind = st.sampled_from(["person", "household"])
number = st.integers(0, 3)
VISITS = table(
    "clinic_visit",
    {
        "zone_id": zone, "person_id": person, "wave": wave, "clinic_id": st.sampled_from(["C1", "C2"]), "interview_date": day,
        "gender_code": st.sampled_from([None, 1, 2]), "birth_year": st.integers(1960, 1968),
        "wait_min": answer(st.integers(0, 600).map(float)), "satisfaction_score": answer(st.integers(1, 5)),
        "is_simulated": st.sampled_from([None, True, False]),
    },
    14,
)  # fmt: skip
ASSIGNMENTS = table(
    "clinic_assignment",
    {
        "zone_id": zone, "clinic_id": st.sampled_from(["C1", "C2"]), "arm_code": st.integers(0, 1),
        "block_id": st.sampled_from(["B1", "B2"]), "assigned_date": day, "is_simulated": yes,
    },
    4,
)  # fmt: skip
FILES = table(
    "sample_file",
    {
        "zone_id": zone, "unit_type": kind, "unit_id": number, "wave": wave, "is_issued": yes,
        "disposition_code": st.sampled_from(CODES), "mode_code": st.sampled_from([None, "web"]),
        "first_contact_date": maybe_day, "last_contact_date": maybe_day, "is_simulated": yes,
    },
    12,
).map(lambda rows: [typed(row) for row in rows])  # fmt: skip
LINKS = table(
    "unit_link",
    {
        "zone_id": zone, "unit_type": kind, "unit_id": number,
        "relation_code": st.sampled_from(["member_of", "employed_by", "same_as", "split_from", "merged_into", "moved_zone"]),
        "other_type": st.sampled_from(["person", "household", "organisation", "zone"]), "other_id": number,
        "start_date": day, "end_date": maybe_day, "is_simulated": yes,
    },
    10,
).map(lambda rows: [typed(row) for row in rows])  # fmt: skip
EVENTS = table(
    "unit_event",
    {
        "zone_id": zone, "unit_type": kind, "unit_id": number, "event_code": st.sampled_from(["began", "enrolled", "ended"]),
        "event_date": day, "is_simulated": yes,
    },
    6,
).map(lambda rows: [typed(row) for row in rows])  # fmt: skip
QUARTERS = table(
    "organisation_quarter",
    {
        "zone_id": zone, "org_id": org, "quarter": quarter, "sector_code": st.sampled_from(["finance", "commerce"]),
        "ai_industry_code": st.sampled_from(["core", "none", None]), "ai_industry_catalogue": st.sampled_from(["A", None]),
        "adopted_quarter": st.none() | quarter, "productivity_krmb": st.none() | st.integers(-5, 50).map(float),
        "headcount_total": st.none() | st.integers(0, 90), "headcount_routine": answer(st.integers(0, 9)), "is_simulated": yes,
    },
    14,
)  # fmt: skip
REGISTER = table(
    "organisation_event",
    {
        "zone_id": zone, "org_id": org,
        "event_code": st.sampled_from(["founded", "split_from", "merged_into", "moved_zone", "closed"]),
        "event_date": day, "other_id": st.none() | org, "is_simulated": yes,
    },
    8,
)  # fmt: skip
EXPOSURES = table(
    "ai_exposure",
    {
        "zone_id": zone, "unit_type": kind, "unit_id": number, "system_id": st.sampled_from(["chat", "triage"]),
        "period_start": day, "period_end": st.just(DAYS[-1]), "is_offered": yes, "is_used": st.sampled_from([None, True, False]),
        "use_count": answer(st.integers(0, 9)), "use_min": answer(st.integers(0, 90).map(float)),
        "system_version": st.sampled_from([None, "1.0", "2.0"]), "is_simulated": yes,
    },
    10,
).map(lambda rows: [typed(row) for row in rows])  # fmt: skip
LAKES = st.fixed_dictionaries(
    dict(zip(TABLES, (VISITS, ASSIGNMENTS, QUARTERS, FILES, LINKS, EVENTS, REGISTER, EXPOSURES), strict=True))
)


def unique_keys(lake):
    """Return the lake with one row a key: ids of drawn kinds may have fallen together."""
    made = {}
    for name, rows in lake.items():
        key = load_contract(name).key
        made[name] = list({tuple(row[part] for part in key): row for row in rows}.values())
    return made


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        rendered_models.prepare(connection, PANELS)
        yield connection


def frames(connection):
    """Return the lake's tables in business columns, an absent simulated mark taken for no."""
    found = {}
    for name in TABLES:
        rows = connection.execute(f'select * from lake."{name}"').to_arrow_table().to_pandas(ignore_metadata=True)
        found[name] = rows.assign(is_simulated=rows["is_simulated"].map(lambda told: told is True))
    return found


def plain(table, columns, key):
    """Return the table as sorted rows of plain values."""
    rows = [tuple(_value(row[name]) for name in columns) for row in reference.records(table)]
    return sorted(rows, key=lambda row: [str(row[columns.index(name)]) for name in key])


def _value(value):
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return bool(value)
    return float(value) if isinstance(value, int | float) else value


def agree(connection):
    """Hold every panel against its reference, in every column that the reference has; return how many had rows."""
    rendered_models.run(connection, PANELS)
    world, held = reference.World(frames(connection)), 0
    for name, compute in PANELS.items():
        expected = compute(world)
        found = connection.execute(f"select * from {name}").to_arrow_table().to_pandas()
        if name == "dim_unit":
            found = found.loc[found["unit_type"].isin(["person", "household", "organisation"])]
        key = list(marts()[name].meta.key)
        if expected.empty:
            assert found.empty, name
            continue
        columns = [column for column in expected.columns if column in found.columns]
        assert len(columns) >= len(key) + 3, name
        assert plain(found, columns, key) == plain(expected, columns, key), name
        held += 1
    return held


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(lake=LAKES)
def test_models_and_references_agree_on_generated_panels(engine, lake):
    for name, rows in unique_keys(lake).items():
        rendered_models.fill(engine, name, rows)
    assert agree(engine) >= bool(lake["sample_file"])


def test_models_and_references_agree_on_the_golden_lake(engine):
    for name in TABLES:
        path = golden_lake.LAKE / f"{name}.csv"
        rendered_models.fill(engine, name, golden_lake.typed_rows(load_contract(name), path))
    assert agree(engine) == len(PANELS), "the golden lake has rows for every panel"


def test_the_rendered_models_give_what_dbt_builds(engine):
    """The golden tables are what dbt builds (test_golden_panels): without dbt the same rows come out, to the last digit."""
    every = [path.stem for path in golden_lake.EXPECTED.glob("*.csv")]
    rendered_models.prepare(engine, every)
    for path in golden_lake.LAKE.glob("*.csv"):
        rendered_models.fill(engine, path.stem, golden_lake.typed_rows(load_contract(path.stem), path))
    rendered_models.run(engine, every)
    for name in every:
        key = ", ".join(f'"{part}"' for part in marts()[name].meta.key)
        rows = engine.execute(f"select * from {name} order by {key}").fetchall()
        with (golden_lake.EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            assert [[_text(value) for value in row] for row in rows] == list(csv.reader(stream))[1:], name


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
