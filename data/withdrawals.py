"""Withdrawals of consent: who may not be taken in any more, by keyed hash.

Belongs here: the acts in the ledger, a change of the key that is under way, and the question that the gate asks. Does not:
removing data (data.erasure), keys (identity). names anybody: without the vault's key a hash cannot be compared with an id.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from data.identity.canonical import canonical_id
from data.ledger import Event, Ledger
from data.paths import Workspace

CHANGE_BEGUN, CHANGED = "pseudonym_key_change_begun", "pseudonym_key_changed"
WITHDRAWN, ERASED, REWRITTEN, STALE = "consent_withdrawn", "person_erased", "data_rewritten", "report_stale"


@dataclass(frozen=True)
class Withdrawal:
    """One act: its id (`WD-0001`), zone, the keyed hashes of the person's id and pseudonyms, the certificate once it is done."""

    withdrawal_id: str
    zone: str
    person: tuple[str, ...]
    actor: str
    at_utc: str
    certificate: str | None = None


def comparable(text: str) -> str:
    """Return the form under which ids are compared with a withdrawn person's.

    >>> comparable(" \uff11\uff12 "), comparable("11010519491231002x")
    ('12', '11010519491231002X')
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    return canonical_id(plain).value or plain


def withdrawals(ledger: Ledger) -> list[Withdrawal]:
    """Return every withdrawal in order."""
    done = {event.object_id: event.detail["certificate"] for event in ledger.events(ERASED)}
    return [_withdrawal(event, done.get(event.object_id)) for event in ledger.events(WITHDRAWN)]


def withdrawn_hashes(ledger: Ledger, zone: str) -> frozenset[str]:
    """Return the hashes of everybody who withdrew in a zone."""
    found = (event.detail for event in ledger.events(WITHDRAWN))
    return frozenset(name for detail in found if detail["zone"] == zone for name in detail["person"])


def unfinished_change(ledger: Ledger) -> str | None:
    """Return the id of a change of the pseudonyms' key that was begun and not ended; None if there is none."""
    ended = {event.object_id for event in ledger.events(CHANGED)}
    left = [event.object_id for event in ledger.events(CHANGE_BEGUN) if event.object_id not in ended]
    return left[-1] if left else None


def intake_lock(workspace: Workspace) -> Path:
    """Return the lock that submissions share, and that a withdrawal or a change of the key holds alone."""
    return workspace.home / ".intake.lock"


def _withdrawal(event: Event, certificate: str | None) -> Withdrawal:
    detail = event.detail
    return Withdrawal(event.object_id, detail["zone"], tuple(detail["person"]), event.actor, event.at_utc, certificate)
