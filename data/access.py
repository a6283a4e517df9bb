"""Who may act: roles and zones of named users, checked before anything is done.

Belongs here: `<home>/access.yml` → yes or `NotPermitted`. Does not: proving who somebody is (the login of the viewer, the
operating system's user on the command line). Without the file the workspace is open: any named user may act, and is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data.messages import NotPermitted, PlatformFailed, Text
from data.paths import Workspace
from data.yaml_text import read_yaml

Role = Literal[
    "investigator",
    "analyst",
    "zone_operator",
    "zone_lead",
    "methods_reviewer",
    "ethics_reviewer",
    "registrar",
    "data_steward",
    "vault_keeper",
    "output_checker",
    "publisher",
    "viewer",
    "auditor",
    "operator",
    "administrator",
    "system",
]
"""The one vocabulary of roles. `system` is the platform itself: nobody can be given it."""

Verb = Literal[
    "submit", "correct", "review", "read", "run", "release", "register", "withdraw", "identify", "administer"
]

VERBS: dict[Role, frozenset[Verb]] = {
    "investigator": frozenset({"read", "register"}),
    "analyst": frozenset({"read"}),
    "zone_operator": frozenset({"submit", "correct", "read"}),
    "zone_lead": frozenset({"correct", "read"}),
    "methods_reviewer": frozenset({"review", "read"}),
    "ethics_reviewer": frozenset({"review", "read"}),
    "registrar": frozenset({"register", "read"}),
    "data_steward": frozenset({"review", "correct", "withdraw", "read"}),
    "vault_keeper": frozenset({"identify"}),
    "output_checker": frozenset({"review", "read"}),
    "publisher": frozenset({"read"}),
    "viewer": frozenset(),
    "auditor": frozenset({"read"}),
    "operator": frozenset({"run", "release", "read"}),
    "administrator": frozenset(get_args(Verb))
    - {"identify"},  # who runs the platform does not learn who is behind a pseudonym
    "system": frozenset(),
}
"""What each role may do, in the zones of the user. What a role may do to one object (a protocol, a batch) stands in the life
cycles (experiments.registry.machines, quality.machines), and there an administrator has no say."""

ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "system")
"""The roles that a user can hold."""

ALIASES: dict[str, tuple[Role, ...]] = {
    "zone_staff": ("zone_operator",),
    "reviewer": ("methods_reviewer", "output_checker"),
    "scientist": ("investigator", "analyst"),
}
"""Names that access files of earlier versions use; they stay readable."""

SYSTEM = "system"
"""The name under which the platform itself acts; no user can have it."""

OPEN = "open_workspace"
"""The role that is recorded when the workspace has no access file."""


@dataclass(frozen=True)
class Platform:
    """The platform itself as the one who acts. Only code can hold it: no login and no command line can name it."""

    name: str = SYSTEM


PLATFORM = Platform()

Actor = str | Platform
"""Who acts: a named user, or the platform."""


class User(BaseModel):
    """One named user: roles, and the zones they hold in (`*` for all)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[Role, ...] = Field(min_length=1)
    zones: tuple[str, ...] | Literal["*"]

    @field_validator("roles", mode="before")
    @classmethod
    def _present_names(cls, given: object) -> object:
        if not isinstance(given, list):
            return given
        present = [role for name in given for role in ALIASES.get(str(name), (name,))]
        return list(dict.fromkeys(present))

    @field_validator("roles")
    @classmethod
    def _nobody_is_the_system(cls, roles: tuple[Role, ...]) -> tuple[Role, ...]:
        if "system" in roles:
            raise ValueError("the role system is the platform's own")
        return roles

    def holds_in(self, zone: str | None) -> bool:
        """Tell whether the roles hold in `zone`; None is the whole workspace."""
        return self.zones == "*" or (zone is not None and zone in self.zones)


