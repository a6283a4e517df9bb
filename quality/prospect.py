"""What a file would bring to the archive, by number, before it is sent.

Belongs here: the one question of the preview. Does not: the comparison (against), what enters (intake decides when the file is
submitted), showing it.
"""

from __future__ import annotations

from data.contracts import Contract
from data.ledger import Ledger
from data.paths import Workspace
from quality.against import Difference, against_archive
from quality.check import CheckReport

Prospect = Difference


def prospect(
    workspace: Workspace, ledger: Ledger, report: CheckReport, contract: Contract, *, zone: str, actor: str
) -> Prospect | None:
    """Compare a checked file with the archive as it is now; None if no row of it can enter.

    Raises
    ------
    NotPermitted
        E-ACCESS-01: the actor may not read in the zone.
    """
    if report.good is None:
        return None
    return against_archive(workspace, ledger, report, contract, zone=zone, actor=actor)
