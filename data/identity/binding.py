"""Whose vault it is: a workspace works with the one vault that its ledger names, and with no other.

Belongs here: that bond, and what is refused without it. Does not: the vault itself (vault). A vault that is missing, empty,
another's or an old copy would give people new pseudonyms in silence: everything stops instead.
"""

from __future__ import annotations

from data.identity.vault import Vault
from data.ledger import Ledger
from data.messages import PlatformFailed, Refused, Text
from data.paths import Workspace
from data.settings import Settings
from data.withdrawals import CHANGED

BOUND = "vault_bound"
PLATFORM = "platform"


def open_vault(workspace: Workspace, ledger: Ledger, settings: Settings | None = None) -> Vault:
    """Return the workspace's vault; the first time it is made and the ledger told which one it is.

    Raises
    ------
    PlatformFailed
        E-VAULT-01, E-VAULT-04; E-VAULT-03: it is not the vault that the ledger names, or an older copy of it.
    Refused
        E-VAULT-05: a change of the key was begun and not ended.
    """
    vault = open_even_while_changing(workspace, ledger, settings)
    if vault.is_rotating():
        raise Refused(
            "E-VAULT-05",
            Text(
                en="The pseudonyms' key is being changed, and the change was interrupted. The vault's keeper must finish it: "
                "`zonelab vault rotate`.",
                zh="化名密钥的更换中断，尚未完成。请保管库管理员执行 zonelab vault rotate 完成更换。",
            ),
        )
    return vault


def open_even_while_changing(workspace: Workspace, ledger: Ledger, settings: Settings | None = None) -> Vault:
    """Return the workspace's vault for the change of its key; see `open_vault`."""
    known = ledger.events(BOUND)
    if known and not Vault.exists(workspace, settings):
        raise _not_ours()
    vault = Vault.open(workspace, settings)
    if not known:
        with ledger.transaction() as connection:
            ledger.record(connection, kind=BOUND, object_id=vault.vault_id, detail={}, actor=PLATFORM)
    elif vault.vault_id != known[-1].object_id or vault.key_number() < _newest_key(ledger):
        raise _not_ours()
    return vault


def _newest_key(ledger: Ledger) -> int:
    changed = ledger.events(CHANGED)
    return int(changed[-1].detail["key"]) if changed else 1


def _not_ours() -> PlatformFailed:
    return PlatformFailed(
        "E-VAULT-03",
        Text(
            en="This is not the vault that the ledger names: it is missing, another one, or an older copy. Nothing is done: "
            "people would get new pseudonyms. Put the right vault back (ZONELAB_VAULT, or <home>/vault).",
            zh="保管库与台账登记的不符：缺失、属于别处或是旧副本。为避免同一人得到新化名，已停止操作。"
            "请恢复正确的保管库（ZONELAB_VAULT，或 <home>/vault）。",
        ),
    )
