"""The pages of signing in, as plain HTML forms: no script, nothing from outside, a label for each field, errors told first.

Belongs here: markup and its headers. Does not: what a form does (routes). A password never passes Streamlit, whose server keeps
session state and messages longer than it is needed.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from urllib.parse import quote

from apps.viewer.language import HTML_LANG, LANGUAGES, own, spoken, t
from data.accounts.passwords import SHORTEST
from data.messages import ZonelabError

SIGN_IN, INVITATION = "/account/sign-in", "/account/invitation"

STYLE = """
:root { --ink: #101418; --muted: #46525c; --line: #7b8790; --blue: #00598c; --bad: #8f3a00;
  --bad-bg: #fcebdf; --tint: #f2f5f7; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; font: 100%/1.5 "Source Sans", "Noto Sans SC", "Noto Sans CJK SC",
  "PingFang SC", "Microsoft YaHei", sans-serif; }
header { display: flex; justify-content: space-between; align-items: baseline; padding: 1rem 1.25rem; }
header strong { font-size: 1.35rem; }
main { max-width: 26rem; margin: 6vh auto 3rem; padding: 0 1.25rem; }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 0.6rem; }
p { margin: 0 0 0.9rem; } .note { color: var(--muted); font-size: 0.95rem; }
label { display: block; font-weight: 600; margin: 1rem 0 0.3rem; }
input { width: 100%; font: inherit; padding: 0.6rem 0.7rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
form { margin-bottom: 1.6rem; }
button { margin-top: 1.3rem; font: inherit; font-weight: 600; padding: 0.6rem 1.2rem; border: 0; border-radius: 6px; color: #fff;
  background: var(--blue); cursor: pointer; }
:is(a, input, button):focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
a { color: var(--blue); }
.box { padding: 0.7rem 0.9rem; border-radius: 6px; background: var(--tint); }
.bad { color: var(--bad); background: var(--bad-bg); }
.box p { margin: 0; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def sign_in(wanted: str, *, user: str = "", said: str = "", error: ZonelabError | None = None) -> str:
    """Return the page Sign in.

    Parameters
    ----------
    wanted
        The address that is opened afterwards.
    user
        What was typed as the name.
    said, error
        What has happened before: a sentence, or why it did not work.
    """
    form = (
        f'<form method="post" action="{escape(_address(SIGN_IN, wanted))}">'
        + _field("user", t("User name"), "text", "username", value=user, first=not user)
        + _field("password", t("Password"), "password", "current-password", first=bool(user))
        + f'<button type="submit">{escape(t("Sign in"))}</button></form>'
    )
    more = (
        f'<p class="note">{_link(_address(INVITATION, "/"), t("You have an invitation code? Set your password."))}</p>'
        f'<p class="note">{escape(t("Forgotten it? An administrator can invite you to a new password."))}</p>'
        f'<p class="note">{_link(wanted, t("Already signed in in this browser? Go on."))}</p>'
    )
    lead = t("This workspace is for its users. After eight hours you sign in again.")
    return _page(t("Sign in"), lead, _told(said, error) + form + more, _address(SIGN_IN, wanted))


def invitation(*, error: ZonelabError | None = None) -> str:
    """Return the page Set your password."""
    form = (
        f'<form method="post" action="{escape(_address(INVITATION, "/"))}">'
        + _field("code", t("Invitation code"), "password", "one-time-code", first=True)
        + _field(
            "password", t("New password"), "password", "new-password", hint=t("At least {n} characters.", n=SHORTEST)
        )
        + _field("again", t("New password once more"), "password", "new-password")
        + f'<button type="submit">{escape(t("Set the password"))}</button></form>'
        + f'<p class="note">{_link(_address(SIGN_IN, "/"), t("You have a password? Sign in."))}</p>'
    )
    lead = t("An administrator gave you a code that is good once. A sentence of your own makes a good password.")
    return _page(t("Set your password"), lead, _told("", error) + form, _address(INVITATION, "/"))


def closed(error: ZonelabError) -> str:
    """Return the page that stands where it cannot be told who may come in."""
    lead = t("Nothing is shown until that is put right. Tell the operator the code above the sentence.")
    return _page(t("Closed for now"), lead, _told("", error), "/")


def _page(title: str, lead: str, inner: str, here: str) -> str:
    other = next(code for code in LANGUAGES if code != spoken())
    joint = "&" if "?" in here else "?"
    turned = here.replace(f"lang={spoken()}", f"lang={other}") if "lang=" in here else f"{here}{joint}lang={other}"
    switch = (
        f'<a href="{escape(turned)}" lang="{HTML_LANG[other]}" hreflang="{HTML_LANG[other]}">{LANGUAGES[other]}</a>'
    )
    return (
        f'<!doctype html><html lang="{HTML_LANG[spoken()]}"><head><meta charset="utf-8"><title>{escape(title)} · zonelab</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/favicon.png">'
        f"<style>{STYLE}</style></head><body><header><strong>zonelab</strong>{switch}</header>"
        f"<main><h1>{escape(title)}</h1><p>{escape(lead)}</p>{inner}</main></body></html>"
    )


def _told(said: str, error: ZonelabError | None) -> str:
    if error is not None:
        return f'<div class="box bad" role="alert"><p>{escape(error.code)}</p><p>{escape(own(error.text))}</p></div>'
    return f'<div class="box" role="status"><p>{escape(said)}</p></div>' if said else ""


def _field(
    name: str, label: str, kind: str, fills: str, *, value: str = "", hint: str = "", first: bool = False
) -> str:
    described = f' aria-describedby="{name}-hint"' if hint else ""
    return (
        f'<label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" type="{kind}" value="{escape(value)}" '
        f'autocomplete="{fills}" autocapitalize="none" spellcheck="false" required maxlength="300"{described}'
        f"{' autofocus' if first else ''}>" + (f'<p class="note" id="{name}-hint">{escape(hint)}</p>' if hint else "")
    )


def _link(target: str, text: str) -> str:
    return f'<a href="{escape(target)}">{escape(text)}</a>'


def _address(page: str, wanted: str) -> str:
    return f"{page}?next={quote(wanted, safe='')}&lang={spoken()}"
