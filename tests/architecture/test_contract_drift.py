"""One contract per table: the lake's contracts and what dbt declares of them cannot drift apart."""

import re

import pyarrow as pa
import pytest
import yaml

from data.contracts import contract_names, lake_schema, load_contract, load_contracts
from quality.marts import PROJECT, marts

MODELS = PROJECT / "models"
TYPES = {
    pa.string(): "string",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.binary(): "blob",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamp with time zone",
}
PANELS = sorted(load_contracts("panel"))
PORTABLE = {"string", "bigint", "double", "boolean", "date"}


def _declared(path, part):
    return {entry["name"]: entry for entry in yaml.safe_load(path.read_text(encoding="utf-8"))[part]}


def _sources():
    (lake,) = _declared(MODELS / "staging" / "sources.yml", "sources").values()
    return {table["name"]: table for table in lake["tables"]}


def _documented_models():
    found = {}
    for path in MODELS.rglob("_*.yml"):
        if not path.name.startswith("_unit"):
            found |= _declared(path, "models")
    return found


def test_every_contract_that_panels_read_is_a_source():
    assert set(_sources()) == set(PANELS)


@pytest.mark.parametrize("name", PANELS)
def test_source_columns_are_the_contracts(name):
    declared = [(column["name"], column["data_type"]) for column in _sources()[name]["columns"]]
    assert declared == [(field.name, TYPES[field.type]) for field in lake_schema(load_contract(name))]


def test_every_model_is_documented():
    assert set(_documented_models()) == {path.stem for path in MODELS.rglob("*.sql")}


def test_every_source_is_read_by_one_staging_model():
    read = [
        name
        for path in (MODELS / "staging").glob("*.sql")
        for name in re.findall(r"source\('lake', '(\w+)'\)", path.read_text(encoding="utf-8"))
    ]
    assert sorted(read) == PANELS


def test_every_documented_column_says_what_it_is():
    """That these are the columns a build makes is held by tests/integration/test_golden_panels.py."""
    silent = [
        f"{model}.{column['name']}"
        for model, entry in _documented_models().items()
        for column in entry["columns"]
        if not column.get("description")
    ]
    assert silent == []


@pytest.mark.parametrize("path", sorted((MODELS / "marts").glob("*.sql")), ids=lambda path: path.stem)
def test_marts_end_with_explicit_casts(path):
    sql = path.read_text(encoding="utf-8")
    casts = re.findall(r'as (string|bigint|double|boolean|date)\) as "?(\w+)"?', sql)
    assert [(name, kind) for kind, name in casts][-len(marts()[path.stem].columns) :] == [
        (column.name, column.data_type) for column in marts()[path.stem].columns
    ]


def test_mart_types_exist_on_every_engine():
    assert {column.data_type for mart in marts().values() for column in mart.columns} <= PORTABLE


def test_mart_keys_and_followed_columns_are_columns():
    for mart in marts().values():
        names = {column.name for column in mart.columns}
        meta = mart.meta
        assert {*meta.key, *meta.unit, *meta.never_falls, *filter(None, [meta.period, meta.wave])} <= names
        assert {account.source for account in meta.accounts_for} <= set(contract_names())
