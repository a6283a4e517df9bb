"""How far a report has come: the state of its review in words, what a reader must know about it, the way to its review.

Belongs here: a tag, a note and a link. Does not: the review itself (report_review), who may read (experiments.reviewing.reading).
"""

from __future__ import annotations

from apps.viewer.components import markup
from apps.viewer.desk import link
from apps.viewer.findings import Report
from apps.viewer.language import own, t
from data.lifecycle import ABSENT
from experiments.registry.machines_results import REPORT
from experiments.reviewing.records import NEEDED, ReportRecord

_KINDS: dict[str, markup.Kind] = {
    "published": "good",
    "approved": "good",
    "rejected": "bad",
    "retracted": "bad",
    "returned": "bad",
    "superseded": "bad",
}


def tag(record: ReportRecord) -> markup.Html:
    """Mark up the state of a report's review."""
    if record.state == ABSENT:
        return markup.tag(t("Not submitted"), "unsure")
    return markup.tag(own(REPORT.states[record.state]), _KINDS.get(record.state, "unsure"))


def review(report: Report) -> list[tuple[str, object]]:
    """Return the facts about a report's review for the strip at the head of its page."""
    if report.read_as is None:
        return []
    record = report.read_as.record
    checks = t("{n} of {total} checks", n=len(record.checks), total=NEEDED)
    told = markup.Html(f"{tag(record).text} <small>{markup.safe(checks)}</small>")
    return [(t("Review"), told), (t("Results (sha256)"), markup.code(record.sha256[:12]))]


def show(report: Report) -> None:
    """Tell the people of the programme that readers do not see this yet, and lead to the review."""
    found = report.read_as
    if found is None or found.is_public:
        return
    if found.record.state != "published":
        said = t("Readers do not see this report: it is published after two checks and by a third person.")
        way = link("review", t("Go to its review"), report=found.reported.name)
        markup.callout(t("Not published"), [said, way], "warning")
    else:
        markup.note(t("This report is published; readers see the copy that was approved."))
