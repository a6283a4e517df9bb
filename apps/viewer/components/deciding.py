"""The registrar's acts on a version: reviewers, changes, approval, registration, rejection.

Belongs here: the buttons that the life cycle offers in this state. Does not: whether an act is allowed (the act says), voting.
"""

from __future__ import annotations

from functools import partial
from typing import cast

import streamlit as st

from apps.viewer import registry_reads
from apps.viewer.components import doing, markup
from apps.viewer.components.form.answers import split
from apps.viewer.desk import Desk
from apps.viewer.language import N_, own, t
from data.access import Role, load_access
from experiments.registry import acts
from experiments.registry.machines import PROTOCOL_VERSION
from experiments.registry.records import Record, VersionRecord

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
        doing.refusal()
        if "assign_reviewers" in offered:
            _assign(desk, record, offered["assign_reviewers"])
        elif version.state == "in_review" and not version.votes_in:
            markup.note(
                t("Votes are still to come: {n} of {total} are in.", n=len(version.votes), total=len(version.assigned))
            )
        else:
            _decide(desk, record, offered)


def _assign(desk: Desk, record: Record, label: str) -> None:
    keys = {role: _reviewers(desk, role, said) for role, said in _SIDES.items()}

    def act() -> None:
        methods, ethics = (_names(st.session_state[key]) for key in keys.values())
        opened = registry_reads.registry(desk.workspace)
        acts.assign_reviewers(opened, record.experiment_id, methods=methods, ethics=ethics, actor=desk.who.user)

    doing.button(label, "assign_reviewers", act)


_SIDES = {"methods_reviewer": N_("Methods reviewers"), "ethics_reviewer": N_("Ethics reviewers")}


def _reviewers(desk: Desk, role: str, said: str) -> str:
    """Ask for users, from the access file where there is one, else by name; return the key of the answer."""
    listed, key = load_access(desk.workspace), f"assign_{role}"
    if listed is None:
        st.text_input(t(said), key=key, placeholder=t("User names, separated by commas"))
    else:
        users = [name for name, user in listed.users.items() if role in user.roles and name != desk.who.user]
        st.multiselect(t(said), users, key=key, placeholder=t("Choose any number"))
    return key


def _names(given: object) -> list[str]:
    return split(given) if isinstance(given, str) else [str(name) for name in cast("list[object]", given)]


def _decide(desk: Desk, record: Record, offered: dict[str, str]) -> None:
    opened = registry_reads.registry(desk.workspace)
    simple = {"request_changes": acts.request_changes, "approve": acts.approve, "register": acts.register}
    with st.container(horizontal=True):
        for action, act in simple.items():
            if action in offered:
                made = partial(act, opened, record.experiment_id, actor=desk.who.user)
                doing.button(offered[action], f"act_{action}", made)
    if "reject" in offered:
        st.text_input(t("Reason for rejecting"), key="reject_reason")

        def reject() -> None:
            reason = str(st.session_state["reject_reason"])
            acts.reject(opened, record.experiment_id, reason=reason, actor=desk.who.user)

        doing.button(offered["reject"], "act_reject", reject, primary=False)
