"""What the registry pages read: the list of experiments, one record, a version as a document, the registration's timing.

Belongs here: asking the registry. Does not: acts, drawing. The list is cached with the head of the ledger in its key: a new entry of
the ledger is a new key, so that what is cached never ages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from data.messages import Text
from data.paths import Workspace
from experiments.registry.records import Record, VersionRecord
from experiments.registry.store import Registry


@dataclass(frozen=True)
class Row:
    """One experiment in the list. `timing` is EGAP's level, None where nothing is registered or nothing can be said."""

    experiment_id: str
    title: Text
    state: str
    version: str
    zones: tuple[str, ...]
    statuses: tuple[str, ...]
    registered_at: str | None
    timing: str | None


def registry(workspace: Workspace) -> Registry:
    """Return the registry of a workspace."""
    return Registry.open(workspace.create())


def rows(workspace: Workspace) -> list[Row]:
    """Return one row for each experiment on record, in the order of their first draft."""
    head = registry(workspace).ledger.head()
    return _rows(workspace.home, f"{head.seq}:{head.hash}")


@st.cache_data(max_entries=8, show_spinner=False)
def _rows(home: Path, head: str) -> list[Row]:  # noqa: ARG001 -- the head is the cache's key
    opened = registry(Workspace(home))
    return [_row(opened, record) for record in opened.records()]


def _row(opened: Registry, record: Record) -> Row:
    shown = record.current or record.latest
    protocol = shown.protocol
    return Row(
        record.experiment_id,
        protocol.title_brief,
        record.latest.state if record.current is None else record.current.state,
        shown.version,
        tuple(zone.zone_id for zone in protocol.zones),
        tuple(sorted(set(record.zone_status.values()))),
        record.current.registered_at if record.current else None,
        timing(opened, record),
    )


def timing(opened: Registry, record: Record) -> str | None:
    """Return how early the registration was, as the ledger shows it."""
    return None


def document(version: VersionRecord) -> dict[str, Any]:
    """Return a version's protocol as JSON values."""
    return version.protocol.model_dump(mode="json")


def current_document(workspace: Workspace, experiment_id: str) -> dict[str, Any]:
    """Return the registered protocol of an experiment, or the one in preparation, as JSON values."""
    record = registry(workspace).record(experiment_id)
    return document(record.current or record.latest)
