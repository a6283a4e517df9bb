"""Feeds of databases by the clock: one job that lets each configured feed lay what is new into the drop folder.

Belongs here: when, and what a run records. Does not: fetching (data.feeds), taking what was laid down (the inbox sensor). The
subscriber of a broker runs for itself (`zonelab feed mqtt`): it never ends, and a run should.
"""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from data.messages import ZonelabError
from data.paths import Workspace
from orchestration.console import SPEAKING
from orchestration.failures import told
from orchestration.resources import House

JOB = "fetch"


def configured(workspace: Workspace) -> list[Path]:
    """Return the configurations in `<home>/feeds/*.yml`, by name."""
    return sorted(workspace.feeds.glob("*.yml"))


def fetch_job() -> dg.JobDefinition:
    """Return the job: every feed of kind sql; one that fails does not keep the others from running."""

    @dg.op(name="fetch_feeds", description="New rows of each configured database go into the drop folder.")
    def fetch_feeds(context: dg.OpExecutionContext, house: House) -> None:
        counts, errors = fetch_all(house.workspace())
        for name, rows in counts.items():
            context.log.info("feed %s: %s rows", name, rows)
        context.add_output_metadata({"rows": sum(counts.values()), "feeds": len(counts), "failed": len(errors)})
        with told():
            for error in errors:
                raise error

    @dg.job(name=JOB, description="Databases behind a watermark: what is new goes into the drop folder.")
    def fetch() -> None:
        fetch_feeds()

    return fetch


def fetch_all(workspace: Workspace) -> tuple[dict[str, int], Sequence[ZonelabError]]:
    """Run each feed of kind sql; return rows by feed, and what went wrong."""
    from data.feeds.config import SqlFeed, load_feed
    from data.feeds.sql_run import fetch

    counts: dict[str, int] = {}
    errors: list[ZonelabError] = []
    for path in configured(workspace):
        try:
            feed = load_feed(path)
            if isinstance(feed, SqlFeed):
                counts[feed.name] = fetch(feed, workspace, tell=lambda _: None).rows
        except ZonelabError as error:
            errors.append(error)
    return counts, errors


def feed_schedule() -> dg.ScheduleDefinition:
    """Return the schedule: every quarter of an hour, nothing where no feed is configured."""

    @dg.schedule(
        name="feeds",
        job_name=JOB,
        cron_schedule="*/15 * * * *",
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def feeds(house: House) -> dg.RunRequest | dg.SkipReason:
        if not configured(house.workspace()):
            return dg.SkipReason("no feed is configured")
        return dg.RunRequest(run_config=SPEAKING)

    return feeds
