"""Changing the key of the pseudonyms: every table of the archive from the old ones to the new, every person once.

Belongs here: the order of the steps, and who may. Does not: the vault's side (rotation), files (data.erasure.rewriting).
Killed anywhere and repeated it ends the same: nothing else is taken in until it has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.parquet as pq

from data.access import check_can
from data.contracts import Contract, load_contracts
from data.erasure.consequences import note_releases
from data.erasure.layers import Stored, contracts_by_name, stored_files
from data.erasure.rewriting import Becoming, nobody_writes, rewrite
from data.erasure.sweep import clear_build, clear_unlisted
from data.identity import rotation
from data.identity.binding import open_even_while_changing
from data.identity.successors import with_successors
from data.identity.vault import Vault
from data.lake import Lake
from data.ledger import Ledger
from data.messages import Refused, Text
from data.paths import Workspace
from data.releases import NOTED
from data.rewritten import acts
from data.withdrawals import CHANGE_BEGUN, CHANGED, unfinished_change, withdrawals


@dataclass(frozen=True)
class KeyChange:
    """A change of the key that is done: its id (`KEY-0002`), people with a new pseudonym, files rewritten."""

    act_id: str
    key: int
    people: int
    files: int
    releases: tuple[str, ...]


def change_key(*, actor: str, workspace: Workspace, ledger: Ledger) -> KeyChange:
    """Give everybody a new pseudonym under a new key, in every table and release, and forget the old key.

    When to use it: the vault's file or a copy of it was in wrong hands; or by the calendar. Links between waves and tables stay:
    one person has one pseudonym before and after. What left the workspace under old pseudonyms no longer joins.

    Raises
    ------
    NotPermitted
        E-ACCESS-01: the actor may not identify people.
    Refused
        E-VAULT-06: a withdrawal is unfinished; it knows its person by the present pseudonym.
    PlatformFailed
        As `data.identity.binding.open_vault`.
    """
    role = check_can(actor, "identify", workspace=workspace)
    with nobody_writes(workspace, ledger):
        _refuse_unfinished(ledger)
        vault = open_even_while_changing(workspace, ledger)
        act_id = _begun(ledger, vault, actor, role)
        if vault.is_rotating() or vault.key_number() < _number(act_id):
            rotation.prepare(vault)
            _rewritten(workspace, ledger, vault, act_id, actor)
            rotation.finish(vault)
        return _done(ledger, vault, act_id, actor, role)


def _begun(ledger: Ledger, vault: Vault, actor: str, role: str) -> str:
    left = unfinished_change(ledger)
    if left is not None:
        return left
    act_id = f"KEY-{vault.key_number() + 1:04d}"
    with ledger.transaction() as connection:
        ledger.record(connection, kind=CHANGE_BEGUN, object_id=act_id, detail={}, actor=actor, role=role)
    return act_id


def _rewritten(workspace: Workspace, ledger: Ledger, vault: Vault, act_id: str, actor: str) -> None:
    pairs = rotation.pairs(vault)
    contracts = contracts_by_name(load_contracts(), vault)
    rewrite(
        workspace,
        ledger,
        stored_files(workspace, ledger),
        lambda file: _becoming(file, contracts, pairs),
        act_id=act_id,
        actor=actor,
    )
    note_releases(workspace, ledger, Lake(workspace, ledger), act_id=act_id, actor=actor)
    clear_build(workspace)
    clear_unlisted(workspace)


def _becoming(file: Stored, contracts: Mapping[str, Contract], pairs: Mapping[str, str]) -> Becoming | None:
    """Return a table under the new pseudonyms; None if it holds none of the old ones."""
    if (
        file.layer == "originals" and file.form != "rows"
    ):  # what was received is sealed as it was received, by its own secret
        return None
    table = pq.read_table(file.path, memory_map=False)
    new = with_successors(table, contracts.get(file.contract or "") if file.layer == "lake" else None, pairs)
    return None if new is None else Becoming(new, table.num_rows)


def _refuse_unfinished(ledger: Ledger) -> None:
    left = [act.withdrawal_id for act in withdrawals(ledger) if act.certificate is None]
    if left:
        raise Refused(
            "E-VAULT-06",
            Text(
                en=f"Withdrawal {left[0]} is not finished. Repeat `zonelab withdraw` for it first.",
                zh=f"撤回 {left[0]} 尚未完成。请先重新执行 zonelab withdraw。",
            ),
        )


def _number(act_id: str) -> int:
    return int(act_id.removeprefix("KEY-"))


def _done(ledger: Ledger, vault: Vault, act_id: str, actor: str, role: str) -> KeyChange:
    files = {change.path.split(".")[0] for act in acts(ledger) if act.act_id == act_id for change in act.changes}
    noted = sorted({event.object_id for event in ledger.events(NOTED) if event.detail["act"] == act_id})
    done = KeyChange(act_id, vault.key_number(), vault.count(), len(files), tuple(noted))
    detail = {"key": done.key, "people": done.people, "files": done.files}
    with ledger.transaction() as connection:
        ledger.record(connection, kind=CHANGED, object_id=act_id, detail=detail, actor=actor, role=role)
    return done
