"""The registrar's acts on a version: reviewers, changes, approval, registration, rejection.

Belongs here: the buttons that the life cycle offers in this state. Does not: whether an act is allowed (the act says), voting.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from apps.viewer import registry_reads
from apps.viewer.components import address, markup
from apps.viewer.components.form.answers import split
from apps.viewer.desk import Desk
from apps.viewer.language import own, t
from data.access import Role, load_access
from data.messages import ZonelabError
from experiments.registry import acts
from experiments.registry.machines import PROTOCOL_VERSION
from experiments.registry.records import Record, VersionRecord

Act = Callable[[], Any]
REGISTRAR: tuple[Role, ...] = ("registrar",)


def show(desk: Desk, record: Record, version: VersionRecord) -> None:
    """Show what a registrar can do now; nothing to anybody else."""
    if not desk.who.may_be(REGISTRAR) or registry_reads.on_team(record, desk.who.user):
        return
    if desk.who.user in version.assigned:
        return
    offered = {item.action: own(item.label) for item in PROTOCOL_VERSION.allowed(version.state, REGISTRAR)}
    if not offered:
        return
    with st.container(border=True, key="zl_registrar"):
        st.html(f'<h2 class="zl-side">{markup.safe(t("Registrar"))}</h2>')
        if "assign_reviewers" in offered:
            _assign(desk, record, offered["assign_reviewers"])
        elif version.state == "in_review" and not version.votes_in:
            markup.note(
                t("Votes are still to come: {n} of {total} are in.", n=len(version.votes), total=len(version.assigned))
            )
        else:
            _decide(desk, record, offered)


def _assign(desk: Desk, record: Record, label: str) -> None:
    methods = _reviewers(desk, "methods_reviewer", t("Methods reviewers"))
    ethics = _reviewers(desk, "ethics_reviewer", t("Ethics reviewers"))
    if st.button(label, key="assign_reviewers", type="primary"):
        opened = registry_reads.registry(desk.workspace)
        act = partial(acts.assign_reviewers, opened, record.experiment_id, methods=methods, ethics=ethics)
        _do(partial(act, actor=desk.who.user))


def _reviewers(desk: Desk, role: str, label: str) -> list[str]:
    """Ask for users: from the access file where there is one, else by name."""
    listed = load_access(desk.workspace)
    if listed is None:
        return split(st.text_input(label, key=f"assign_{role}", placeholder=t("User names, separated by commas")))
    users = [name for name, user in listed.users.items() if role in user.roles and name != desk.who.user]
    return list(st.multiselect(label, users, key=f"assign_{role}", placeholder=t("Choose any number")))


def _decide(desk: Desk, record: Record, offered: dict[str, str]) -> None:
    opened = registry_reads.registry(desk.workspace)
    simple = {"request_changes": acts.request_changes, "approve": acts.approve, "register": acts.register}
    with st.container(horizontal=True):
        for action, act in simple.items():
            if action in offered and st.button(offered[action], key=f"act_{action}", type="primary"):
                _do(partial(act, opened, record.experiment_id, actor=desk.who.user), leaves=action == "register")
    if "reject" in offered:
        reason = st.text_input(t("Reason for rejecting"), key="reject_reason")
        if st.button(offered["reject"], key="act_reject"):
            _do(partial(acts.reject, opened, record.experiment_id, reason=reason, actor=desk.who.user))


def _do(act: Act, *, leaves: bool = False) -> None:
    """Do an act; a refusal is told where the button is."""
    try:
        act()
    except ZonelabError as error:
        markup.callout(t("Not done"), [own(error.text), markup.code(error.code)], "warning")
        return
    if leaves:
        address.put(v=None)
    st.rerun()
