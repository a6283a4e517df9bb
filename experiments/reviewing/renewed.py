"""What follows when a run writes a results file: its hash is on record, and the review of the file before it is over.

Belongs here: that one step of a run. Does not: running (experiments.run), acts of people (acts).
"""

from __future__ import annotations

from pathlib import Path

from data.paths import Workspace
from experiments.registry.store import Registry
from experiments.reviewing.acts import supersede
from experiments.reviewing.desk import ReviewDesk
from experiments.tracing.reports import note_written


def note_results(workspace: Workspace, path: Path) -> None:
    """Put a results file on record; votes on another file that it replaced count no more."""
    desk = ReviewDesk(Registry.open(workspace))
    with desk.ledger.transaction():
        replaced = note_written(desk.ledger, path)
        if replaced is not None:
            supersede(desk, *replaced)
