"""The golden lake through dbt: every panel is, to the last digit, the table that was worked out by hand."""

import csv
import datetime as dt
import json

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from apps.cli.main import app
from data import releases
from data.contracts import load_contract
from data.duck import open_duckdb
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from quality import panel
from quality.dbt_runner import run_unit_tests
from quality.marts import PROJECT, marts
from quality.months import growing, plan
from quality.months.inputs import REGISTERS
from quality.panel import DATABASE, build_panels
from tests.golden import golden_lake, rendered_models

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

STAYS = "tianjin"
"""A zone of which everything came before."""
PANELS = sorted(path.stem for path in golden_lake.EXPECTED.glob("*.csv"))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("golden") / "home").create()
    ledger = Ledger.open(workspace)
    golden_lake.fill(workspace, ledger)
    return workspace, ledger, build_panels(workspace, ledger, run_id="golden")


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def test_every_panel_has_a_golden_table():
    assert set(PANELS) == set(marts()) - {"dim_zone", "dim_concordance"}  # seeds under contract


@pytest.mark.parametrize("name", PANELS)
def test_panel_equals_its_golden_table(built, name):
    found = pq.read_table(built[2].generation.table(name))
    with (golden_lake.EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        expected = list(csv.reader(stream))
    assert found.column_names == expected[0]
    assert [[_text(value) for value in row.values()] for row in found.to_pylist()] == expected[1:]


def test_published_columns_are_those_declared(built):
    for name, mart in marts().items():
        assert pq.read_schema(built[2].generation.table(name)).names == [column.name for column in mart.columns]


def test_order_of_arrival_does_not_change_a_digit(built, tmp_path):
    """The same rows, last first, in two submissions a table with a build between: the same content, means and kept months too."""
    workspace = Workspace(tmp_path / "turned").create()
    ledger = Ledger.open(workspace)
    paths = sorted(golden_lake.LAKE.glob("*.csv"), reverse=True)
    turned = {path.stem: golden_lake.typed_rows(load_contract(path.stem), path) for path in paths}
    turned = {name: rows.take(list(reversed(range(rows.num_rows)))) for name, rows in turned.items()}
    for name, rows in turned.items():
        golden_lake.append(workspace, ledger, name, rows.filter(_is_first(name, rows)), submission_id=f"{name}-0")
    _keep(workspace, ledger)
    for name, rows in turned.items():
        rest = rows.filter(pc.invert(_is_first(name, rows)))
        if rest.num_rows:
            golden_lake.append(workspace, ledger, name, rest, submission_id=f"{name}-1")
    months = plan(workspace, Lake(workspace, ledger).pin())
    assert STAYS in months.zones_kept
    assert {zone for zone, _ in months.kept} > months.zones_kept, "months of other zones stay too"
    generation = build_panels(workspace, ledger, run_id="turned").generation
    content = {name: info.fingerprint for name, info in generation.tables.items()}
    assert content == {name: info.fingerprint for name, info in built[2].generation.tables.items()}


def _is_first(name, rows):
    """Tell which rows come before the build in between: one of a small table, half of a growing one and all of one zone."""
    place = pa.array(range(rows.num_rows))
    if name not in growing():
        return pc.less(place, rows.num_rows if name in REGISTERS else 1)
    half = pc.less(place, max(1, rows.num_rows // 2))
    return pc.or_(half, pc.equal(rows["zone_id"], STAYS)) if "zone_id" in rows.column_names else half


def _keep(workspace, ledger):
    """Build from half of the rows, without dbt: half a lake need not pass every check, and its months are kept all the same."""
    pin = Lake(workspace, ledger).pin()
    months = plan(workspace, pin)
    database, _ = panel._prepare(workspace, Lake(workspace, ledger), pin, months)
    with open_duckdb(str(database)) as connection:
        rendered_models.build(connection, list(marts()))
        for name in marts():
            connection.execute(f"create view marts.{name} as select * from intermediate.{name}")
        months.take_over(connection, panel._staging(), panel._export(connection, workspace, list(marts().values())))


def test_documented_columns_are_the_built_ones(built):
    documented = {}
    for path in (PROJECT / "models").rglob("_*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            documented[model["name"]] = [column["name"] for column in model["columns"]]
    with open_duckdb(str(built[0].build / DATABASE)) as connection:
        made = connection.execute(
            "select table_name, list(column_name order by ordinal_position) from information_schema.columns "
            "where table_schema in ('staging', 'intermediate', 'marts') group by 1"
        ).fetchall()
    assert dict(made) == documented


def test_the_programme_as_of_a_day_and_by_command(built, monkeypatch, capsys):
    """On 1 January 2022 the county's second report has not come; nine days later it has, late."""
    workspace, ledger, _ = built
    monkeypatch.setenv("ZONELAB_HOME", str(workspace.home))
    releases.build(workspace, ledger, actor="tester", run_id="golden")
    told = {}
    for day in ("2022-01-01", "2022-01-10"):
        with pytest.raises(SystemExit) as ended:
            app(["programme", "status", "--as-of", day, "--zone", "deqing", "--json"])
        assert ended.value.code == 0
        told[day] = json.loads(capsys.readouterr().out)
    (before,), (after,) = told["2022-01-01"]["zones"], told["2022-01-10"]["zones"]
    assert (before["overdue"], after["overdue"]) == ([2021], [])
    assert before["state"] == "assessed"
    assert before["missing_documents"] == ["expert_assessment", "construction_plan", "plan_province_review"]
    assert before["condition_year"] == 2021
    assert len(before["conditions"]["no_data"]) == 8, "nobody has reported on 2021"
    shares = {row["target_id"]: row["zones_share"] for row in told["2022-01-01"]["targets"]}
    assert shares == {"core-2020": 151.05 / 150, "core-2025": 151.05 / 400, "core-2030": 151.05 / 1000}
    assert [(row["platform_id"], row["is_running"]) for row in told["2022-01-01"]["platforms"]] == [
        ("OIP-A1", True),
        ("OIP-B1", False),
    ]
    with pytest.raises(SystemExit):
        app(["programme", "status", "--as-of", "2021-06-01", "--zone", "deqing", "--zone", "xian", "--lang", "zh"])
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("申报条件按 2020 年", "已评估", "模拟数据")), (
        "a cell may wrap, a word does not"
    )


def test_every_rule_one_could_argue_about_holds(built):
    outcomes = run_unit_tests(built[0].build / DATABASE, built[0].build)
    assert len(outcomes) >= 14
    assert [outcome.name for outcome in outcomes if not outcome.passed] == []
