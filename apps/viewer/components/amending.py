"""Changing what was registered or sent back: opening a draft of it, and what the platform makes of the changes.

Belongs here: offering the draft, the panel of an amendment (differences, class, reason). Does not: the class and its rules
(experiments.registry.amendments), the form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from apps.viewer import drafting, registry_reads
from apps.viewer.components import address, comparison, markup
from apps.viewer.components.form.content import Content, pruned
from apps.viewer.components.form.judge import Judged
from apps.viewer.desk import Desk
from apps.viewer.drafting import Draft
from apps.viewer.language import N_, number, own, t
from experiments.registry.amendments import JUSTIFICATION, Assessment
from experiments.registry.event_words import REASONS
from experiments.registry.records import Record, VersionRecord

KNOWLEDGE: dict[str, str] = {
    "none": N_("nobody of the team has seen results"),
    "blinded_aggregate": N_("blinded aggregates were seen"),
    "unblinded": N_("results were seen unblinded"),
}
PHASES: dict[str, str] = {
    "pre_t1": N_("before the assignment was revealed"),
    "t1_t2": N_("after the assignment was revealed, before outcome data"),
    "t2_t3": N_("after the first outcome data came in"),
    "t3_t4": N_("after outcomes were read"),
    "post_t4": N_("after the primary analysis"),
}


def offer_changes(desk: Desk, record: Record) -> None:
    """Offer the team a draft: of the registered version to amend it, of a version sent back to revise it."""
    if not desk.who.may_be(("investigator",)) or not registry_reads.on_team(record, desk.who.user):
        return
    opened, current = record.open, record.current
    if opened is not None and opened.state in ("draft", "changes_requested"):
        _offer(desk, record, opened, "revision", t("Open the form to revise version {v}", v=opened.version))
    elif opened is None and current is not None and current.state == "registered":
        _offer(desk, record, current, "amendment", t("Amend version {v}", v=current.version))


def _offer(desk: Desk, record: Record, version: VersionRecord, kind: str, label: str) -> None:
    content: Content = pruned(registry_reads.document(version))
    about = {"kind": kind, "of": record.experiment_id, "from": version.version}
    if kind == "revision" and record.current is not None:
        about = {"kind": "amendment", "of": record.experiment_id, "from": record.current.version}
    if st.button(label, key="open_changes", type="primary"):
        draft_id = drafting.start(desk.workspace, desk.who.user, content, about)
        address.put(section="A", mode=None)
        desk.go("register", draft=draft_id)


def show(desk: Desk, draft: Draft, judged: Judged) -> Assessment | None:
    """Show, above the form of an amendment, what changed and what the platform makes of it; return its finding."""
    if draft.about.get("kind") != "amendment" or judged.protocol is None:
        return None
    record = registry_reads.registry(desk.workspace).record(str(draft.about["of"]))
    found = registry_reads.assessed(desk.workspace, record, judged.protocol)
    markup.heading(t("Amendment of {id}, version {v}", id=record.experiment_id, v=found.before))
    _finding(found)
    if found.changes:
        classes = {item.change.path: item.change_class for item in found.changes}
        with st.expander(t("Changes so far: {n}", n=len(found.changes)), expanded=True):
            comparison.show([item.change for item in found.changes], t("Changes of this amendment"), classes)
    _reasons(draft)
    return found


def _finding(found: Assessment) -> None:
    becomes = {
        "major": t("A major version: {v}. Both reviewers read it again.", v=found.after),
        "minor": t("A minor version: {v}. It needs no review.", v=found.after),
        "locked": t("Not possible: something changes that is locked now."),
    }
    lines: list[object] = [becomes.get(found.change_class, t("Nothing has changed that an amendment could change."))]
    lines.append(t("Phase: {phase}.", phase=t(PHASES[found.phase])))
    if found.locked:
        lines.append(t("Locked: {paths}.", paths=", ".join(item.change.path for item in found.locked)))
    if found.affected_hypotheses:
        lines.append(t("Hypotheses concerned: {ids}.", ids=", ".join(found.affected_hypotheses)))
    markup.callout(t("What the platform makes of it"), lines, "warning" if found.locked else "finding")


def _reasons(draft: Draft) -> None:
    """Ask for reason, justification and knowledge of results; all are kept with the draft."""
    left, right = st.columns(2)
    with left:
        _select(draft, "reason_code", t("Reason *"), {code: own(said) for code, said in REASONS.items()})
    with right:
        _select(draft, "knowledge_of_results", t("Knowledge of results *"), {k: t(v) for k, v in KNOWLEDGE.items()})
    key = _key(draft, "justification")
    held = str(draft.about.get("justification") or "")
    length = len(held.strip())
    label = t("Justification * ({n} of at least {least} characters)", n=number(length), least=JUSTIFICATION)
    st.text_area(
        label,
        value=held,
        key=key,
        on_change=_take("justification", key),
        help=t("What happened, when it was known, what it means."),
    )


def _select(draft: Draft, name: str, label: str, said: dict[str, str]) -> None:
    key, codes = _key(draft, name), list(said)
    held = draft.about.get(name)
    st.selectbox(
        label,
        codes,
        index=codes.index(held) if held in codes else None,
        placeholder=t("Choose"),
        format_func=said.__getitem__,
        key=key,
        on_change=_take(name, key),
    )


def _take(name: str, key: str) -> Callable[[], Any]:
    return lambda: drafting.note(name, st.session_state[key])


def _key(draft: Draft, name: str) -> str:
    return f"{draft.draft_id}/about/{name}"
