"""Step 6: how the rows stand to the archive, the sender's confirmation, and the button.

Belongs here: what is asked before submitting. Does not: submitting (uploading, quality.intake).
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from apps.viewer import submission_reads, uploading
from apps.viewer.components import address, differing, doing, markup
from apps.viewer.desk import Desk
from apps.viewer.language import number, own, t, tn
from apps.viewer.uploading import Upload
from quality import answers
from quality.prospect import Prospect

LONGEST = 500


def show(desk: Desk, held: Upload) -> None:
    """Show the preview and the button; what still stands against submitting is said."""
    markup.heading(t("Preview"))
    if not held.may_go or held.prospect is None:
        markup.note(t("You can submit when nothing must be corrected any more."))
        return
    _preview(held, held.prospect)
    if held.mends:
        _corrected(held)
    reason = _reason(held.prospect)
    looked, said = _looked(held)
    zone = own(submission_reads.zone_name(held.context.zone))
    label = tn("Submit {n} row for {zone}", "Submit {n} rows for {zone}", held.look.report.rows_good, zone=zone)
    waits = reason == "" or not looked
    send = partial(uploading.hand_in, desk.workspace, desk.who.user, reason, said)
    doing.button(label, "send", send, disabled=waits)
    if waits:
        markup.note(t("Answer the questions above; then the button opens."))


def _preview(held: Upload, found: Prospect) -> None:
    read = held.look.report.rows_read
    markup.tiles(
        [
            (t("Rows in the file"), number(read), ""),
            (t("New"), number(found.new), t("not in the archive yet")),
            (t("Changed"), number(found.changed), t("the archive holds other values")),
            (t("Same"), number(found.same), t("in the archive already; they do not enter twice")),
            (t("Missing"), number(found.missing), t("sent before for these waves, and not in this file; they stay")),
        ]
    )
    differing.changed_cells(held.context.contract, found)


def _corrected(held: Upload) -> None:
    left = number(len(held.left_out))
    markup.note(t("You corrected cells here. What you submit is the corrected file; rows left out: {n}.", n=left))
    st.download_button(
        t("Download the corrected file"), held.content, held.name, "text/csv", key="corrected", on_click="ignore"
    )


def _reason(found: Prospect) -> str | None:
    """Ask why rows come with other values; None where none does, empty as long as nothing is said."""
    if not found.changed:
        return None
    first = address.code("of")
    st.session_state.setdefault("change_reason", t("Correction of {id}: ", id=first) if first else "")
    said = st.text_input(
        t("Why do {n} rows replace what the archive holds?", n=number(found.changed)),
        key="change_reason",
        max_chars=LONGEST,
        help=t("The reason is kept with the correction, for good."),
    )
    given = str(said).strip()
    return "" if given == t("Correction of {id}: ", id=first or "").strip() else given


def _looked(held: Upload) -> tuple[bool, dict[str, str]]:
    """Ask for a tick, and for reasons where a remark asks for one; return whether all is answered, and the answers."""
    remarks = [told for told in held.look.report.problems if told.severity == "warning"]
    if not remarks:
        return True, {}
    asked = answers.asked(remarks)
    given = {told.code: "" for told in remarks} | {code: _why(code, held, is_needed=asked[code]) for code in asked}
    ticked = st.checkbox(
        t("I have looked at the remarks above; the file is as I mean it."), key=f"looked_{held.sha256[:12]}"
    )
    return ticked and all(given[code] for code, is_needed in asked.items() if is_needed), given


def _why(code: str, held: Upload, *, is_needed: bool) -> str:
    label = t("Reason for {code}", code=code) if is_needed else t("Reason for {code} (may be left out)", code=code)
    key = f"why_{code}_{held.sha256[:12]}"
    said = st.text_input(label, key=key, max_chars=answers.LONGEST, help=t("Whoever reviews the file reads it."))
    return str(said).strip()
