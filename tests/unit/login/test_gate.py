"""The gate over HTTP: what is closed without a session, what each kind of workspace asks for, and what a doubt does."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from apps.endpoint import extracts
from apps.viewer.login import provider
from apps.viewer.login.gate import Gate
from data.accounts import lock, revoke
from data.accounts.provided import end_logins
from data.ledger import Ledger
from tests.unit.account_store.conftest import ACCESS, PASSWORD
from tests.unit.login.conftest import CLOSED_PATHS, OPEN_PATHS

pytestmark = pytest.mark.archive


@pytest.mark.parametrize("path", CLOSED_PATHS)
@pytest.mark.usefixtures("accounts")
def test_nothing_is_served_without_a_session_and_everything_with_one(ask, enter, path):
    without = ask(path, accept="*/*")
    assert without.status_code == 403
    assert "for" not in without.text.split()
    assert without.headers["cache-control"] == "no-store"
    assert ask(path, accept="*/*", cookies={"zonelab_session": "guessed"}).status_code == 403
    assert ask(path, cookies=enter()).text == "for zone.operator"


@pytest.mark.parametrize("path", [*CLOSED_PATHS, *OPEN_PATHS])
@pytest.mark.usefixtures("listed")
def test_the_same_is_served_where_no_login_is_asked_for(ask, path):
    """The control: without the store the same requests are answered."""
    assert ask(path).status_code == 200


@pytest.mark.parametrize("path", OPEN_PATHS)
@pytest.mark.usefixtures("accounts")
def test_what_needs_no_login(ask, path):
    assert ask(path).status_code == 200


@pytest.mark.usefixtures("accounts")
def test_who_opens_a_page_is_led_to_the_door_and_back(ask):
    led = ask("/report?id=SE-1&lang=zh")
    assert led.status_code == 303
    assert led.headers["location"] == "/account/sign-in?next=%2Freport%3Fid%3DSE-1%26lang%3Dzh"
    form = {"user": "zone.operator", "password": PASSWORD}
    entered = ask(led.headers["location"], method="POST", form=form)
    assert (entered.status_code, entered.headers["location"]) == (303, "/report?id=SE-1&lang=zh")
    kept = entered.headers["set-cookie"]
    assert all(part in kept for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"))
    assert "Secure" not in kept
    secured = ask(led.headers["location"], method="POST", form=form, x_forwarded_proto="https")
    assert "; Secure" in secured.headers["set-cookie"]


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:x",
        "/account/sign-out",
        "/a\nb",
    ],
)
@pytest.mark.usefixtures("accounts")
def test_nobody_is_led_elsewhere(ask, wanted):
    from urllib.parse import quote

    path = f"/account/sign-in?next={quote(wanted, safe='')}"
    entered = ask(path, method="POST", form={"user": "zone.operator", "password": PASSWORD})
    assert entered.headers["location"] == "/"


@pytest.mark.parametrize("act", [lock, revoke])
def test_a_revoked_session_opens_nothing_from_then_on(accounts, ask, enter, act):
    cookies = enter()
    assert ask("/media/abc.pdf", cookies=cookies).status_code == 200
    act(accounts, Ledger.open(accounts), "zone.operator", actor="root.one")
    assert ask("/media/abc.pdf", cookies=cookies, accept="*/*").status_code == 403
    assert "over=1" in ask("/zones", cookies=cookies).headers["location"]


@pytest.mark.usefixtures("accounts")
def test_after_signing_out_the_cookie_is_of_no_use(ask, enter):
    cookies = enter()
    left = ask("/account/sign-out", method="POST", cookies=cookies)
    assert (left.status_code, left.headers["location"]) == (303, "/account/sign-in?out=1")
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert ask("/media/abc.pdf", cookies=cookies, accept="*/*").status_code == 403


@pytest.mark.usefixtures("accounts")
def test_an_extract_is_for_the_user_it_was_made_for(ask, enter, tmp_path, monkeypatch):
    monkeypatch.setattr(extracts, "_offers", {})
    (tmp_path / "x").mkdir()
    file = tmp_path / "x" / "R1.zip"
    file.write_bytes(b"PK rows")
    ticket = extracts.offer(Path(file), owner="zone.operator")
    address = f"{extracts.PATH}/{ticket}"
    assert ask(address, accept="*/*").status_code == 403
    other = ask(address, cookies=enter("other.operator"))
    assert (other.status_code, b"PK" in other.content) == (403, False)
    assert ask(address, cookies=enter()).content == b"PK rows"
    assert ask(address, cookies=enter()).status_code == 410


@pytest.mark.parametrize("broken", ["access", "gone", "store", "oidc"])
def test_a_doubt_closes_everything(accounts, ask, enter, broken):
    cookies = enter()
    path = accounts.home / "access.yml"
    if broken == "access":
        path.write_text("users: [", encoding="utf-8")
    elif broken == "gone":
        path.unlink()
    elif broken == "store":
        from data.accounts.store import Store

        Store.open(accounts)._engine.dispose()
        accounts.accounts.write_bytes(b"not a database" * 400)
    else:
        path.write_text(ACCESS + "login: oidc\n", encoding="utf-8")
    for address in ("/zones", "/media/abc.pdf", "/api/extracts/x"):
        for language, word in (("en", "Closed for now"), ("zh-CN", "暂时关闭")):
            page = ask(address, cookies=cookies, accept_language=language)
            assert page.status_code == 503
            assert word in page.text
            assert "E-" in page.text
        assert ask(address, cookies=cookies, accept="*/*").status_code == 503
    assert ask("/_stcore/health").status_code == 200


@pytest.mark.usefixtures("listed")
def test_with_a_provider_pages_are_open_and_files_are_not(ask, monkeypatch):
    monkeypatch.setattr(provider, "is_set_up", lambda: True)
    assert ask("/zones").status_code == 200
    assert ask("/media/abc.pdf").status_code == 403
    forged = {"_streamlit_user": "2|1:0|10:1|15:_streamlit_user|4:e30=|aa"}
    assert ask("/media/abc.pdf", cookies=forged).status_code == 403
    monkeypatch.setattr(
        provider, "in_cookies", lambda _cookies, _ledger: provider.Said("scientist.one", 1.0, is_over=False)
    )
    assert ask("/media/abc.pdf").text == "for scientist.one"
    monkeypatch.setattr(
        provider, "in_cookies", lambda _cookies, _ledger: provider.Said("scientist.one", 1.0, is_over=True)
    )
    assert ask("/media/abc.pdf").status_code == 403


def test_when_a_providers_word_counts(listed):
    ledger = Ledger.open(listed)
    claims = {"is_logged_in": True, "email": "a@b.example", "preferred_username": "scientist.one", "iat": 1_000_000}

    def counts(now=1_000_100, **changed):
        return provider.said_by({**claims, **changed}, ledger, now=now).counts

    assert provider.said_by(claims, ledger, now=1_000_100).user == "scientist.one"
    assert counts()
    assert counts(now=1_000_000 + 8 * 3600 - 1)
    assert not counts(now=1_000_000 + 8 * 3600)
    assert not counts(is_logged_in=False)
    assert not any(counts(iat=wrong) for wrong in (None, "now", True, 1_001_000))
    end_logins(ledger, "scientist.one", now=1_000_050)
    assert not counts()
    assert counts(iat=1_000_051)
    assert not counts(iat=1_000_050, preferred_username="", email="scientist.one")


def conversation(server, cookies, messages):
    """Return what reaches the application of messages on a live connection, and what is sent back."""
    there, back = [], []

    async def application(_scope, receive, _send):
        while True:
            message = await receive()
            there.append(message)
            if message["type"] == "websocket.disconnect":
                return

    async def run():
        waiting = [{"type": "websocket.connect"}, *messages, {"type": "websocket.disconnect"}]

        async def receive():
            item = waiting.pop(0)
            if callable(item):
                item()
                return await receive()
            return item

        async def send(message):
            back.append(message)

        header = "; ".join(f"{name}={value}" for name, value in cookies.items())
        scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "headers": [(b"cookie", header.encode())],
            "query_string": b"",
        }
        await server(application)(scope, receive, send)

    anyio.run(run)
    return there, back


def click():
    message = BackMsg()
    message.rerun_script.query_string = "lang=zh"
    message.rerun_script.page_script_hash = "abc"
    message.rerun_script.widget_states.widgets.add(id="approve", trigger_value=True)
    return {"type": "websocket.receive", "bytes": message.SerializeToString()}


@pytest.mark.usefixtures("accounts")
def test_the_live_connection_is_refused_without_a_session():
    there, back = conversation(Gate, {}, [click()])
    assert there == []
    assert [message["type"] for message in back] == ["websocket.close"]


def test_a_click_after_revocation_does_nothing(accounts, enter):
    other = BackMsg(file_urls_request={"session_id": "x"})
    wish = {"type": "websocket.receive", "bytes": other.SerializeToString()}
    messages = [
        click(),
        lambda: lock(accounts, Ledger.open(accounts), "zone.operator", actor="root.one"),
        click(),
        wish,
        {"type": "websocket.receive", "bytes": b"\xff\xff"},
    ]
    there, _ = conversation(Gate, enter(), messages)
    first, second = (BackMsg.FromString(item["bytes"]) for item in there[1:-1])
    assert [widget.id for widget in first.rerun_script.widget_states.widgets] == ["approve"]
    assert len(second.rerun_script.widget_states.widgets) == 0
    assert (second.rerun_script.query_string, second.rerun_script.page_script_hash) == ("lang=zh", "abc")
