"""What a file would bring to the archive, by number, before it is sent.

Belongs here: the one question of the preview. Does not: what enters (intake decides when the file is submitted), showing it.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.access import check_can
from data.contracts import Contract
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from quality.check import CheckReport
from quality.reconcile import reconcile


@dataclass(frozen=True)
class Prospect:
    """Good rows of a file that are new, that the archive holds with other values, and that are there as they are."""

    new: int
    changed: int
    same: int


def prospect(
    workspace: Workspace, ledger: Ledger, report: CheckReport, contract: Contract, *, zone: str, actor: str
) -> Prospect | None:
    """Compare a checked file with the archive as it is now; None if no row of it can enter.

    Raises
    ------
    NotPermitted
        E-ACCESS-01: the actor may not read in the zone.
    """
    check_can(actor, "read", zone, workspace=workspace)
    if report.good is None:
        return None
    lake = Lake(workspace, ledger)
    split = reconcile(report.good, contract, lake.relation_sql(contract, lake.closed_seq()), is_correction=False)
    return Prospect(split.rows.num_rows, len(split.conflicts), split.unchanged)
