"""Passwords: what one must be, hashing (argon2id) and comparing.

Belongs here: the rule and the hash. Does not: who has which (accounts). Length is the rule, as NIST SP 800-63B has it: no classes
of characters, no expiry.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from data.messages import Refused, Text

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST, FEWEST_DIFFERENT = 12, 256, 5
_few = threading.BoundedSemaphore(2)
"""Each comparison takes 64 MiB: many at once wait for one another."""


@cache
def hasher() -> PasswordHasher:
    """Return the hasher with the library's parameters (RFC 9106, low memory: 64 MiB, 3 passes)."""
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def nobodys() -> str:
    """Return a hash that belongs to nobody: a name without an account costs the same time as one with."""
    return hasher().hash("nobody's password")


def check_rule(password: str, user: str) -> None:
    """Make sure that a password may be taken.

    Raises
    ------
    Refused
        E-LOGIN-05: shorter than 12 characters or longer than 256, the user's own name, or nearly one character repeated.
    """
    plain = _plain(password)
    if (
        SHORTEST <= len(plain) <= LONGEST
        and len(set(plain)) >= FEWEST_DIFFERENT
        and user.casefold() != plain.casefold()
    ):
        return
    raise Refused(
        "E-LOGIN-05",
        Text(
            en=f"Choose a password of {SHORTEST} to {LONGEST} characters with at least {FEWEST_DIFFERENT} different ones, "
            "and not your user name. A sentence of your own is good.",
            zh=f"请选择密码：须为 {SHORTEST} 至 {LONGEST} 个字符，至少含 {FEWEST_DIFFERENT} 个不同字符，"
            "且不同于用户名；自编的一句话即可。",
        ),
    )


def hash_of(password: str) -> str:
    """Return the hash to keep."""
    return hasher().hash(_plain(password))


def fits(kept: str | None, password: str) -> bool:
    """Tell whether a password is the kept one; without one it takes as long and is not."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        with _few:
            return hasher().verify(kept or nobodys(), _plain(password)[: LONGEST + 1]) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


def _plain(password: str) -> str:
    """Return the one spelling of a password, whatever keyboard typed it."""
    return unicodedata.normalize("NFKC", password)
