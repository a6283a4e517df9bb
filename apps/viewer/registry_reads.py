"""What the registry pages read: the list of experiments, one record, a version as a document, the registration's timing.

Belongs here: asking the registry. Does not: acts, drawing. The list is cached with the head of the ledger in its key: a new
entry of the ledger is a new key, so that what is cached never ages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from apps.viewer.acting import Acting
from apps.viewer.drafting import ledger_of
from data.messages import Text
from data.paths import Workspace
from experiments.registry.amending import points_on_record, proposal
from experiments.registry.amendments import Assessment
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record, VersionRecord
from experiments.registry.separation import roles_on
from experiments.registry.store import Registry
from experiments.registry.timing import begun_of
from experiments.registry.timing import timing as how_early
from experiments.registry.visibility import embargo_over, visible_fields
from experiments.reviewing.desk import ReviewDesk


@dataclass(frozen=True)
class Row:
    """One experiment in the list.

    `title` is None where it is hidden from the reader; `timing` is EGAP's level, None where nothing is registered.
    """

    experiment_id: str
    title: Text | None
    state: str
    version: str
    zones: tuple[str, ...]
    statuses: tuple[str, ...]
    registered_at: str | None
    timing: Text | None


def registry(workspace: Workspace) -> Registry:
    """Return the registry of a workspace."""
    return Registry(workspace, ledger_of(workspace.home))


def reviews(workspace: Workspace) -> ReviewDesk:
    """Return the reports of a workspace with their reviews."""
    return ReviewDesk(registry(workspace))


def rows(workspace: Workspace, who: Acting) -> list[Row]:
    """Return one row for each experiment that a reader may know of, in the order of their first draft."""
    head = registry(workspace).ledger.head()
    day = datetime.now(UTC).date().isoformat()  # an embargo ends without an entry in the ledger
    return _rows(workspace.home, f"{head.seq}:{head.hash}:{day}", who)


@st.cache_data(max_entries=64, show_spinner=False)
def _rows(home: Path, key: str, who: Acting) -> list[Row]:  # noqa: ARG001 -- the key tells the cache what is new
    opened = registry(Workspace(home))
    return [row for record in opened.records() if (row := _row(opened, record, who)) is not None]


def _row(opened: Registry, record: Record, who: Acting) -> Row | None:
    shown = record.current or record.latest
    protocol = shown.protocol
    hidden = "title_brief" in hidden_from(record, shown, who)
    if hidden and record.current is None:
        return None
    return Row(
        record.experiment_id,
        None if hidden else protocol.title_brief,
        record.latest.state if record.current is None else record.current.state,
        shown.version,
        tuple(zone.zone_id for zone in protocol.zones),
        tuple(sorted(set(record.zone_status.values()))),
        record.current.registered_at if record.current else None,
        timing(opened, record),
    )


def timing(opened: Registry, record: Record) -> Text | None:
    """Return how early the first registration was, as ledger and archive show it; None where nothing is registered."""
    first = next((version for version in record.versions if version.registered_at), None)
    if first is None:
        return None
    points = points_on_record(opened, record)
    begun = begun_of(opened.ledger, record.experiment_id, first.protocol)
    return how_early(first.protocol, first.registered_at, points, begun).text


def document(version: VersionRecord) -> dict[str, Any]:
    """Return a version's protocol as JSON values."""
    return version.protocol.model_dump(mode="json")


def current_document(workspace: Workspace, experiment_id: str) -> dict[str, Any]:
    """Return the registered protocol of an experiment, or the one in preparation, as JSON values."""
    record = registry(workspace).record(experiment_id)
    return document(record.current or record.latest)


def on_team(record: Record, user: str) -> bool:
    """Tell whether a user is of the team of the newest version: responsible party or investigator."""
    protocol = record.latest.protocol
    people = [*protocol.investigators, *([protocol.responsible_party] if protocol.responsible_party else [])]
    return bool(user) and user in {person.user for person in people}


def assessed(workspace: Workspace, record: Record, proposed: Protocol) -> Assessment:
    """Return what the platform makes of an amendment of the registered version, at the phase the study has reached."""
    named = proposed.model_copy(update={"experiment_id": record.experiment_id})
    return proposal(registry(workspace), record.experiment_id, named)


def hidden_from(record: Record, version: VersionRecord, who: Acting) -> frozenset[str]:
    """Return the top-level fields of a version that a reader may not see now."""
    now = datetime.now(UTC)
    embargo = not embargo_over((record.current or version).protocol, now)
    shown = visible_fields(
        version.protocol, roles_on(record, who.user, who.roles), now, state=version.state, embargo=embargo
    )
    return frozenset(Protocol.model_fields) - shown
