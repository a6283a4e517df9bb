"""Notices by the clock: one job that tells who must know; it runs only when there is something new to tell.

Belongs here: when, and what a run records. Does not: what there is to tell, to whom, how (experiments.notices).
"""

from datetime import UTC, datetime

import dagster as dg

from data.access import SYSTEM
from data.messages import PlatformFailed
from experiments import notices as subject
from orchestration.console import SPEAKING
from orchestration.failures import told
from orchestration.resources import House

JOB = subject.JOB


def notify_job() -> dg.JobDefinition:
    """Return the job: every rule of `<home>/notices.yml`; a way that fails does not keep the others from being used."""

    @dg.op(name="send_notices", description="What somebody should hear of leaves by mail and webhook, once.")
    def send_notices(context: dg.OpExecutionContext, house: House) -> None:
        from experiments.notices.sending import send
        from experiments.registry.store import Registry

        with told():
            done = send(Registry.open(house.workspace()), datetime.now(UTC), by=SYSTEM)
        failed = [item for item in done if item.error]
        context.add_output_metadata({"messages": len(done), "failed": len(failed)})
        if failed:
            kinds = ", ".join(f"{item.rule} by {item.way.split(':')[0]}: {item.error}" for item in failed)
            raise dg.Failure(f"{len(failed)} of {len(done)} messages did not leave ({kinds})", allow_retries=False)

    @dg.job(name=JOB, description="Failures, overdue reports and waves, harm, ethics: who must know is told, once.")
    def notify() -> None:
        send_notices()

    return notify


def notice_schedule() -> dg.ScheduleDefinition:
    """Return the schedule: every hour, and no run where nothing is new. Rules that cannot be read make a run that says so."""

    @dg.schedule(
        name="notices",
        job_name=JOB,
        cron_schedule="20 * * * *",
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def notices(house: House) -> dg.RunRequest | dg.SkipReason:
        from experiments.notices.sending import fresh
        from experiments.registry.store import Registry

        workspace = house.workspace()
        if not (workspace.home / "notices.yml").exists():
            return dg.SkipReason("nobody is to be told: there is no notices.yml")
        try:
            news = fresh(Registry.open(workspace), datetime.now(UTC))
        except PlatformFailed:
            return dg.RunRequest(run_config=SPEAKING)
        return dg.RunRequest(run_config=SPEAKING) if news else dg.SkipReason("nothing new to tell")

    return notices
