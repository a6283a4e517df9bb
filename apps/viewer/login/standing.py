"""Who is behind a request: one answer for pages, media, downloads and the live connection.

Belongs here: a request's cookies → demanded, user, over. Does not: what is done about it (gate). What cannot be read is an error,
and an error opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from apps.viewer.login import cookie, provider
from data.accounts import login_of, session_of
from data.ledger import Ledger
from data.messages import PlatformFailed, Text
from data.paths import Workspace

Demand = Literal["nothing", "files", "everything"]


@dataclass(frozen=True)
class Standing:
    """Who asks. `demand`: what needs a login here; `files` where a reader without one may look at public pages.

    `is_over`: the browser had a login that has ended.
    """

    demand: Demand
    user: str = ""
    is_over: bool = False


def standing(workspace: Workspace, cookies: Mapping[str, str]) -> Standing:
    """Tell who is behind a request with these cookies.

    Raises
    ------
    PlatformFailed
        E-ACCESS-02, E-LOGIN-02, E-LOGIN-09: it cannot be told who may come in.
    """
    login = login_of(workspace)
    if provider.is_set_up():
        said = provider.in_cookies(cookies, ledger(workspace.home))
        return Standing("files", said.user if said.counts else "", said.is_over)
    if login == "oidc":
        raise PlatformFailed(
            "E-LOGIN-09",
            Text(
                en="access.yml asks for a provider's login (login: oidc) and none is set up: Streamlit's secrets have no [auth].",
                zh="access.yml 要求通过身份提供方登录（login: oidc），但尚未配置：Streamlit 的 secrets 中没有 [auth]。",
            ),
        )
    if login != "accounts":
        return Standing("nothing")
    key = cookies.get(cookie.NAME, "")
    found = session_of(workspace, key)
    return Standing("everything", found.user if found else "", is_over=bool(key) and found is None)


@cache
def ledger(home: Path) -> Ledger:
    """Return the ledger of a workspace, opened once a process."""
    return Ledger.open(Workspace(home).create())
