"""The code location: every definition in one object, cheap to load.

Belongs here: the list. Does not: anything else. Loading imports no GX, dbt or statsmodels: assets import them when they run.
"""

from __future__ import annotations

import dagster as dg

from orchestration.console import console
from orchestration.defs.automation import dead_run_sensor, failure_sensor, inbox_sensor, jobs, nightly
from orchestration.defs.conduct import conduct_checks
from orchestration.defs.estimates import estimate_assets
from orchestration.defs.feeds import feed_schedule, fetch_job
from orchestration.defs.notices import notice_schedule, notify_job
from orchestration.defs.panel import panels_asset
from orchestration.defs.quality import raw_checks
from orchestration.defs.raw import raw_assets
from orchestration.defs.release import release_asset
from orchestration.resources import House


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions of the platform.

    The in-process executor, because a run is a process of its own already and the default one costs 4 to 14 s a step.
    """
    return dg.Definitions(
        assets=[*raw_assets(), panels_asset(), release_asset(), *estimate_assets()],
        asset_checks=[*raw_checks(), *conduct_checks()],
        resources={"house": House()},
        jobs=[*jobs(), fetch_job(), notify_job()],
        schedules=[nightly(), feed_schedule(), notice_schedule()],
        sensors=[inbox_sensor(), failure_sensor(), dead_run_sensor()],
        executor=dg.in_process_executor,
        loggers={"console": console},
    )
