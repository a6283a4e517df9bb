"""Accounts: invitation, password, waiting after failures, sessions, revocation at once, and what the ledger says of it."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from data import access
from data.accounts import (
    accept,
    accounts,
    end_session,
    invite,
    lock,
    login_of,
    revoke,
    session_of,
    sign_in,
    unlock,
)
from data.accounts.provided import ended_before
from data.accounts.sessions import FAILED, LASTS
from data.accounts.store import Store
from data.messages import NotFound, NotPermitted, PlatformFailed, Refused, WrongUsage
from tests.unit.account_store.conftest import ACCESS, PASSWORD

pytestmark = pytest.mark.archive  # each act is synced to the disk, twice

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
USER = "zone.operator"


def test_from_invitation_to_session(listed, ledger):
    account, code = invite(listed, ledger, USER, actor="root.one")
    assert (account.state, account.invited_by) == ("invited", "root.one")
    assert accept(listed, ledger, f" {code}\n", PASSWORD) == USER
    session, key = sign_in(listed, ledger, USER, PASSWORD, now=NOW)
    assert session.until - NOW == timedelta(hours=8)
    assert session_of(listed, key, now=NOW).user == USER
    assert [item.kind for item in ledger.events(object_id=USER)] == [
        "account_invited",
        "account_opened",
        "account_signed_in",
    ]


def test_a_code_is_good_once_and_for_its_days(listed, ledger):
    _, code = invite(listed, ledger, USER, actor="root.one")
    with pytest.raises(NotPermitted, match="E-LOGIN-04"):
        accept(listed, ledger, code, PASSWORD, now=datetime.now(UTC) + timedelta(days=8))
    accept(listed, ledger, code, PASSWORD)
    for wrong in (code, "", "x" * 43):
        with pytest.raises(NotPermitted, match="E-LOGIN-04"):
            accept(listed, ledger, wrong, "another sentence of mine")
    _, first = invite(listed, ledger, USER, actor="root.one")
    _, second = invite(listed, ledger, USER, actor="root.one")
    with pytest.raises(NotPermitted, match="E-LOGIN-04"):
        accept(listed, ledger, first, PASSWORD)
    assert accept(listed, ledger, second, PASSWORD) == USER


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaaaaaa", "Zone.Operator", "x" * 300])
def test_a_poor_password_is_refused_and_the_code_stays_good(listed, ledger, password):
    _, code = invite(listed, ledger, USER, actor="root.one")
    with pytest.raises(Refused, match="E-LOGIN-05"):
        accept(listed, ledger, code, password)
    assert accept(listed, ledger, code, "一个只属于我自己的长句子很好") == USER


def test_the_same_password_from_another_keyboard(listed, ledger):
    accept(listed, ledger, invite(listed, ledger, USER, actor="root.one")[1], "ｒａｉｎ over 2026 bridges")
    assert sign_in(listed, ledger, USER, "rain over 2026 bridges")[0].user == USER


def test_who_may_be_invited_and_by_whom(listed, ledger, workspace):
    with pytest.raises(NotPermitted):
        invite(listed, ledger, USER, actor=USER)
    with pytest.raises(Refused, match="E-LOGIN-06"):
        invite(listed, ledger, "stranger", actor="root.one")
    with pytest.raises(WrongUsage, match="E-LOGIN-07"):
        invite(listed, ledger, USER, actor="root.one", days=31)
    assert not listed.accounts.exists()
    (workspace.home / "access.yml").unlink()
    with pytest.raises(Refused, match="E-LOGIN-06"):
        invite(workspace, ledger, USER, actor="anybody")


def told(call):
    with pytest.raises(NotPermitted) as refusal:
        call()
    return refusal.value.code, refusal.value.text


def test_every_kind_of_no_sounds_the_same(listed, ledger, opened):
    opened()
    opened("other.operator")
    lock(listed, ledger, "other.operator", actor="root.one")
    invite(listed, ledger, "root.one", actor="root.one")
    tries = ((USER, "wrong"), ("nobody", PASSWORD), ("other.operator", PASSWORD), ("root.one", PASSWORD), ("", ""))
    found = {told(lambda user=user, word=word: sign_in(listed, ledger, user, word)) for user, word in tries}
    assert len(found) == 1
    assert found.pop()[0] == "E-LOGIN-01"


@pytest.mark.parametrize("user", [USER, "nobody"])
def test_from_the_fifth_failure_on_each_try_waits_longer(listed, ledger, opened, user):
    opened()
    now, waits = NOW, []
    for number in range(8):
        assert told(partial(sign_in, listed, ledger, user, "wrong", now=now))[0] == "E-LOGIN-01"
        if number >= 4:
            code, text = told(partial(sign_in, listed, ledger, user, PASSWORD, now=now))
            assert code == "E-LOGIN-03"  # the right password does not help while waiting
            waits.append(int(text.en.split("again in ")[1].split()[0]))
            now += timedelta(seconds=waits[-1])
    assert waits == [30, 60, 120, 240]
    recorded = ledger.events(FAILED, user if user == USER else "-")
    assert len(recorded) == (8 if user == USER else 3)  # one a minute for names that are nobody's
    if user == USER:
        assert sign_in(listed, ledger, user, PASSWORD, now=now)[0].user == USER
        assert told(lambda: sign_in(listed, ledger, user, "wrong", now=now))[0] == "E-LOGIN-01"  # counted anew
        assert sign_in(listed, ledger, user, PASSWORD, now=now)[0].user == USER


def test_many_tries_at_once_are_counted_each(listed, ledger, opened):
    from concurrent.futures import ThreadPoolExecutor

    opened()

    def one(_):
        return told(lambda: sign_in(listed, ledger, USER, "wrong", now=NOW))[0]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(16)))
    assert found.count("E-LOGIN-01") == 5


def test_unlocking_forgets_the_failures(listed, ledger, opened):
    opened()
    for _ in range(5):
        told(lambda: sign_in(listed, ledger, USER, "wrong", now=NOW))
    assert told(lambda: sign_in(listed, ledger, USER, PASSWORD, now=NOW))[0] == "E-LOGIN-03"
    unlock(listed, ledger, USER, actor="root.one")
    assert sign_in(listed, ledger, USER, PASSWORD, now=NOW)[0].user == USER


def test_a_session_ends_after_eight_hours(listed, ledger, opened):
    opened()
    _, key = sign_in(listed, ledger, USER, PASSWORD, now=NOW)
    assert session_of(listed, key, now=NOW + LASTS - timedelta(seconds=1)) is not None
    assert session_of(listed, key, now=NOW + LASTS) is None


@pytest.mark.parametrize("act", [lock, revoke])
def test_lock_and_revocation_end_every_session_at_once(listed, ledger, opened, act):
    opened()
    opened("other.operator")
    keys = [sign_in(listed, ledger, USER, PASSWORD)[1] for _ in range(2)]
    other = sign_in(listed, ledger, "other.operator", PASSWORD)[1]
    with pytest.raises(NotPermitted):
        act(listed, ledger, USER, actor="other.operator")
    assert all(session_of(listed, key) for key in keys)
    act(listed, ledger, USER, actor="root.one")
    assert [session_of(listed, key) for key in keys] == [None, None]
    assert session_of(listed, other).user == "other.operator"
    assert told(lambda: sign_in(listed, ledger, USER, PASSWORD))[0] == "E-LOGIN-01"


def test_signing_out_ends_one_session_and_a_new_password_all(listed, ledger, opened):
    opened()
    first, second, third = (sign_in(listed, ledger, USER, PASSWORD)[1] for _ in range(3))
    end_session(listed, ledger, first)
    end_session(listed, ledger, first)
    assert session_of(listed, first) is None
    assert session_of(listed, second) is not None
    accept(listed, ledger, invite(listed, ledger, USER, actor="root.one")[1], "another sentence of mine")
    assert (session_of(listed, second), session_of(listed, third)) == (None, None)
    assert len(ledger.events("account_signed_out")) == 1


def test_no_password_code_or_session_stands_anywhere(listed, ledger, opened):
    _, code = invite(listed, ledger, "other.operator", actor="root.one")
    opened()
    _, key = sign_in(listed, ledger, USER, PASSWORD)
    told(lambda: sign_in(listed, ledger, "my-password-in-the-wrong-field", PASSWORD))
    files = [path for path in listed.home.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)
    for secret in (PASSWORD, code, key, "my-password-in-the-wrong-field"):
        assert secret.encode() not in kept
        assert secret not in json.dumps([item.detail for item in ledger.events()])
    assert stat.S_IMODE(listed.accounts.stat().st_mode) == 0o600
    assert stat.S_IMODE(listed.accounts.parent.stat().st_mode) == 0o700
    assert ledger.verify() == []


def test_the_list_tells_states_and_no_secret(listed, ledger, opened):
    assert accounts(listed) == []
    opened()
    opened("other.operator")
    invite(listed, ledger, "root.one", actor="root.one", days=1)
    lock(listed, ledger, "other.operator", actor="root.one")
    later = datetime.now(UTC) + timedelta(days=2)
    assert {item.user: item.state for item in accounts(listed, now=later)} == {
        USER: "open",
        "other.operator": "locked",
        "root.one": "invitation expired",
    }
    with pytest.raises(NotFound, match="E-LOGIN-08"):
        revoke(listed, ledger, "stranger", actor="root.one")


def test_revocation_reaches_a_providers_logins_without_an_account(listed, ledger):
    revoke(listed, ledger, USER, actor="root.one")
    assert not listed.accounts.exists()
    assert ended_before(ledger, USER) > 1_700_000_000
    assert ended_before(ledger, "other.operator") == 0


def test_which_login_a_workspace_asks_for(ledger, listed):
    path = listed.home / "access.yml"
    assert login_of(listed) == "names"
    path.write_text(ACCESS + "login: accounts\n", encoding="utf-8")
    assert login_of(listed) == "accounts"
    path.write_text(ACCESS + "login: oidc\n", encoding="utf-8")
    assert login_of(listed) == "oidc"
    path.write_text(ACCESS + "login: none\n", encoding="utf-8")
    with pytest.raises(PlatformFailed, match="E-ACCESS-02"):
        login_of(listed)
    path.write_text(ACCESS, encoding="utf-8")
    invite(listed, ledger, USER, actor="root.one")
    assert login_of(listed) == "accounts"
    revoke(listed, ledger, USER, actor="root.one")
    assert login_of(listed) == "accounts"  # the last account gone opens nothing


def test_without_a_list_a_workspace_is_open(workspace):
    assert login_of(workspace) == "open"


def test_a_lost_list_closes_a_workspace_with_accounts(listed, opened):
    opened()
    (listed.home / "access.yml").unlink()
    for ask in (lambda: login_of(listed), lambda: access.roles_of(USER, listed)):
        with pytest.raises(PlatformFailed, match="E-ACCESS-02"):
            ask()


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 300, None])
def test_a_store_in_doubt_signs_nobody_in(listed, ledger, opened, content):
    opened()
    _, key = sign_in(listed, ledger, USER, PASSWORD)
    Store.open(listed)._engine.dispose()  # what was last written goes from the log into the file
    if content is None:
        listed.accounts.unlink()
        listed.accounts.mkdir()
    else:
        listed.accounts.write_bytes(content)
    assert login_of(listed) == "accounts"
    for ask in (lambda: session_of(listed, key), lambda: sign_in(listed, ledger, USER, PASSWORD)):
        with pytest.raises(PlatformFailed, match="E-LOGIN-02"):
            ask()


def test_the_real_hash_is_argon2id_with_the_recommended_cost():
    import argon2

    found = argon2.extract_parameters(argon2.PasswordHasher().hash("x"))
    assert found.type is argon2.Type.ID
    assert found.memory_cost >= 65536
    assert found.time_cost >= 3
