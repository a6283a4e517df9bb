"""Write, audit, publish: what is refused is not seen, what has not changed is not published again."""

import json
import threading

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from data import generations
from data.contracts import load_contract
from data.ledger import Ledger
from data.messages import PlatformFailed, WrongUsage
from data.paths import Workspace
from quality.dbt_runner import project_digest, run_build
from quality.marts import PROJECT, marts
from quality.panel import PanelRefused, build_panels
from tests.golden import golden_lake

BROKEN = "E-FALL-01:is_adopted"


def _rows(name):
    return golden_lake.typed_rows(load_contract(name), golden_lake.LAKE / f"{name}.csv")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("panel") / "home").create()
    ledger = Ledger.open(workspace)
    golden_lake.append(workspace, ledger, "social_insure", _rows("social_insure"), submission_id="SUB-1")
    before = project_digest()
    build = build_panels(workspace, ledger, run_id="first", select=("+panel_social_insure",))
    assert project_digest() == before  # nothing is written into the dbt project
    return workspace, ledger, build


@pytest.mark.integration
class TestBuild:
    """One selected mart: the whole way in a few seconds."""

    def test_only_the_selected_mart_is_published(self, house):
        assert dict(house[2].models) == {"panel_social_insure": 2}
        assert set(house[2].generation.tables) == {"panel_social_insure"}

    def test_rows_are_ordered_by_key(self, house):
        ids = pq.read_table(house[2].generation.table("panel_social_insure"))["respondent_id"].to_pylist()
        assert ids == [1, 2]

    def test_every_check_passed_and_says_who_made_it(self, house):
        assert all(check.passed for check in house[2].checks)
        assert {check.kind for check in house[2].checks} == {"dbt", "reconcile", "suite"}

    def test_rows_are_reconciled_from_lake_to_panel(self, house):
        (account,) = [check for check in house[2].checks if check.kind == "reconcile"]
        assert account.metadata == {"rows_lake": 2, "rows_staging": 2, "rows_panel": 2}

    def test_outcomes_and_page_are_stored(self, house):
        folder = house[0].validations / "first"
        stored = json.loads((folder / "panel_social_insure.json").read_text(encoding="utf-8"))
        assert stored["as_of_seq"] == 1
        assert len(stored["checks"]) == sum(check.table == "panel_social_insure" for check in house[2].checks)
        assert (folder / "index.html").is_file()

    def test_scratch_stays_in_the_workspace(self, house):
        assert (house[0].build / "target").is_dir()
        assert not (PROJECT / "target").exists()
        assert not (PROJECT / "logs").exists()

    def test_same_lake_is_the_same_generation(self, house):
        again = build_panels(house[0], house[1], run_id="again", select=("+panel_social_insure",))
        assert again.generation.generation_id == house[2].generation.generation_id

    def test_a_selection_that_names_no_mart_publishes_nothing(self, house):
        with pytest.raises(WrongUsage, match="E-PANEL-11"):
            build_panels(house[0], house[1], run_id="none", select=("no_such_model",))
        assert generations.current(house[0]) == house[2].generation

    def test_a_selection_does_not_take_other_panels_from_readers(self, house):
        with pytest.raises(WrongUsage, match="panel_social_insure"):
            build_panels(house[0], house[1], run_id="other", select=("+dim_zone",))
        assert generations.current(house[0]) == house[2].generation

    def test_two_builds_queue(self, house):
        found = []

        def build(run_id):
            found.append(build_panels(house[0], house[1], run_id=run_id, select=("+panel_social_insure",)))

        threads = [threading.Thread(target=build, args=(f"thread-{n}",)) for n in range(2)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert {build.generation.generation_id for build in found} == {house[2].generation.generation_id}


@pytest.mark.integration
def test_a_failed_blocking_check_leaves_the_last_good_generation(workspace):
    """A take-up of 2 gets past the lake (the gate would have stopped it) and is caught by the panel's own data test."""
    ledger = Ledger.open(workspace)
    rows = _rows("social_insure")
    golden_lake.append(workspace, ledger, "social_insure", rows, submission_id="SUB-1")
    good = build_panels(workspace, ledger, run_id="good", select=("+panel_social_insure",)).generation
    place = rows.schema.get_field_index("takeup_survey")
    wrong = rows.set_column(place, rows.schema.field(place), pc.add(rows["takeup_survey"], 2))
    golden_lake.append(workspace, ledger, "social_insure", wrong, submission_id="SUB-2", op="C")

    with pytest.raises(PanelRefused) as refused:
        build_panels(workspace, ledger, run_id="bad", select=("+panel_social_insure",))

    assert generations.current(workspace) == good
    broken = [outcome for outcome in refused.value.outcomes if outcome.blocks]
    assert [outcome.table for outcome in broken] == ["panel_social_insure"]
    assert broken[0].metadata["rows_failed"] == 2
    stored = json.loads((workspace.validations / "bad" / "panel_social_insure.json").read_text(encoding="utf-8"))
    assert sum(not check["passed"] for check in stored["checks"]) == 1
    assert refused.value.exit_code == 1


def test_declared_marts_are_the_models():
    assert set(marts()) == {path.stem for path in (PROJECT / "models" / "marts").glob("*.sql")}


def test_refusal_names_table_and_rule_in_both_languages():
    from quality.outcomes import CheckOutcome

    refused = PanelRefused([CheckOutcome(BROKEN, "panel_organisation_quarter", passed=False, severity="error")])
    for said in (refused.text.en, refused.text.zh):
        assert "panel_organisation_quarter" in said
        assert BROKEN in said


@pytest.mark.integration
def test_a_model_that_cannot_be_built_is_the_platforms_fault(tmp_path):
    """The seed was not selected, so its table is missing: told with the model's name and the place of the log."""
    with pytest.raises(PlatformFailed, match="E-DBT-02: The models dim_zone") as failed:
        run_build(tmp_path / "empty.duckdb", tmp_path / "scratch", ("dim_zone",))
    assert str(tmp_path / "scratch" / "logs") in failed.value.text.zh
