"""The one door to outcomes: whoever sees numbers about an experiment's outcomes is on record before the page shows them.

Belongs here: what pages show of outcomes, each with its entry in the ledger. Does not: whose outcomes they are and what follows
(experiments.registry.readings), SQL (panel_reads), results files (findings).
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from apps.viewer import codebook_reads, panel_reads, registry_reads
from apps.viewer.acting import acting
from apps.viewer.findings import Report
from data.paths import Workspace
from data.releases import Release, load_release
from experiments.registry.readings import note_reading
from quality.codebook.protection import Shown


def trajectory(
    workspace: Workspace, release: Release, mart: str, outcome: str, zone: str | None
) -> list[panel_reads.Point]:
    """Return the mean of an outcome per period and arm; the reader is on record from now on."""
    noted(workspace, release, mart, (outcome,))
    return panel_reads.trajectory(workspace.home, release.release_id, mart, outcome, zone)


def distribution(workspace: Workspace, release: Release, table: str, name: str) -> Shown:
    """Return what may be seen of a variable's values; the reader is on record from now on."""
    noted(workspace, release, table, (name,))
    return codebook_reads.counts(release, workspace.home, table, (name,))[name]


def opened(workspace: Workspace, release: Release, report: Report) -> Report:
    """Return the report that a reader opens; the reader is on record from now on."""
    for table in sorted({finding.dataset for finding in report.findings}):
        shown = {finding.column for finding in report.findings if finding.dataset == table}
        noted(workspace, release, table, tuple(sorted(shown)))
    return report


def noted(workspace: Workspace, release: Release, table: str, columns: tuple[str, ...]) -> None:
    """Put the reader of columns of a released table on record, before they are shown."""
    head = registry_reads.registry(workspace).ledger.head()
    _recorded(workspace.home, head.seq, release.release_id, table, columns, acting(workspace).user)


@st.cache_data(max_entries=256, show_spinner=False)
def _recorded(home: Path, seq: int, release_id: str, table: str, columns: tuple[str, ...], user: str) -> None:  # noqa: ARG001
    """Record a reading; `seq` tells the cache that the ledger has grown, and an experiment with it."""
    workspace = Workspace(home)
    note_reading(registry_reads.registry(workspace), load_release(workspace, release_id), table, columns, user)
