"""Copy link: the address of this view without its language, so that who opens it reads it in their own.

Belongs here: the button and its script. Does not: what the address holds (address). A browser that keeps the clipboard to itself
(no permission, or plain http from another machine) is shown the link, selected, to copy by hand.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from apps.viewer.language import t

_SCRIPT = """
(() => {
  const box = document.querySelector('.zl-share'), field = box.querySelector('input');
  const panel = box.querySelector('.zl-shared'), said = box.querySelector('[role=status]');
  const button = box.querySelector('button');
  button.onclick = async () => {
    const link = new URL(location.href);
    link.searchParams.delete('lang');
    field.value = link.href;
    panel.hidden = false;
    try { await navigator.clipboard.writeText(link.href); said.textContent = box.dataset.done; }
    catch { said.textContent = box.dataset.kept; }
    field.focus();
    field.select();
  };
  box.onkeydown = event => { if (event.key === 'Escape') { panel.hidden = true; button.focus(); } };
  box.onfocusout = event => { if (!box.contains(event.relatedTarget)) panel.hidden = true; };
})()
"""


def show() -> None:
    """Show the button; the link and whether it was copied appear below it."""
    done, kept = (
        t("Copied. It opens in the language of the reader."),
        t("This browser does not let us copy. Copy it here:"),
    )
    body = (
        f'<div class="zl-share" data-done="{escape(done)}" data-kept="{escape(kept)}">'
        f'<button type="button" class="zl-button">{escape(t("Copy link"))}</button>'
        f'<div class="zl-shared" hidden><p role="status"></p><input readonly aria-label="{escape(t("Link to this view"))}"></div>'
        f"</div><script>{_SCRIPT}</script>"
    )
    st.html(body, unsafe_allow_javascript=True, width="content")
