"""Submission: what is still missing, what becomes public and frozen, and the way from draft to submitted.

Belongs here: the dialog and its steps. Does not: the acts (experiments.registry.acts), the diagnosis (experiments.design),
their rules.
"""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from apps.viewer import drafting, registry_reads
from apps.viewer.components import address, handing_in, markup
from apps.viewer.components.form import words
from apps.viewer.components.form.judge import Judged
from apps.viewer.components.form.parts import problem_lines
from apps.viewer.components.form.shape import Node, shapes
from apps.viewer.desk import Desk
from apps.viewer.drafting import Draft
from apps.viewer.language import N_, day, own, t
from data.messages import ZonelabError

POINTS = {
    "t1": N_("once the assignment is revealed"),
    "t2": N_("once the first outcome record is received"),
    "t3": N_("once an analyst has read an outcome"),
    "t4": N_("once the primary analysis has run"),
}


def offer(desk: Desk, draft: Draft, judged: Judged) -> None:
    """Show the buttons below the form, and after a try what is still missing."""
    preview = address.code("mode") == "preview"
    with st.container(horizontal=True, key="zl_submit"):
        st.button(
            t("Back to the form") if preview else t("Preview"),
            key="preview",
            on_click=address.put,
            kwargs={"mode": None if preview else "preview"},
        )
        pressed = st.button(t("Submit for review"), key="submit", type="primary", on_click=_tried, args=(draft,))
    if draft.tried and not ready(judged):
        _missing(judged)
    elif pressed:
        st.dialog(t("Submit for review"), width="large")(_dialog)(desk, draft, judged)


def ready(judged: Judged) -> bool:
    """Tell whether the draft can be handed in as far as the form can see."""
    return judged.whole and not judged.errors and judged.protocol is not None


def _tried(draft: Draft) -> None:
    draft.tried = True


def _missing(judged: Judged) -> None:
    asked = [node for node in shapes() if node.name in judged.missing]
    lines = [t("{n} answers are missing and {k} problems are to be mended.", n=len(asked), k=judged.errors)]
    lines += [f"{words.number_of(node.name)} {words.label(node)}" for node in asked]
    markup.callout(t("Not ready yet"), lines, "warning")
    problem_lines([item for item in judged.problems if item.severity == "error"], with_path=True)


def _dialog(desk: Desk, draft: Draft, judged: Judged) -> None:
    st.html(f"<p>{markup.safe(_intro())}</p>")
    _list(t("Becomes public when it is registered"), [_public(judged)])
    _list(t("Stays hidden"), _hidden())
    _list(t("Is frozen"), _frozen())
    warned = [item for item in judged.problems if item.severity == "warning"]
    if warned:
        _list(t("Reviewers will see these warnings"), [own(item.message) for item in warned])
    if st.button(t("Diagnose and submit"), key="submit_now", type="primary"):
        _hand_in(desk, draft, judged)


def _hand_in(desk: Desk, draft: Draft, judged: Judged) -> None:
    try:
        experiment_id = handing_in.hand_in(
            registry_reads.registry(desk.workspace), draft, judged.protocol, desk.who.user
        )
    except ZonelabError as error:
        markup.callout(t("Not submitted"), [own(error.text), markup.code(error.code)], "warning")
        return
    drafting.give_up(desk.workspace, draft)
    address.put(draft=None, section=None, mode=None, v=None, against=None)
    desk.go("experiment", id=experiment_id)


def _intro() -> str:
    return t(
        "On {date} the plan goes to the registrar, who assigns two reviewers. "
        "First the platform simulates the design 1,000 times.",
        date=day(datetime.now(UTC).date()),
    )


def _public(judged: Judged) -> str:
    hidden = sum(_publicity(node) != "always" for node in shapes())
    said = t("All answers but {n}, with the version number and the time of registration.", n=hidden)
    sharing = judged.protocol.dissemination if judged.protocol else None
    if sharing is not None and sharing.embargo_until:
        said += t(" The embargo ends on {date}.", date=sharing.embargo_until)
    return said


def _hidden() -> list[str]:
    held = [node for node in shapes() if _publicity(node) != "always"]
    until = {"after_embargo": t("until the embargo ends"), "never": t("always")}
    return [f"{words.number_of(node.name)} {words.label(node)}: {until[_publicity(node)]}" for node in held] or [
        t("Nothing")
    ]


def _publicity(node: Node) -> str:
    return str(node.facts.get("public_default", "always"))


def _frozen() -> list[str]:
    lines = [t("From registration on, the plan changes by amendment only.")]
    for point, said in POINTS.items():
        names = [words.label(node) for node in shapes() if node.facts.get("locked_from") == point]
        lines.append(t("Cannot change at all {when}: {names}.", when=t(said), names=t(", ").join(names)))
    return lines


def _list(head: str, lines: list[str]) -> None:
    items = "".join(f"<li>{markup.safe(line)}</li>" for line in lines)
    st.html(f'<div class="zl-list"><h3>{markup.safe(head)}</h3><ul>{items}</ul></div>')
