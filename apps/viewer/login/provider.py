"""A login by an OpenID provider (`st.login`): who is in Streamlit's cookie, and whether that still counts.

Belongs here: reading what Streamlit keeps. Does not: the exchange with the provider (Streamlit, Authlib). Streamlit keeps a
login for 30 days; here it counts for eight hours from the provider's word (`iat`), and not after the user has signed out.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from data.accounts.provided import ended_before
from data.accounts.sessions import LASTS
from data.ledger import Ledger

NAMES = ("preferred_username", "email", "sub")
"""The claims that name a user, the first that is there."""


@dataclass(frozen=True)
class Said:
    """What a provider's word amounts to: nobody, a user, or a user whose login is over."""

    user: str
    began: float
    is_over: bool

    @property
    def counts(self) -> bool:
        """Tell whether somebody is signed in."""
        return bool(self.user) and not self.is_over


NOBODY = Said("", 0.0, is_over=False)


def is_set_up() -> bool:
    """Tell whether the deployment has a provider (Streamlit's `[auth]` secrets)."""
    from streamlit.auth_util import get_secrets_auth_section

    return bool(get_secrets_auth_section())


def said_by(claims: Mapping[str, object], ledger: Ledger, *, now: float | None = None) -> Said:
    """Return who a login's claims name; without a time of issue it is over."""
    if not claims.get("is_logged_in"):
        return NOBODY
    user = next((str(claims[name]) for name in NAMES if claims.get(name)), "")
    began = claims.get("iat")
    if not isinstance(began, int | float) or isinstance(began, bool):
        return Said(user, 0.0, is_over=True)
    is_old = not -_CLOCKS_DIFFER <= (now or time.time()) - began < LASTS.total_seconds()
    return Said(user, float(began), is_over=is_old or began <= ended_before(ledger, user))


_CLOCKS_DIFFER = 300.0
"""Seconds by which the provider's clock may be ahead of ours."""


def in_cookies(cookies: Mapping[str, str], ledger: Ledger) -> Said:
    """Return who Streamlit's signed cookie names; a forged or damaged one names nobody."""
    from streamlit.auth_util import get_cookie_with_chunks
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    secret = get_cookie_secret()

    def one(name: str) -> bytes | None:
        kept = cookies.get(name)
        return None if kept is None else decode_signed_value(secret, name, kept.encode("latin-1", "replace"))

    found = get_cookie_with_chunks(one, USER_COOKIE_NAME)
    try:
        claims = json.loads(found) if found else {}
    except ValueError:
        return NOBODY
    return said_by(claims, ledger) if isinstance(claims, dict) else NOBODY
