"""Reviewers' comments as far as a reader may see them, and the team's answers.

Belongs here: showing and answering. Does not: who sees what (experiments.registry.reviews), voting (components.voting).
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from apps.viewer import registry_reads
from apps.viewer.components import doing, markup
from apps.viewer.components.form import words
from apps.viewer.desk import Desk
from apps.viewer.language import N_, t
from experiments.registry import acts
from experiments.registry.records import Comment, Record, Review, VersionRecord
from experiments.registry.reviews import visible_reviews
from experiments.registry.separation import roles_on
from experiments.registry.visibility import INSIDERS

SIDES = {"methods": N_("methods"), "ethics": N_("ethics")}
VOTES = {"approve": N_("approve"), "changes": N_("ask for changes"), "reject": N_("reject")}


def show(desk: Desk, record: Record) -> None:
    """Show the votes and comments on the newest version, and to the team a field to answer each."""
    version = record.latest
    if not roles_on(record, desk.who.user, desk.who.roles) & INSIDERS:
        return
    seen = visible_reviews(record, desk.who.user, version.version)
    reviews, comments = seen.reviews, seen.comments
    if not reviews and not comments:
        return
    markup.heading(t("Reviews of version {v}", v=version.version))
    doing.refusal()
    _votes(reviews)
    for comment in comments:
        _comment(desk, record, version, comment)


def _votes(reviews: Sequence[Review]) -> None:
    columns = [markup.Column(t("Side")), markup.Column(t("Vote")), markup.Column(t("Counts"))]
    rows = [[t(SIDES[item.side]), t(VOTES[item.vote]), words.yes_no(said=item.counts)] for item in reviews]
    if rows:
        markup.table(columns, rows, t("Votes"))


def _comment(desk: Desk, record: Record, version: VersionRecord, comment: Comment) -> None:
    with st.container(border=True, key=f"zl_comment_{comment.id}"):
        st.html(
            f'<p class="zl-part">{markup.safe(comment.id)} · {markup.safe(place_name(comment.path))}</p>'
            f'<p class="zl-said">{markup.safe(comment.text)}</p>'
        )
        if comment.answer is not None:
            st.html(
                f'<p class="zl-part">{markup.safe(t("Answer of the team"))}</p>'
                f'<p class="zl-said">{markup.safe(comment.answer.text)}</p>'
            )
        elif version.state in ("in_review", "changes_requested") and registry_reads.on_team(record, desk.who.user):
            _answer(desk, record, comment)
        else:
            markup.note(t("Not answered yet."))


def _answer(desk: Desk, record: Record, comment: Comment) -> None:
    key = f"answer_text_{comment.id}"
    st.text_area(t("Your answer to {id}", id=comment.id), key=key)

    def act() -> None:
        opened = registry_reads.registry(desk.workspace)
        text = str(st.session_state[key])
        acts.answer(opened, record.experiment_id, comment_id=comment.id, text=text, actor=desk.who.user)

    doing.button(t("Answer for good"), f"answer_{comment.id}", act)


def place_name(path: str) -> str:
    """Return a path of the protocol as a reader knows it: the question's number and title."""
    from apps.viewer.components.form.shape import shapes

    first = path.split(".", maxsplit=1)[0]
    node = next((item for item in shapes() if item.name == first), None)
    return f"{words.number_of(first)} {words.label(node)}" if node else path
