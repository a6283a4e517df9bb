"""Runs a named job in this process: `python -m orchestration.launch --job everything`.

Belongs here: the run and its one JSON document on stdout; all else goes to stderr. Does not: what a job does (defs). `zonelab
run` starts this with DAGSTER_HOME set, so that the run is in the same history as those of the web server.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from data.messages import NotFound, Text, ZonelabError
from data.paths import workspace
from data.settings import environment

if TYPE_CHECKING:
    import dagster as dg

    from orchestration.failures import StepFailure


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended. `release_id` is None if the run made no release."""

    run_id: str
    status: str
    checks: dict[str, int]
    release_id: str | None
    failures: tuple[StepFailure, ...]

    @property
    def exit_code(self) -> int:
        """0 done, 1 something was refused or failed a check, 5 the platform failed."""
        if self.status == "SUCCESS":
            return 0
        return max((failure.exit_code for failure in self.failures), default=5)


def launch(job: str, instance: dg.DagsterInstance) -> RunOutcome:
    """Run a named job on all that waits and return how it ended.

    Raises
    ------
    NotFound
        No job has that name; the message lists the jobs.
    """
    from orchestration.console import SPEAKING
    from orchestration.definitions import defs
    from orchestration.leftovers import fail_dead_runs, signature

    check_job(job)
    fail_dead_runs(instance)
    found = defs().resolve_job_def(job)
    result = found.execute_in_process(run_config=SPEAKING, instance=instance, tags=signature(), raise_on_error=False)
    return outcome(result)


def check_job(job: str) -> None:
    """Make sure that the job exists: an unknown one must never fall back to another."""
    from orchestration.defs.automation import JOB_NAMES

    if job not in JOB_NAMES:
        known = ", ".join(JOB_NAMES)
        raise NotFound(
            "E-RUN-01",
            Text(en=f"No job is called {job}. Known: {known}.", zh=f"没有名为 {job} 的作业。可用：{known}。"),
        )


def outcome(result: dg.ExecuteInProcessResult) -> RunOutcome:
    """Return what a finished run amounts to, and leave the record of a failed one in the workspace."""
    from orchestration.failures import record_failure, step_failures
    from orchestration.resources import House

    failures = step_failures(result.all_events)
    if not result.success:
        record_failure(House().workspace(), result.run_id, result.job_def.name, failures)
    return RunOutcome(
        run_id=result.run_id,
        status="SUCCESS" if result.success else "FAILURE",
        checks=check_counts(result.get_asset_check_evaluations()),
        release_id=released(result.get_asset_materialization_events()),
        failures=tuple(failures),
    )


def check_counts(evaluations: Sequence[dg.AssetCheckEvaluation]) -> dict[str, int]:
    """Return how many checks passed, failed and warned (a failed check of severity WARN)."""
    warned = sum(not e.passed and e.severity.value == "WARN" for e in evaluations)
    passed = sum(e.passed for e in evaluations)
    return {"passed": passed, "failed": len(evaluations) - passed - warned, "warned": warned}


def released(events: Sequence[dg.DagsterEvent]) -> str | None:
    """Return the release that a run made, if it made one."""
    from orchestration.defs.release import RELEASE_ID, RELEASE_KEY

    for event in events:
        if event.asset_key == RELEASE_KEY:
            return str(event.step_materialization_data.materialization.metadata[RELEASE_ID].value)
    return None


@contextmanager
def stdout_for_the_answer() -> Iterator[int]:
    """Point file descriptor 1 at stderr (dbt and C libraries print too); yields a descriptor of the real stdout."""
    sys.stdout.flush()
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        yield answer
    finally:
        sys.stdout.flush()
        os.dup2(answer, 1)
        os.close(answer)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job named on the command line; print one JSON document; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.launch", description="Run a named Dagster job.")
    parser.add_argument("--job", default="everything")
    job = parser.parse_args(arguments).job
    with stdout_for_the_answer() as answer:
        document, code = answered(job)
        os.write(answer, (json.dumps(document, ensure_ascii=False) + "\n").encode())
    return code


def answered(job: str) -> tuple[dict[str, object], int]:
    """Return the document and the exit code for a job."""
    try:
        check_job(job)
        with history() as instance:
            done = launch(job, instance)
    except ZonelabError as error:
        return {"error": {"code": error.code, "message": error.text.model_dump()}}, error.exit_code
    return asdict(done), done.exit_code


@contextmanager
def history() -> Iterator[dg.DagsterInstance]:
    """Open the workspace's run history, the one that its web server shows.

    Raises
    ------
    NotFound
        The workspace has no `dagster/dagster.yaml` (telemetry off, limits): `zonelab init` writes it.
    """
    import dagster as dg

    home = workspace().dagster
    if not (home / "dagster.yaml").is_file():
        raise NotFound(
            "E-RUN-04",
            Text(
                en="This workspace has no run history yet: run zonelab init.",
                zh="该工作区尚未初始化：请先运行 zonelab init。",
            ),
        )
    with environment({"DAGSTER_HOME": str(home)}), dg.DagsterInstance.get() as instance:
        yield instance


if __name__ == "__main__":
    sys.exit(main())
