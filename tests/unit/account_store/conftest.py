"""A workspace with an access list, and a hash that costs nothing: the cost is the library's, and not under test."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from data.accounts import accept, invite, passwords
from data.ledger import Ledger

ACCESS = """
users:
  root.one: {roles: [administrator], zones: "*"}
  zone.operator: {roles: [zone_operator], zones: [deqing]}
  other.operator: {roles: [zone_operator], zones: [xian]}
"""
PASSWORD = "rain over the old bridge"  # noqa: S105 -- of nobody


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    made = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords.nobodys.cache_clear()
    monkeypatch.setattr(passwords, "hasher", lambda: made)


@pytest.fixture
def listed(workspace):
    """Return a workspace with an access list and no account."""
    (workspace.home / "access.yml").write_text(ACCESS, encoding="utf-8")
    return workspace


@pytest.fixture
def ledger(listed):
    """Return its ledger."""
    return Ledger.open(listed)


@pytest.fixture
def opened(listed, ledger):
    """Return a function that gives a user an account with `PASSWORD`."""

    def made(user="zone.operator"):
        accept(listed, ledger, invite(listed, ledger, user, actor="root.one")[1], PASSWORD)

    return made
