"""Two sides that must say alike: equal ones pass, others are found where they are, and what is null is not compared."""

import duckdb
import pytest
from pydantic import ValidationError

from quality.agreements import Agreement, agreements, hold
from quality.marts import marts

pytestmark = pytest.mark.integration  # importing Great Expectations takes five seconds


def agreement(**changes):
    fields = {
        "id": "E-AGREE-01:sums",
        "panel": "a",
        "tables": ["a"],
        "severity": "error",
        "tolerance": 0.1,
        "text": {"en": "x", "zh": "x"},
        "sql": "select * from marts.a",
    }
    return Agreement.model_validate({**fields, **changes})


@pytest.fixture
def database():
    with duckdb.connect() as connection:  # one of its own: those of the house share an instance
        connection.execute("create schema marts")
        rows = (
            "('deqing', 'W1', 100, 100), ('deqing', 'W2', 100, 91), ('hefei', 'W1', 100, null), ('hefei', 'W2', 0, 0)"
        )
        connection.execute(f"create table marts.a as select * from (values {rows}) t(zone, wave, first, second)")
        yield connection


def test_within_the_tolerance_they_agree(database):
    [outcome] = hold(database, ["a"], [agreement()])
    assert (outcome.table, outcome.passed, outcome.metadata["groups"]) == ("a", True, 4)


def test_beyond_it_the_place_is_named_and_the_build_is_kept_back(database):
    [outcome] = hold(database, ["a"], [agreement(tolerance=0.05)])
    assert outcome.blocks
    assert outcome.metadata["where"] == ["deqing/W2: 0.090"]


def test_a_warning_does_not_block(database):
    [outcome] = hold(database, ["a"], [agreement(tolerance=0, severity="warn", id="W-AGREE-02:sums")])
    assert (outcome.passed, outcome.blocks) == (False, False)


def test_an_agreement_waits_for_all_its_tables(database):
    assert hold(database, ["a"], [agreement(tables=["a", "b"])]) == []


def test_the_shipped_ones_name_marts_that_exist():
    named = {name for item in agreements() for name in (item.panel, *item.tables)}
    assert named <= set(marts())
    assert len({item.id for item in agreements()}) == len(agreements())


def test_a_tolerance_is_a_share():
    with pytest.raises(ValidationError):
        agreement(tolerance=1)
