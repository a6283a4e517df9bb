"""A small contract of our own and the lake around it."""

import pyarrow as pa
import pytest

from data.admission import expected_schema
from data.contracts.model import Contract
from data.lake import Lake
from data.ledger import Ledger

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
            "rec_key": [f"key-{key}" for key in keys],
            "_row": list(range(2, size + 2)),
            "_op": [op] * size,
        }
        schema = expected_schema(visit)
        return pa.Table.from_arrays([pa.array(columns[f.name], f.type) for f in schema], schema=schema)

    return build


@pytest.fixture
def ledger(workspace):
    return Ledger.open(workspace)


@pytest.fixture
def untied(ledger):
    """Return a function that runs statements as somebody with the file does: the append-only triggers dropped first."""

    def run(*statements):
        with ledger.transaction() as connection:
            for (name,) in connection.exec_driver_sql("select name from sqlite_master where type = 'trigger'").all():
                connection.exec_driver_sql(f"drop trigger {name}")
            for statement in statements:
                connection.execute(statement)

    return run


@pytest.fixture
def lake(workspace, ledger):
    return Lake(workspace, ledger)
