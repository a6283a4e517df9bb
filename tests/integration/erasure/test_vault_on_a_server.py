"""A vault on a PostgreSQL server: the same promises as the file."""

import pytest

from data.identity import Vault, rotation
from data.identity.binding import open_vault
from data.identity.key_change import change_key
from data.settings import Settings
from tests.postgres import postgres  # noqa: F401 - a fixture
from tests.unit.identity.conftest import register, resident

pytestmark = pytest.mark.integration

NAMES = [resident(number) for number in range(5)]


def test_people_are_kept_found_rotated_and_forgotten(workspace, ledger, postgres, monkeypatch):  # noqa: F811
    monkeypatch.setenv("ZONELAB_VAULT", postgres.database())
    vault = open_vault(workspace, ledger)
    assert not (workspace.home / "vault").exists()
    assert Vault.exists(workspace, Settings(home=workspace.home, vault=postgres.database()))
    pairs = vault.pseudonyms("programme", "person", NAMES)
    for _ in range(2):
        vault.remember(register(), "person", pairs)
    assert (vault.count(), vault.find(identifier=NAMES[0])[0].pseudonym) == (5, pairs[NAMES[0]])
    assert [contract.name for contract in vault.contracts()] == ["enrolment"]
    assert change_key(actor="registry.office", workspace=workspace, ledger=ledger).key == 2
    (mine,) = open_vault(workspace, ledger).find(identifier=NAMES[0])
    assert mine.pseudonym.startswith("k2:")
    assert dict(rotation.pairs(vault)) == {}
    assert (vault.forget([mine.pseudonym]), vault.count()) == (1, 4)
