"""What the Batches page reads: deliveries of the zones that a user may review, their corrections' cells, what went stale.

Belongs here: asking the review's desk, and which of it a user may see. Does not: drawing, acts (quality.review.acts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.viewer import submission_reads
from apps.viewer.acting import Acting
from apps.viewer.drafting import ledger_of
from data.access import is_of_zone
from data.messages import NotFound, Text
from data.paths import Workspace
from data.releases import list_releases
from data.stale import marks
from quality.corrections.values import kept_values
from quality.review.acts import stale_releases
from quality.review.desk import Desk
from quality.review.next_steps import next_steps
from quality.review.records import Correction, Delivery

STEWARD = "data_steward"


@dataclass(frozen=True)
class Cell:
    """One cell of a correction; values are None where they may not be shown or were erased."""

    row: int
    column: str
    action: str
    old: str | None
    new: str | None
    reason: str | None


@dataclass(frozen=True)
class Stale:
    """Something published that no longer says what its data say: a release or a report, and since which acts."""

    name: str
    kind: str
    since: tuple[str, ...]


def desk_of(workspace: Workspace) -> Desk:
    """Return the desk of a workspace."""
    return Desk(workspace, ledger_of(workspace.home))


def listed(workspace: Workspace, who: Acting) -> list[Delivery]:
    """Return the deliveries of the zones in which a user may review, the newest first."""
    own = set(submission_reads.zones_of(workspace, who, "review"))
    return [item for item in reversed(desk_of(workspace).deliveries()) if item.submission.zone in own]


def waits(delivery: Delivery) -> bool:
    """Tell whether a delivery waits for a data steward."""
    return any(step.role == STEWARD for step in next_steps(delivery))


def one(workspace: Workspace, who: Acting, submission_id: str) -> Delivery:
    """Return one delivery.

    Raises
    ------
    NotFound
        E-SUB-01: there is none of this id, or it is not of the user's zones: the two are told alike.
    """
    found = desk_of(workspace).delivery(submission_id)
    if found.submission.zone not in submission_reads.zones_of(workspace, who, "review"):
        raise NotFound(
            "E-SUB-01",
            Text(en=f"There is no submission {submission_id}.", zh=f"没有编号为 {submission_id} 的提交。"),
        )
    return found


def is_on_its_side(workspace: Workspace, who: Acting, delivery: Delivery) -> bool:
    """Tell whether a user is of the zone, or sent or corrected the delivery, and so may not judge it."""
    sides = {delivery.submission.actor, *(item.proposed_by for item in delivery.corrections)}
    return who.user in sides or is_of_zone(who.user, delivery.submission.zone, workspace)


def cells(desk: Desk, delivery: Delivery, correction: Correction) -> list[Cell]:
    """Return the cells of a correction; values of columns that the contract calls not sensitive."""
    plain = {column.name for column in desk.contract(delivery).columns if column.sensitivity == "none"}
    kept = {
        (item.row, item.variable): item
        for item in kept_values(desk.workspace, correction.correction_id, correction.sha256)
    }
    found = []
    for cell, action in correction.cells:
        item = kept.get((cell.row, cell.column))
        shown = item is not None and cell.column in plain
        old, new = (item.old, item.new) if item is not None and shown else (None, None)
        found.append(Cell(cell.row, cell.column, action, old, new, item.reason if item else None))
    return found


def holding(workspace: Workspace, delivery: Delivery) -> list[str]:
    """Return the releases that hold a delivery."""
    return [made.release_id for made in list_releases(workspace) if delivery.own & set(made.submissions)]


def stale(workspace: Workspace) -> Sequence[Stale]:
    """Return the releases and reports that withdrawals and retractions have made stale."""
    releases = [Stale(name, "release", since) for name, since in stale_releases(desk_of(workspace)).items()]
    rewritten = [
        Stale(made.release_id, "rewritten", made.rewritten_by) for made in list_releases(workspace) if made.rewritten_by
    ]
    names = (
        path.parent.relative_to(workspace.results).as_posix()
        for path in sorted(workspace.results.glob("*/*/stale.json"))
    )
    return [*releases, *rewritten, *(Stale(name, "report", tuple(marks(workspace, name))) for name in names)]
