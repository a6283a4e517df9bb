"""Runs and freshness in words: the clock, stages, runs, what comes next, what is overdue, room on the disk.

Belongs here: tables and their words. Does not: reading (run_reads, house_reads). The state of a run and that of its checks stand
in two columns; only a run that succeeded and of whose checks none failed is shown as good.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from apps.viewer.components import address, markup
from apps.viewer.house_reads import BACKUP, Room, Waiting
from apps.viewer.language import N_, moment, number, own, percent, t
from apps.viewer.run_reads import Checks, Clock, Next, Run, Seen, Stage
from data.ethics_gate import LOCAL
from data.releases import Release
from experiments.notices.occasions import Occasion

STAGE_NAMES = {
    "raw": N_("raw tables"),
    "panels": N_("panels"),
    "release": N_("release"),
    "estimates": N_("estimates"),
}
RUN_STATES: dict[str, tuple[str, markup.Kind]] = {
    "SUCCESS": (N_("finished"), "plain"),
    "FAILURE": (N_("failed"), "bad"),
    "CANCELED": (N_("stopped"), "bad"),
    "CANCELING": (N_("stopping"), "unsure"),
    "QUEUED": (N_("waits its turn"), "unsure"),
    "NOT_STARTED": (N_("about to start"), "unsure"),
    "STARTING": (N_("about to start"), "unsure"),
    "STARTED": (N_("running"), "unsure"),
}
JOBS = {
    "ingest": N_("takes files in"),
    "build_release": N_("builds panels and release"),
    "analyse": N_("estimates"),
    "everything": N_("from the drop folder to the estimates"),
    "fetch": N_("asks databases"),
    "notify": N_("tells who must know"),
}
KINDS = {
    "failure": N_("failed run"),
    "overdue_report": N_("annual report"),
    "overdue_wave": N_("wave"),
    "harm": N_("harm rule"),
    "ethics_expired": N_("ethics"),
    "review_waits": N_("review"),
}
FILTERS = {"failed": N_("Failed, or with failed checks")}
SCARCE = 0.1
"""Free share of the disk below which the page warns."""
OLD = timedelta(days=2)
"""A backup older than that is told as old."""
GIGABYTE = 1024**3


def state_of_clock(seen: Seen) -> None:
    """Say whether the clock answers, and what the page then stands on."""
    if seen.clock is None:
        said = t("Nothing was ever heard of it here. Start it with {command}; the archive's own facts stand below.")
        markup.callout(
            t("The clock (Dagster) does not answer"), [markup.with_code(said, command="zonelab serve")], "warning"
        )
    elif not seen.is_now:
        when = moment(datetime.fromisoformat(seen.clock.read_at))
        said = t(
            "Runs and stages below are as they were last known, on {when}. They may have changed since.", when=when
        )
        step = markup.with_code(t("Start it with {command}."), command="zonelab serve")
        markup.callout(t("The clock (Dagster) does not answer"), [said, step], "warning")
    elif not seen.clock.is_alive:
        said = t(
            "Its daemon is not running: nothing starts by itself, and runs wait in the queue. Start the platform anew."
        )
        markup.callout(t("Nothing runs by itself"), [said], "warning")


def facts(
    release: Release | None, generation: tuple[str, datetime] | None, files: Waiting, backup: datetime | None
) -> None:
    """Show what the archive itself knows."""
    none = t("none yet")
    lost = t(" ({n} where nobody takes them)", n=number(files.lost)) if files.lost else ""
    markup.facts(
        [
            (
                t("Newest release"),
                _named(release.release_id, datetime.fromisoformat(release.built_at)) if release else none,
            ),
            (t("Last good build of the panels"), _named(*generation) if generation else none),
            (t("Files waiting in the drop folder"), number(files.ready) + lost),
            (t("Last backup"), _backup(backup)),
        ]
    )


def stages(clock: Clock) -> None:
    """Show each stage: when it was last made, and what its checks say of what is there now."""
    markup.heading(t("How fresh each stage is"), t("Checks are on what is there now."))
    columns = [
        *(markup.Column(heading) for heading in (t("Stage"), t("Data checks"), t("Last made"))),
        markup.Column(t("Tables made"), "number"),
        markup.Column(t("In Dagster")),
    ]
    rows = [_stage(stage, clock) for stage in clock.stages]
    markup.table(columns, rows, t("How fresh each stage is"))


def runs(clock: Clock) -> None:
    """Show the latest runs, run state and check state apart."""
    markup.heading(t("Latest runs"))
    counted = t("Running now: {n}. Waiting their turn: {k}.", n=number(clock.under_way), k=number(clock.queued))
    markup.note(counted)
    if not clock.runs:
        markup.callout(t("No run yet"), [t("The first one starts when a file comes, or at night.")], "empty")
        return
    wanted = address.choose("status", t("Show"), {code: t(word) for code, word in FILTERS.items()}, every=t("All runs"))
    shown = [run for run in clock.runs if wanted is None or is_bad(run)]
    columns = [
        *(
            markup.Column(heading)
            for heading in (t("Run"), t("Run state"), t("Check state"), t("What it does"), t("Began"))
        ),
        markup.Column(t("Took"), "number"),
    ]
    rows: Sequence[markup.Cells | markup.Remark] = [_run(run, clock) for run in shown]
    markup.table(columns, rows or [markup.Remark(t("None of the latest runs."))], t("Latest runs"))


def coming(clock: Clock) -> None:
    """Show what starts by itself next."""
    markup.heading(t("What starts by itself next"))
    columns = [markup.Column(heading) for heading in (t("Schedule"), t("What it does"), t("Next time"))]
    rows = [[markup.code(item.name), _job(item.job), _next(item)] for item in clock.coming]
    markup.table(columns, rows or [markup.Remark(t("No schedule is known."))], t("What starts by itself next"))


def overdue(found: Sequence[Occasion]) -> None:
    """Show what is overdue or needs somebody, the oldest first."""
    markup.heading(t("Overdue, or waiting for somebody"))
    if not found:
        markup.note(t("Nothing is overdue."))
        return
    columns = [*(markup.Column(heading) for heading in (t("Since"), t("About"))), markup.Column(t("What"), "prose")]
    rows = [[item.since[:10], t(KINDS[item.kind]), own(item.text)] for item in found]
    markup.table(columns, rows, t("Overdue, or waiting for somebody"))


def storage(room: Room) -> None:
    """Show the room on the disk."""
    markup.heading(t("Room on the disk"))
    free, total = sized(room.free), sized(room.total)
    said = t("{free} of {total} are free ({share}).", free=free, total=total, share=percent(room.share_free, 0))
    if room.share_free < SCARCE:
        markup.callout(t("The disk is nearly full"), [said], "warning")
    else:
        markup.note(said)
    markup.strip([(markup.code(name), sized(size)) for name, size in room.parts.items()])


def is_bad(run: Run) -> bool:
    """Tell whether a run failed, or ended with a failed check."""
    return run.status in ("FAILURE", "CANCELED") or (run.checks is not None and run.checks.failed > 0)


def run_tag(run: Run) -> markup.Html:
    """Mark up the state of a run: good only where all its checks passed too."""
    word, kind = RUN_STATES.get(run.status, (run.status, "unsure"))
    whole = run.status == "SUCCESS" and run.checks is not None and not run.checks.failed
    return markup.tag(t(word), "good" if whole else kind)


def check_tag(checks: Checks | None) -> markup.Html:
    """Mark up what checks say, the worst first."""
    if checks is None:
        return markup.tag(t("not yet"), "unsure")
    if checks.failed:
        return markup.tag(t("{n} failed", n=number(checks.failed)), "bad")
    if checks.warned:
        return markup.tag(t("{n} with remarks", n=number(checks.warned)), "unsure")
    if not checks.passed:
        return markup.tag(t("none made"), "unsure")
    missing = t(" ({n} not made)", n=number(checks.missing)) if checks.missing else ""
    return markup.tag(t("{n} passed", n=number(checks.passed)) + missing, "unsure" if checks.missing else "good")


def sized(size: int) -> str:
    """Return a size in the unit that fits it.

    >>> sized(3 * 1024**3 // 2), sized(200_000)
    ('1.5 GB', '0.2 MB')
    """
    return f"{number(size / GIGABYTE, 1)} GB" if size >= GIGABYTE else f"{number(1024 * size / GIGABYTE, 1)} MB"


def _stage(stage: Stage, clock: Clock) -> Sequence[object]:
    link = _outside(f"{clock.url}/locations/zonelab/asset-groups/{stage.name}", t("open it"))
    return [
        t(STAGE_NAMES.get(stage.name, stage.name)),
        check_tag(stage.checks) if stage.made else markup.tag(t("none made"), "unsure"),
        _at(stage.last_at) if stage.last_at is not None else t("never"),
        t("{n} of {k}", n=number(stage.made), k=number(stage.tables)),
        link,
    ]


def _run(run: Run, clock: Clock) -> Sequence[object]:
    took = number(run.ended - run.began) + t(" s") if run.began is not None and run.ended is not None else "–"
    return [
        _outside(f"{clock.url}/runs/{run.run_id}", run.run_id[:8]),
        run_tag(run),
        check_tag(run.checks),
        _job(run.job),
        _at(run.began if run.began is not None else run.created),
        took,
    ]


def _job(name: str) -> markup.Html:
    said = f" <small>{markup.safe(t(JOBS[name]))}</small>" if name in JOBS else ""
    return markup.Html(f"{markup.code(name).text}{said}")


def _next(item: Next) -> str:
    if not item.is_on:
        return t("switched off")
    return _at(item.at) if item.at is not None else "–"


def _named(name: str, when: datetime) -> markup.Html:
    return markup.Html(f"{markup.code(name).text} {markup.safe(moment(when))}")


def _backup(when: datetime | None) -> object:
    if when is None:
        return markup.with_code(
            t("none on record: let your backup end by touching {file} in the workspace"), file=BACKUP
        )
    old = f" {markup.tag(t('older than two days'), 'bad').text}" if datetime.now(LOCAL) - when > OLD else ""
    return markup.Html(markup.safe(moment(when)) + old)


def _at(seconds: float) -> str:
    return moment(datetime.fromtimestamp(seconds, LOCAL))


def _outside(target: str, text: str) -> markup.Html:
    return markup.Html(f'<a href="{markup.safe(target)}" target="_blank" rel="noopener">{markup.safe(text)}</a>')
