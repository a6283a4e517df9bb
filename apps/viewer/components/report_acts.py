"""The acts on a report besides checking: hand in, let pass, decide, answer, publish, retract.

Belongs here: the buttons that its life cycle offers in this state. Does not: whether an act is allowed (the act says), checks
(report_check).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from apps.viewer.components import doing, markup
from apps.viewer.desk import Desk
from apps.viewer.language import N_, own, t
from data.lifecycle import ABSENT
from experiments.registry.machines_results import REPORT
from experiments.reviewing import acts
from experiments.reviewing.desk import Item, ReviewDesk
from experiments.reviewing.lint import findings
from experiments.reviewing.records import Comment, ReportRecord

Act = Callable[..., ReportRecord]
PLAIN: dict[str, Act] = {
    "submit": acts.submit,
    "revise": acts.revise,
    "approve": acts.approve,
    "return": acts.give_back,
    "publish": acts.publish,
}
WITH_REASON: dict[str, Act] = {"reject": acts.reject, "retract": acts.retract}
OF_AUTHORS = frozenset({"submit", "revise", "answer_comment"})


def show(desk: Desk, reviews: ReviewDesk, item: Item) -> None:
    """Show what this user may try now; nothing where the life cycle offers nothing."""
    offered = _offered(desk, reviews, item)
    if not offered:
        return
    with st.container(border=True, key="zl_report_acts"):
        st.html(f'<h2 class="zl-side">{markup.safe(t("What can be done now"))}</h2>')
        doing.refusal()
        with st.container(horizontal=True):
            for action, act in PLAIN.items():
                if action in offered:
                    made = partial(act, reviews, item.reported.name, actor=desk.who.user)
                    doing.button(offered[action], f"report_{action}", made, primary=action != "return")
        for action, act in WITH_REASON.items():
            if action in offered:
                _with_reason(desk, reviews, item, action, act, offered[action])
        if item.record.state in (ABSENT, "draft"):
            _found(desk, reviews, item, may_pass="grant_exception" in offered)


def comment(desk: Desk, reviews: ReviewDesk, item: Item, said: Comment, *, may_answer: bool) -> None:
    """Show one comment with its answer, or with the place to answer it."""
    st.html(
        f'<p class="zl-part">{markup.safe(said.id)} {markup.code(said.section).text}</p>'
        f'<p class="zl-said">{markup.safe(said.text)}</p>'
    )
    if said.answer is not None:
        st.html(f'<p class="zl-said">{markup.safe(t("Answer: {text}", text=said.answer))}</p>')
    elif may_answer and REPORT.find(item.record.state, "answer_comment") is not None:
        key = f"answer_{said.id}"
        st.text_area(t("Answer to {id}", id=said.id), key=key, height=80)

        def act() -> None:
            text = str(st.session_state[key])
            acts.answer(reviews, item.reported.name, comment=said.id, text=text, actor=desk.who.user)

        doing.button(t("Answer"), f"send_{said.id}", act, primary=False)


def _offered(desk: Desk, reviews: ReviewDesk, item: Item) -> dict[str, str]:
    """Return what the life cycle and the user's part in this report leave: authors hand in, others decide."""
    state = "draft" if item.record.state == ABSENT else item.record.state
    moves = {move.action: own(move.label) for move in REPORT.allowed(state, desk.who.roles)}
    authors = reviews.authors(item.record)
    authored = desk.who.user in authors
    mine = {
        name: label
        for name, label in moves.items()
        if (name in OF_AUTHORS) == authored or (not authors and name == "submit")
    }
    decides = desk.who.user in {check.checker for check in item.record.checks}
    return {
        name: label
        for name, label in mine.items()
        if name in (*PLAIN, *WITH_REASON, "grant_exception")
        and (decides or name not in ("approve", "return", "reject"))
        and not (decides and name == "publish")
    }


def _with_reason(desk: Desk, reviews: ReviewDesk, item: Item, action: str, act: Act, label: str) -> None:
    key = f"why_{action}"
    st.text_input(t(_WHY[action]), key=key, max_chars=200)

    def do() -> None:
        act(reviews, item.reported.name, reason=str(st.session_state[key]), actor=desk.who.user)

    doing.button(label, f"report_{action}", do, primary=False)


_WHY = {"reject": N_("Reason for rejecting"), "retract": N_("Reason for retracting")}


def _found(desk: Desk, reviews: ReviewDesk, item: Item, *, may_pass: bool) -> None:
    """Show what the disclosure check has against the report; a third person may let some of it pass."""
    excepted = {each.rule for each in item.record.exceptions}
    left = [each for each in findings(desk.workspace, reviews.ledger, item.reported) if each.rule not in excepted]
    if not left:
        markup.note(t("The disclosure check finds nothing against it."))
        return
    markup.callout(t("Found by the disclosure check"), [f"{each.rule}: {own(each.text)}" for each in left], "warning")
    for each in (each for each in left if each.may_pass and may_pass):
        key = f"pass_{each.rule}"
        st.text_input(t("Why {rule} may pass", rule=each.rule), key=key, max_chars=200)

        def do(rule: str = each.rule, key: str = key) -> None:
            reason = str(st.session_state[key])
            acts.grant_exception(reviews, item.reported.name, rule=rule, reason=reason, actor=desk.who.user)

        doing.button(t("Let {rule} pass", rule=each.rule), f"let_{each.rule}", do, primary=False)
