"""Marts as assets: lineage from the models' own text, audits recorded whether or not the build is published."""

from dataclasses import dataclass
from types import SimpleNamespace

import dagster as dg
import pytest

import quality.panel
from data.contracts import contract_names
from orchestration.defs import panel
from orchestration.failures import step_failures
from orchestration.resources import House
from quality.outcomes import CheckOutcome, PanelRefused

pytestmark = pytest.mark.archive


def test_every_panel_reads_at_least_one_raw_table_and_only_known_ones():
    sources = {mart: panel.sources_of(mart) for mart in panel.mart_names()}
    assert [mart for mart, found in sources.items() if not found] == ["dim_concordance", "dim_target", "dim_zone"]
    assert set().union(*sources.values()) <= set(contract_names())
    people = {"clinic_visit", "clinic_assignment", "sample_file", "unit_link", "unit_event", "ai_exposure"}
    assert sources["panel_individual_wave"] == people
    assert sources["panel_organisation_quarter"] == {"organisation_quarter", "organisation_event"}  # nobody's row


def test_no_model_of_the_project_is_outside_every_mart():
    used = set().union(*(panel.made_of(mart) for mart in panel.mart_names()))
    assert {path.stem for path in panel.MODELS.rglob("*.sql")} <= used


def test_an_audit_includes_the_models_below_the_mart():
    broken = CheckOutcome("unique", "stg_clinic__visits", passed=False, severity="warn", metadata={"rows": 2})
    assert not panel.audit("panel_individual_wave", [broken]).passed
    assert panel.audit("panel_zone_year", [broken]).passed


@dataclass
class Build:
    generation: SimpleNamespace
    checks: tuple[CheckOutcome, ...]


@pytest.fixture
def built(monkeypatch, tmp_path):
    def run(build):
        monkeypatch.setattr(quality.panel, "build_panels", build)
        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize(
                [panel.panels_asset()],
                instance=instance,
                resources={"house": House(home=str(tmp_path / "home"))},
                raise_on_error=False,
            )

    return run


def outcome(*, passed):
    return CheckOutcome("unique_key", "panel_zone_year", passed=passed, severity="error", metadata={"rows": 1})


def test_a_published_build_materialises_every_mart_with_rows_version_and_digest(built):
    table = SimpleNamespace(rows=7, sha256="cd", fingerprint="ef")
    tables = dict.fromkeys(panel.mart_names(), table)
    generation = SimpleNamespace(tables=tables, generation_id="gen-000001", as_of_seq=3)
    result = built(lambda *_, **__: Build(generation, (outcome(passed=True),)))
    made = [event.step_materialization_data.materialization for event in result.get_asset_materialization_events()]
    assert {one.asset_key.path[-1] for one in made} == set(panel.mart_names())
    assert {one.metadata["dagster/row_count"].value for one in made} == {7}
    assert {one.metadata["sha256"].value for one in made} == {"cd"}
    assert all(evaluation.passed for evaluation in result.get_asset_check_evaluations())


def test_a_refused_build_records_the_failed_audit_and_materialises_nothing(built):
    def refuse(*_, **__):
        raise PanelRefused([outcome(passed=False)])

    result = built(refuse)
    failed = [e.asset_key.path[-1] for e in result.get_asset_check_evaluations() if not e.passed]
    (failure,) = step_failures(result.all_events)
    assert not result.success
    assert failed == ["panel_zone_year"]
    assert result.get_asset_materialization_events() == []
    assert (failure.code, failure.exit_code) == ("E-PANEL-10", 1)
