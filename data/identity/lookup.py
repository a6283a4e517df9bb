"""Looking into the vault: whose pseudonym this is. Every look is on record, with its reason and without the person.

Belongs here: that act. Does not: the vault (vault). When to use it: a duty towards one person (an incidental finding,
a complaint, a request to see their data); never for analysis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.access import check_can
from data.identity.binding import open_vault
from data.identity.vault import Person, Vault
from data.ledger import Ledger
from data.messages import NotFound, Refused, Text
from data.paths import Workspace
from data.withdrawals import comparable

LOOKED = "person_identified"
SHORTEST = 10


@dataclass(frozen=True)
class Standing:
    """What may be said of a vault without looking into it."""

    vault_id: str
    key: int
    people: int
    looks: int


def identify(pseudonym: str, *, reason: str, actor: str, workspace: Workspace, ledger: Ledger) -> Person:
    """Return who is behind a pseudonym, and record that somebody asked and why.

    Raises
    ------
    NotPermitted, NotFound
        E-ACCESS-01; E-VAULT-08: no such pseudonym (exit code 4).
    Refused
        E-VAULT-07: the reason is too short to be one, or names the person.
    """
    role = check_can(actor, "identify", workspace=workspace)
    vault = open_vault(workspace, ledger)
    found = vault.find(pseudonym=comparable(pseudonym))
    if not found:
        raise NotFound(
            "E-VAULT-08",
            Text(
                en="The vault knows no such pseudonym. Compare it with the table; a change of the key gives new ones.",
                zh="保管库中没有该化名。请与数据表核对；更换密钥后化名会改变。",
            ),
        )
    person = found[0]
    _check_reason(reason, person)
    detail: dict[str, Any] = {"reason": reason.strip(), "project": person.project, "person": _hash(vault, person)}
    with ledger.transaction() as connection:
        ledger.record(connection, kind=LOOKED, object_id=vault.vault_id, detail=detail, actor=actor, role=role)
    return person


def standing(*, actor: str, workspace: Workspace, ledger: Ledger) -> Standing:
    """Return what is on record of the vault: which one, its key's number, how many people, how often it was looked into."""
    check_can(actor, "identify", workspace=workspace)
    vault = open_vault(workspace, ledger)
    return Standing(vault.vault_id, vault.key_number(), vault.count(), len(ledger.events(LOOKED)))


def _hash(vault: Vault, person: Person) -> str:
    return vault.withdrawal_hash(LOOKED, person.pseudonym)


def _check_reason(reason: str, person: Person) -> None:
    names = (person.identifier, person.pseudonym)
    if len(reason.strip()) < SHORTEST or any(name in reason for name in names):
        raise Refused(
            "E-VAULT-07",
            Text(
                en=f"Give a reason of at least {SHORTEST} characters that does not name the person: it goes on record.",
                zh=f"请填写至少 {SHORTEST} 个字符的理由，且不得写明当事人：该理由将登记在案。",
            ),
        )
