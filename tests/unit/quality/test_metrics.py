"""Metrics: what is counted, per zone and wave, on rows that the gate would never let in."""

import duckdb
import pytest

from data.contracts import Contract, business_schema, load_contract, load_contracts
from data.duck import open_duckdb
from quality.mart_metrics import group_rows_sql, mart_frame_sql, mart_metrics
from quality.marts import Account, Mart, MartColumn, MartMeta
from quality.metrics import contract_metrics, failing_rows_sql, frame_sql, group_columns
from quality.row_accounts import reconcile
from tests.golden import golden_lake

SURVEY = Contract.model_validate(
    {
        "name": "tiny_survey",
        "version": "1.0",
        "title": {"en": "t", "zh": "t"},
        "description": {"en": "d", "zh": "d"},
        "unit": "person",
        "grain": "one row per person and wave",
        "source_kind": "survey",
        "key": ["zone_id", "person_id", "wave"],
        "wave_column": "wave",
        "columns": [
            {"name": "zone_id", "type": "string", "label": {"en": "Z", "zh": "Z"}, "required": True, "source": "zone"},
            {"name": "person_id", "type": "string", "label": {"en": "P", "zh": "P"}, "required": True, "pattern": "^P\\d$"},
            {"name": "wave", "type": "string", "label": {"en": "W", "zh": "W"}, "required": True, "source": "wave"},
            {"name": "arm", "type": "integer", "label": {"en": "A", "zh": "A"},
             "codes": {"0": {"en": "c", "zh": "c"}, "1": {"en": "t", "zh": "t"}}},
            {"name": "score", "type": "number", "label": {"en": "S", "zh": "S"}, "minimum": 0, "maximum": 10,
             "missing_codes": {"-2": "refused", "-8": "not_applicable"}},
        ],
    }
)  # fmt: skip
COLUMNS = "zone_id, person_id, wave, arm, score, score__st, rec_key, submission_id, _row"


def _relation(*rows):
    listed = ", ".join(rows)
    return f"select * from (values {listed}) as rows({COLUMNS})"


GOOD = "('hefei', 'P1', 'W1', 1, 5.0, 0, 'k1', 'SUB-1', 2)"


def _measured(*rows):
    metrics = contract_metrics(SURVEY)
    with open_duckdb(apart=True) as connection:
        found = connection.execute(frame_sql(SURVEY, _relation(*rows), metrics))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("('hefei', null, 'W1', 1, 5.0, 0, 'k2', 'SUB-1', 3)", "E-REQ-01:person_id"),
        ("('hefei', 'XX', 'W1', 1, 5.0, 0, 'k2', 'SUB-1', 3)", "E-PATT-01:person_id"),
        ("('hefei', 'P2', 'W1', 7, 5.0, 0, 'k2', 'SUB-1', 3)", "E-CODE-01:arm"),
        ("('hefei', 'P2', 'W1', 1, 10.5, 0, 'k2', 'SUB-1', 3)", "E-RANGE-01:score"),
        ("('hefei', 'P2', 'W1', 1, -0.5, 0, 'k2', 'SUB-1', 3)", "E-RANGE-01:score"),
        ("('hefei', 'P2', 'W1', 1, null, 0, 'k2', 'SUB-1', 3)", "E-STATUS-01:score"),
        ("('hefei', 'P2', 'W1', 1, 3.0, 2, 'k2', 'SUB-1', 3)", "E-STATUS-01:score"),
        ("('hefei', 'P2', 'W1', 1, null, 14, 'k2', 'SUB-1', 3)", "E-STATUS-01:score"),
        ("('hefei', 'P1', 'W1', 1, 5.0, 0, 'k1', 'SUB-2', 3)", "E-KEY-01"),
    ],
)
def test_each_fault_raises_its_own_metric(row, rule):
    (measured,) = _measured(GOOD, row)
    raised = {name for name, amount in measured.items() if name.startswith("E-") and amount}
    assert raised == {rule}
    assert measured[rule] == 1


def test_faults_are_counted_in_their_own_zone_and_wave():
    found = _measured(
        GOOD,
        "('hefei', 'P1', 'W2', 9, 5.0, 0, 'k3', 'SUB-1', 4)",
        "('jinan', 'P1', 'W1', 1, 5.0, 0, 'k4', 'SUB-1', 5)",
    )
    assert [(group["zone"], group["wave"], group["rows"], group["E-CODE-01:arm"]) for group in found] == [
        ("hefei", "W1", 1, 0),
        ("hefei", "W2", 1, 1),
        ("jinan", "W1", 1, 0),
    ]


def test_missing_share_counts_refusals_but_not_what_was_not_asked():
    (measured,) = _measured(
        GOOD,
        "('hefei', 'P2', 'W1', 1, null, 2, 'k2', 'SUB-1', 3)",
        "('hefei', 'P3', 'W1', 1, null, 8, 'k3', 'SUB-1', 4)",
        "('hefei', 'P4', 'W1', 1, null, 9, 'k4', 'SUB-1', 5)",
    )
    assert measured["W-MISS-01:score"] == 0.5
    assert measured["E-STATUS-01:score"] == 0


