"""What the ledger says of files that were lawfully rewritten: an erasure, or a change of the pseudonyms' key.

Belongs here: the record of a rewritten file, and what each file must be now. Does not: rewriting (data.erasure.rewriting).
The old hash stays on record beside the new one; verification accepts the new one and nothing else.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from data.ledger import Ledger
from data.withdrawals import REWRITTEN


@dataclass(frozen=True)
class Change:
    """One file. `path` and `successor` are relative to the workspace; no successor: nothing stands in its place.

    `was`, `now`: sha256 of the bytes; `fingerprint` of the rows that are left, for marts.
    """

    layer: str
    path: str
    successor: str | None
    was: str
    now: str
    rows_before: int
    rows_after: int
    fingerprint: str | None = None

    def as_detail(self) -> dict[str, Any]:
        """Return it as the ledger keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Act:
    """The changes of one act (`WD-0001`, `KEY-0002`) in the order in which they were recorded."""

    act_id: str
    at_utc: str
    changes: tuple[Change, ...]


def acts(ledger: Ledger) -> list[Act]:
    """Return every recorded rewriting, in order; an act that was killed and repeated has several."""
    return [
        Act(event.object_id, event.at_utc, tuple(Change(**file) for file in event.detail["files"]))
        for event in ledger.events(REWRITTEN)
    ]


def newest(ledger: Ledger) -> dict[str, Change]:
    """Return the newest change by the path of the file that stands there now; a removed file stands under its own path."""
    found: dict[str, Change] = {}
    for act in acts(ledger):
        for change in act.changes:
            found[change.successor or change.path] = change
    return found


def lake_files(ledger: Ledger, appended: dict[str, str]) -> dict[str, str]:
    """Return what the lake's files must be: those appended (path → sha256) with every change applied."""
    present = dict(appended)
    for act in acts(ledger):
        for change in act.changes:
            if change.layer == "lake" and change.successor is not None:
                present.pop(change.path, None)
                present[change.successor] = change.now
    return present
