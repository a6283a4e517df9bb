"""A small contract of our own and the lake around it."""

import pyarrow as pa
import pytest
import sqlalchemy as sa

from data.admission import expected_schema
from data.contracts.model import Contract
from data.engine import make_engine
from data.lake import Lake
from data.ledger import Ledger
from tests.postgres import Server, postgres  # noqa: F401 - a fixture

TEXT = {"en": "x", "zh": "x"}


def make_contract(**changes):
    columns = [
        {"name": "person_id", "type": "string", "label": TEXT, "required": True},
        {"name": "wait_min", "type": "number", "label": TEXT, "missing_codes": {"-1": "dont_know"}},
        {"name": "seen_at", "type": "timestamp", "label": TEXT},
        {"name": "is_simulated", "type": "boolean", "label": TEXT},
    ]
    fields = {
        "name": "visit",
        "version": "1.0",
        "title": TEXT,
        "description": TEXT,
        "unit": "person",
        "grain": "one row a person",
        "source_kind": "survey",
        "key": ["person_id"],
        "columns": columns,
    }
    return Contract.model_validate({**fields, **changes})


@pytest.fixture(scope="session")
def visit():
    """Return a contract with a text key, a number with missing codes, a timestamp and a flag."""
    return make_contract()


@pytest.fixture
def contract_like():
    """Return the builder of such contracts: keyword arguments replace its fields."""
    return make_contract


@pytest.fixture(scope="session")
def visits(visit):
    """Return a builder of rows for `Lake.append`."""

    def build(keys, op="I", wait=1.0, *, simulated=False):
        size = len(keys)
        columns = {
            "person_id": keys,
            "wait_min": [wait] * size,
            "wait_min__st": [0] * size,
            "seen_at": [0] * size,
            "is_simulated": [simulated] * size,
            "rec_key": [f"key-{key}".encode() for key in keys],
            "_row": list(range(2, size + 2)),
            "_op": [op] * size,
        }
        schema = expected_schema(visit)
        return pa.Table.from_arrays([pa.array(columns[f.name], f.type) for f in schema], schema=schema)

    return build


AGAIN = ("test_lake", "test_releases", "test_bundle", "test_verify", "test_batches")
"""Modules that reach the database only through the ledger: PostgreSQL repeats them in the slow rung."""


def pytest_collection_modifyitems(items):
    """The quick rung runs on SQLite; what PostgreSQL's server answers is a test of several programs together."""
    for item in items:
        if hasattr(item, "callspec") and item.callspec.params.get("database") == "postgresql":
            item.add_marker(pytest.mark.slow if item.path.stem in AGAIN else pytest.mark.integration)


@pytest.fixture(scope="session")
def new_database():
    """Return how a PostgreSQL server gives the database of a test: a module about migrations asks for an empty one."""
    return Server.catalogue


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, monkeypatch, new_database):
    """Run the test on both databases: name the one that `Ledger.open` finds for the test's workspace."""
    if request.param == "sqlite":
        yield request.param
        return
    url = new_database(request.getfixturevalue("postgres"))
    monkeypatch.setenv("ZONELAB_LEDGER_URL", url)
    yield request.param
    make_engine(sa.make_url(url)).dispose()


@pytest.fixture
def ledger(workspace, database):  # noqa: ARG001 - the database must be named first
    return Ledger.open(workspace)


@pytest.fixture
def untied(ledger):
    """Return a function that runs a statement as somebody with the file or the password does: no trigger in the way."""

    def run(statement, **values):
        with ledger.transaction() as connection:
            _drop_triggers(connection)
            connection.execute(sa.text(statement) if isinstance(statement, str) else statement, values)

    return run


def _drop_triggers(connection):
    if connection.dialect.name == "sqlite":
        for (name,) in connection.exec_driver_sql("select name from sqlite_master where type = 'trigger'").all():
            connection.exec_driver_sql(f"drop trigger {name}")
    else:
        for table in ("events", "documents"):
            connection.exec_driver_sql(f"alter table {table} disable trigger user")


@pytest.fixture
def lake(workspace, ledger):
    return Lake(workspace, ledger)
