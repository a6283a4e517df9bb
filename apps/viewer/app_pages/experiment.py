"""Page Experiment: one experiment's plan, its versions compared, where it stands, what was done, and what must happen next.

Belongs here: the order of things on the page. Does not: the list (experiments), acts of review (review), changing the plan
(register).
"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from apps.viewer import acting, registry_reads
from apps.viewer.components import address, commenting, comparison, exporting, markup, protocol_view
from apps.viewer.components.amending import offer_changes
from apps.viewer.components.states import operational_name, state_tag, timing_name, version_states
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, moment, own, t
from data.access import SYSTEM
from data.messages import NotFound
from data.reference import zones
from experiments.registry.diff import diff
from experiments.registry.history import history
from experiments.registry.next_steps import Step, next_steps
from experiments.registry.records import Record, VersionRecord

TITLE = N_("Experiment")
GROUP = "browse"
IN_MENU = False
UNDER, OBJECT = "experiments", "id"
ROLES: tuple[str, ...] = ()


def show(desk: Desk) -> None:
    """Show one experiment, or the way to the list."""
    record = _record(desk)
    if record is None:
        return
    back, choice = st.columns([3, 1], vertical_alignment="bottom")
    with choice:
        version = _version(record)
    content = registry_reads.document(version)
    hidden = registry_reads.hidden_from(record, version, desk.who)
    with back:
        st.html(f'<p class="zl-over">{link("experiments", t("All experiments")).text}</p>')
    title = record.experiment_id if "title_brief" in hidden else own(content["title_brief"])
    markup.title(title, over=_over(record, simulated=bool(content["simulated"])))
    _status(desk, record, version)
    if "title_brief" in hidden:
        markup.callout(t("Not public"), [_not_public(version)], "empty")
        return
    _next(record)
    offer_changes(desk, record)
    commenting.show(desk, record)
    _compare(record, version)
    _plan(version, content, hidden)
    exporting.show(desk, record, version)
    _history(desk, record)


def _over(record: Record, *, simulated: bool) -> markup.Html:
    mark = f" {markup.simulated().text}" if simulated else ""
    return markup.Html(markup.code(record.experiment_id).text + mark)


def _record(desk: Desk) -> Record | None:
    asked = address.code("id")
    if asked:
        try:
            return registry_reads.registry(desk.workspace).record(asked)
        except NotFound as error:
            markup.title(t("Experiment"))
            markup.callout(t("Not found"), [own(error.text), link("experiments", t("All experiments"))], "warning")
            return None
    markup.title(t("Experiment"))
    markup.callout(t("Choose an experiment"), [link("experiments", t("All experiments"))], "empty")
    return None


def _version(record: Record) -> VersionRecord:
    numbers = list(reversed(record.numbers))
    labels = {number: _version_label(record, number) for number in numbers}
    shown = (record.current or record.latest).version
    options = {shown: labels[shown], **labels}
    chosen = address.choose("v", t("Version"), options) or shown
    return record.version(chosen)


def _version_label(record: Record, number: str) -> str:
    return f"{number} · {version_states().get(record.version(number).state, '')}"


def _status(desk: Desk, record: Record, version: VersionRecord) -> None:
    opened = registry_reads.registry(desk.workspace)
    known = zones()
    at: dict[str, list[str]] = {}
    for zone, status in record.zone_status.items():
        at.setdefault(status, []).append(own(known[zone].name) if zone in known else zone)
    named = t("; ").join(f"{operational_name(status)}: {t(', ').join(names)}" for status, names in at.items())
    facts: list[tuple[str, object]] = [
        (t("State"), state_tag(version.state)),
        (t("Version"), version.version),
        (t("Registered"), moment(datetime.fromisoformat(version.registered_at)) if version.registered_at else "–"),
        (t("Timing"), timing_name(registry_reads.timing(opened, record))),
        (t("In the zones"), named or "–"),
    ]
    if version.pid:
        facts.append((t("Persistent id"), markup.code(version.pid)))
    facts.append((t("Document"), markup.code(version.document_sha256[:16])))
    markup.strip(facts)


def _next(record: Record) -> None:
    steps = next_steps(record)
    lines: list[object] = [_step(step) for step in steps] or [t("Nothing waits for anybody.")]
    markup.callout(t("What must happen next"), lines, "finding" if steps else "empty")


def _step(step: Step) -> markup.Html:
    who = acting.role_name(step.role) + (
        f" ({t(', ').join(step.who)})" if step.who and step.role == "investigator" else ""
    )
    return markup.Html(f"<strong>{markup.safe(own(step.what))}</strong> · {markup.safe(t('by: {who}', who=who))}")


def _compare(record: Record, version: VersionRecord) -> None:
    others = {number: _version_label(record, number) for number in record.numbers if number != version.version}
    if not others:
        return
    markup.heading(t("Compare versions"))
    against = address.choose("against", t("Compare with"), others, every=t("No comparison"))
    if against is None:
        return
    before, after = sorted((record.version(against), version), key=lambda item: record.numbers.index(item.version))
    changes = diff(before.protocol, after.protocol)
    said = t("From version {old} to version {new}", old=before.version, new=after.version)
    if comparison.told(changes):
        comparison.show(changes, said)
    else:
        markup.note(t("{said}: no difference.", said=said))


def _not_public(version: VersionRecord) -> str:
    sharing = version.protocol.dissemination
    if version.registered_at and sharing is not None and sharing.embargo_until:
        return t("Hidden until {date}: the team asked for an embargo.", date=sharing.embargo_until)
    return t("This version is not registered. The team, its reviewers and the registrar can read it.")


def _plan(version: VersionRecord, content: dict[str, object], hidden: frozenset[str]) -> None:
    markup.heading(t("Registered plan") if version.registered_at else t("Plan in preparation"))
    if hidden:
        markup.note(t("{n} answers are hidden from you and marked.", n=len(hidden)))
    protocol_view.show(content, withheld=hidden)


def _history(desk: Desk, record: Record) -> None:
    markup.heading(t("History"), t("Every act stands in the hash-chained ledger; nothing here can be edited."))
    columns = [markup.Column(h) for h in (t("When"), t("What"), t("Who"), t("Role"), t("Entry"))]
    rows = [
        [
            moment(datetime.fromisoformat(line.at)),
            own(line.what),
            acting.role_name(SYSTEM) if line.actor == SYSTEM else line.actor or "–",
            acting.role_name(line.role),
            line.seq,
        ]
        for line in reversed(history(record, desk.who.user))
    ]
    markup.table(columns, rows, t("History of {id}", id=record.experiment_id))
