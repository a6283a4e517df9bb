"""The forms: invitation, sign-in, what they tell in both languages, and what they never accept."""

from __future__ import annotations

import re

import pytest

from data.accounts import invite
from data.ledger import Ledger
from tests.unit.account_store.conftest import PASSWORD

pytestmark = pytest.mark.archive


def test_from_invitation_to_the_first_page(listed, ask):
    _, code = invite(listed, Ledger.open(listed), "zone.operator", actor="root.one")
    form = {"code": code, "password": PASSWORD, "again": PASSWORD}
    wrong = ask("/account/invitation?lang=zh", method="POST", form={**form, "again": "different"})
    assert (wrong.status_code, "两次输入的密码不一致" in wrong.text) == (403, True)
    short = ask("/account/invitation?lang=en", method="POST", form={"code": code, "password": "x", "again": "x"})
    assert (short.status_code, "E-LOGIN-05" in short.text) == (403, True)
    done = ask("/account/invitation?lang=en", method="POST", form=form)
    assert (done.status_code, done.headers["location"]) == (303, "/account/sign-in?set=1&lang=en")
    assert "Your password is set" in ask(done.headers["location"]).text
    again = ask("/account/invitation?lang=en", method="POST", form=form)
    assert (again.status_code, "E-LOGIN-04" in again.text) == (403, True)
    entered = ask("/account/sign-in", method="POST", form={"user": "zone.operator", "password": PASSWORD})
    assert ask("/zones", cookies=dict(entered.cookies)).text == "for zone.operator"


@pytest.mark.usefixtures("accounts")
def test_a_wrong_password_is_told_and_nothing_typed_comes_back_but_the_name(ask):
    form = {"user": "zone.operator<b>", "password": "my secret words"}
    wrong = ask("/account/sign-in?lang=en", method="POST", form=form)
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers
    assert "my secret words" not in wrong.text
    assert "zone.operator&lt;b&gt;" in wrong.text
    assert 'role="alert"' in wrong.text


@pytest.mark.usefixtures("accounts")
def test_too_many_failures_are_told_with_the_wait(ask):
    form = {"user": "zone.operator", "password": "wrong"}
    codes = [ask("/account/sign-in", method="POST", form=form).status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}]
)
@pytest.mark.usefixtures("accounts")
def test_a_form_from_another_site_is_refused(ask, headers):
    form = {"user": "zone.operator", "password": PASSWORD}
    refused = ask("/account/sign-in", method="POST", form=form, **headers)
    assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
    assert ask("/account/sign-in", method="POST", form=form, origin="http://local").status_code == 303


@pytest.mark.usefixtures("accounts")
def test_a_long_form_is_not_read(ask):
    answer = ask("/account/sign-in", method="POST", form={"user": "x" * 20_000, "password": "x"})
    assert (answer.status_code, "E-LOGIN-10" in answer.text) == (503, True)


@pytest.mark.parametrize("path", ["/account/sign-in", "/account/invitation"])
@pytest.mark.parametrize(("lang", "html"), [("en", "en"), ("zh", "zh-CN")])
@pytest.mark.usefixtures("accounts")
def test_each_field_has_its_label_and_the_page_its_language(ask, path, lang, html):
    page = ask(f"{path}?lang={lang}").text
    assert f'<html lang="{html}">' in page
    ids = re.findall(r'<input id="(\w+)"', page)
    assert ids
    assert all(f'<label for="{name}">' in page for name in ids)
    assert page.count("autofocus") == 1
    assert page.count("<h1>") == 1
    assert "<script" not in page
    assert ("中文" if lang == "en" else "English") in page


@pytest.mark.usefixtures("accounts")
def test_the_browser_chooses_the_first_language(ask):
    assert "登录" in ask("/account/sign-in", accept_language="zh-CN,zh").text
    assert "Sign in" in ask("/account/sign-in", accept_language="de").text


@pytest.mark.usefixtures("accounts")
def test_the_pages_may_do_nothing_but_their_form(ask):
    found = ask("/account/sign-in").headers
    assert "default-src 'none'" in found["content-security-policy"]
    assert "frame-ancestors 'none'" in found["content-security-policy"]
    assert found["cache-control"] == "no-store"


@pytest.mark.usefixtures("listed")
def test_where_no_login_is_asked_for_the_forms_lead_on(ask):
    for path in ("/account/sign-in", "/account/invitation"):
        assert ask(path).headers["location"] == "/"
