"""A break that a release declares is read, drawn as two segments with a rule, and said in words; never a line across it."""

import json

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.viewer import panel_reads
from apps.viewer.breaks import breaks
from apps.viewer.components import broken, charts
from apps.viewer.measures import PANELS
from data import generations, releases
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.settings import REPOSITORY
from quality.marts import mart

CITY = PANELS["panel_city_year"]
TYPES = {
    "string": pa.string(),
    "double": pa.float64(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def table(name, rows):
    schema = pa.schema([(column.name, TYPES[column.data_type]) for column in mart(name).columns])
    return pa.Table.from_pylist([{key: row.get(key) for key in schema.names} for row in rows], schema=schema)


def cities():
    """Return two cities of zones and one other, 2012 to 2015, with the jump of the definition in 2014."""
    counts = dict.fromkeys(["yearbook_rows", "supplement_rows", "census_rows", "account_rows"], 0) | {
        "yearbook_rows": 1
    }
    return [
        {
            "city_id": city,
            "zone_id": zone,
            "year": year,
            "population_10k": 100.0 + place + (80 if year > 2013 else 0),
            **counts,
        }
        for place, (city, zone) in enumerate([("330100", "hangzhou"), ("340100", "hefei"), ("320100", None)])
        for year in range(2012, 2016)
    ]


def declared():
    seed = REPOSITORY / "dbt_project" / "seeds" / "concordance.csv"
    return duckdb.connect().execute(f"select * from read_csv('{seed}', all_varchar=true)").to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    workspace = Workspace(folder / "home").create()
    ledger = Ledger.open(workspace)
    source = {}
    for name, rows in (("panel_city_year", cities()), ("dim_concordance", declared())):
        source[name] = folder / f"{name}.parquet"
        pq.write_table(table(name, rows), source[name])
    pin = Lake(workspace, ledger).pin()
    generations.publish(workspace, ledger, source=source, pin=pin, run_id="run", contracts={})
    return workspace, releases.build(workspace, ledger, actor="user", run_id="run")


def test_the_release_says_where_the_series_breaks(released):
    workspace, release = released
    (found,) = breaks(workspace.home, release.release_id, "panel_city_year", "population_10k")
    assert found.at == "2014"
    assert "non-agricultural" in found.note.en
    assert "非农" in found.note.zh
    assert breaks(workspace.home, release.release_id, "panel_city_year", "gdp_10k_rmb") == []


def test_no_line_crosses_the_break_and_a_rule_stands_there(released):
    workspace, release = released
    points = panel_reads.trajectory(workspace.home, release.release_id, "panel_city_year", "population_10k", None)
    found = breaks(workspace.home, release.release_id, "panel_city_year", "population_10k")
    figure = charts.trajectory(points, CITY, CITY.outcomes[0], found)
    spec = figure.chart.to_dict()
    assert all(layer["encoding"]["detail"]["field"] == "segment" for layer in spec["layer"][:3])
    rows = [row for rows in spec["datasets"].values() for row in rows if "segment" in row]
    assert {row["period"] for row in rows if row["segment"] == 0} == {"2012", "2013"}
    assert {row["period"] for row in rows if row["segment"] == 1} == {"2014", "2015"}
    assert "Break: 2014" in json.dumps(spec)
    assert "The series breaks at 2014" in figure.alt
    assert "Break" not in json.dumps(charts.trajectory(points, CITY, CITY.outcomes[0]).chart.to_dict())


def test_published_figures_of_one_city_are_shown(released):
    workspace, release = released
    points = panel_reads.trajectory(workspace.home, release.release_id, "panel_city_year", "population_10k", "hangzhou")
    assert [point.mean for point in points] == [100.0, 100.0, 180.0, 180.0]
    cells = panel_reads.participation(workspace.home, release.release_id, "panel_city_year", "hangzhou")
    assert {(cell.seen.kind, cell.seen.value) for cell in cells} == {("exact", 1.0)}


def test_a_break_outside_the_periods_is_not_said(released):
    workspace, release = released
    found = breaks(workspace.home, release.release_id, "panel_city_year", "population_10k")
    assert broken.said(["2014", "2015"], found) == ""
    assert broken.rules(["2014", "2015"], found) == []
    assert "2014" in broken.said(["2013", "2014"], found)
