"""The two files that make `<home>/dagster` a Dagster home: limits and telemetry off, and which code to load.

Belongs here: their content (domain/costs.md 4.3). Does not: definitions (orchestration), which apps never imports.
"""

from __future__ import annotations

from pathlib import Path

from data.durable import write_text
from data.paths import Workspace
from data.settings import REPOSITORY

INSTANCE = """\
# Written by `zonelab init`. SQLite on a local disk; one host.
telemetry: {enabled: false}
nux: {enabled: false}
concurrency:
  runs:
    max_concurrent_runs: 2
    # one run at a time writes the archive or the panels
    tag_concurrency_limits: [{key: duckdb, value: writer, limit: 1}]
# a run that lasts longer has lost its process
run_monitoring: {enabled: true, max_runtime_seconds: 21600}
retention:
  schedule: {purge_after_days: 30}
  sensor: {purge_after_days: {skipped: 3, failure: 30, success: -1}}
"""

LOCATION = """\
load_from:
  - python_module:
      module_name: orchestration.definitions
      location_name: zonelab
      working_directory: {folder}
"""


def prepare(workspace: Workspace) -> list[Path]:
    """Write the files that are missing or out of date; safe to repeat. Returns those written.

    `dagster.yaml` is left alone once it exists, so that an operator may change limits or move to PostgreSQL.
    """
    import json

    instance, location = workspace.dagster / "dagster.yaml", workspace.dagster / "workspace.yaml"
    wanted = {location: LOCATION.format(folder=json.dumps(str(REPOSITORY)))}
    if not instance.exists():
        wanted[instance] = INSTANCE
    stale = {
        path: text for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    for path, text in stale.items():
        write_text(path, text)
    return sorted(stale)
