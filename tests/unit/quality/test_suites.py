"""Suites: Great Expectations' verdict on the metrics, and what of it is kept."""

import json

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from data.contracts import load_contract
from data.ledger import Ledger
from data.messages import Text
from quality.judge import judge
from quality.metrics import Metric
from quality.suites import validate_table
from tests.golden import golden_lake

pytestmark = pytest.mark.integration  # importing Great Expectations takes five seconds

SAID = Text(en="rule", zh="规则")
COUNT = Metric("E-X-01", "count(*)", 0, "error", SAID)
SHARE = Metric("W-X-01", "avg(x)", 0.3, "warn", SAID)


def _frame(**columns):
    return pd.DataFrame({"zone": ["hefei", "jinan"], "wave": ["W1", "W1"], "rows": [10, 20], **columns})


def test_a_rule_that_no_group_breaks_passes():
    (outcome,) = judge("t", _frame(**{"E-X-01": [0, 0]}), [COUNT])
    assert outcome.passed
    assert outcome.metadata == {
        "limit": 0, "rows": 30, "groups": 2, "groups_failed": 0, "where": [], "rows_failed": 0,
    }  # fmt: skip


def test_a_broken_rule_names_zone_wave_and_count():
    (outcome,) = judge("t", _frame(**{"E-X-01": [0, 4]}), [COUNT])
    assert outcome.blocks
    assert outcome.metadata["where"] == ["jinan/W1: 4"]
    assert outcome.metadata["rows_failed"] == 4


def test_a_warning_does_not_block_and_says_how_bad_it_is():
    (outcome,) = judge("t", _frame(**{"W-X-01": [0.3, 0.45]}), [SHARE])
    assert not outcome.passed
    assert not outcome.blocks
    assert (outcome.metadata["worst"], outcome.metadata["groups_failed"]) == (0.45, 1)


def test_a_table_without_rows_passes_and_says_that_nothing_was_checked():
    (outcome,) = judge("t", _frame(**{"E-X-01": [0, 0]}).head(0), [COUNT])
    assert outcome.passed
    assert outcome.metadata["groups"] == 0


@pytest.fixture
def house(workspace):
    ledger = Ledger.open(workspace)
    golden_lake.fill(workspace, ledger)
    return workspace, ledger


def test_the_archive_passes_and_the_result_is_stored(house):
    outcomes = validate_table(*house, load_contract("organisation_quarter"), run_id="r1")
    warned = [(outcome.name, outcome.severity) for outcome in outcomes if not outcome.passed]
    assert warned == [("W-MISS-01:headcount_routine", "warn")], "one of the two rows of 2023Q4 lacks it"
    stored = json.loads((house[0].validations / "r1" / "organisation_quarter.json").read_text(encoding="utf-8"))
    assert [check["name"] for check in stored["checks"]] == [outcome.name for outcome in outcomes]
    assert stored["rows"] == 5
    assert not (house[0].validations / "r1" / "organisation_quarter.failing.parquet").exists()
    assert (house[0].validations / "r1" / "index.html").is_file()


def test_failing_rows_are_listed_without_their_values(house):
    contract = load_contract("organisation_quarter")
    rows = golden_lake.typed_rows(contract, golden_lake.LAKE / "organisation_quarter.csv").slice(3, 1)
    place = rows.schema.get_field_index("headcount_total")
    wrong = rows.set_column(place, rows.schema.field(place), pc.multiply(rows["headcount_total"], 98765))
    golden_lake.append(*house, contract.name, wrong, submission_id="SUB-2026-0099", op="C")

    (broken,) = [outcome for outcome in validate_table(*house, contract, run_id="r2") if outcome.blocks]

    assert (broken.name, broken.severity) == ("E-RANGE-01:headcount_total", "error")
    assert broken.metadata["where"] == ["hefei/2024Q1: 1"]
    folder = house[0].validations / "r2"
    listed = pq.read_table(folder / "organisation_quarter.failing.parquet").to_pylist()
    assert listed == [{"submission_id": "SUB-2026-0099", "_row": 2, "rule_id": "E-RANGE-01:headcount_total"}]
    for kept in ("organisation_quarter.json", "index.html"):
        text = (folder / kept).read_text(encoding="utf-8")
        assert "HF-O002" not in text
        assert str(50 * 98765) not in text


def test_an_earlier_state_is_judged_as_it_was(house):
    outcomes = validate_table(*house, load_contract("organisation_quarter"), as_of_seq=1, run_id="r3")
    assert {outcome.metadata["rows"] for outcome in outcomes} == {0}
