"""Step 1: what the file is: zone, table, wave; the template, and when a file last came.

Belongs here: the choice. Does not: the zone's right (submission_reads: it comes from the access list, never from the form).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial

import streamlit as st

from apps.viewer import submission_reads, submission_words
from apps.viewer.components import address, markup
from apps.viewer.desk import Desk, link
from apps.viewer.drafting import ledger_of
from apps.viewer.language import moment, number, own, spoken, t
from apps.viewer.uploading import Context
from data.contracts import Contract, load_contracts
from data.contracts.blank import blank_csv
from data.contracts.template import template_bytes
from data.reference import PROGRAMME
from quality.looking import awaited


def choose(desk: Desk, own_zones: tuple[str, ...]) -> Context | None:
    """Show the choices; None until a table is chosen."""
    left, middle, right = st.columns([3, 4, 3])
    with left:
        zone = _zone(own_zones)
    with middle:
        contract = _contract(zone)
    if contract is None:
        markup.note(t("Choose what you send. Then you can download the template and choose your file."))
        return None
    with right:
        wave = _wave(contract)
    said = Context(zone, contract, wave, desk.who.user)
    _about(desk, said)
    return said


def _zone(own_zones: tuple[str, ...]) -> str:
    names = {zone: own(submission_reads.zone_name(zone)) for zone in own_zones}
    if len(names) == 1:
        (zone,) = names
        st.html(
            f'<p class="zl-fixed"><span>{markup.safe(t("Zone"))}</span><strong>{markup.safe(names[zone])}</strong></p>'
        )
        return zone
    return address.choose("zone", t("Zone"), names) or own_zones[0]


def _contract(zone: str) -> Contract | None:
    known = load_contracts()
    fitting = {name: own(c.title) for name, c in known.items() if (c.scope == PROGRAMME) == (zone == PROGRAMME)}
    name = address.choose("contract", t("What you send"), fitting, every=t("Choose …"))
    return known[name] if name else None


def _wave(contract: Contract) -> str | None:
    """Ask for the wave where the contract has one; empty: the file's own column says it."""
    column = next((column for column in contract.columns if column.source == "wave"), None)
    if column is None:
        return None
    key = f"upload_wave_{contract.name}"
    st.session_state.setdefault(key, address.code("wave") or "")
    hint = t("Only if the file has no column for it")
    said = st.text_input(t("Wave"), key=key, placeholder=hint, max_chars=20, on_change=_take_wave, args=(key,)).strip()
    if said and column.pattern and not re.fullmatch(column.pattern, said):
        markup.note(t("“{said}” is no wave of this table; leave the field empty or correct it.", said=said))
    return said or None


def _take_wave(key: str) -> None:
    address.put(wave=str(st.session_state[key]).strip() or None)


def _about(desk: Desk, context: Context) -> None:
    zone, contract = context.zone, context.contract
    last = submission_reads.last_of(desk.workspace, zone, contract.name)
    shown: object = t("none yet")
    if last is not None:
        opener = link("submissions", last.submission_id, sub=last.submission_id)
        tag = submission_words.tag(submission_words.state_of(last))
        shown = markup.Html(f"{opener.text} {markup.safe(moment(datetime.fromisoformat(last.received_at)))} {tag.text}")
    grain = markup.code(" + ".join(contract.key))
    markup.strip([(t("Last file of this zone"), shown), (t("One row for each"), grain), *_expected(desk, context)])
    with st.container(horizontal=True, key="zl_templates"):
        workbook = partial(template_bytes, contract)
        st.download_button(
            t("Template (XLSX)"), workbook, f"{contract.name}.xlsx", key="template_xlsx", on_click="ignore"
        )
        st.download_button(
            t("Template (CSV)"),
            blank_csv(contract, spoken()),
            f"{contract.name}.csv",
            "text/csv",
            key="template_csv",
            on_click="ignore",
        )


def _expected(desk: Desk, context: Context) -> list[tuple[str, object]]:
    ledger = ledger_of(desk.workspace.home)
    counted = awaited(desk.workspace, ledger, context.contract, context.zone, context.wave)
    if counted is None:
        return []
    return [(t("Expected rows"), t("about {n} ({source})", n=number(counted.rows), source=own(counted.source)))]
