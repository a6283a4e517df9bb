"""The embedded account store: who may sign in to a served workspace, and who is signed in now.

Belongs here: accounts, invitations, passwords, waiting after failures, sessions. Does not: what a role may do (data.access),
pages and cookies (apps.viewer.login). Roles never stand here: they come from access.yml at each use.
"""

from data.accounts.accounts import Account, accept, accounts, invite, lock, revoke, unlock
from data.accounts.mode import Login, login_of
from data.accounts.sessions import Session, end_session, session_of, sign_in

__all__ = [
    "Account",
    "Login",
    "Session",
    "accept",
    "accounts",
    "end_session",
    "invite",
    "lock",
    "login_of",
    "revoke",
    "session_of",
    "sign_in",
    "unlock",
]
