"""The form as a page: head with the save state, list of sections, the questions of one section, the power panel.

Belongs here: the layout. Does not: questions (question), submission (components.submitting).
"""

from __future__ import annotations

from html import escape

import streamlit as st

from apps.viewer import drafting
from apps.viewer.components import address, markup, power_panel
from apps.viewer.components.form import question, words
from apps.viewer.components.form.judge import Judged, State, section_states
from apps.viewer.components.form.parts import Form, problem_lines
from apps.viewer.components.form.shape import sections
from apps.viewer.desk import Desk
from apps.viewer.drafting import Draft
from apps.viewer.language import N_, clock, own, t

STATES: dict[State, str] = {
    "empty": N_("empty"),
    "progress": N_("in progress"),
    "complete": N_("complete"),
    "problems": N_("{n} to mend"),
}


def head(desk: Desk, draft: Draft) -> None:
    """Show which draft this is, when it was saved, and what went wrong if it was not."""
    title = own(draft.content.get("title_brief")) or t("Untitled experiment")
    markup.title(title, over=markup.Html(f"{escape(t('Draft'))} {markup.code(draft.draft_id).text}"))
    if draft.trouble is None:
        st.html(f'<p class="zl-saved" role="status">{escape(t("Saved {time}", time=clock(draft.saved_at)))}</p>')
        return
    lines: list[object] = [own(draft.trouble)]
    if draft.unsaved:
        kept = f"{escape(t('Your last answer, not saved:'))} <code>{escape(draft.unsaved)}</code>"
        lines.append(markup.Html(kept))
    markup.callout(t("Not saved"), lines, "warning")
    st.button(t("Open the stored draft"), key="draft_again", on_click=drafting.again, args=(desk.workspace,))


def show(draft: Draft, judged: Judged) -> None:
    """Show the form."""
    left, middle, right = st.columns([3, 8, 3], gap="medium")
    states = section_states(draft.content, judged)
    with left:
        letter = _choose(states)
    with middle:
        _section(draft, judged, letter)
    with right:
        power_panel.show(judged.protocol)


def _choose(states: dict[str, tuple[State, int]]) -> str:
    labels = {letter: f"{letter} {words.section_title(letter)}" for letter in states}
    captions = [t(STATES[state], n=wrong) for state, wrong in states.values()]
    with st.container(key="zl_sections"):
        return address.choose("section", t("Sections"), labels, widget=st.radio, captions=captions) or "A"


def _section(draft: Draft, judged: Judged, letter: str) -> None:
    letters = list(sections())
    place = letters.index(letter)
    said = t("Section {n} of {total}", n=place + 1, total=len(letters))
    markup.heading(f"{letter} · {words.section_title(letter)}", said)
    form = Form(draft, judged)
    for node in sections()[letter]:
        question.show(form, node)
    problem_lines(judged.elsewhere(), with_path=True)
    _steps(letters, place)


def _steps(letters: list[str], place: int) -> None:
    with st.container(horizontal=True):
        if place > 0:
            _step(letters[place - 1], "back", "← {section}")
        if place + 1 < len(letters):
            _step(letters[place + 1], "next", t("Save and go to {section} →"))


def _step(letter: str, key: str, text: str) -> None:
    label = text.format(section=f"{letter} {words.section_title(letter)}")
    st.button(
        label,
        key=f"step_{key}",
        type="primary" if key == "next" else "secondary",
        on_click=address.put,
        kwargs={"section": letter},
    )
