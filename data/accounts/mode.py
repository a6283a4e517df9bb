"""Which login a workspace asks for, by what lies in it.

Belongs here: the one rule. Does not: the login itself. A provider set up in Streamlit's secrets takes the
place of passwords (apps.viewer.login).
"""

from __future__ import annotations

from typing import Literal

from data.access import load_access
from data.paths import Workspace

Login = Literal["open", "names", "accounts", "oidc"]


def login_of(workspace: Workspace) -> Login:
    """Tell how users of the pages say who they are.

    Returns
    -------
    Login
        `oidc`: access.yml says that a provider vouches for names. `accounts`: by password; once somebody was invited, or
        access.yml says `login: accounts`. `names`: access.yml says who may do what, a name is taken as given. `open`: no
        access.yml, everybody may do everything.

    Raises
    ------
    PlatformFailed
        E-ACCESS-02: access.yml cannot be read, or is gone while there are accounts: closed.
    """
    listed = load_access(workspace)
    if listed is not None and listed.login == "oidc":
        return "oidc"
    if workspace.accounts.exists() or (listed is not None and listed.login == "accounts"):
        return "accounts"
    return "open" if listed is None else "names"
