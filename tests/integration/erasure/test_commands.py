"""`zonelab withdraw` and `zonelab vault`: what a steward and the vault's keeper type, and what they read."""

import io
import json

import pytest

from data.identity import Vault
from data.verify import verify_workspace
from tests.integration.erasure.conftest import CODE, PERSON
from tests.unit.cli.conftest import zonelab  # noqa: F401 - a fixture

pytestmark = pytest.mark.integration

LOOK = ("--reason", "an incidental finding, vote 12", "--as", "vault.keeper")


def test_a_person_is_withdrawn_by_an_id_from_stdin(workspace, ledger, planted, zonelab, monkeypatch):  # noqa: F811
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CODE}\n"))
    run = zonelab("withdraw", "--zone", "deqing", "--as", "data.steward", "--json")
    assert run.code == 0, run.err
    assert (run.document["withdrawal_id"], run.document["new"]) == ("WD-0001", True)
    assert run.document["certificate"]["found_after"] == 0
    again = zonelab("withdraw", CODE, "--zone", "deqing", "--as", "data.steward", "--json")
    assert (again.document["new"], again.document["certificate"]) == (False, run.document["certificate"])
    for language, word in (("en", "Certificate"), ("zh", "证明")):
        told = zonelab("withdraw", CODE, "--zone", "deqing", "--as", "data.steward", "--lang", language)
        assert word in told.out
        assert not any(name in told.out + told.err for name in planted.values())
    assert verify_workspace(workspace, ledger) == []
    shown = zonelab("release", "show", "latest", "--json").document
    assert (shown["rewritten_by"], shown["tables"]["panel_individual_wave"]["rows"]) == (["WD-0001"], 1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nobody_of_that_id_is_exit_code_4_and_the_id_is_not_repeated(workspace, planted, zonelab, language):  # noqa: ARG001, F811
    run = zonelab("withdraw", "DQ-P99999", "--zone", "deqing", "--as", "data.steward", "--lang", language)
    assert run.code == 4
    assert "E-WD-01" in run.err
    assert "DQ-P99999" not in run.err + run.out


def test_who_is_told_to_the_keeper_and_the_look_is_on_record_without_the_person(workspace, ledger, planted, zonelab):  # noqa: F811
    users = "  vault.keeper: {roles: [vault_keeper], zones: '*'}\n  admin: {roles: [administrator], zones: '*'}\n"
    (workspace.home / "access.yml").write_text(f"users:\n{users}", encoding="utf-8")
    name = planted["pseudonym"]
    assert zonelab("vault", "who", name, *LOOK, "--json").document["identifier"] == PERSON
    for refused, code in (
        (("vault", "who", name, "--reason", "an incidental finding", "--as", "admin"), 3),
        (("vault", "rotate", "--as", "admin"), 3),
        (("vault", "status", "--as", "admin"), 3),
        (("vault", "who", name, "--reason", "because", "--as", "vault.keeper"), 1),
        (("vault", "who", name, "--reason", f"asked by {PERSON}", "--as", "vault.keeper"), 1),
        (("vault", "who", "k1:" + "C" * 32, *LOOK), 4),
    ):
        run = zonelab(*refused)
        assert (run.code, PERSON in run.out + run.err) == (code, False), refused
    (look,) = ledger.events("person_identified")
    assert (look.actor, look.detail["reason"]) == ("vault.keeper", LOOK[1])
    assert PERSON not in json.dumps(look.detail)
    assert name not in json.dumps(look.detail)
    status = zonelab("vault", "status", "--as", "vault.keeper", "--json").document
    assert status == {"vault_id": Vault.open(workspace).vault_id, "key": 1, "people": 22, "looks": 1}


def test_the_key_is_changed_by_a_command(workspace, ledger, planted, zonelab):  # noqa: F811
    run = zonelab("vault", "rotate", "--as", "vault.keeper", "--json")
    assert (run.code, run.document["act_id"], run.document["key"]) == (0, "KEY-0002", 2)
    assert "第 3 号密钥" in zonelab("vault", "rotate", "--as", "vault.keeper", "--lang", "zh").out
    assert zonelab("vault", "who", planted["pseudonym"], *LOOK).code == 4
    (mine,) = Vault.open(workspace).find(identifier=PERSON)
    assert zonelab("vault", "who", mine.pseudonym, *LOOK, "--json").document["identifier"] == PERSON
    assert verify_workspace(workspace, ledger) == []
