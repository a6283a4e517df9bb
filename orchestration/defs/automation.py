"""When things run: the named jobs, the drop-folder sensor, the nightly schedule, dead and failed runs.

Belongs here: triggers. Does not: what runs. Launch named jobs only: a selection that matches nothing has launched everything.
"""

import hashlib
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.console import SPEAKING
from orchestration.defs import estimates, feeds, notices, panel, raw, release
from orchestration.failures import record_failure, step_failures
from orchestration.leftovers import fail_dead_runs
from orchestration.partitions import partition_of, waves
from orchestration.resources import House

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

    from quality.inbox import InboxFile

WRITER = {"duckdb": "writer"}
"""Runs with this tag write the archive or the panels: the queue starts one at a time, in order (dagster.yaml), so that a run of
everything finds no file half taken by another run."""

BULK = 8
"""More partitions than this at once are one run for all: a run costs seconds before it does anything."""

ATTEMPTS = 3
"""Runs for the same files before they wait for the nightly one."""

RUN_KEY_TAG = "dagster/run_key"

JOB_NAMES = ("ingest", "build_release", "analyse", "everything", feeds.JOB, notices.JOB)


def jobs() -> "list[UnresolvedAssetJobDefinition]":
    """Return the four jobs of the assets; those of `feeds` and `notices` are made there."""
    groups = dg.AssetSelection.groups
    return [
        dg.define_asset_job("ingest", groups(raw.GROUP), tags=WRITER, description="Take what waits in the inbox."),
        dg.define_asset_job(
            "build_release", groups(panel.GROUP, release.GROUP), tags=WRITER, description="Panels, release."
        ),
        dg.define_asset_job("analyse", groups(estimates.GROUP), description="Every protocol on the latest release."),
        dg.define_asset_job("everything", dg.AssetSelection.all(), tags=WRITER, description="Inbox to estimates."),
    ]


def nightly() -> dg.ScheduleDefinition:
    """Return the nightly run: whatever came in since, to the estimates; nothing new adds nothing."""
    return dg.ScheduleDefinition(
        name="nightly",
        job_name="everything",
        cron_schedule="0 2 * * *",
        execution_timezone="Asia/Shanghai",
        run_config=SPEAKING,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def inbox_sensor() -> dg.SensorDefinition:
    """Return the sensor on `inbox/<zone>/<contract>/`: one run per contract, zone and wave with settled files."""

    @dg.sensor(
        name="inbox",
        job_name="ingest",
        minimum_interval_seconds=10,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Launches ingest for files that have settled in the drop folder.",
    )
    def inbox(context: dg.SensorEvaluationContext, house: House) -> dg.SensorResult | dg.SkipReason:
        from quality.inbox import misplaced, pending

        workspace = house.workspace()
        if lost := misplaced(workspace):
            context.log.warning("%s files lie in no inbox/<zone>/<contract>/ folder: nobody takes them", len(lost))
        files = pending(workspace)
        if not files:
            return dg.SkipReason("nothing has settled in the inbox")
        seen = waves().build_add_request(sorted({file.wave or "U" for file in files}))
        requests = [again_if_failed(context.instance, request) for request in run_requests(files)]
        return dg.SensorResult(run_requests=requests, dynamic_partitions_requests=[seen])

    return inbox


def run_requests(files: "Iterable[InboxFile]") -> list[dg.RunRequest]:
    """Return one request per contract and partition, or one for all when they are many.

    The run key is the set of paths, sizes and modification times: the same files are asked for once, and a file that is
    sent again (same name, new bytes or new time) is asked for again. For what a failed run left, see `again_if_failed`.
    """

    def place(file: "InboxFile") -> tuple[str, str, str]:
        return (file.contract, file.zone, file.wave or "U")

    there = [
        file for file in files if file.path.exists()
    ]  # a run in progress may have taken some since they were listed
    grouped = [
        (key, list(group)) for key, group in groupby(sorted(there, key=lambda f: (place(f), str(f.path))), key=place)
    ]
    if len(grouped) > BULK:
        return [dg.RunRequest(run_key=run_key(there), run_config=SPEAKING)]
    return [
        dg.RunRequest(
            run_key=run_key(group),
            partition_key=partition_of(zone, wave),
            asset_selection=[raw.raw_key(contract)],
            run_config=SPEAKING,
            tags={"contract": contract},
        )
        for (contract, zone, wave), group in grouped
    ]


def again_if_failed(instance: dg.DagsterInstance, request: dg.RunRequest) -> dg.RunRequest:
    """Return the request under the key of its next attempt if the runs before failed or their process died.

    A key that a run has is never launched again, so the files of a dead worker would lie there until the night. After
    `ATTEMPTS` they do: the files themselves are then at fault more often than the machine.
    """
    for attempt in range(1, ATTEMPTS + 1):
        key = f"{request.run_key}:{attempt}" if attempt > 1 else request.run_key
        found = instance.get_runs(dg.RunsFilter(tags={RUN_KEY_TAG: str(key)}), limit=1)
        if not found or found[0].status not in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED):
            break
    return request._replace(run_key=str(key))


def run_key(files: "Iterable[InboxFile]") -> str:
    """Return a digest of the paths, sizes and modification times."""
    stats = ((file.path, file.path.stat()) for file in files)
    return hashlib.sha256("\n".join(f"{p}:{s.st_size}:{s.st_mtime_ns}" for p, s in stats).encode()).hexdigest()


def failure_sensor() -> dg.SensorDefinition:
    """Return the sensor that writes `<home>/failures/<run_id>.json` for a failed run, a killed one included."""

    @dg.run_failure_sensor(name="failed_runs", default_status=dg.DefaultSensorStatus.RUNNING)
    def failed_runs(context: dg.RunFailureSensorContext, house: House) -> None:
        run = context.dagster_run
        failures = step_failures(context.get_step_failure_events())
        record_failure(house.workspace(), run.run_id, run.job_name, failures)

    return failed_runs


def dead_run_sensor() -> dg.SensorDefinition:
    """Return the sensor that fails runs whose process died; it launches nothing."""

    @dg.sensor(name="dead_runs", minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
    def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        found = fail_dead_runs(context.instance)
        return dg.SkipReason(
            f"failed {len(found)} runs whose process is gone" if found else "no run has lost its process"
        )

    return dead_runs
