"""Jobs, the drop-folder sensor, the nightly schedule, the record of failed runs."""

import json
import os
import time
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.defs import automation
from orchestration.partitions import WAVE_DIMENSION
from orchestration.resources import House
from quality.inbox import InboxFile

pytestmark = pytest.mark.archive

LONG_AGO = 1_700_000_000


def drop(workspace, zone, contract, name, content="a"):
    path = workspace.inbox / zone / contract / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def ticked(workspace):
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, resources={"house": House(home=str(workspace.home))})
        return automation.inbox_sensor()(context)


@pytest.fixture(scope="module")
def loaded():
    return defs()


@pytest.mark.parametrize("name", automation.JOB_NAMES)
def test_no_named_job_selects_nothing_or_falls_back_to_everything(loaded, name):
    job = loaded.resolve_job_def(name)
    groups = {loaded.resolve_asset_graph().get(key).group_name for key in job.asset_layer.selected_asset_keys}
    expected = {
        "ingest": {"raw"},
        "build_release": {"panels", "release"},
        "analyse": {"estimates"},
        "everything": {"raw", "panels", "release", "estimates"},
        "fetch": set(),
        "notify": set(),
    }
    assert groups == expected[name]


def test_one_run_at_a_time_writes(loaded):
    tagged = {name for name in automation.JOB_NAMES if loaded.resolve_job_def(name).tags.get("duckdb") == "writer"}
    assert tagged == {"ingest", "build_release", "everything"}


def test_the_nightly_run_is_at_two_in_shanghai():
    schedule = automation.nightly()
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Shanghai")
    assert schedule.job_name == "everything"


def test_an_empty_inbox_is_skipped(workspace):
    assert isinstance(ticked(workspace), dg.SkipReason)


def test_one_request_per_contract_zone_and_wave_and_new_waves_are_announced(workspace):
    for zone, name in (("deqing", "visits_W1.csv"), ("deqing", "more_W1.csv"), ("xian", "visits_W2.csv")):
        drop(workspace, zone, "clinic_visit", name)
    drop(workspace, "deqing", "clinic_assignment", "clinics.csv")
    result = ticked(workspace)
    assert sorted((r.tags["contract"], str(r.partition_key)) for r in result.run_requests) == [
        ("clinic_assignment", "U|deqing"),
        ("clinic_visit", "W1|deqing"),
        ("clinic_visit", "W2|xian"),
    ]
    (added,) = result.dynamic_partitions_requests
    assert (added.partitions_def_name, added.partition_keys) == (WAVE_DIMENSION, ["U", "W1", "W2"])


def test_a_bulk_delivery_is_one_run_for_all_partitions(workspace):
    for number in range(1, automation.BULK + 2):
        drop(workspace, "deqing", "clinic_visit", f"visits_W{number}.csv")
    result = ticked(workspace)
    (request,) = result.run_requests
    assert (request.partition_key, request.asset_selection) == (None, None)
    assert len(result.dynamic_partitions_requests[0].partition_keys) == automation.BULK + 1


def test_a_file_that_is_still_growing_is_left(workspace):
    path = drop(workspace, "deqing", "clinic_visit", "visits_W1.csv")
    os.utime(path, (time.time() + 60,) * 2)  # however slow the machine, this was written just now
    assert isinstance(ticked(workspace), dg.SkipReason)


def test_the_same_file_is_asked_for_once_and_a_changed_one_again(workspace):
    path = drop(workspace, "deqing", "clinic_visit", "visits_W1.csv")
    file = InboxFile(path, "deqing", "clinic_visit", "W1")
    first, again = (automation.run_requests([file])[0].run_key for _ in range(2))
    drop(workspace, "deqing", "clinic_visit", "visits_W1.csv", content="ab")
    assert first == again != automation.run_requests([file])[0].run_key


@pytest.mark.parametrize(
    ("ended", "asked"),
    [
        ([], ""),
        (["STARTED"], ""),
        (["SUCCESS"], ""),
        (["FAILURE"], ":2"),
        (["CANCELED"], ":2"),
        (["FAILURE", "STARTED"], ":2"),
        (["FAILURE", "FAILURE"], ":3"),
        (["FAILURE", "FAILURE", "FAILURE"], ":3"),
    ],
)
def test_files_of_a_failed_or_dead_run_are_asked_for_again_up_to_three_times(workspace, ended, asked):
    drop(workspace, "deqing", "clinic_visit", "visits_W1.csv")
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, resources={"house": House(home=str(workspace.home))})
        (first,) = automation.inbox_sensor()(context).run_requests
        for attempt, status in enumerate(ended, start=1):
            key = first.run_key if attempt == 1 else f"{first.run_key}:{attempt}"
            tags = {automation.RUN_KEY_TAG: key}
            instance.add_run(dg.DagsterRun(job_name="ingest", status=dg.DagsterRunStatus[status], tags=tags))
        (request,) = automation.inbox_sensor()(context).run_requests
    assert request.run_key == first.run_key + asked
    assert request.partition_key == first.partition_key


def test_the_tag_is_the_one_under_which_dagster_keeps_a_run_key():
    from dagster._core.storage import tags

    assert automation.RUN_KEY_TAG == tags.RUN_KEY_TAG


def test_a_file_that_vanishes_before_the_tick_ends_is_no_error(workspace):
    gone = InboxFile(Path(workspace.inbox / "deqing" / "clinic_visit" / "x.csv"), "deqing", "clinic_visit", "W1")
    assert automation.run_requests([gone]) == []


def test_a_failed_run_leaves_a_record(workspace):
    @dg.op
    def broken() -> None:
        raise dg.Failure("no", metadata={"code": "E-X-01", "en": "no", "zh": "否"})

    @dg.job
    def everything() -> None:
        broken()

    with dg.DagsterInstance.ephemeral() as instance:
        result = everything.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="failed_runs",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        ).for_run_failure()
        automation.failure_sensor()(context, house=House(home=str(workspace.home)))
    found = json.loads((workspace.home / "failures" / f"{result.run_id}.json").read_text(encoding="utf-8"))
    assert [failure["code"] for failure in found["failures"]] == ["E-X-01"]
