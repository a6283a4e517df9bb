"""Page Report: what an experiment found on this release, read from its results file.

Belongs here: the order of things on the page. Does not: estimating (experiments), parsing (findings), the sentences that an
interval allows (components.wording). Every number comes from `results.json`.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

import streamlit as st

from apps.viewer import outcomes, registry_reads, report_files
from apps.viewer.components import (
    address,
    figure,
    forest_chart,
    frame,
    markup,
    report_sections,
    report_standing,
    tracing_view,
    wording,
)
from apps.viewer.desk import Desk
from apps.viewer.findings import LEVELS, Finding, Report, reports_for
from apps.viewer.language import N_, number, own, spoken, t
from data.paths import Workspace
from data.releases import Release, load_release
from experiments.reviewing.reading import reads_unpublished
from quality.disclosure import MIN_CELL

TITLE = N_("Report")
GROUP = "browse"
ROLES: tuple[str, ...] = ()
IN_MENU = False
UNDER, OBJECT = "reports", "experiment"


def tables(release: Release) -> tuple[str, ...]:
    """Return the tables that the page may rest on; each report says of itself whether its data are simulated."""
    return tuple(release.tables)


def show(desk: Desk, release: Release) -> None:
    """Show the page for `release`."""
    workspace = desk.workspace
    found = reports_for(workspace, registry_reads.reviews(workspace), release.release_id, desk.who.user)
    reports = {report.experiment_id: report for report in found}
    if not reports and not reads_unpublished(desk.who.user, workspace):
        markup.title(t("Report"))
        markup.callout(t("No report yet"), [t("No report has been published yet. Come back later.")], "empty")
        return
    if not reports:
        markup.title(t("Report"))
        said = t("No experiment has been analysed on this release. Run {command}.")
        step = markup.with_code(said, command="zonelab run --job analyse")
        markup.callout(t("No report yet"), [step], "empty")
        return
    picked = _pick(reports)
    report = outcomes.opened(workspace, release_of(workspace, release, picked), picked)
    markup.title(own(report.title), over=markup.code(report.experiment_id), lead=own(report.note))
    _stale(report)
    report_standing.show(report)
    _status(report, release)
    tracing_view.show(workspace, report)
    markup.callout(t("Bottom line"), wording.bottom_line(report), "finding")
    _summary(report)
    _forest(report)
    _registered_and_done(report)
    _warnings(report)
    report_sections.show(report)
    _verify(report)


def release_of(workspace: Workspace, release: Release, report: Report) -> Release:
    """Return the release that a report is on: a published one may be on an earlier release than the newest."""
    return release if report.release_id == release.release_id else load_release(workspace, report.release_id)


def _pick(reports: dict[str, Report]) -> Report:
    asked = address.code("experiment")
    titles = {name: f"{name} · {own(report.title)}" for name, report in reports.items()}
    chosen = address.choose("experiment", t("Experiment"), titles)
    if asked and asked not in reports:
        said = t("No report on {code} in this release. The first report is shown instead.")
        markup.callout(t("Not found"), [markup.with_code(said, code=asked)], "warning")
    return reports[chosen or next(iter(reports))]


def _stale(report: Report) -> None:
    if not report.stale:
        return
    said = t(
        "Since this report was made, people withdrew their consent ({n}). Their data are erased; these numbers still count them."
    )
    again = t("Make it again with {command}.")
    needs_release = "totals" in report.stale.values()
    command = "zonelab run --job everything" if needs_release else "zonelab run --job analyse"
    paragraphs = [said.format(n=len(report.stale)), markup.with_code(again, command=command)]
    markup.callout(t("This report is not current"), paragraphs, "warning")


def _status(report: Report, release: Release) -> None:
    kind = markup.simulated() if report.simulated else markup.tag(t("Observed"))
    markup.strip(
        [
            (t("Registered protocol"), wording.registered(report.kept)),
            (t("Timing"), own(report.kept.timing)),
            (t("Data release"), markup.code(report.release_id)),
            (t("As of"), frame.built(release)),
            (t("Data"), kind),
            (t("Certainty"), t("Not rated yet")),
            *report_standing.review(report),
        ]
    )


def _summary(report: Report) -> None:
    markup.heading(
        t("Summary of findings"),
        t("Effect: difference to the comparison group in the outcome's own unit, with its confidence interval."),
    )
    columns = [
        markup.Column(t("Outcome")),
        markup.Column(t("Effect [interval]"), "number"),
        markup.Column(t("Mean without"), "number"),
        markup.Column(t("Reading")),
        markup.Column(t("Adjusted p"), "number"),
        markup.Column(t("Units"), "number"),
        markup.Column(t("Clusters"), "number"),
        markup.Column(t("Label")),
    ]
    rows: list[markup.Cells | markup.Group | markup.Remark] = []
    for level in LEVELS:
        found = [f for f in report.findings if f.level == level and not f.is_harm]
        if found:
            rows += [markup.Group(wording.level(level)), *(_cells(report, finding) for finding in found)]
    harms = [finding for finding in report.findings if finding.is_harm]
    rows += [markup.Group(t("Harms and unintended effects")), *(_cells(report, finding) for finding in harms)]
    if not harms:
        rows.append(markup.Remark(_no_harm(report)))
    markup.table(columns, rows, t("Summary of findings, {id}", id=report.experiment_id))
    markup.note(
        t(
            "Counts of people and organisations are rounded to 5; what would rest on fewer than {n} is not shown.",
            n=MIN_CELL,
        )
    )


def _no_harm(report: Report) -> str:
    if report.harms_registered:
        return t("A harm outcome is registered but has no result; see the reasons below")
    return t("No harm outcome is registered, so harms were not looked for")


def _effect(report: Report, finding: Finding) -> markup.Html:
    unit = f"<small>{markup.safe(finding.said.unit)} · {tracing_view.control(report, finding).text}</small>"
    return markup.Html(markup.data(forest_chart.interval(finding), finding.estimate).text + unit)


def _cells(report: Report, finding: Finding) -> markup.Cells:
    name = markup.Html(
        f"<strong>{markup.safe(finding.said.outcome)}</strong> {markup.code(finding.analysis_id).text}"
        f"<small>{markup.safe(wording.hypothesis(finding))}</small>"
    )
    return [
        name,
        _effect(report, finding),
        finding.said.control_mean,
        wording.verdict(finding),
        finding.said.p_adjusted,
        number(finding.n_units),
        number(finding.n_clusters),
        wording.label(finding.label),
    ]


def _forest(report: Report) -> None:
    markup.heading(
        t("Estimates and intervals"),
        t(
            "Dashed line: no difference. Circle: confirmatory. Triangle: deviated from the plan. Diamond: exploratory. "
            "Square: harm."
        ),
    )
    units: dict[str, list[Finding]] = {}
    for finding in report.findings:
        units.setdefault(finding.said.unit, []).append(finding)
    columns = [
        markup.Column(t("Outcome")),
        markup.Column(t("Estimate"), "number"),
        markup.Column(t("Lower bound"), "number"),
        markup.Column(t("Upper bound"), "number"),
        markup.Column(t("Standard error"), "number"),
        markup.Column(t("Label")),
    ]
    rows = [wording.exact_cells(finding) for finding in report.findings]
    figure.show([forest_chart.forest(found) for found in units.values()], columns, rows, t("Estimates and intervals"))


def _registered_and_done(report: Report) -> None:
    kept = report.kept
    markup.heading(
        t("Registered and done"), t("Each registered hypothesis, what answers it, and what it may be called.")
    )
    columns = [markup.Column(t("Hypothesis"), "prose"), *map(markup.Column, (t("Analyses"), t("Label"), t("State")))]
    rows = [wording.done(*row) for row in kept.rows]
    markup.table(columns, rows, t("Registered and done, {id}", id=report.experiment_id))
    if kept.version is None:
        return
    if not kept.deviations:
        markup.note(t("No deviation from the plan was found."))
        return
    columns = [markup.Column(name, "prose") for name in (t("Deviation"), t("Planned"), t("Done"))]
    markup.table(columns, [[own(part) for part in item] for item in kept.deviations], t("Deviations from the plan"))


def _warnings(report: Report) -> None:
    markup.heading(t("Warnings and diagnostics"))
    said = [line for finding in report.findings for line in wording.warnings(finding)]
    if report.not_estimated:
        reasons = [wording.reason(*missing) for missing in report.not_estimated]
        markup.callout(t("Registered, but not estimated"), reasons, "warning")
    if said:
        markup.callout(t("The estimators warned"), said, "warning")
    else:
        markup.note(t("The estimators gave no warning."))
    with st.expander(t("Diagnostics of each analysis")):
        columns = [markup.Column(t("Diagnostic")), markup.Column(t("Value"))]
        rows = [row for finding in report.findings for row in wording.diagnostics(finding)]
        markup.table(columns, rows, t("Diagnostics of each analysis"))


def _verify(report: Report) -> None:
    markup.heading(
        t("Check it yourself"), t("Anyone with the workspace can follow a number back to the submitted files.")
    )
    markup.strip(
        [
            (t("The release is intact"), markup.code(f"zonelab release verify {report.release_id}")),
            (t("The archive is intact"), markup.code("zonelab verify")),
            (t("Run"), markup.code(report.run_id)),
            (t("Protocol digest"), markup.code(report.protocol_digest)),
        ]
    )
    with st.container(horizontal=True):
        name = f"{report.experiment_id}-{report.release_id}"
        _document(report, name, "pdf", t("Download the report (PDF)"))
        _document(report, name, "docx", t("Download the report (Word)"))
        if spoken() in report.html:
            _document(report, name, "html", t("Download the report (HTML)"))
        _document(report, name, "json", t("Download the results (JSON)"))


def _document(report: Report, name: str, kind: report_files.Kind, label: str) -> None:
    """Offer a document in the screen's language; it is read or made when it is asked for."""
    language = spoken()
    made = partial(report_files.content, report, language, kind)
    way: Literal["primary", "secondary"] = "primary" if kind == "pdf" else "secondary"
    file_name = f"{name}.json" if kind == "json" else f"{name}.{language}.{kind}"
    st.download_button(label, made, file_name, report_files.MIME[kind], on_click="ignore", type=way)
