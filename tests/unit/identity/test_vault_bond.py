"""No vault, another's vault, an old copy, a locked one: nothing is taken in, since people would get new pseudonyms."""

import shutil

import pytest

from data.identity import Vault
from data.identity.binding import open_vault
from data.ledger import Ledger
from data.messages import PlatformFailed
from data.settings import Settings
from data.submissions import submissions
from tests.unit.identity.conftest import resident

ROW = [(resident(1), "W1", 1, "")]


def test_the_ledger_names_the_vault_once(workspace, ledger):
    first, second = open_vault(workspace, ledger), open_vault(workspace, ledger)
    (bond,) = ledger.events("vault_bound")
    assert first.vault_id == second.vault_id == bond.object_id
    assert first.sealing_secret.hex()[:16] != bond.object_id


@pytest.mark.parametrize("harm", ["removed", "replaced"])
def test_a_missing_or_foreign_vault_stops_intake(send, workspace, ledger, harm):
    send(ROW)
    folder = workspace.home / "vault"
    shutil.rmtree(folder)
    if harm == "replaced":
        Vault.open(workspace)
    before = len(submissions(ledger))
    with pytest.raises(PlatformFailed, match="E-VAULT-03") as refused:
        send([(resident(2), "W1", 1, "")], name="next.csv")
    assert refused.value.exit_code == 5
    assert len(submissions(ledger)) == before
    assert folder.exists() is (harm == "replaced"), "no new vault is made in silence"


def test_a_vault_that_cannot_be_opened_stops_intake_too(workspace, tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(PlatformFailed, match="E-VAULT-04"):
        open_vault(
            workspace, Ledger.open(workspace), Settings(home=workspace.home, vault=str(tmp_path / "file" / "vault"))
        )
