"""Page Reports: the impact reports that a reader may see, with how the plan was kept; one opens on the page Report.

Belongs here: the list. Does not: a report (report); results files (findings). It shows no outcome: looking at it is no reading.
"""

from __future__ import annotations

from datetime import datetime

from apps.viewer import registry_reads
from apps.viewer.components import markup, report_standing, wording
from apps.viewer.desk import Desk, link
from apps.viewer.findings import Report, reports_for
from apps.viewer.language import N_, day, own, t, tn
from data.releases import Release
from experiments.reviewing.reading import reads_unpublished

TITLE = N_("Reports")
GROUP = "browse"
ROLES: tuple[str, ...] = ()


def tables(release: Release) -> tuple[str, ...]:
    """Return the tables that the reports may rest on."""
    return tuple(release.tables)


def show(desk: Desk, release: Release) -> None:
    """Show the page for `release`."""
    reviews = registry_reads.reviews(desk.workspace)
    found = reports_for(desk.workspace, reviews, release.release_id, desk.who.user)
    lead = tn("{n} impact report to read.", "{n} impact reports to read.", len(found))
    markup.title(t("Reports"), lead=lead if found else "")
    if not found and not reads_unpublished(desk.who.user, desk.workspace):
        markup.callout(t("No report yet"), [t("No report has been published yet. Come back later.")], "empty")
        return
    if not found:
        said = t("No experiment has been analysed on this release. Run {command}.")
        markup.callout(t("No report yet"), [markup.with_code(said, command="zonelab run --job analyse")], "empty")
        return
    markup.table(_columns(), [_cells(report) for report in found], t("Impact reports"))
    markup.note(t("A report opens with its bottom line; PDF, Word and data are offered at its end, in your language."))


def _columns() -> list[markup.Column]:
    plain = [markup.Column(name) for name in (t("Registered protocol"), t("Analyses"), t("State"), t("Data"))]
    return [markup.Column(t("Report"), "prose"), *plain, markup.Column(t("Timing"), "prose")]


def _cells(report: Report) -> markup.Cells:
    opener = link("report", own(report.title), experiment=report.experiment_id)
    kept = report.kept
    since = day(datetime.fromisoformat(kept.registered_at).date()) if kept.registered_at else ""
    version = t("version {v}", v=kept.version) if kept.version else t("Not registered")
    return [
        markup.Html(f"<strong>{opener.text}</strong><small>{markup.code(report.experiment_id).text}</small>"),
        markup.Html(f"{markup.safe(version)}<small>{markup.safe(since)}</small>"),
        _analyses(report),
        _state(report),
        markup.simulated() if report.simulated else markup.tag(t("Observed")),
        own(kept.timing),
    ]


def _state(report: Report) -> markup.Html:
    """Mark up how far the report has come on its way to readers, and that it is no longer current."""
    state = report_standing.tag(report.read_as.record).text if report.read_as else ""
    return markup.Html(f"{state} {markup.tag(t('not current'), 'bad').text}" if report.stale else state)


def _analyses(report: Report) -> markup.Html:
    labels = [finding.label for finding in report.findings]
    told = [f"{labels.count(name)} × {wording.label_word(name)}" for name in dict.fromkeys(labels)]
    missing = len(report.not_estimated)
    if missing:
        told.append(t("{n} × not estimated", n=missing))
    return markup.Html("<br>".join(markup.safe(each) for each in told))
