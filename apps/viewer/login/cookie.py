"""The session cookie: its name, and the headers that set and remove it.

Belongs here: how a browser keeps a session. Does not: what a session is (data.accounts.sessions). No script can read it, no other
site can send it, and it ends with the session.
"""

from __future__ import annotations

from data.accounts.sessions import LASTS

NAME = "zonelab_session"


def setting(key: str, *, secure: bool) -> str:
    """Return the header that gives the browser a session.

    >>> setting("k", secure=True)
    'zonelab_session=k; Path=/; Max-Age=28800; HttpOnly; SameSite=Strict; Secure'
    """
    kept = f"{NAME}={key}; Path=/; Max-Age={int(LASTS.total_seconds())}; HttpOnly; SameSite=Strict"
    return f"{kept}; Secure" if secure else kept


def removing() -> str:
    """Return the header that takes the session from the browser."""
    return f"{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
