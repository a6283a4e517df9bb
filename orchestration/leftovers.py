"""Runs whose process died without a word (kill -9, power cut): found by process id and marked as failed.

Belongs here: the tags that say which process a run is, the search. Does not: the record for operators (failures), data left half
written (data.lake recovers its own). Without this a dead run would hold the one place for panel builds in the queue.
"""

from __future__ import annotations

import os
import socket

import dagster as dg

HOST_TAG, PROCESS_TAG = "zonelab/host", "zonelab/process"
UNDER_WAY = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]


def signature() -> dict[str, str]:
    """Return the tags of a run that this process executes."""
    return {HOST_TAG: socket.gethostname(), PROCESS_TAG: str(os.getpid())}


def fail_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark the runs of this host whose process is gone as failed; return their ids.

    A process id that has been given to another process keeps its run alive until that one ends, or until the time limit of
    `run_monitoring` in dagster.yaml.
    """
    mine = dg.RunsFilter(statuses=UNDER_WAY, tags={HOST_TAG: socket.gethostname()})
    dead = [run for run in instance.get_runs(mine) if not _alive(int(run.tags[PROCESS_TAG]))]
    for run in dead:
        instance.report_run_failed(run, f"Process {run.tags[PROCESS_TAG]} ended without finishing the run.")
    return [run.run_id for run in dead]


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
