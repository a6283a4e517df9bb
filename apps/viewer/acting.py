"""Who acts in this session: the login where one is set up, else a name that the user gives, marked as not proven.

Belongs here: user and roles of the session, and the field that asks for the name. Does not: what a role may do (data.access,
the life cycles). A given name is kept in a cookie of this browser, so that a reload does not lose a draft; it never stands
in an address.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from urllib.parse import quote, unquote

import streamlit as st

from apps.viewer.language import N_, t
from data.access import Role, load_access, roles_of
from data.paths import Workspace

COOKIE = "zonelab_acting"
_FIELD, _NAME = "acting_field", "acting_name"
LONGEST = 60

ROLE_NAMES: dict[str, str] = {
    "investigator": N_("investigator"),
    "analyst": N_("analyst"),
    "zone_operator": N_("zone operator"),
    "zone_lead": N_("zone lead"),
    "methods_reviewer": N_("methods reviewer"),
    "ethics_reviewer": N_("ethics reviewer"),
    "registrar": N_("registrar"),
    "data_steward": N_("data steward"),
    "vault_keeper": N_("vault keeper"),
    "output_checker": N_("output checker"),
    "publisher": N_("publisher"),
    "viewer": N_("viewer"),
    "auditor": N_("auditor"),
    "operator": N_("operator"),
    "administrator": N_("administrator"),
    "system": N_("the platform"),
    "open_workspace": N_("open workspace"),
}


@dataclass(frozen=True)
class Acting:
    """Who acts: `user` is empty for a reader without a name. `proven` when a login vouches for the name."""

    user: str
    roles: tuple[Role, ...]
    proven: bool
    everyone: bool

    def may_be(self, roles: Collection[str]) -> bool:
        """Tell whether the user holds one of these roles."""
        return bool(set(self.roles) & set(roles))


def acting(workspace: Workspace) -> Acting:
    """Return who acts in this session."""
    proven = login_is_set_up()
    user = _logged_in() if proven else _named()
    return Acting(user, roles_of(user, workspace), proven, load_access(workspace) is None)


def login_is_set_up() -> bool:
    """Tell whether the deployment has a login (OIDC, Streamlit's `[auth]` secrets)."""
    return "is_logged_in" in st.user


def show(who: Acting) -> None:
    """Show in the sidebar who acts, with the way to change it."""
    with st.sidebar:
        st.html(f'<h2 class="zl-side">{escape(t("Acting as"))}</h2>')
        if who.proven:
            _login(who)
        else:
            _field(who)
        st.html(f'<p class="zl-note">{escape(_roles(who))}</p>')


def line(who: Acting) -> None:
    """Show on the page, in one line, who acts: the sidebar is folded away on a phone."""
    said = (
        t("Acting as {name}", name=who.user) if who.user else t("Acting as nobody yet: give your name in the sidebar.")
    )
    st.html(f'<p class="zl-acting">{escape(said)}</p>')


def role_name(role: str) -> str:
    """Return what a role is called."""
    return t(ROLE_NAMES.get(role, role))


def _named() -> str:
    if _NAME not in st.session_state:
        cookie = st.context.cookies.get(COOKIE)
        st.session_state[_NAME] = unquote(cookie)[:LONGEST].strip() if isinstance(cookie, str) else ""
    return str(st.session_state[_NAME])


def _logged_in() -> str:
    if not st.user.is_logged_in:
        return ""
    return str(st.user.get("preferred_username") or st.user.get("email") or st.user.get("sub") or "")


def _login(who: Acting) -> None:
    if who.user:
        st.html(f"<p><strong>{escape(who.user)}</strong></p>")
        st.button(t("Sign out"), on_click=st.logout)
    else:
        st.button(t("Sign in"), on_click=st.login)


def _field(who: Acting) -> None:
    st.text_input(t("Your user name"), who.user, key=_FIELD, max_chars=LONGEST, on_change=_take)
    st.html(
        f'<p class="zl-note">{escape(t("No login is set up: the platform takes the name as given and records it."))}</p>'
    )
    kept = json.dumps(f"{COOKIE}={quote(who.user, safe='')}; path=/; SameSite=Strict")
    st.html(f"<script>document.cookie = {kept}</script>", unsafe_allow_javascript=True)


def _take() -> None:
    st.session_state[_NAME] = str(st.session_state[_FIELD]).strip()


def _roles(who: Acting) -> str:
    if not who.user:
        return t("Without a name you can read what is public.")
    if who.everyone:
        return t("Open workspace: any role, but never both sides of one experiment.")
    if not who.roles:
        return t("You hold no role here. Ask an administrator for one.")
    return t("Roles: {names}", names=t(", ").join(role_name(role) for role in who.roles))
