"""Page Review: what waits for a reviewer or the registrar, and one version or one report under review.

Belongs here: the queue of plans and the order of things on the page. Does not: voting (components.voting), the registrar's acts
(components.deciding), reports (components.report_review), who may do what (experiments).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from apps.viewer import registry_reads
from apps.viewer.components import address, commenting, deciding, markup, protocol_view, report_review, voting
from apps.viewer.components.form import words
from apps.viewer.components.form.shape import sections
from apps.viewer.components.states import state_tag
from apps.viewer.desk import Desk, link, refused
from apps.viewer.language import N_, moment, own, t
from experiments.registry.records import SIDES, Record, VersionRecord
from experiments.registry.separation import roles_on

TITLE = N_("Review")
GROUP = "review"
ROLES_OF_PLANS = ("methods_reviewer", "ethics_reviewer", "registrar")
EVERYBODY = (*ROLES_OF_PLANS, "output_checker", "publisher", "investigator", "analyst", "auditor")
ROLES = EVERYBODY
IN_MENU = False
UNDER, OBJECT = "queue", "id"


def show(desk: Desk) -> None:
    """Show the queue, or one version."""
    report = address.code("report")
    if report:
        report_review.show(desk, report)
        return
    if refused(desk.who, ROLES_OF_PLANS):
        return
    asked = address.code("id")
    records = {record.experiment_id: record for record in registry_reads.registry(desk.workspace).records()}
    if asked in records and records[asked].open is not None:
        _one(desk, records[asked])
    else:
        _queue(desk, list(records.values()))


def _queue(desk: Desk, records: Sequence[Record]) -> None:
    markup.title(t("Review"), lead=t("What waits for you, as a reviewer or as the registrar."))
    waiting(desk, records)


def waiting(desk: Desk, records: Sequence[Record]) -> None:
    """Show the plans that wait for this user's vote, or for the registrar."""
    open_now = [record for record in records if record.open is not None and record.open.state != "draft"]
    own_side = [record for record in open_now if _to_vote(record, desk.who.user)]
    markup.heading(t("Waiting for your vote"))
    _table(own_side, t("Waiting for your vote"))
    if desk.who.may_be(("registrar",)):
        markup.heading(t("On the registrar's desk"))
        rest = [item for item in open_now if "registrar" in roles_on(item, desk.who.user, desk.who.roles)]
        _table(rest, t("On the registrar's desk"))


def _table(records: Sequence[Record], caption: str) -> None:
    if not records:
        markup.note(t("Nothing waits for you."))
        return
    columns = [markup.Column(h) for h in (t("Experiment"), t("Version"), t("State"), t("Since"))]
    markup.table(columns, [_cells(record) for record in records], caption)


def _cells(record: Record) -> Sequence[object]:
    version = record.latest
    title = link("review", own(version.protocol.title_brief), id=record.experiment_id)
    name = markup.Html(f"{markup.code(record.experiment_id).text} {title.text}")
    since = moment(datetime.fromisoformat(version.since)) if version.since else "–"
    return [name, version.version, state_tag(version.state), since]


def _to_vote(record: Record, user: str) -> bool:
    return record.open is not None and record.open.state == "in_review" and bool(sides_of(record.open, user))


def sides_of(version: VersionRecord, user: str) -> list[str]:
    """Return the sides on which a user is assigned and has not voted."""
    voted = {(item.side, item.reviewer) for item in version.votes}
    return [side for side in SIDES if user in version.reviewers[side] and (side, user) not in voted]


def _one(desk: Desk, record: Record) -> None:
    version = record.latest
    st.button(t("← All that waits"), key="review_queue", type="tertiary", on_click=address.put, kwargs={"id": None})
    markup.title(own(version.protocol.title_brief), over=markup.code(f"{record.experiment_id} {version.version}"))
    markup.strip([(t("State"), state_tag(version.state)), (t("Document"), markup.code(version.document_sha256[:16]))])
    left, right = st.columns([7, 5], gap="large")
    with right:
        for side in sides_of(version, desk.who.user) if version.state == "in_review" else []:
            voting.show(desk, record, version, side)
        deciding.show(desk, record, version)
        commenting.show(desk, record)
    with left:
        _plan(version)


def _plan(version: VersionRecord) -> None:
    labels = {letter: f"{letter} {words.section_title(letter)}" for letter in sections()}
    markup.heading(t("The plan, with what reviewers judge"))
    chosen = address.choose("section", t("Section"), labels, every=t("All sections"))
    protocol_view.show(registry_reads.document(version), only=chosen, judged=True)
