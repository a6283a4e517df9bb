"""Page Runs and freshness: how fresh each stage is, what ran and comes next, what is overdue, room and backup.

Belongs here: the order of the parts. Does not: what the clock says (run_reads), the workspace (house_reads), words and tables
(components.run_view). A run with failed checks is never shown as good.
"""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from apps.viewer import house_reads, reads, run_reads
from apps.viewer.components import markup, run_view
from apps.viewer.desk import Desk
from apps.viewer.language import N_, t
from apps.viewer.registry_reads import registry
from data.settings import load_settings
from experiments.notices.occasions import occasions

TITLE = N_("Runs and freshness")
GROUP = "operate"
ROLES = ("operator", "administrator")


def show(desk: Desk) -> None:
    """Show how the platform is doing, in plain words."""
    markup.title(t(TITLE), lead=t("How fresh the data are, what runs, what comes next, and what is overdue."))
    with st.spinner(t("Asking the clock …")):
        seen = run_reads.look(desk.workspace, load_settings())
    run_view.state_of_clock(seen)
    _workspace(desk)
    if seen.clock is not None:
        run_view.stages(seen.clock)
        run_view.runs(seen.clock)
        run_view.coming(seen.clock)
    run_view.overdue(occasions(registry(desk.workspace), datetime.now(UTC)))
    run_view.storage(house_reads.room(desk.workspace.home))


def _workspace(desk: Desk) -> None:
    run_view.facts(
        reads.latest_release(desk.workspace),
        house_reads.newest_generation(desk.workspace),
        house_reads.waiting(desk.workspace),
        house_reads.last_backup(desk.workspace),
    )