def test_failing_rows_name_submission_row_and_rule_and_nothing_else():
    relation = _relation(
        GOOD,
        "('hefei', 'P2', 'W1', 7, 11.0, 0, 'k2', 'SUB-1', 3)",
        "('hefei', 'P1', 'W1', 1, 5.0, 0, 'k1', 'SUB-2', 9)",
    )
    with open_duckdb(apart=True) as connection:
        found = connection.execute(failing_rows_sql(relation, contract_metrics(SURVEY)))
        assert [column[0] for column in found.description] == ["submission_id", "_row", "rule_id"]
        assert found.fetchall() == [
            ("SUB-1", 2, "E-KEY-01"),
            ("SUB-1", 3, "E-CODE-01:arm"),
            ("SUB-1", 3, "E-RANGE-01:score"),
            ("SUB-2", 9, "E-KEY-01"),
        ]


def test_a_sensor_is_grouped_by_local_month():
    zone, month = group_columns(load_contract("traffic_hour"))
    with duckdb.connect() as connection:
        row = connection.execute(
            f"select {zone}, {month} from (select 'hefei' as zone_id, timestamptz '2025-01-31 16:00:00+00' as observed_at)"
        ).fetchone()
    assert row == ("hefei", "2025-02")


def test_a_table_of_no_zone_is_grouped_as_a_whole():
    assert group_columns(load_contract("census_county_2010")) == ("'programme'", "'all'")


@pytest.mark.parametrize("name", sorted(load_contracts("panel")))
def test_golden_rows_break_no_rule(name):
    contract = load_contract(name)
    rows = golden_lake.with_system_columns(contract, golden_lake.typed_rows(contract, golden_lake.LAKE / f"{name}.csv"))
    assert rows.schema.names[: len(business_schema(contract))] == business_schema(contract).names
    metrics = [metric for metric in contract_metrics(contract) if metric.severity == "error"]
    with open_duckdb(apart=True) as connection:
        connection.register("arrived", rows)
        found = connection.execute(frame_sql(contract, "select * from arrived", metrics)).fetchall()
    assert sum(row[2] for row in found) == rows.num_rows
    assert all(amount == 0 for row in found for amount in row[3:])


MART = Mart(
    name="panel_toy",
    description="toy",
    columns=tuple(
        MartColumn(name=name, data_type="bigint", description="-") for name in ("zone_id", "unit", "t", "on")
    ),
    meta=MartMeta(
        key=("zone_id", "unit", "t"),
        unit=("zone_id", "unit"),
        period="t",
        wave="t",
        never_falls=("on",),
        accounts_for=(Account(source="toy", staging="stg_toy", counted="count(*)"),),
    ),
)


def _mart_frame(rows, before=None):
    with open_duckdb(apart=True) as connection:
        connection.execute(f'create table toy as select * from (values {rows}) as rows(zone_id, unit, t, "on")')
        if before:
            connection.execute(f'create table old as select * from (values {before}) as rows(zone_id, unit, t, "on")')
        last = group_rows_sql(MART, "old" if before else None)
        found = connection.execute(mart_frame_sql(MART, "toy", last, mart_metrics(MART)))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_a_reverting_treatment_is_counted_where_it_reverts():
    found = _mart_frame("('a', 'u', 1, 0), ('a', 'u', 2, 1), ('a', 'u', 3, 0), ('a', 'v', 3, 0)")
    assert [(group["wave"], group["E-FALL-01:on"]) for group in found] == [("1", 0), ("2", 0), ("3", 1)]


def test_a_gap_or_a_null_is_no_reversal():
    found = _mart_frame("('a', 'u', 1, 1), ('a', 'u', 2, null), ('a', 'u', 5, 1)")
    assert sum(group["E-FALL-01:on"] for group in found) == 0


def test_a_unit_twice_in_a_period_is_counted():
    found = _mart_frame("('a', 'u', 1, 0), ('a', 'u', 1, 0), ('a', 'v', 1, 0)")
    assert [group["E-UNIT-01"] for group in found] == [1]


def test_shrunken_coverage_is_counted_also_where_a_group_has_vanished():
    found = _mart_frame(
        "('a', 'u', 1, 0), ('a', 'u', 2, 0), ('a', 'v', 2, 0)",
        before="('a', 'u', 1, 0), ('a', 'v', 1, 0), ('a', 'u', 2, 0), ('b', 'u', 1, 0)",
    )
    lost = {(group["zone"], group["wave"]): (group["rows"], group["W-COVER-01"]) for group in found}
    assert lost == {("a", "1"): (1, 1), ("a", "2"): (2, 0), ("b", "1"): (0, 1)}


@pytest.mark.parametrize(("lake", "staging", "panel", "passed"), [(3, 3, 3, True), (3, 2, 2, False), (3, 3, 2, False)])
def test_no_row_is_dropped_silently(lake, staging, panel, passed):
    with open_duckdb(apart=True) as connection:
        for schema, table, rows in (
            ("lake", "toy", lake),
            ("staging", "stg_toy", staging),
            ("marts", "panel_toy", panel),
        ):
            connection.execute(f"create schema {schema}")
            connection.execute(f"create table {schema}.{table} as select range as n from range({rows})")
        (outcome,) = reconcile(connection, [MART])
    assert outcome.passed is passed
    assert outcome.blocks is not passed
    assert outcome.metadata == {"rows_lake": lake, "rows_staging": staging, "rows_panel": panel}
