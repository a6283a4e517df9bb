"""Who acts in this session: the login where one is asked for, else a name that the user gives, marked as not proven.

Belongs here: user and roles of the session, and the sidebar's way to change them. Does not: what a role may do (data.access, the
life cycles), signing in (login). It is asked anew in each run of a page: an ended session and a lost role count at once. A given
name is kept in a cookie of this browser, so that a reload does not lose a draft; it never stands in an address.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import quote, unquote

import streamlit as st

from apps.viewer.components import markup
from apps.viewer.language import N_, spoken, t
from apps.viewer.login import cookie, pages, provider
from apps.viewer.login.standing import ledger
from data.access import Role, load_access, roles_of
from data.accounts import end_session, login_of, session_of
from data.accounts.provided import end_logins
from data.messages import ZonelabError
from data.paths import Workspace
from data.settings import load_settings

COOKIE = "zonelab_acting"
_FIELD, _NAME, _ROLE = "acting_field", "acting_name", "acting_role"
LONGEST = 60

Way = Literal["password", "provider", "name", "demo"]

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

_PLAYED: tuple[Role, ...] = (
    "investigator",
    "analyst",
    "zone_operator",
    "zone_lead",
    "methods_reviewer",
    "ethics_reviewer",
    "registrar",
    "data_steward",
    "output_checker",
    "publisher",
    "operator",
    "administrator",
)
DEMO: Mapping[str, Role] = {f"demo.{role}": role for role in _PLAYED}
"""Who can be played in the demo: the users that it acts by, and one for each other role."""


@dataclass(frozen=True)
class Acting:
    """Who acts: `user` is empty for a reader without a name. `proven` when a login vouches for the name.

    `way` is how users say who they are here. `is_shut_out`: a login is asked for, and there is none any more: no page is shown.
    """

    user: str
    roles: tuple[Role, ...]
    proven: bool
    everyone: bool
    way: Way = "name"
    is_shut_out: bool = False

    def may_be(self, roles: Collection[str]) -> bool:
        """Tell whether the user holds one of these roles."""
        return bool(set(self.roles) & set(roles))


SHUT_OUT = Acting("", (), proven=True, everyone=False, way="password", is_shut_out=True)


def acting(workspace: Workspace) -> Acting:
    """Return who acts in this session; what cannot be told shuts out."""
    try:
        if login_is_set_up():
            return _by_provider(workspace)
        login = login_of(workspace)
        if login == "oidc":
            return SHUT_OUT
        if login == "accounts":
            found = session_of(workspace, _key())
            return SHUT_OUT if found is None else _known(found.user, workspace, "password")
    except ZonelabError:
        return SHUT_OUT
    if login == "open" and is_demo(workspace):
        return _played()
    user = _named()
    return Acting(user, roles_of(user, workspace), proven=False, everyone=login == "open")


def login_is_set_up() -> bool:
    """Tell whether the deployment has a provider's login (OIDC, Streamlit's `[auth]` secrets)."""
    return "is_logged_in" in st.user


def is_demo(workspace: Workspace) -> bool:
    """Tell whether this is the workspace of `zonelab demo`: its truth lies in it, and nobody has closed it."""
    return any(workspace.demo.glob("*/truth.json"))


def show(who: Acting) -> None:
    """Show in the sidebar who acts, with the way to change it."""
    with st.sidebar:
        st.html(f'<h2 class="zl-side">{escape(t("Acting as"))}</h2>')
        {"password": _signed_in, "provider": _login, "demo": _picker, "name": _field}[who.way](who)
        st.html(f'<p class="zl-note">{escape(_roles(who))}</p>')


def show_shut_out() -> None:
    """Show what stands in the place of every page once a login is over: the next step, and nothing else."""
    markup.title(t("Signed out"))
    said = t("You have signed out, or your session has ended. What was saved is there when you sign in again.")
    target = escape(f"{pages.SIGN_IN}?lang={spoken()}")
    markup.callout(
        t("Sign in again"),
        [said, markup.Html(f'<a href="{target}" target="_self">{escape(t("Sign in"))}</a>')],
        "empty",
    )


def role_name(role: str) -> str:
    """Return what a role is called."""
    return t(ROLE_NAMES.get(role, role))


def _known(user: str, workspace: Workspace, way: Way) -> Acting:
    return Acting(user, roles_of(user, workspace), proven=True, everyone=load_access(workspace) is None, way=way)


def _by_provider(workspace: Workspace) -> Acting:
    said = provider.said_by(dict(st.user), ledger(workspace.home)) if st.user.is_logged_in else provider.NOBODY
    return _known(said.user if said.counts else "", workspace, "provider")


def _key() -> str:
    found = st.context.cookies.get(cookie.NAME)
    return found if isinstance(found, str) else ""


def _named() -> str:
    if _NAME not in st.session_state:
        kept = st.context.cookies.get(COOKIE)
        st.session_state[_NAME] = unquote(kept)[:LONGEST].strip() if isinstance(kept, str) else ""
    return str(st.session_state[_NAME])


def _played() -> Acting:
    user = _named() if _named() in DEMO else ""
    return Acting(user, (DEMO[user],) if user else (), proven=False, everyone=False, way="demo")


def _signed_in(who: Acting) -> None:
    st.html(f"<p><strong>{escape(who.user)}</strong></p>")
    st.button(t("Sign out"), key="sign_out", on_click=_sign_out)


def _sign_out() -> None:
    workspace = Workspace(load_settings().home)
    end_session(workspace, ledger(workspace.home), _key())


def _login(who: Acting) -> None:
    if who.user:
        st.html(f"<p><strong>{escape(who.user)}</strong></p>")
        st.button(t("Sign out"), key="sign_out", on_click=_leave_provider, args=(who.user,))
        return
    if st.user.is_logged_in:
        markup.note(t("Your session has ended. Sign in again; what was saved is there."))
    st.button(t("Sign in"), key="sign_in", on_click=st.login)


def _leave_provider(user: str) -> None:
    """End the login here as well: Streamlit only asks the browser to forget it."""
    end_logins(ledger(load_settings().home), user, by=user)
    st.logout()


def _picker(who: Acting) -> None:
    names = {"": t("a reader without a role"), **{user: role_name(role) for user, role in DEMO.items()}}
    st.session_state[_ROLE] = who.user
    st.selectbox(
        t("Try the demo as"), list(names), key=_ROLE, format_func=names.__getitem__, on_change=_take, args=(_ROLE,)
    )
    said = t("This is the demo, on simulated data: anybody may take any role here. A real workspace asks for a login.")
    st.html(f'<p class="zl-note">{escape(said)}</p>')
    _remember(who)


def _field(who: Acting) -> None:
    st.text_input(t("Your user name"), who.user, key=_FIELD, max_chars=LONGEST, on_change=_take, args=(_FIELD,))
    st.html(
        f'<p class="zl-note">{escape(t("No login is set up: the platform takes the name as given and records it."))}</p>'
    )
    _remember(who)


def _remember(who: Acting) -> None:
    kept = json.dumps(f"{COOKIE}={quote(who.user, safe='')}; path=/; SameSite=Strict")
    st.html(f"<script>document.cookie = {kept}</script>", unsafe_allow_javascript=True)


def _take(field: str) -> None:
    st.session_state[_NAME] = str(st.session_state[field]).strip()


def _roles(who: Acting) -> str:
    if not who.user:
        return t("Without a name you can read what is public.")
    if who.everyone:
        return t("Open workspace: any role, but never both sides of one experiment.")
    if not who.roles:
        return t("You hold no role here. Ask an administrator for one.")
    return t("Roles: {names}", names=t(", ").join(role_name(role) for role in who.roles))
