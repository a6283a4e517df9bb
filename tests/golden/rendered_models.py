"""The dbt models run without dbt: their SQL rendered with the project's own macros and put into a DuckDB connection.

Belongs here: rendering, order, views. Does not: data tests and contracts of the models (dbt), what a model should give (tests).
tests/integration/test_panel_references.py holds the outcome against what dbt builds.
"""

import re
from functools import cache

import jinja2
import pyarrow as pa
import yaml

from data.contracts import lake_schema, load_contract, load_contracts
from quality.marts import PROJECT

REF = re.compile(r"ref\(\s*['\"](\w+)['\"]\s*\)")


def _environment():
    found = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.Undefined)  # noqa: S701 - SQL, not HTML
    found.globals |= {"ref": lambda name: name, "source": lambda _, name: f'lake."{name}"', "config": lambda **_: ""}
    for path in sorted((PROJECT / "macros").glob("*.sql")):
        if path.name != "generate_schema_name.sql":
            module = found.from_string(path.read_text(encoding="utf-8")).make_module()
            names = re.findall(r"macro (\w+)\(", path.read_text(encoding="utf-8"))
            found.globals |= {name: getattr(module, name) for name in names}
    return found


@cache
def models():
    """Return model → its SQL, each after those that it reads."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "models").rglob("*.sql")}
    environment, ordered = _environment(), {}

    def add(name):
        if name in texts and name not in ordered:
            for parent in sorted(set(REF.findall(texts[name]))):
                add(parent)
            ordered[name] = environment.from_string(texts[name]).render()

    for name in sorted(texts):
        add(name)
    return ordered


@cache
def _stored():
    """Return the models below the marts that say that they are tables."""
    folder = PROJECT / "models" / "intermediate"
    return {path.stem for path in folder.rglob("*.sql") if "materialized=" in path.read_text(encoding="utf-8")}


@cache
def below(model):
    """Return a model with every model below it."""
    text = next((PROJECT / "models").rglob(f"{model}.sql")).read_text(encoding="utf-8")
    return {model}.union(*(below(name) for name in REF.findall(text) if name in models()))


def prepare(connection, marts):
    """Make empty lake tables, seeds and the staging views below `marts`; rows then go into `lake.<contract>`."""
    connection.execute("create schema if not exists lake")
    for name in load_contracts("panel"):
        empty = pa.table({field.name: pa.array([], field.type) for field in lake_schema(load_contract(name))})
        connection.register("empty_rows", empty)
        connection.execute(f'create or replace table lake."{name}" as select * from empty_rows')
        connection.unregister("empty_rows")
    _seeds(connection)
    for name, sql in models().items():
        if name.startswith("stg_") and name in set().union(*(below(mart) for mart in marts)):
            connection.execute(f"create or replace view {name} as {sql}")


def _seeds(connection):
    for seed in yaml.safe_load((PROJECT / "seeds" / "_seeds.yml").read_text(encoding="utf-8"))["seeds"]:
        path, types = PROJECT / "seeds" / f"{seed['name']}.csv", seed["config"]["column_types"]
        connection.execute(
            f"create or replace table {seed['name']} as select * from read_csv('{path}', header=true, columns={types})"
        )


def build(connection, marts, *, as_views=False):
    """Make `marts` and every model below them as dbt does in a database whose schema `lake` is there.

    Staging is views of the schema `staging`, all else are tables of `intermediate`; one that is there already is an incremental
    model, to which rows are appended. With `as_views` intermediate models are views but where they say otherwise, as in dbt.
    """
    for schema in ("staging", "intermediate", "marts"):
        connection.execute(f"create schema if not exists {schema}")
    connection.execute("set search_path = 'intermediate,staging,marts'")
    there = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
    _seeds(connection)
    wanted = set().union(*(below(mart) for mart in marts))
    for name, sql in models().items():
        if name in wanted and name.startswith("stg_"):
            connection.execute(f"create view staging.{name} as {sql}")
        elif name in wanted and as_views and name not in marts and name not in _stored():
            connection.execute(f"create view {name} as {sql}")
        elif name in wanted:
            made = f"insert into {name} by name" if name in there else f"create table {name} as"
            connection.execute(f"{made} {sql}")


def run(connection, marts):
    """Make `marts` and every model below them that is no staging view, as tables, from what the lake holds now."""
    wanted = set().union(*(below(mart) for mart in marts))
    for name, sql in models().items():
        if name in wanted and not name.startswith("stg_"):
            connection.execute(f"create or replace table {name} as {sql}")


def fill(connection, name, rows):
    """Put rows (dictionaries, or an Arrow table in business columns) into a lake table in place of what it held."""
    schema = lake_schema(load_contract(name))
    if not isinstance(rows, pa.Table):
        rows = pa.Table.from_pylist(rows, schema=schema)
    else:
        columns = [
            rows[field.name] if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
            for field in schema
        ]
        rows = pa.Table.from_arrays(columns, schema=schema)
    connection.register("given_rows", rows)
    connection.execute(f'delete from lake."{name}"')
    connection.execute(f'insert into lake."{name}" select * from given_rows')
    connection.unregister("given_rows")
