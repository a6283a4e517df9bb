"""Page Variable: one variable in full, at an address that can be copied.

Belongs here: which variable, who may see its distribution, the order of sections. Does not: drawing (components.variable_view),
counting (codebook_reads). Words and counts by wave are for everybody; the distribution of a sensitive variable is for those
who may read the workspace, and whoever sees one is on record (outcomes).
"""

from __future__ import annotations

import streamlit as st

from apps.viewer import codebook_reads, outcomes
from apps.viewer.app_pages.variables import named
from apps.viewer.codebook_reads import Found
from apps.viewer.components import address, markup, variable_list
from apps.viewer.components import variable_view as view
from apps.viewer.components.names import GRADES, RESTRICTED
from apps.viewer.desk import Desk
from apps.viewer.language import N_, own, t, tn
from data import access
from data.messages import NotPermitted
from data.releases import Release
from quality.codebook.protection import Shown

TITLE = N_("Variable")
GROUP = "browse"
ROLES: tuple[str, ...] = ()
IN_MENU = False
UNDER, OBJECT = "variables", "v"


def tables(release: Release) -> tuple[str, ...]:
    """Return the table that the page is about."""
    name = (address.code("v") or "").partition(".")[0]
    return (name,) if name in release.tables else tuple(release.tables)


def show(desk: Desk, release: Release) -> None:
    """Show the page for `release`."""
    with st.spinner(t("Reading the codebook …")):
        every = codebook_reads.variables(release, desk.workspace.home)
    code = address.code("v")
    item = named(code, every)
    if item is None:
        _unknown(desk, code)
        return
    st.page_link(desk.pages["variables"], label=t("← All variables"))
    markup.title(own(item.entry.label), over=view.over(item), lead=view.lead(item))
    with st.container(horizontal=True, vertical_alignment="center"):
        variable_list.toggle(item, primary=True)
    view.copy_link(item)
    view.breaks(item)
    view.facts(item)
    view.asked(item)
    shown = _shown(desk, release, item)
    view.waves_table(release, item, shown)
    view.compared(item)
    view.lineage(item)


def _shown(desk: Desk, release: Release, item: Found) -> Shown:
    """Show the distribution as far as this reader may see it; return the counts by wave."""
    table, name = item.table.name, item.entry.name
    with st.spinner(tn("Counting {n} variable …", "Counting {n} variables …", 1)):
        if may_see(desk, item):
            shown = outcomes.distribution(desk.workspace, release, table, name)
            view.distribution(item, shown)
            return shown
        shown = codebook_reads.counts(release, desk.workspace.home, table, (name,))[name]
    view.codes(item)
    grade = t(GRADES[item.entry.grade])
    said = t(
        "The distribution is shown to those who may read the workspace; this variable is graded: {grade}.", grade=grade
    )
    step = (
        t("Ask an administrator for the right to read.") if desk.who.user else t("Give your user name in the sidebar.")
    )
    markup.callout(t("Distribution not shown"), [f"{said} {step}"], "warning")
    return shown


def may_see(desk: Desk, item: Found) -> bool:
    """Tell whether this reader may see how the values of a variable are distributed."""
    if item.entry.grade not in RESTRICTED:
        return True
    try:
        access.check_can(desk.who.user, "read", workspace=desk.workspace)
    except NotPermitted:
        return False
    return True


def _unknown(desk: Desk, code: str | None) -> None:
    markup.title(t("Variable"))
    said = t("This release has no variable {code}. Find it in the list.")
    markup.callout(t("Not found"), [markup.with_code(said, code=code or "–")], "warning")
    st.page_link(desk.pages["variables"], label=t("← All variables"))
