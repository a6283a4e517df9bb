"""Who may act: open without a file, closed by every doubt with one."""

from typing import get_args

import pytest

from data.access import (
    OPEN,
    ROLES,
    SYSTEM,
    VERBS,
    Role,
    Verb,
    check_can,
    is_of_zone,
    load_access,
    roles_of,
    zones_open_to,
)
from data.messages import NotPermitted, PlatformFailed
from data.paths import Workspace

LIST = """
users:
  staff: {roles: [zone_staff], zones: [deqing]}
  both: {roles: [reviewer, zone_staff], zones: [deqing, jinan]}
  boss: {roles: [administrator], zones: "*"}
  nation: {roles: [zone_staff], zones: [programme]}
"""


@pytest.fixture
def listed(workspace):
    (workspace.home / "access.yml").write_text(LIST, encoding="utf-8")
    return workspace


def test_open_workspace_lets_any_named_user_act(workspace):
    assert load_access(workspace) is None
    assert check_can("anybody", "submit", "deqing", workspace=workspace) == OPEN
    assert check_can("anybody", "release", workspace=workspace) == OPEN


@pytest.mark.parametrize("user", ["", "  "])
def test_nobody_without_a_name(workspace, user):
    with pytest.raises(NotPermitted, match="without a name"):
        check_can(user, "submit", "deqing", workspace=workspace)


def test_unknown_act_is_permitted_to_nobody(workspace, listed):
    for home in (workspace, listed):
        with pytest.raises(NotPermitted):
            check_can("boss", "format_disk", "deqing", workspace=home)


def test_the_role_that_allows_it_is_told(listed):
    assert check_can("staff", "submit", "deqing", workspace=listed) == "zone_operator"
    assert check_can("both", "submit", "jinan", workspace=listed) == "zone_operator"
    assert check_can("both", "review", "jinan", workspace=listed) == "methods_reviewer"
    assert check_can("boss", "release", workspace=listed) == "administrator"
    assert check_can("nation", "submit", "programme", workspace=listed) == "zone_operator"


@pytest.mark.parametrize(
    ("user", "verb", "zone"),
    [
        ("staff", "submit", "jinan"),  # another zone
        ("staff", "submit", None),  # the whole workspace
        ("staff", "submit", "programme"),
        ("nation", "submit", "deqing"),
        ("staff", "release", "deqing"),  # another role's act
        ("stranger", "submit", "deqing"),
        ("STAFF", "submit", "deqing"),  # names are exact
    ],
)
def test_everything_else_is_refused(listed, user, verb, zone):
    with pytest.raises(NotPermitted) as refusal:
        check_can(user, verb, zone, workspace=listed)
    assert refusal.value.exit_code == 3


def test_the_whole_matrix(workspace):
    """Every role, every act, own zone and another: exactly what VERBS says, and nothing in the other zone."""
    users = "\n".join(f"  {role}: {{roles: [{role}], zones: [deqing]}}" for role in ROLES)
    (workspace.home / "access.yml").write_text(f"users:\n{users}\n", encoding="utf-8")
    assert set(VERBS) == set(get_args(Role))
    for role in ROLES:
        for verb in get_args(Verb):
            for zone in ("deqing", "jinan", None):
                allowed = zone == "deqing" and verb in VERBS[role]
                try:
                    check_can(role, verb, zone, workspace=workspace)
                except NotPermitted:
                    assert not allowed, (role, verb, zone)
                else:
                    assert allowed, (role, verb, zone)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "users: [",
        "users: {staff: {roles: [king], zones: '*'}}",
        "users: {staff: {roles: [], zones: '*'}}",
        "users: {staff: {roles: [system], zones: '*'}}",
        "users: {staff: {roles: zone_staff, zones: '*'}}",
        "users: {staff: {roles: [zone_staff]}}",
        "users: {staff: {roles: [zone_staff], zones: everything}}",
        "users: {staff: {roles: [zone_staff], zones: '*', admin: true}}",
        "\udc80".encode("utf-8", "surrogateescape"),
    ],
)
def test_a_file_in_doubt_closes_the_workspace(workspace, content):
    path = workspace.home / "access.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PlatformFailed, match="E-ACCESS-02"):
        check_can("staff", "read", "deqing", workspace=workspace)


def test_roles_for_acts_on_one_object(listed):
    assert roles_of("staff", listed) == ("zone_operator",)
    assert roles_of("both", listed, "jinan") == ("methods_reviewer", "output_checker", "zone_operator")
    assert roles_of("staff", listed, "jinan") == ()
    assert roles_of("stranger", listed) == ()
    assert roles_of(" ", listed) == ()


def test_an_open_workspace_gives_every_role_to_any_name_but_the_platforms(workspace):
    assert roles_of("anybody", workspace) == ROLES
    assert roles_of("anybody", workspace, "deqing") == ROLES
    assert "system" not in ROLES
    assert roles_of(SYSTEM, workspace) == ()
    with pytest.raises(NotPermitted):
        check_can(SYSTEM, "submit", "deqing", workspace=workspace)


def test_old_role_names_stay_readable(workspace):
    users = "users: {old: {roles: [scientist, reviewer, investigator], zones: '*'}}"
    (workspace.home / "access.yml").write_text(users, encoding="utf-8")
    assert roles_of("old", workspace) == ("investigator", "analyst", "methods_reviewer", "output_checker")
    assert check_can("old", "register", workspace=workspace) == "investigator"


def test_who_is_of_a_zone(listed, tmp_path):
    assert is_of_zone("staff", "deqing", listed)
    assert not is_of_zone("staff", "jinan", listed)
    assert not is_of_zone("boss", "deqing", listed)
    assert not is_of_zone("stranger", "deqing", listed)
    assert not is_of_zone("staff", "deqing", Workspace(tmp_path / "open"))


@pytest.mark.parametrize(
    ("user", "verb", "zones"),
    [
        ("staff", "submit", ("deqing",)),
        ("both", "submit", ("jinan", "deqing")),
        ("boss", "submit", ("jinan", "hefei", "deqing")),
        ("staff", "release", ()),
        ("stranger", "submit", ()),
        (" ", "submit", ()),
    ],
)
def test_the_zones_in_which_somebody_may_do_something(listed, user, verb, zones):
    assert zones_open_to(user, verb, ("jinan", "hefei", "deqing"), workspace=listed) == zones


def test_in_an_open_workspace_every_zone_is_open_to_any_name(workspace):
    assert zones_open_to("anybody", "submit", ("jinan", "deqing"), workspace=workspace) == ("jinan", "deqing")
    assert zones_open_to("", "submit", ("jinan", "deqing"), workspace=workspace) == ()
