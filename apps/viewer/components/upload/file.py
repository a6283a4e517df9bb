"""Step 2: the file field, and how the file was read.

Belongs here: taking the file from the browser. Does not: judging it (uploading).
"""

from __future__ import annotations

import json

import streamlit as st

from apps.viewer import uploading
from apps.viewer.components import markup
from apps.viewer.desk import Desk
from apps.viewer.language import LANGUAGES, catalogue, number, t
from apps.viewer.uploading import Context, Upload
from data.readers import RawTable

_BUTTON = """(() => { const known = %s, said = %s;
const put = () => document.querySelectorAll('[data-testid=stFileUploaderDropzone] button p').forEach(p => {
  const text = p.firstChild; if (text && text.nodeValue !== said && known.includes(text.nodeValue)) text.nodeValue = said });
put(); window.zlFileField?.disconnect(); window.zlFileField = new MutationObserver(put);
window.zlFileField.observe(document.body, {subtree: true, childList: true, characterData: true}) })()"""
"""Streamlit's own words on the button are English in every language (streamlit#13500)."""


def show(desk: Desk, context: Context) -> Upload | None:
    """Show the file field; return the file in hand, judged in this context."""
    markup.heading(
        t("Your file"), t("An Excel, CSV or other table file, at most 50 MB. It is kept only when you submit it.")
    )
    key = f"upload_file_{uploading.turn()}"
    given = st.file_uploader(t("Choose a file"), key=key, label_visibility="collapsed")
    _name_the_button()
    held = uploading.current()
    if given is not None and (held is None or held.given != given.file_id):
        with st.spinner(t("Reading and checking …")):
            held = uploading.receive(desk.workspace, context, given.name, given.getvalue(), given.file_id)
        if not held.content:
            st.rerun()  # with an empty file field: not even the browser's copy stays here
    elif given is None and held is not None and held.content:
        uploading.forget()
        return None
    held = uploading.in_context(desk.workspace, context)
    if held is not None:
        _facts(held)
    return held


def _name_the_button() -> None:
    said = t("Choose a file")
    both = [catalogue(language).get("Choose a file", "Choose a file") for language in LANGUAGES]
    words = json.dumps(["Upload", "Browse files", *both])
    st.html(f"<script>{_BUTTON % (words, json.dumps(said))}</script>", unsafe_allow_javascript=True)


def _facts(held: Upload) -> None:
    facts: list[tuple[str, object]] = [
        (t("File"), held.name),
        (t("Rows"), number(held.look.report.rows_read)),
    ]
    if held.look.raw is not None:
        facts += _how_read(held.look.raw)
    markup.strip(facts)


def _how_read(raw: RawTable) -> list[tuple[str, object]]:
    separators = {",": t("comma"), ";": t("semicolon"), "\t": t("tab"), "|": "|"}
    found: list[tuple[str, object]] = [(t("Read as"), markup.code(raw.format))]
    if raw.encoding:
        found.append((t("Encoding"), markup.code(raw.encoding)))
    if raw.delimiter:
        found.append((t("Separator"), separators.get(raw.delimiter, raw.delimiter)))
    if raw.sheet:
        found.append((t("Sheet"), raw.sheet))
    return [*found, (t("Header in row"), str(raw.header_row))]
