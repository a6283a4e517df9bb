"""Page Batches: the deliveries that a data steward reviews, what went stale since, and one delivery with the acts on it.

Belongs here: the list and its filter. Does not: one delivery (components.batch_view), the acts (components.batch_acts).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from apps.viewer import acting, batch_reads, submission_reads
from apps.viewer.components import address, batch_view, markup
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, moment, number, own, t
from quality.machines import DATA_BATCH
from quality.review.next_steps import next_steps
from quality.review.records import Delivery

TITLE = N_("Batches")
GROUP = "review"
ROLES = ("data_steward", "administrator")
LONGEST = 200
KINDS = {
    "release": N_("release, holds a retracted batch"),
    "rewritten": N_("release, rewritten after a withdrawal"),
    "report": N_("report, made before a withdrawal"),
}


def show(desk: Desk) -> None:
    """Show what waits, what went stale and everything, or one delivery."""
    asked = address.code("sub")
    if asked:
        st.button(t("← All batches"), key="all_batches", type="tertiary", on_click=address.put, kwargs={"sub": None})
        batch_view.whole(desk, asked)
        return
    lead = t("What zones have delivered: take it up, look, then approve it, ask, or return it.")
    markup.title(t("Batches"), lead=lead)
    found = batch_reads.listed(desk.workspace, desk.who)
    if not found:
        markup.callout(t("Nothing delivered yet"), [t("What zones send appears here.")], "empty")
        return
    _waiting([item for item in found if batch_reads.waits(item)])
    _stale(desk)
    _all(found)


def _waiting(found: Sequence[Delivery]) -> None:
    markup.heading(t("Waiting for a data steward"))
    if found:
        _table(found[:LONGEST], t("Waiting for a data steward"))
    else:
        markup.note(t("Nothing waits for you."))


def _all(found: Sequence[Delivery]) -> None:
    markup.heading(t("All batches"))
    present = {state: own(DATA_BATCH.states[state]) for state in dict.fromkeys(item.state for item in found)}
    wanted = address.choose("status", t("State"), present, every=t("Any state"))
    shown = [item for item in found if wanted is None or item.state == wanted]
    _table(shown[:LONGEST], t("All batches"))
    if len(shown) > LONGEST:
        markup.note(t("The newest {n} of {k} are shown; choose a state to see fewer.", n=LONGEST, k=number(len(shown))))


def _table(found: Sequence[Delivery], caption: str) -> None:
    columns = [
        *(markup.Column(heading) for heading in (t("Number"), t("State"))),
        markup.Column(t("What was sent"), "prose"),
        markup.Column(t("Rows entered"), "number"),
        markup.Column(t("In quarantine"), "number"),
        markup.Column(t("Next"), "prose"),
        markup.Column(t("Since")),
    ]
    markup.table(columns, [_cells(item) for item in found], caption)


def _cells(item: Delivery) -> Sequence[object]:
    title = markup.safe(own(submission_reads.contract_title(item.submission.contract)))
    zone, steps = own(submission_reads.zone_name(item.submission.zone)), next_steps(item)
    return [
        link("batches", item.id, sub=item.id),
        batch_view.state_tag(item.state),
        markup.Html(f"{title} · {markup.safe(item.wave)}<small> {markup.safe(zone)}</small>"),
        number(item.submission.rows_accepted),
        number(item.submission.rows_quarantined),
        markup.Html(f"{markup.safe(own(steps[0].what))}<small> {markup.safe(acting.role_name(steps[0].role))}</small>")
        if steps
        else "–",
        moment(datetime.fromisoformat(item.since)),
    ]


def _stale(desk: Desk) -> None:
    found = batch_reads.stale(desk.workspace)
    if not found:
        return
    markup.heading(
        t("Not current any more"), t("Published before somebody withdrew or a batch was retracted: make these anew.")
    )
    columns = [markup.Column(t("What")), markup.Column(t("Why"), "prose"), markup.Column(t("Since"), "prose")]
    rows = [[markup.code(item.name), t(KINDS[item.kind]), t(", ").join(item.since)] for item in found]
    markup.table(columns, rows, t("Not current any more"))