class AccessList(BaseModel):
    """The whole of `access.yml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    users: dict[str, User]
    login: Literal["accounts", "oidc"] | None = None
    """`accounts`: the pages ask for a password even before anybody was invited; `oidc`: they are closed without a provider."""


def load_access(workspace: Workspace) -> AccessList | None:
    """Return the workspace's access list; None for an open workspace.

    Raises
    ------
    PlatformFailed
        E-ACCESS-02: the file is there but cannot be understood, or is gone from a workspace that has accounts: nobody may
        act until it is put right.
    """
    path = workspace.home / "access.yml"
    try:
        return AccessList.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        if workspace.accounts.exists():  # a list that was lost must not open what it closed
            raise _not_understood() from error
        return None
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise _not_understood() from error


def _not_understood() -> PlatformFailed:
    return PlatformFailed(
        "E-ACCESS-02",
        Text(
            en="access.yml is missing or cannot be understood; nobody may act until an administrator puts it right.",
            zh="access.yml 缺失或无法解析；在管理员修正之前任何人都不能操作。",
        ),
    )


def check_can(user: str, verb: str, zone: str | None = None, *, workspace: Workspace) -> str:
    """Make sure that `user` may do `verb` in `zone`; return the role that allows it, for the ledger.

    Parameters
    ----------
    user
        Who acts; an empty name may do nothing, in an open workspace either.
    verb
        One of `Verb`; an unknown one is not permitted to anybody.
    zone
        A pilot zone or `programme`; None for an act on the whole workspace, which needs zones `*`.

    Raises
    ------
    NotPermitted
        E-ACCESS-01, without saying which part was missing.
    """
    listed = load_access(workspace)
    if not _is_name(user) or verb not in get_args(Verb):
        raise _denied(user, verb, zone)
    if listed is None:
        return OPEN
    known = listed.users.get(user)
    if known is None or not known.holds_in(zone):
        raise _denied(user, verb, zone)
    for role in known.roles:
        if verb in VERBS[role]:
            return role
    raise _denied(user, verb, zone)


def roles_of(user: str, workspace: Workspace, zone: str | None = None) -> tuple[Role, ...]:
    """Return the roles that `user` holds, for acts on one object whose life cycle says which role may do what.

    Parameters
    ----------
    user
        Who acts. A user without a name, or with the platform's own, holds no role.
    zone
        The zone that the act is about; None for an act on an experiment as a whole, for which it does not matter in which
        zones a role holds.

    Returns
    -------
    tuple of Role
        In the order of the access file. In an open workspace (no file) every role: the one that an act needs is the one
        recorded; separation of duty on one object holds there too (experiments.registry.separation).
    """
    if not _is_name(user):
        return ()
    listed = load_access(workspace)
    if listed is None:
        return ROLES
    known = listed.users.get(user)
    if known is None or not (zone is None or known.holds_in(zone)):
        return ()
    return known.roles


def zones_open_to(user: str, verb: Verb, known: Iterable[str], *, workspace: Workspace) -> tuple[str, ...]:
    """Return those of the `known` zones in which `user` may do `verb`, in their order; in an open workspace all of them.

    For choosing a zone on a page or checking one that a request names: the act itself calls `check_can` again.
    """
    if not _is_name(user):
        return ()
    listed = load_access(workspace)
    if listed is None:
        return tuple(known)
    held = listed.users.get(user)
    if held is None or not any(verb in VERBS[role] for role in held.roles):
        return ()
    return tuple(zone for zone in known if held.holds_in(zone))


def is_of_zone(user: str, zone: str, workspace: Workspace) -> bool:
    """Tell whether `user` works for `zone`: delivers or leads there. Such a user does not judge that zone's data.

    In an open workspace nobody is bound to a zone.
    """
    listed = load_access(workspace)
    known = listed.users.get(user) if listed else None
    return known is not None and known.zones != "*" and zone in known.zones and bool(_ZONE_ROLES & set(known.roles))


_ZONE_ROLES: frozenset[Role] = frozenset({"zone_operator", "zone_lead"})


def _is_name(user: str) -> bool:
    return bool(user.strip()) and user != SYSTEM


def _denied(user: str, verb: str, zone: str | None) -> NotPermitted:
    en, zh = (f" in zone {zone}", f"（试点区 {zone}）") if zone else ("", "")
    return NotPermitted(
        "E-ACCESS-01",
        Text(
            en=f"{user.strip() or 'A user without a name'} may not {verb}{en}. Ask an administrator for the role.",
            zh=f"{user.strip() or '未具名用户'} 无权执行 {verb}{zh}。请向管理员申请角色。",
        ),
    )
