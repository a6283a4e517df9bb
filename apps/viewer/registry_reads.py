"""What the registry pages read: the list of experiments, one experiment's record, a protocol as a document.

Belongs here: asking the registry, and the cache whose key is the head of the ledger. Does not: acts, drawing. What is cached ages
never: a new entry of the ledger is a new key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.messages import Text
from data.paths import Workspace


@dataclass(frozen=True)
class Row:
    """One experiment in the list."""

    experiment_id: str
    title: Text
    state: str
    version: str
    zones: tuple[str, ...]
    registered_at: str | None
    timing: str | None


def rows(workspace: Workspace) -> list[Row]:
    return []


def current_document(workspace: Workspace, experiment_id: str) -> dict[str, Any]:
    return {}
