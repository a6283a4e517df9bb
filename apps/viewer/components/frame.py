"""What every page has around it: style, brand, language, Copy link, Help, release, who acts, SIMULATED banner, the way to verify.

Belongs here: the frame only. Does not: page content, the menu (menu). Nothing is fetched from outside: style, logo and icon are
local files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import streamlit as st

from apps.viewer.acting import Acting, role_name
from apps.viewer.components import address, markup, sharing
from apps.viewer.desk import link
from apps.viewer.language import HTML_LANG, LANGUAGES, N_, moment, number, own, spoken, t
from apps.viewer.simulation import Marked
from data.codebooks import codebooks
from data.releases import Release

STATIC = Path(__file__).resolve().parent.parent / "static"
ICON = STATIC / "icon.png"
MENU_WIDTH = 232
"""Pixels."""


def dress(page_title: str) -> None:
    """Set the browser tab, the style sheet and the width of the menu; call it once, first."""
    tab = f"{page_title} · zonelab"
    st.set_page_config(page_title=tab, page_icon=str(ICON), layout="wide", initial_sidebar_state=MENU_WIDTH)
    for sheet in ("style.css", "frame.css", "registry.css", "upload.css", "codebook.css"):
        st.html(STATIC / sheet)


def bar() -> None:
    """Show what stands above every page: brand, Copy link, Help, language switch."""
    with st.container(horizontal=True, vertical_alignment="center", key="zl_bar"):
        st.html('<span class="zl-brand">zonelab</span>', width="content")
        sharing.show()
        st.html(f'<p class="zl-helped">{link("help", t("Help")).text}</p>', width="content")
        address.choose("lang", "Language 语言", {k: str(v) for k, v in LANGUAGES.items()}, widget=st.segmented_control)


def standing(release: Release | None, who: Acting) -> None:
    """Show in one line which data the pages stand on and who acts: the sidebar is folded away on a phone."""
    st.html(f'<div class="zl-standing">{_release_line(release)}<p class="zl-acting">{_who(who).text}</p></div>')


def _who(who: Acting) -> markup.Html:
    if not who.user:
        return markup.Html(escape(t("Acting as nobody yet")))
    roles = t("any role") if who.everyone else t(", ").join(role_name(role) for role in who.roles)
    return markup.Html(f"{markup.code(who.user).text} · {escape(roles or t('no role'))}")


def of_release(release: Release | None) -> None:
    """Show the banner of a page whose own content is no table of the release: what is kept beside it is generated too."""
    if release is not None and release.simulated:
        st.html(
            _banner(t("The newest release holds simulated data. Nothing here is about a real zone, clinic or person."))
        )


def banner(release: Release | None, page: Marked | None = None, whole: Marked | None = None) -> None:
    """Show the SIMULATED banner of a page of results.

    Parameters
    ----------
    release
        What the page shows; None where there is none yet.
    page, whole
        Which tables of the page, and of the release, are generated. Not known: the banner speaks of everything.
    """
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
    more = link("help", t("Help, words and accessibility")).text
    st.html(f'<footer class="zl-foot"><p>{verify}</p><p>{more}</p></footer>')
    st.html(f"<script>document.documentElement.lang = '{HTML_LANG[spoken()]}'</script>", unsafe_allow_javascript=True)


def built(release: Release) -> str:
    """Return when the release was built, in the zones' own time."""
    return moment(datetime.fromisoformat(release.built_at))


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
    word = escape(markup.simulated_word())
    return f'<div class="zl-banner" role="note"><strong>{word}</strong><span>{escape(sentence)}</span></div>'
