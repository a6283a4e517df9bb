"""What an operator asks of the workspace itself: the newest generation, files that wait, room on the disk, the last backup.

Belongs here: these reads. Does not: what the clock says (run_reads), what is overdue (experiments.notices).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from apps.viewer.login.standing import ledger
from data.paths import Workspace
from quality.inbox import misplaced, pending

BACKUP = "last_backup"
"""In the workspace: touched by the deployment's own backup when it has ended well; its time is shown."""
FOLDERS = ("originals", "lake", "generations", "releases", "results", "quarantine")


@dataclass(frozen=True)
class Room:
    """Room on the disk of the workspace, and what its parts take, in bytes."""

    free: int
    total: int
    parts: Mapping[str, int]

    @property
    def share_free(self) -> float:
        """Free share of the disk."""
        return self.free / self.total if self.total else 0.0


@dataclass(frozen=True)
class Waiting:
    """Files of the drop folder: ready to be taken, and lying where nobody takes them."""

    ready: int
    lost: int


def newest_generation(workspace: Workspace) -> tuple[str, datetime] | None:
    """Return the last published build and when it was; None before the first."""
    published = ledger(workspace.home).events("generation_published")
    if not published:
        return None
    return published[-1].object_id, datetime.fromisoformat(published[-1].at_utc)


def waiting(workspace: Workspace) -> Waiting:
    """Return how many files wait."""
    return Waiting(len(pending(workspace)), len(misplaced(workspace)))


@st.cache_data(ttl=600, max_entries=8, show_spinner=False)
def room(home: Path) -> Room:
    """Return the room on the disk, measured at most every ten minutes."""
    disk = shutil.disk_usage(home)
    return Room(disk.free, disk.total, {name: _size(home / name) for name in FOLDERS})


def last_backup(workspace: Workspace) -> datetime | None:
    """Return when a backup last ended well; None where none is on record."""
    try:
        return datetime.fromtimestamp((workspace.home / BACKUP).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _size(folder: Path) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(place) / name).lstat().st_size
            except FileNotFoundError:
                continue  # taken away meanwhile
    return total
