"""A run whose process was killed is marked as failed; a living one and one of another host are left alone."""

import os
import subprocess
import sys

import dagster as dg
import pytest

from orchestration.defs import automation
from orchestration.leftovers import HOST_TAG, PROCESS_TAG, fail_dead_runs, signature


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def gone():
    """Return the id of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    return process.pid


def under_way(instance, tags):
    @dg.job
    def work() -> None: ...

    run = instance.create_run_for_job(work, tags=tags, status=dg.DagsterRunStatus.STARTED)
    return run.run_id


def status(instance, run_id):
    return instance.get_run_by_id(run_id).status


def test_a_run_without_process_fails_and_others_go_on(instance, gone):
    dead = under_way(instance, {**signature(), PROCESS_TAG: str(gone)})
    alive = under_way(instance, signature())
    elsewhere = under_way(instance, {HOST_TAG: "another-host", PROCESS_TAG: str(gone)})
    untagged = under_way(instance, {})
    assert fail_dead_runs(instance) == [dead]
    assert status(instance, dead) == dg.DagsterRunStatus.FAILURE
    assert {status(instance, run) for run in (alive, elsewhere, untagged)} == {dg.DagsterRunStatus.STARTED}
    assert fail_dead_runs(instance) == []


def test_the_daemon_looks_for_them(instance, gone):
    dead = under_way(instance, {**signature(), PROCESS_TAG: str(gone)})
    skipped = automation.dead_run_sensor()(dg.build_sensor_context(instance=instance))
    assert "1 runs" in skipped.skip_message
    assert status(instance, dead) == dg.DagsterRunStatus.FAILURE


def test_a_run_is_signed_by_its_process():
    assert signature()[PROCESS_TAG] == str(os.getpid())
