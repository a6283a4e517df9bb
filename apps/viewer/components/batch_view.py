"""One delivery under review: counts, what is in quarantine and why, how it stands to the archive, corrections, history.

Belongs here: showing it. Does not: asking for it (batch_reads), the acts (batch_acts). Values are shown only where the contract
calls a column not sensitive.
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from apps.viewer import acting, batch_reads, submission_reads, submission_words
from apps.viewer.components import batch_acts, differing, markup
from apps.viewer.components.upload import results
from apps.viewer.desk import Desk
from apps.viewer.language import N_, moment, number, own, t
from quality.machines import DATA_BATCH
from quality.problems import Problem
from quality.review.beside_archive import beside_archive
from quality.review.next_steps import next_steps
from quality.review.records import Delivery

STATES = {"proposed": N_("proposed"), "accepted": N_("accepted"), "rejected": N_("rejected")}


def whole(desk: Desk, submission_id: str) -> None:
    """Show a delivery and, to who may act, the acts."""
    delivery = batch_reads.one(desk.workspace, desk.who, submission_id)
    sent = delivery.submission
    markup.title(
        own(submission_reads.contract_title(sent.contract)), over=markup.code(f"{delivery.id} · {delivery.batch}")
    )
    _facts(delivery)
    left, right = st.columns([7, 5], gap="large")
    with right:
        batch_acts.show(desk, delivery)
    with left:
        _next(delivery)
        _counts(delivery)
        _beside(desk, delivery)
        _answers(delivery)
        _quarantine(delivery)
        _issues(delivery)
        _corrections(desk, delivery)
        _history(delivery)


def state_tag(state: str) -> markup.Html:
    """Return a state as the life cycle calls it: its sender is told the same in other words (submission_words)."""
    return markup.tag(own(DATA_BATCH.states[state]), submission_words.words(state).kind)


def _facts(delivery: Delivery) -> None:
    sent = delivery.submission
    markup.strip(
        [
            (t("State"), state_tag(delivery.state)),
            (t("Zone"), own(submission_reads.zone_name(sent.zone))),
            (t("Received"), moment(datetime.fromisoformat(sent.received_at))),
            (t("By"), sent.actor),
            (t("File"), sent.file_name),
        ]
    )
    if sent.correction_reason:
        markup.note(t("Sent as a correction: {reason}", reason=sent.correction_reason))


def _next(delivery: Delivery) -> None:
    steps = [f"{own(step.what)} ({acting.role_name(step.role)})" for step in next_steps(delivery)]
    markup.callout(t("What comes next"), steps or [t("Nothing waits.")], "finding")


def _counts(delivery: Delivery) -> None:
    sent = delivery.submission
    markup.tiles(
        [
            (t("Rows in the file"), number(sent.rows_read), ""),
            (t("Entered"), number(sent.rows_accepted), t("new or corrected")),
            (t("Unchanged"), number(sent.rows_unchanged), t("in the archive already")),
            (t("In quarantine"), number(sent.rows_quarantined), t("with the reasons below")),
        ]
    )


def _beside(desk: Desk, delivery: Delivery) -> None:
    if delivery.state in ("received", "validating", "failed"):
        return
    at = batch_reads.desk_of(desk.workspace)
    found, contract = beside_archive(at, delivery, actor=desk.who.user), at.contract(delivery)
    markup.heading(t("Beside the archive"), t("Against what panels show without this batch."))
    markup.tiles(
        [
            (t("New"), number(found.new), t("not in the archive yet")),
            (t("Changed"), number(found.changed), t("the archive holds other values")),
            (t("Same"), number(found.same), ""),
            (t("Missing"), number(found.missing), t("sent before for these waves, and not in this file; they stay")),
        ]
    )
    differing.changed_cells(contract, found)


def _answers(delivery: Delivery) -> None:
    if not delivery.answers:
        return
    markup.heading(t("What the sender says to the remarks"))
    columns = [markup.Column(t("Code")), markup.Column(t("Reason"), "prose")]
    rows = [[markup.code(code), reason or t("looked at, no reason given")] for code, reason in delivery.answers]
    markup.table(columns, rows, t("What the sender says to the remarks"))


def _quarantine(delivery: Delivery) -> None:
    problems = [Problem.model_validate(found) for found in delivery.submission.problems]
    if problems:
        markup.heading(t("What was found"), t("By kind: how often, and in which rows first."))
        results.by_kind(problems)


def _issues(delivery: Delivery) -> None:
    if not delivery.issues:
        return
    markup.heading(t("Issues"))
    columns = [markup.Column(t("Row")), markup.Column(t("Column")), markup.Column(t("What is asked"), "prose")]
    columns += [markup.Column(t("Answered by"))]
    rows = [[i.cell.row, i.cell.column, i.reason, i.settled_by or t("open")] for i in delivery.issues]
    markup.table(columns, rows, t("Issues"))


def _corrections(desk: Desk, delivery: Delivery) -> None:
    if not delivery.corrections:
        return
    markup.heading(t("Corrections"))
    at = batch_reads.desk_of(desk.workspace)
    names = (t("Row"), t("Column"), t("Action"), t("Old"), t("New"))
    for item in delivery.corrections:
        columns = [*(markup.Column(name) for name in names), markup.Column(t("Reason"), "prose")]
        hidden = t("not shown")
        rows = [
            [
                c.row,
                c.column,
                markup.code(c.action),
                hidden if c.old is None else c.old,
                hidden if c.new is None else c.new,
                c.reason or "–",
            ]
            for c in batch_reads.cells(at, delivery, item)
        ]
        said = t(
            "{id}, proposed by {who}: {state}", id=item.correction_id, who=item.proposed_by, state=t(STATES[item.state])
        )
        st.html(f'<h3 class="zl-block">{markup.safe(said)}</h3>')
        markup.table(columns, rows, said)
        if item.state == "proposed":
            batch_acts.decide(desk, delivery, item)


def _history(delivery: Delivery) -> None:
    markup.heading(t("History"))
    columns = [markup.Column(heading) for heading in (t("When"), t("What"), t("By"), t("Ledger"))]
    rows = [
        [
            moment(datetime.fromisoformat(event.at_utc)),
            submission_words.event_name(event),
            event.actor,
            markup.code(event.seq),
        ]
        for event in delivery.events
    ]
    markup.table(columns, rows, t("History"))
