"""A refusal is final, a busy disk is tried again, and an unforeseen message never reaches the record."""

import json

import dagster as dg
import pytest
from sqlalchemy.exc import OperationalError

from data.messages import PlatformFailed, Refused, Text
from orchestration import failures
from orchestration.failures import record_failure, step_failures, told

pytestmark = pytest.mark.archive

SAID = Text(en="The file is empty.", zh="文件为空。")


def run_of(action, retries=0):
    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=retries))
    def step() -> None:
        with told():
            action()

    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize([step], instance=instance, raise_on_error=False)


def raiser(error):
    calls = []

    def action():
        calls.append(1)
        raise error

    return action, calls


def test_a_refusal_is_not_retried_and_keeps_code_and_both_languages():
    action, calls = raiser(Refused("E-FILE-09", SAID))
    (failure,) = step_failures(run_of(action, retries=2).all_events)
    assert len(calls) == 1
    assert (failure.step, failure.code, failure.exit_code) == ("step", "E-FILE-09", 1)
    assert failure.message == {"en": SAID.en, "zh": SAID.zh}


@pytest.mark.parametrize(
    "error", [OSError("busy"), OperationalError("select", {}, Exception("locked")), PlatformFailed("E-LOCK-01", SAID)]
)
def test_a_transient_error_is_tried_again(error):
    action, calls = raiser(error)
    (failure,) = step_failures(run_of(action, retries=1).all_events)
    assert len(calls) == 2
    assert failure.exit_code == 5


def test_an_unforeseen_error_is_told_by_its_type_only():
    action, calls = raiser(ValueError("could not convert 'a person' to float"))
    (failure,) = step_failures(run_of(action, retries=2).all_events)
    assert len(calls) == 1
    assert failure.code == "E-RUN-03"
    assert "a person" not in json.dumps(failure.message)
    assert "ValueError" in failure.message["en"]


def test_a_failed_blocking_check_is_the_inputs_fault():
    @dg.asset
    def table() -> None: ...

    @dg.asset_check(asset=table, blocking=True)
    def suite() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    @dg.asset(deps=[table])
    def downstream() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions(
            assets=[table, downstream], asset_checks=[suite], jobs=[dg.define_asset_job("all_of_it", "*")]
        ).resolve_job_def("all_of_it")
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    (failure,) = step_failures(result.all_events)
    assert (failure.code, failure.exit_code) == ("E-RUN-02", 1)
    assert [e.asset_key.to_user_string() for e in result.get_asset_materialization_events()] == ["table"]


def test_the_record_of_a_failed_run_is_written_once(workspace):
    failure = failures.StepFailure("panels", "E-PANEL-10", {"en": "no", "zh": "否"}, 1)
    path = record_failure(workspace, "run-1", "everything", [failure])
    record_failure(workspace, "run-1", "everything", [])
    found = json.loads(path.read_text(encoding="utf-8"))
    assert (found["job"], found["failures"][0]["code"]) == ("everything", "E-PANEL-10")
    assert len(list((workspace.home / "failures").iterdir())) == 1
