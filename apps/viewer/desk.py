"""What a registry page gets to work with: the workspace, who acts, and the pages it can lead to.

Belongs here: passing these on, and the check of a role that every page repeats. Does not: what a page shows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page

from apps.viewer.acting import Acting, role_name
from apps.viewer.components import address, markup
from apps.viewer.language import spoken, t
from data.paths import Workspace


@dataclass(frozen=True)
class Desk:
    """One run of one registry page."""

    workspace: Workspace
    who: Acting
    pages: Mapping[str, Page] = field(default_factory=dict)

    def go(self, page: str, **codes: str) -> None:
        """Open a page with these codes in its address."""
        address.put(**codes)
        st.switch_page(self.pages[page])


def link(page: str, text: str, **codes: str) -> markup.Html:
    """Mark up a link to a page of the viewer in the reader's language; the cart goes with the reader."""
    held = address.code("cart")
    target = f"{page}?{urlencode({'lang': spoken(), **({'cart': held} if held else {}), **codes})}"
    return markup.Html(f'<a href="{markup.safe(target)}" target="_self">{markup.safe(text)}</a>')


def refused(who: Acting, roles: Collection[str]) -> bool:
    """Tell whether the page is not for this user, and say so with the next step."""
    if who.may_be(roles):
        return False
    names = t(", ").join(role_name(role) for role in roles)
    if who.user:
        said = t("This page is for: {names}. You hold none of these roles. Ask an administrator.", names=names)
    elif who.proven:
        said = t("This page is for: {names}. Sign in in the sidebar.", names=names)
    elif who.way == "demo":
        said = t("This page is for: {names}. Choose a role in the sidebar.", names=names)
    else:
        said = t("This page is for: {names}. Give your user name in the sidebar.", names=names)
    markup.callout(t("Not for you yet"), [said], "warning")
    return True
