"""A delivery under review beside the archive as it stands without it: new, changed, the same, and what is missing.

Belongs here: that comparison. Does not: a file that is not sent yet (quality.against, whose counting this is), deciding.
"""

from __future__ import annotations

from dataclasses import replace

from data.access import check_can
from quality.against import Difference, compare, of_zone
from quality.review.desk import Desk
from quality.review.records import Delivery


def beside_archive(desk: Desk, delivery: Delivery, *, actor: str) -> Difference:
    """Compare a delivery's rows, its accepted corrections with them, with what panels show without it.

    Parameters
    ----------
    actor
        Who looks; needs the right to read in the zone. Values are shown only where the contract calls a column not sensitive.

    Returns
    -------
    Difference
        `same` counts the rows that the archive held already when the file came: they stand in the file that brought them.

    Raises
    ------
    NotPermitted
        E-ACCESS-01: the actor may not read in the zone.
    """
    zone = delivery.submission.zone
    check_can(actor, "read", zone, workspace=desk.workspace)
    archive = desk.select(delivery, desk.held() | delivery.own)
    found = compare(desk.rows(delivery), archive, desk.contract(delivery), own=of_zone(desk.ledger, zone))
    known = delivery.submission.rows_unchanged
    return replace(found, same=found.same + known, missing=max(0, found.missing - known))
