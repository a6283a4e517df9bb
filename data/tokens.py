"""Upload tokens: a machine's right to submit for one person in one zone.

Belongs here: issuing, revoking, recognising. Does not: the endpoint (apps.endpoint). A token is two entries of the ledger: issued
(with salt and hash, never the secret) and revoked. The secret has 256 random bits: a salted SHA-256 cannot be guessed back, and
a slow hash would only slow the endpoint. The person's right to submit is asked again at every use (quality.intake).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from data.access import check_can
from data.ledger import Event, Ledger
from data.messages import NotFound, NotPermitted, Text, WrongUsage
from data.paths import Workspace
from data.reference import check_zone

ISSUED, REVOKED = "upload_token_issued", "upload_token_revoked"
PREFIX = "zonelab"
DAYS, MOST_DAYS = 365, 1096

State = Literal["valid", "revoked", "expired"]


@dataclass(frozen=True)
class Token:
    """One token without its secret; times are ISO text in UTC."""

    token_id: str
    person: str
    zone: str
    issued_by: str
    issued_at: str
    expires_at: str
    revoked_at: str | None
    salt: str
    hash: str

    def state(self, now: datetime | None = None) -> State:
        """Tell whether it can be used now."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if datetime.fromisoformat(self.expires_at) <= (now or datetime.now(UTC)) else "valid"


def issue(
    workspace: Workspace, ledger: Ledger, *, person: str, zone: str, actor: str, days: int = DAYS
) -> tuple[Token, str]:
    """Create a token and return it with its text, which is shown this once and kept nowhere.

    Parameters
    ----------
    person
        In whose name the machine submits; must have the right to submit in `zone`.
    zone
        A pilot zone or `programme`: the only one that the token opens.
    actor
        Who issues it; must be an administrator of the zone.
    days
        How long it is valid, 1 to 1,096.

    Raises
    ------
    NotPermitted, NotFound, WrongUsage
        The actor or the person may not; no such zone; days out of range (E-TOKEN-03).
    """
    check_zone(zone)
    role = check_can(actor, "administer", zone, workspace=workspace)
    check_can(person, "submit", zone, workspace=workspace)
    if not 1 <= days <= MOST_DAYS:
        raise WrongUsage(
            "E-TOKEN-03",
            Text(en=f"A token is valid for 1 to {MOST_DAYS} days.", zh=f"令牌有效期为 1 至 {MOST_DAYS} 天。"),
        )
    token_id, secret, salt = secrets.token_hex(5), secrets.token_urlsafe(32), secrets.token_hex(16)
    expires = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")
    detail = {"person": person, "zone": zone, "expires_at": expires, "salt": salt, "hash": _hash(salt, secret)}
    with ledger.transaction() as connection:
        ledger.record(connection, kind=ISSUED, object_id=token_id, detail=detail, actor=actor, role=role)
        made = _require(ledger, token_id)
    return made, f"{PREFIX}_{token_id}_{secret}"


def revoke(workspace: Workspace, ledger: Ledger, token_id: str, *, actor: str) -> Token:
    """Revoke a token for good; again changes nothing. An administrator of its zone may, and the person it was issued to.

    Raises
    ------
    NotFound, NotPermitted
        E-TOKEN-02: no such token; the actor may not.
    """
    with ledger.transaction() as connection:
        token = _require(ledger, token_id)
        role = "" if actor == token.person else check_can(actor, "administer", token.zone, workspace=workspace)
        if token.revoked_at is None:
            ledger.record(connection, kind=REVOKED, object_id=token_id, detail={}, actor=actor, role=role)
        return _require(ledger, token_id)


def tokens(ledger: Ledger) -> list[Token]:
    """Return every token ever issued, in order."""
    ended = {event.object_id: event.at_utc for event in ledger.events(REVOKED)}
    return [_token(event, ended.get(event.object_id)) for event in ledger.events(ISSUED)]


def recognised(ledger: Ledger, text: str) -> Token:
    """Return the valid token that `text` is.

    Raises
    ------
    NotPermitted
        E-TOKEN-01, the same words for an unknown, wrong, revoked or expired one.
    """
    prefix, _, rest = text.partition("_")
    token_id, _, secret = rest.partition("_")
    found = _folded(ledger.events(object_id=token_id)) if prefix == PREFIX and token_id else None
    salt, known = (found.salt, found.hash) if found else ("", _hash("", ""))
    right = hmac.compare_digest(_hash(salt, secret), known)
    if found is None or not right or found.state() != "valid":
        raise NotPermitted(
            "E-TOKEN-01",
            Text(
                en="The upload token is not valid. Ask an administrator for a new one.",
                zh="上传令牌无效。请向管理员申请新令牌。",
            ),
        )
    return found


def _hash(salt: str, secret: str) -> str:
    return hashlib.sha256(f"{salt}:{secret}".encode()).hexdigest()


def _require(ledger: Ledger, token_id: str) -> Token:
    found = _folded(ledger.events(object_id=token_id))
    if found is None:
        raise NotFound(
            "E-TOKEN-02", Text(en=f"There is no upload token {token_id}.", zh=f"没有编号为 {token_id} 的上传令牌。")
        )
    return found


def _folded(events: Iterable[Event]) -> Token | None:
    issued = revoked = None
    for event in events:
        issued = event if event.kind == ISSUED else issued
        revoked = event.at_utc if event.kind == REVOKED else revoked
    return _token(issued, revoked) if issued is not None else None


def _token(event: Event, revoked_at: str | None) -> Token:
    said = event.detail
    return Token(
        token_id=event.object_id,
        person=said["person"],
        zone=said["zone"],
        issued_by=event.actor,
        issued_at=event.at_utc,
        expires_at=said["expires_at"],
        revoked_at=revoked_at,
        salt=said["salt"],
        hash=said["hash"],
    )
