"""The acts of a data steward on a delivery: take up, ask, approve, return, retract; and deciding on a correction.

Belongs here: the buttons that the life cycle offers in this state. Does not: whether an act is allowed (quality.review says).
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from apps.viewer import batch_reads
from apps.viewer.components import doing, markup
from apps.viewer.desk import Desk
from apps.viewer.language import own, t, tn
from data.access import Role
from quality.corrections import acts as corrections
from quality.machines import DATA_BATCH
from quality.review import acts
from quality.review.records import Correction, Delivery

STEWARD: tuple[Role, ...] = ("data_steward",)
SIMPLE = {"take_up": acts.take_up, "approve": acts.approve}
LONGEST = 200
_ASKED = "batch_asked"


def show(desk: Desk, delivery: Delivery) -> None:
    """Show what a data steward can do now; to anybody of the delivery's own side, that somebody else must."""
    if not desk.who.may_be(STEWARD):
        return
    offered = {item.action: own(item.label) for item in DATA_BATCH.allowed(delivery.state, STEWARD)}
    with st.container(border=True, key="zl_steward"):
        st.html(f'<h2 class="zl-side">{markup.safe(t("Data steward"))}</h2>')
        doing.refusal()
        if batch_reads.is_on_its_side(desk.workspace, desk.who, delivery):
            markup.note(t("You are of this zone, or sent or corrected this batch: somebody else judges it."))
        elif not set(offered) & {*SIMPLE, "raise_issues", "return_delivery", "retract"}:
            markup.note(t("Nothing to do in this state."))
        else:
            _offer(desk, delivery, offered)


def _offer(desk: Desk, delivery: Delivery, offered: dict[str, str]) -> None:
    for action, act in SIMPLE.items():
        if action in offered:
            made = partial(act, batch_reads.desk_of(desk.workspace), delivery.id, actor=desk.who.user)
            doing.button(offered[action], f"batch_{action}", made)
    if "raise_issues" in offered:
        _ask(desk, delivery, offered["raise_issues"])
    if "return_delivery" in offered:
        _return(desk, delivery, offered["return_delivery"])
    if "retract" in offered:
        _retract(desk, delivery, offered["retract"])


def _ask(desk: Desk, delivery: Delivery, label: str) -> None:
    """Gather issues one by one, then raise them together: a delivery with open issues waits for the zone."""
    at = batch_reads.desk_of(desk.workspace)
    known = {column.name: own(column.label) for column in at.contract(delivery).columns}
    gathered: dict[str, list[dict[str, object]]] = st.session_state.setdefault(_ASKED, {})
    mine = gathered.get(delivery.id, [])
    with st.expander(label, expanded=bool(mine)):
        st.number_input(t("Row of the file"), min_value=1, step=1, value=2, key="issue_row")
        st.selectbox(t("Column"), list(known), format_func=known.__getitem__, key="issue_column")
        st.text_input(t("What is asked, without values of persons"), key="issue_reason", max_chars=LONGEST)
        st.button(t("Add to the list"), key="issue_add", on_click=_gather, args=(delivery.id,))
        for item in mine:
            markup.note(f"{item['row']} · {known[str(item['column'])]}: {item['reason']}")

        def raise_them() -> None:
            acts.raise_issues(at, delivery.id, issues=mine, actor=desk.who.user)
            gathered.pop(delivery.id, None)

        doing.button(
            tn("Send {n} issue to the zone", "Send {n} issues to the zone", len(mine)),
            "batch_raise",
            raise_them,
            disabled=not mine,
        )


def _gather(delivery_id: str) -> None:
    said = st.session_state
    reason = str(said["issue_reason"]).strip()
    if reason:
        item = {"row": int(said["issue_row"]), "column": str(said["issue_column"]), "reason": reason}
        said[_ASKED].setdefault(delivery_id, []).append(item)
        said["issue_reason"] = ""


def _return(desk: Desk, delivery: Delivery, label: str) -> None:
    with st.expander(label):
        markup.note(t("None of its rows will ever count; the zone sends another file."))
        st.text_input(t("Reason for returning"), key="return_reason", max_chars=LONGEST)

        def act() -> None:
            at, reason = batch_reads.desk_of(desk.workspace), str(st.session_state["return_reason"])
            acts.return_delivery(at, delivery.id, reason=reason, actor=desk.who.user)

        doing.button(label, "batch_return", act, primary=False)


def _retract(desk: Desk, delivery: Delivery, label: str) -> None:
    """Ask what calls for it; every release that holds the delivery is named, for its reports go stale."""
    releases = batch_reads.holding(desk.workspace, delivery)
    with st.expander(label):
        markup.note(t("Only after a withdrawal of consent. Later panels leave the batch out."))
        if releases:
            markup.note(t("These releases go stale: {names}", names=t(", ").join(releases)))
        st.text_input(t("Number of the withdrawal or decision"), key="retract_withdrawal", max_chars=LONGEST)

        def act() -> None:
            at, why = batch_reads.desk_of(desk.workspace), str(st.session_state["retract_withdrawal"])
            acts.retract(at, delivery.id, withdrawal=why, releases=releases, actor=desk.who.user)

        doing.button(label, "batch_retract", act, primary=False)


def decide(desk: Desk, delivery: Delivery, correction: Correction) -> None:
    """Show the decision on a proposed correction to a data steward who did not propose it."""
    if not desk.who.may_be(STEWARD) or batch_reads.is_on_its_side(desk.workspace, desk.who, delivery):
        return
    name, at = correction.correction_id, batch_reads.desk_of(desk.workspace)
    key = f"reject_reason_{name}"
    st.text_input(t("Reason, if you reject {id}", id=name), key=key, max_chars=LONGEST)

    def reject() -> None:
        corrections.reject(at, name, reason=str(st.session_state[key]), actor=desk.who.user)

    with st.container(horizontal=True):
        accept = partial(corrections.accept, at, name, actor=desk.who.user)
        doing.button(t("Accept {id}", id=name), f"accept_{name}", accept)
        doing.button(t("Reject {id}", id=name), f"reject_{name}", reject, primary=False)
