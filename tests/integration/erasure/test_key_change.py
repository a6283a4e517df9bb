"""A new key: every table goes over to it, everybody stays who they were, whatever is killed in between."""

import shutil

import pytest

from data import key_index, releases
from data.identity import PSEUDONYM, Vault
from data.identity.binding import open_vault
from data.identity.key_change import change_key
from data.lake import Lake
from data.messages import NotPermitted, PlatformFailed, Refused
from data.verify import verify_workspace
from data.withdrawals import unfinished_change, withdrawals
from tests.integration.erasure.conftest import CODE, PERSON
from tests.integration.erasure.killing import Killed, killed_at
from tests.unit.identity.conftest import register, resident

pytestmark = pytest.mark.integration


def change(workspace, ledger, actor="registry.office"):
    return change_key(actor=actor, workspace=workspace, ledger=ledger)


def people(workspace, ledger):
    """Return each row of the lake by what does not change: pseudonym → score, and rec_key → score."""
    found = Lake(workspace, ledger).read(register()).to_pylist()
    return {row["resident_id"]: row["score"] for row in found}, {row["rec_key"]: row["score"] for row in found}


def test_everybody_has_a_new_pseudonym_and_the_same_rows(workspace, ledger, planted, send):
    before, _ = people(workspace, ledger)
    done = change(workspace, ledger)
    after, keys = people(workspace, ledger)
    vault = Vault.open(workspace)
    assert (done.act_id, done.key, vault.key_number()) == ("KEY-0002", 2, 2)
    assert {name.split(":")[0] for name in after} == {"k2"}
    assert all(PSEUDONYM.fullmatch(name) for name in after)
    assert sorted(before.values()) == sorted(after.values()) == sorted(keys.values())
    (mine,) = vault.find(identifier=PERSON)
    assert (before[planted["pseudonym"]], mine.successor) == (after[mine.pseudonym], None)
    mart = releases.load_release(workspace).table("panel_enrolment")
    assert mine.pseudonym.encode() in mart.read_bytes() or mine.pseudonym in str(
        Lake(workspace, ledger).read(register())
    )
    assert verify_workspace(workspace, ledger) == []
    again = send(f"resident_id,wave,score,remark\n{PERSON},W1,0,\n{resident(20)},W1,1,\n", register(), name="again.csv")
    assert (again.rows_unchanged, again.rows_quarantined) == (2, 0), "the same records as before the change"


def test_the_old_key_and_pseudonyms_are_nowhere(workspace, ledger, planted):
    secret = Vault.open(workspace)._current()[1].hex()
    vault_file = workspace.home / "vault" / "vault.db"
    assert secret.encode() in vault_file.read_bytes(), "the control"
    assert list(workspace.lake.glob(f"enrolment/{key_index.FOLDER}/*")), "the control"
    change(workspace, ledger)
    assert not list(workspace.lake.glob(f"enrolment/{key_index.FOLDER}/*")), "numbers of the old pseudonyms' keys"
    assert secret.encode() not in vault_file.read_bytes()
    assert planted["pseudonym"].encode() not in vault_file.read_bytes()
    lake = Lake(workspace, ledger).read(register())
    assert planted["pseudonym"] not in lake["resident_id"].to_pylist()
    assert not any(planted["pseudonym"] in str(event) for event in ledger.events())


def test_nothing_is_taken_in_while_a_change_is_unfinished(workspace, ledger, planted, send):  # noqa: ARG001 - planted
    with pytest.raises(Killed), killed_at(12):
        change(workspace, ledger)
    assert unfinished_change(ledger) == "KEY-0002"
    with pytest.raises(Refused, match="E-VAULT-05"):
        send(f"resident_id,wave,score,remark\n{PERSON},W5,0,\n", register(), name="late.csv")
    assert [problem.where for problem in verify_workspace(workspace, ledger)] == ["vault/KEY-0002"]
    change(workspace, ledger)
    assert verify_workspace(workspace, ledger) == []


def test_an_old_copy_of_the_vault_is_refused(workspace, ledger, planted, tmp_path):  # noqa: ARG001 - planted
    file = workspace.home / "vault" / "vault.db"
    shutil.copy2(file, tmp_path / "old.db")
    change(workspace, ledger)
    shutil.copy2(tmp_path / "old.db", file)
    with pytest.raises(PlatformFailed, match="E-VAULT-03"):
        open_vault(workspace, ledger)


def test_only_the_vaults_keeper_may(workspace, ledger, planted):  # noqa: ARG001 - planted
    users = "  keeper: {roles: [vault_keeper], zones: '*'}\n  admin: {roles: [administrator], zones: '*'}\n"
    (workspace.home / "access.yml").write_text(f"users:\n{users}", encoding="utf-8")
    with pytest.raises(NotPermitted):
        change(workspace, ledger, "admin")
    assert change(workspace, ledger, "keeper").key == 2
    assert withdrawals(ledger) == []
    assert CODE.startswith("DQ"), "a code that is no direct identifier is nobody's pseudonym"
