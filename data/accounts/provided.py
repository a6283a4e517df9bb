"""Logins that a provider vouches for: which of them have ended here, though the browser still keeps them.

Belongs here: the record of an end. Does not: reading a provider's word (apps.viewer.login). It stands in the ledger alone:
whoever signs in by a provider needs no account.
"""

from __future__ import annotations

import time

from data.access import SYSTEM
from data.ledger import Ledger

ENDED = "login_ended"


def ended_before(ledger: Ledger, user: str) -> float:
    """Return the moment (seconds since 1970) up to which logins of a user have ended; 0 for never."""
    return max((float(event.detail["before"]) for event in ledger.events(ENDED, user)), default=0.0)


def end_logins(ledger: Ledger, user: str, *, by: str = SYSTEM, role: str = "", now: float | None = None) -> None:
    """End every login of a user that began before now: a kept cookie is of no use any more."""
    detail = {"before": int(now or time.time())}
    with ledger.transaction() as connection:
        ledger.record(connection, kind=ENDED, object_id=user, detail=detail, actor=by, role=role)
