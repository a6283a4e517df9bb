"""Who may act: roles and zones of named users, checked before anything is done.

Belongs here: `<home>/access.yml` → yes or `NotPermitted`. Does not: proving who somebody is (the login of the viewer, the
operating system's user on the command line). Without the file the workspace is open: any named user may act, and is recorded.
"""

from __future__ import annotations

from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.messages import NotPermitted, PlatformFailed, Text
from data.paths import Workspace

Role = Literal["zone_staff", "reviewer", "scientist", "operator", "administrator"]
Verb = Literal["submit", "correct", "review", "read", "run", "release", "register", "withdraw", "administer"]

VERBS: dict[Role, frozenset[Verb]] = {
    "zone_staff": frozenset({"submit", "correct", "read"}),
    "reviewer": frozenset({"review", "read"}),
    "scientist": frozenset({"read", "register"}),
    "operator": frozenset({"run", "release", "read"}),
    "administrator": frozenset(get_args(Verb)),
}
"""What each role may do, in the zones of the user."""

OPEN = "open_workspace"
"""The role that is recorded when the workspace has no access file."""


class User(BaseModel):
    """One named user: roles, and the zones they hold in (`*` for all)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[Role, ...] = Field(min_length=1)
    zones: tuple[str, ...] | Literal["*"]


class AccessList(BaseModel):
    """The whole of `access.yml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    users: dict[str, User]


def load_access(workspace: Workspace) -> AccessList | None:
    """Return the workspace's access list; None for an open workspace.

    Raises
    ------
    PlatformFailed
        E-ACCESS-02: the file is there but cannot be understood: nobody may act until it is put right.
    """
    path = workspace.home / "access.yml"
    try:
        return AccessList.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise PlatformFailed(
            "E-ACCESS-02",
            Text(
                en="access.yml cannot be understood; nobody may act until an administrator puts it right.",
                zh="access.yml 无法解析；在管理员修正之前任何人都不能操作。",
            ),
        ) from error


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
    if not user.strip() or verb not in get_args(Verb):
        raise _denied(user, verb, zone)
    if listed is None:
        return OPEN
    known = listed.users.get(user)
    if known is None or not (known.zones == "*" or (zone is not None and zone in known.zones)):
        raise _denied(user, verb, zone)
    for role in known.roles:
        if verb in VERBS[role]:
            return role
    raise _denied(user, verb, zone)


def _denied(user: str, verb: str, zone: str | None) -> NotPermitted:
    en, zh = (f" in zone {zone}", f"（试点区 {zone}）") if zone else ("", "")
    return NotPermitted(
        "E-ACCESS-01",
        Text(
            en=f"{user.strip() or 'A user without a name'} may not {verb}{en}. Ask an administrator for the role.",
            zh=f"{user.strip() or '未具名用户'} 无权执行 {verb}{zh}。请向管理员申请角色。",
        ),
    )
