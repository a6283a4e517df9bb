"""Page My submissions: what a zone has sent, in which state each file is, and one submission with its history.

Belongs here: the list and its filter. Does not: one submission (components.submission_view).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from apps.viewer import submission_reads, submission_words
from apps.viewer.components import address, markup, submission_view
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, moment, number, own, t
from data.submissions import Submission

TITLE = N_("My submissions")
GROUP = "contribute"
ROLES = ("zone_operator", "zone_lead", "data_steward", "administrator")
LONGEST = 200


def show(desk: Desk) -> None:
    """Show the list, or one submission."""
    asked = address.code("sub")
    if asked:
        st.button(t("← All submissions"), key="all_submissions", type="tertiary", on_click=_back)
        markup.title(t("Submission"), over=markup.code(asked))
        submission_view.whole(desk, asked)
        return
    markup.title(t("My submissions"), lead=t("Files of your zones, the newest first."))
    found = submission_reads.listed(desk.workspace, desk.who)
    reviewed = submission_reads.review_states(desk.workspace) if found else {}
    _list(found, {i.submission_id: submission_words.state_of(i, reviewed.get(i.submission_id)) for i in found})


def _back() -> None:
    address.put(sub=None)


def _list(found: Sequence[Submission], states: Mapping[str, str]) -> None:
    if not found:
        markup.callout(t("Nothing sent yet"), [link("upload", t("Upload a file"))], "empty")
        return
    present = submission_words.names(list(dict.fromkeys(states.values())))
    wanted = address.choose("status", t("State"), present, every=t("Any state"))
    shown = [item for item in found if wanted is None or states[item.submission_id] == wanted]
    columns = [
        *(markup.Column(heading) for heading in (t("Number"), t("State"), t("Received"), t("Zone"))),
        markup.Column(t("What was sent"), "prose"),
        markup.Column(t("Rows entered"), "number"),
        markup.Column(t("In quarantine"), "number"),
        markup.Column(t("By")),
    ]
    markup.table(columns, [_cells(item, states[item.submission_id]) for item in shown[:LONGEST]], t("My submissions"))
    if len(shown) > LONGEST:
        markup.note(t("The newest {n} of {k} are shown; choose a state to see fewer.", n=LONGEST, k=number(len(shown))))


def _cells(item: Submission, state: str) -> Sequence[object]:
    title = markup.safe(own(submission_reads.contract_title(item.contract)))
    wave = f" · {markup.safe(item.wave)}" if item.wave else ""
    return [
        link("submissions", item.submission_id, sub=item.submission_id),
        submission_words.tag(state),
        moment(datetime.fromisoformat(item.received_at)),
        own(submission_reads.zone_name(item.zone)),
        markup.Html(f"{title}{wave}<small> {markup.safe(item.file_name)}</small>"),
        number(item.rows_accepted),
        number(item.rows_quarantined),
        item.actor,
    ]
