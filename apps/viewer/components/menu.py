"""The menu of every page: which pages a user's roles open, in groups, and where in it a page stands.

Belongs here: groups, their order, breadcrumbs. Does not: the pages, which declare GROUP, ROLES and TITLE themselves (app_pages),
and their list (streamlit_app). What is not in the menu is not thereby forbidden: each page checks roles again.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import ModuleType

import streamlit as st

from apps.viewer.components import address, markup
from apps.viewer.desk import Desk, link
from apps.viewer.language import N_, t

GROUPS: dict[str, str] = {
    "browse": N_("Browse"),
    "contribute": N_("Contribute"),
    "review": N_("Review"),
    "operate": N_("Operate"),
    "help": N_("Help"),
}
"""Groups of the menu in their order; a page names its own."""
Pages = Mapping[str, ModuleType]


def opened(pages: Pages, desk: Desk) -> dict[str, list[str]]:
    """Return the names of the pages that this user's menu leads to, by group; a group without any is left out."""
    found: dict[str, list[str]] = {group: [] for group in GROUPS}
    for name, module in pages.items():
        if getattr(module, "IN_MENU", True) and may_open(module, desk):
            found[module.GROUP].append(name)
    return {group: names for group, names in found.items() if names}


def may_open(module: ModuleType, desk: Desk) -> bool:
    """Tell whether the user holds a role that a page asks for; a page without roles is for everybody."""
    return not module.ROLES or desk.who.may_be(module.ROLES)


def show(pages: Pages, desk: Desk) -> None:
    """Show the menu in the sidebar; a phone unfolds it."""
    with st.sidebar, st.container(key="zl_menu"):
        for group, names in opened(pages, desk).items():
            st.html(f'<h2 class="zl-group-name">{escape(t(GROUPS[group]))}</h2>')
            for name in names:
                st.page_link(desk.pages[name], width="stretch")


def crumbs(pages: Pages, name: str) -> None:
    """Show where a page stands: its group, the page it belongs to, itself; of one object, the object's code."""
    module = pages[name]
    steps = [markup.Html(escape(t(GROUPS[module.GROUP])))]
    under = getattr(module, "UNDER", None)
    if under is not None:
        steps.append(link(under, t(pages[under].TITLE)))
    held = address.code(getattr(module, "OBJECT", "")) if under else None
    last = markup.code(held).text if held else escape(t(module.TITLE))
    inner = "".join(f"<li>{step.text}</li>" for step in steps) + f'<li aria-current="page">{last}</li>'
    st.html(f'<nav class="zl-crumbs" aria-label="{escape(t("You are here"))}"><ol>{inner}</ol></nav>')
