"""One of the two blind checks of a report: a checklist, comments on sections, certainty with reasons, one vote that stands.

Belongs here: preparing it in a saved draft, giving it. Does not: the rules (experiments.reviewing.case), what others said.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import streamlit as st

from apps.viewer.components import doing, markup
from apps.viewer.components.commenting import VOTES
from apps.viewer.desk import Desk
from apps.viewer.language import N_, own, spoken, t
from data import drafts
from data.messages import Refused, Text
from experiments.registry.machines_results import REPORT
from experiments.report.sections import report_of
from experiments.results import load_results
from experiments.reviewing import acts
from experiments.reviewing.desk import Item, ReviewDesk, findings_to_rate
from experiments.reviewing.records import LEVELS, Check, Vote

LEVEL_NAMES = {"high": N_("high"), "moderate": N_("moderate"), "low": N_("low"), "very_low": N_("very low")}
CHECKLIST = {
    "plan": N_("What was registered and what was done agree, or the deviation is told with its reason."),
    "denominators": N_("Every result says how many it rests on."),
    "harms": N_("Harms have their row, also where nothing was found."),
    "wording": N_("No sentence says more than its interval and its certainty allow."),
    "missing": N_("Who was lost, and what is missing, is told."),
    "disclosure": N_("No number tells of few persons or of one organisation."),
    "plain": N_("The plain words say the same as the numbers."),
}


def show(desk: Desk, reviews: ReviewDesk, item: Item) -> None:
    """Show the desk of somebody who may still check this report; nothing to anybody else."""
    user, record = desk.who.user, item.record
    offered = {move.action for move in REPORT.allowed(record.state, desk.who.roles)}
    if "check" not in offered or user in reviews.authors(record) or user in record.checkers:
        return
    with st.container(border=True, key="zl_report_check"):
        st.html(f'<h2 class="zl-side">{markup.safe(t("Your check"))}</h2>')
        markup.note(t("Nobody sees your check until both are in. It holds for this file only."))
        doing.refusal()
        kept = _kept(reviews, item, user)
        _comments(reviews, item, user, kept)
        with st.form("report_check", border=False, enter_to_submit=False):
            _checklist(kept)
            _ratings(kept, load_results(item.reported.path))
            _cast(reviews, item, user)


def given(check: Check) -> None:
    """Show a check that may be seen: its vote, its ratings with reasons."""
    lines = "".join(
        f"<li>{markup.code(name).text} {markup.safe(t(LEVEL_NAMES[rating.level]))}: {markup.safe(rating.reason)}</li>"
        for name, rating in check.ratings.items()
    )
    head = markup.safe(t("A check: {vote}", vote=t(VOTES[check.vote])))
    st.html(f'<p class="zl-part">{head}</p><ul class="zl-said">{lines}</ul>')


def _about(item: Item) -> dict[str, str]:
    return {"kind": "report_check", "of": item.reported.name, "document": item.record.sha256}


def _kept(reviews: ReviewDesk, item: Item, user: str) -> dict[str, Any]:
    """Return what the user has prepared for this file."""
    found = _draft(reviews, item, user)
    return found.content if found else {"about": _about(item), "ticks": {}, "comments": [], "ratings": {}}


def _draft(reviews: ReviewDesk, item: Item, user: str) -> drafts.Draft | None:
    held = drafts.list_of(reviews.ledger, user)
    return next((each for each in held if each.content.get("about") == _about(item)), None)


def _save(reviews: ReviewDesk, item: Item, user: str, **changes: object) -> None:
    found = _draft(reviews, item, user)
    content = {**_kept(reviews, item, user), **changes}
    if found is None:
        drafts.create(reviews.ledger, user, content)
    else:
        drafts.save(reviews.ledger, found.draft_id, user, content, found.revision)


def _checklist(kept: Mapping[str, Any]) -> None:
    st.html(f'<h3 class="zl-part">{markup.safe(t("Look at"))}</h3>')
    for name, said in CHECKLIST.items():
        st.checkbox(t(said), bool(kept["ticks"].get(name)), key=f"tick_{name}")


def _comments(reviews: ReviewDesk, item: Item, user: str, kept: Mapping[str, Any]) -> None:
    titles = {part.key: part.title for part in report_of(load_results(item.reported.path), spoken()).sections}
    st.html(f'<h3 class="zl-part">{markup.safe(t("Comments on sections"))}</h3>')
    for place, said in enumerate(kept["comments"]):
        title = titles.get(said["section"], said["section"])
        st.html(f'<p class="zl-said"><strong>{markup.safe(title)}</strong> {markup.safe(said["text"])}</p>')
        left = [each for position, each in enumerate(kept["comments"]) if position != place]
        st.button(
            t("Take back"),
            key=f"unsay_{place}",
            type="tertiary",
            on_click=_save,
            args=(reviews, item, user),
            kwargs={"comments": left},
        )

    def add() -> None:
        text = str(st.session_state["report_comment"]).strip()
        if text:
            said = {"section": str(st.session_state["report_section"]), "text": text}
            _save(reviews, item, user, comments=[*_kept(reviews, item, user)["comments"], said])

    with st.form("report_comments", border=False, clear_on_submit=True):
        st.selectbox(t("Comment on"), list(titles), format_func=lambda key: titles[key], key="report_section")
        st.text_area(t("Comment"), key="report_comment", height=80)
        st.form_submit_button(t("Add the comment"), on_click=add)


def _ratings(kept: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    st.html(f'<h3 class="zl-part">{markup.safe(t("Certainty of each finding"))}</h3>')
    names = {entry["analysis_id"]: own(entry["outcome"]["name"]) for entry in document["analyses"]}
    levels = list(reversed(LEVELS))
    for name in findings_to_rate(dict(document)):
        held = kept["ratings"].get(name, {})
        st.radio(
            t("Certainty: {name}", name=f"{names[name]} ({name})"),
            levels,
            index=levels.index(held["level"]) if held.get("level") in levels else None,
            format_func=lambda code: t(LEVEL_NAMES[code]),
            key=f"level_{name}",
            horizontal=True,
        )
        st.text_input(t("Reason: {name}", name=name), held.get("reason", ""), key=f"why_{name}", max_chars=200)


def _cast(reviews: ReviewDesk, item: Item, user: str) -> None:
    st.radio(t("Your vote"), list(VOTES), index=None, format_func=lambda code: t(VOTES[code]), key="report_vote")
    with st.container(horizontal=True):
        doing.submit(t("Give this check for good"), partial(_give, reviews, item, user))
        doing.submit(t("Save for later"), partial(_keep, reviews, item, user), primary=False)


def _keep(reviews: ReviewDesk, item: Item, user: str) -> dict[str, Any]:
    """Save what stands in the form, and return it."""
    rated = findings_to_rate(load_results(item.reported.path))
    ticks = {name: bool(st.session_state[f"tick_{name}"]) for name in CHECKLIST}
    ratings = {
        name: {"level": st.session_state[f"level_{name}"], "reason": str(st.session_state[f"why_{name}"]).strip()}
        for name in rated
    }
    _save(reviews, item, user, ticks=ticks, ratings=ratings)
    return _kept(reviews, item, user)


def _give(reviews: ReviewDesk, item: Item, user: str) -> None:
    """Save the form, then give the check; refused, what was answered stays."""
    prepared, vote = _keep(reviews, item, user), st.session_state["report_vote"]
    if vote is None:
        raise Refused("E-REVIEW-40", _NO_VOTE)
    if vote == "approve" and not all(prepared["ticks"].values()):
        raise Refused("E-REVIEW-41", _NOT_ALL)
    acts.check(
        reviews,
        item.reported.name,
        vote=cast("Vote", vote),
        ratings={name: told for name, told in prepared["ratings"].items() if told["level"]},
        comments=prepared["comments"],
        sha256=item.record.sha256,
        actor=user,
    )
    found = _draft(reviews, item, user)
    if found is not None:
        drafts.remove(reviews.ledger, found.draft_id, user)


_NO_VOTE = Text(en="Choose your vote first.", zh="请先选择您的意见。")
_NOT_ALL = Text(
    en="To approve, look at every point of the list first; a point that does not hold is a reason to ask for changes.",
    zh="批准前请先逐项查看清单；若有一项不成立，请要求修改。",
)
