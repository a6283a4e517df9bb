"""The run's console: one short line per thing worth seeing."""

import dagster as dg
import pytest

from orchestration.console import SPEAKING, console

pytestmark = pytest.mark.archive


def test_materialisations_and_failed_checks_are_shown_and_passed_ones_are_not(capfd):
    @dg.asset(check_specs=[dg.AssetCheckSpec("fine", asset="table"), dg.AssetCheckSpec("odd", asset="table")])
    def table() -> dg.MaterializeResult:
        warned = dg.AssetCheckResult(check_name="odd", passed=False, severity=dg.AssetCheckSeverity.WARN)
        passed = dg.AssetCheckResult(check_name="fine", passed=True)
        return dg.MaterializeResult(metadata={"rows": 1200, "zero": 0}, check_results=[passed, warned])

    job = dg.Definitions(assets=[table], jobs=[dg.define_asset_job("one", "*")], loggers={"console": console})
    with dg.DagsterInstance.ephemeral() as instance:
        job.resolve_job_def("one").execute_in_process(run_config=SPEAKING, instance=instance)
    lines = [line.split("  ", 2)[1:] for line in capfd.readouterr().err.splitlines()]
    assert lines == [["table", "table · rows 1,200"], ["table", "table: check odd warn"]]
