"""The review of one report: the report itself on the left, the desk of who reviews, decides or publishes on the right.

Belongs here: the order of things. Does not: one's own check (report_check), deciding (report_acts), the rules
(experiments.reviewing).
"""

from __future__ import annotations

import streamlit as st

from apps.viewer import outcomes, registry_reads
from apps.viewer.components import address, markup, report_acts, report_check, report_standing
from apps.viewer.desk import Desk
from apps.viewer.findings import load_report
from apps.viewer.language import own, spoken, t
from data.messages import NotFound
from data.releases import load_release
from data.stale import marks
from experiments.report.files import report_file
from experiments.reviewing import reading
from experiments.reviewing.desk import Item, ReviewDesk

HEIGHT = 1100


def show(desk: Desk, name: str) -> None:
    """Show the review of the report that the address names; who looks is on record as a reader of its outcomes."""
    reviews = registry_reads.reviews(desk.workspace)
    st.button(t("← All that waits"), key="review_queue", type="tertiary", on_click=address.put, kwargs={"report": None})
    try:
        item = reviews.item(name)
    except NotFound as error:
        markup.callout(t("Not found"), [own(error.text)], "warning")
        return
    report = load_report(item.reported.path, desk.workspace)
    outcomes.opened(desk.workspace, load_release(desk.workspace, item.reported.release_id), report)
    _head(item, own(report.title))
    left, right = st.columns([7, 5], gap="large")
    with right:
        report_check.show(desk, reviews, item)
        report_acts.show(desk, reviews, item)
        _said(desk, reviews, item)
    with left:
        _report(desk, item)


def _head(item: Item, title: str) -> None:
    record = item.record
    markup.title(title, over=markup.code(item.reported.name))
    markup.strip(
        [
            (t("State"), report_standing.tag(record)),
            (t("Checks"), t("{n} of {total} checks", n=len(record.checks), total=2)),
            (t("Results (sha256)"), markup.code(record.sha256[:16])),
        ]
    )


def _report(desk: Desk, item: Item) -> None:
    """Show the page as it would be published, made from the file that is judged."""
    markup.heading(t("The report"), t("As it would be published now, made from the results file with the hash above."))
    found = reading.Readable(item.reported, item.record, is_public=False)
    stale = bool(marks(desk.workspace, item.reported.name))
    page = report_file(reading.document_of(found), spoken(), "html", stale=stale)
    st.iframe(page.decode(), height=HEIGHT, alt=t("The report {name}", name=item.reported.name))


def _said(desk: Desk, reviews: ReviewDesk, item: Item) -> None:
    """Show the checks and comments that this user may see, with the place to answer."""
    checks, comments = reading.visible_checks(item.record, desk.who.user)
    authored = desk.who.user in reviews.authors(item.record)
    with st.container(border=True, key="zl_report_said"):
        st.html(f'<h2 class="zl-side">{markup.safe(t("What was said"))}</h2>')
        if not checks and not comments:
            markup.note(t("Nothing that you may see yet: checks are opened when both are in."))
        for check in checks:
            report_check.given(check)
        for comment in comments:
            report_acts.comment(desk, reviews, item, comment, may_answer=authored)
