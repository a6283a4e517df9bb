"""Page Experiments: every experiment on record, to be filtered, searched and opened.

Belongs here: the list. Does not: one protocol (experiment).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from apps.viewer import registry_reads
from apps.viewer.components import address, markup
from apps.viewer.components.states import operational_name, state_tag, timing_name, version_states
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, day, own, t
from apps.viewer.registry_reads import Row
from data.reference import zones

TITLE = N_("Experiments")
GROUP = "browse"
ROLES: tuple[str, ...] = ()


def show(desk: Desk) -> None:
    """Show the list."""
    rows = registry_reads.rows(desk.workspace, desk.who)
    registered = sum(row.registered_at is not None for row in rows)
    lead = t("On record: {n}. Registered: {k}.", n=len(rows), k=registered)
    markup.title(t("Experiments"), lead=lead if rows else "")
    if not rows:
        said = t(
            "No experiment is on record. A scientist begins on the Register page; {demo} registers three examples."
        )
        markup.callout(t("Nothing on record yet"), [markup.with_code(said, demo="make demo")], "empty")
        return
    found = _filtered(rows)
    if not found:
        markup.callout(t("None match"), [t("Clear the filters or the search to see all experiments.")], "empty")
        st.button(t("Clear filters"), key="clear_filters", on_click=_clear)
        return
    markup.table(_columns(), [_cells(row) for row in found], t("Experiments on record"))
    markup.note(t("Timing is computed from the ledger and the archive: nobody declares it."))


def _filtered(rows: Sequence[Row]) -> list[Row]:
    left, middle, right = st.columns(3)
    with left:
        words = st.text_input(t("Search titles and ids"), key="search_experiments").strip().lower()
    with middle:
        state = address.choose("status", t("Status"), version_states(), every=t("Any status"))
    with right:
        names = {zone.zone_id: own(zone.name) for zone in zones().values()}
        zone = address.choose("zone", t("Zone"), names, every=t("All zones"))
    return [row for row in rows if _matches(row, words, state, zone)]


def _matches(row: Row, words: str, state: str | None, zone: str | None) -> bool:
    text = f"{row.experiment_id} {row.title.en if row.title else ''} {row.title.zh if row.title else ''}".lower()
    return words in text and state in (None, row.state) and (zone is None or zone in row.zones)


def _clear() -> None:
    address.put(status=None, zone=None)
    st.session_state["search_experiments"] = ""


def _columns() -> list[markup.Column]:
    headings = (t("Status"), t("In the zones"), t("Version"), t("Zones"), t("Registered"))
    plain = [markup.Column(heading) for heading in headings]
    return [markup.Column(t("Experiment"), "prose"), *plain, markup.Column(t("Timing"), "prose")]


def _cells(row: Row) -> Sequence[object]:
    shown = own(row.title) or t("Hidden until the embargo ends")
    opener = link("experiment", shown, id=row.experiment_id)
    title = markup.Html(f"{opener.text}<small>{markup.code(row.experiment_id).text}</small>")
    known = zones()
    names = [own(known[zone].name) if zone in known else zone for zone in row.zones]
    return [
        title,
        state_tag(row.state),
        t(", ").join(operational_name(code) for code in row.statuses) or "–",
        row.version,
        t(", ").join(names) if len(names) <= 3 else t("{n} zones", n=len(names)),  # noqa: PLR2004
        day(datetime.fromisoformat(row.registered_at).date()) if row.registered_at else "–",
        timing_name(row.timing),
    ]
