"""What every page has around it: style, brand, language switch, the release it shows, the SIMULATED banner, the way to verify.

Belongs here: the frame only. Does not: page content. Nothing is fetched from outside: style, logo and icon are local files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from apps.viewer.components import address, markup
from apps.viewer.language import HTML_LANG, LANGUAGES, N_, moment, number, own, spoken, t
from apps.viewer.simulation import Marked
from data.codebooks import codebooks
from data.releases import Release

STATIC = Path(__file__).resolve().parent.parent / "static"
ICON = STATIC / "icon.png"


def dress(page_title: str) -> None:
    """Set the browser tab, the style sheet and the brand; call it once, first."""
    st.set_page_config(page_title=f"{page_title} · zonelab", page_icon=str(ICON), layout="wide")
    for sheet in ("style.css", "registry.css", "upload.css", "codebook.css"):
        st.html(STATIC / sheet)


def bar(pages: Sequence[Page]) -> None:
    """Show what stands above every page: brand, pages, language switch.

    The links are our own because Streamlit's top navigation folds away on a phone.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="zl_bar"):
        st.html('<span class="zl-brand">zonelab</span>', width="content")
        with st.container(horizontal=True, vertical_alignment="center", key="zl_pages", width="content"):
            for page in pages:
                st.page_link(page)
        address.choose("lang", "Language 语言", {k: str(v) for k, v in LANGUAGES.items()}, widget=st.segmented_control)


def data_line(release: Release | None, page: Marked | None = None, whole: Marked | None = None) -> None:
    """Show which data a page of results stands on, and the SIMULATED banner.

    Parameters
    ----------
    release
        What the page shows; None where there is none yet.
    page, whole
        Which tables of the page, and of the release, are generated. Not known: the banner speaks of everything.
    """
    st.html(_release_line(release))
    if release is None or not release.simulated:
        return
    if page is None or whole is None or not whole.is_mixed or not (page.observed or page.partly):
        st.html(_banner(t(_EVERY_NUMBER)))
    elif page.simulated or page.partly:
        st.html(_banner(_by_table(page)))
    else:
        others = _names((*whole.simulated, *whole.partly))
        markup.note(
            t("What this page shows was observed. Simulated in this release are other tables: {names}.", names=others)
        )


_EVERY_NUMBER = N_(
    "Every number on this page comes from a generator. It says nothing about any real zone, clinic or person."
)


_NAMED = 4
"""Tables that the banner names before it counts."""


def _by_table(page: Marked) -> str:
    told = {
        t("Simulated tables: {names}."): page.simulated,
        t("In part simulated (rows are marked): {names}."): page.partly,
        t("Observed: {names}."): page.observed,
    }
    return " ".join(sentence.format(names=_names(tables)) for sentence, tables in told.items() if tables)


def _names(tables: Sequence[str]) -> str:
    panels = codebooks().panels
    told = [own(panels[name].title) if name in panels else name for name in tables]
    if len(told) <= _NAMED:
        return t(", ").join(told)
    return t("{names} and {n} more", names=t(", ").join(told[: _NAMED - 1]), n=len(told) - _NAMED + 1)


def below(release: Release | None) -> None:
    """Show what stands below every page, and tell the browser which language it reads."""
    verify = ""
    if release is not None:
        verify = f"{escape(t('Check this release yourself:'))} <code>zonelab release verify {escape(release.release_id)}</code>"
    share = escape(t("The address bar holds language and filters: copy it to share this view."))
    st.html(f'<footer class="zl-foot"><p>{share}</p><p>{verify}</p></footer>')
    st.html(f"<script>document.documentElement.lang = '{HTML_LANG[spoken()]}'</script>", unsafe_allow_javascript=True)


def built(release: Release) -> str:
    """Return when the release was built, in the zones' own time."""
    return moment(datetime.fromisoformat(release.built_at))


def simulated_word() -> str:
    """Return the word that marks simulated data; the English one is a code and stays in both languages."""
    return "SIMULATED" if spoken() == "en" else "模拟数据 SIMULATED"


def _release_line(release: Release | None) -> str:
    if release is None:
        return f'<p class="zl-release">{escape(t("No data release yet"))}</p>'
    return (
        f'<p class="zl-release">{escape(t("Data release"))} <code>{escape(release.release_id)}</code>'
        f'<span aria-hidden="true"> · </span>{escape(t("as of {moment}", moment=built(release)))}'
        f'<span aria-hidden="true"> · </span>'
        f"{escape(t('archive sequence {seq}', seq=number(release.as_of_seq)))}</p>"
    )


def _banner(sentence: str) -> str:
    return f'<div class="zl-banner" role="note"><strong>{escape(simulated_word())}</strong><span>{escape(sentence)}</span></div>'
