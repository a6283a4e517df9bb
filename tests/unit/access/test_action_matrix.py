"""Every act × role × zone: each public function that is told who acts stands in a table, and is called for every user.

A new one fails `test_no_act_is_missing` until somebody says what it asks for. A denial is E-ACCESS-01, before anything happens;
whatever else comes back (a missing file, a missing release) means that the act was begun.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import pytest

from data import access, accounts, tokens
from data.access import ROLES, VERBS, Verb, roles_of
from data.accounts.accounts import lock, revoke, unlock
from data.contracts import load_contract
from data.erasure.person import withdraw
from data.identity import key_change, lookup
from data.ledger import Ledger
from data.lifecycle import candidates
from data.messages import NotPermitted
from data.settings import REPOSITORY
from experiments.codebooks import write_codebook
from experiments.exporting import Wanted, allowed, compare_releases, export_release
from experiments.registry.machines import MACHINES
from experiments.registry.store import Registry
from experiments.weighing import weigh_release
from quality.against import against_archive
from quality.intake import submit
from quality.machines import DATA_BATCH
from quality.match_memory import confirm_matches
from quality.prospect import prospect
from quality.review.beside_archive import beside_archive

pytestmark = pytest.mark.integration

OWN, OTHER = "deqing", "xian"
SCOPES = {"zone": f"[{OWN}]", "none": "[]", "all": '"*"'}


@dataclass(frozen=True)
class Scene:
    """What a call gets: the workspace, who acts, the zone that the act is about."""

    workspace: object
    ledger: Ledger
    registry: Registry
    user: str
    zone: str


@dataclass(frozen=True)
class Asks:
    """The verb that an act asks for, where, and how it is called."""

    verb: Verb
    where: Literal["zone", "workspace"]
    call: Callable[[Scene], object]


def _wanted(scene):
    return Wanted("latest", "csv", "en", scene.workspace.home.parent / "out")


def _about(scene):
    return {"zone": scene.zone, "actor": scene.user, "workspace": scene.workspace}


ASKED: dict[str, Asks] = {
    "data.accounts.accounts.invite": Asks(
        "administer", "workspace", lambda s: accounts.invite(s.workspace, s.ledger, "nobody", actor=s.user)
    ),
    "data.accounts.accounts.lock": Asks(
        "administer", "workspace", lambda s: lock(s.workspace, s.ledger, "nobody", actor=s.user)
    ),
    "data.accounts.accounts.unlock": Asks(
        "administer", "workspace", lambda s: unlock(s.workspace, s.ledger, "nobody", actor=s.user)
    ),
    "data.accounts.accounts.revoke": Asks(
        "administer", "workspace", lambda s: revoke(s.workspace, s.ledger, "nobody", actor=s.user)
    ),
    "data.tokens.issue": Asks(
        "administer",
        "zone",
        lambda s: tokens.issue(s.workspace, s.ledger, person="a.machine", zone=s.zone, actor=s.user, days=0),
    ),
    "data.tokens.revoke": Asks(
        "administer", "zone", lambda s: tokens.revoke(s.workspace, s.ledger, TOKENS[s.zone], actor=s.user)
    ),
    "data.erasure.person.withdraw": Asks(
        "withdraw", "zone", lambda s: withdraw("nobody", ledger=s.ledger, **_about(s))
    ),
    "data.identity.lookup.identify": Asks(
        "identify",
        "workspace",
        lambda s: lookup.identify("k1:x", reason="a", actor=s.user, workspace=s.workspace, ledger=s.ledger),
    ),
    "data.identity.lookup.standing": Asks(
        "identify", "workspace", lambda s: lookup.standing(actor=s.user, workspace=s.workspace, ledger=s.ledger)
    ),
    "data.identity.key_change.change_key": Asks(
        "identify", "workspace", lambda s: key_change.change_key(actor=s.user, workspace=s.workspace, ledger=s.ledger)
    ),
    "quality.intake.submit": Asks(
        "submit", "zone", lambda s: submit(Path("/none.csv"), contract="clinic_visit", **_about(s))
    ),
    "quality.intake.submit a correction": Asks(
        "correct",
        "zone",
        lambda s: submit(Path("/none.csv"), contract="clinic_visit", correction_reason="x", **_about(s)),
    ),
    "quality.against.against_archive": Asks(
        "read", "zone", lambda s: against_archive(s.workspace, s.ledger, None, None, zone=s.zone, actor=s.user)
    ),
    "quality.prospect.prospect": Asks(
        "read",
        "zone",
        lambda s: prospect(s.workspace, s.ledger, SimpleNamespace(good=1), None, zone=s.zone, actor=s.user),
    ),
    "quality.match_memory.confirm_matches": Asks(
        "submit",
        "zone",
        lambda s: confirm_matches(s.workspace, s.ledger, load_contract("clinic_visit"), s.zone, {}, actor=s.user),
    ),
    "quality.review.beside_archive.beside_archive": Asks(
        "read",
        "zone",
        lambda s: beside_archive(
            SimpleNamespace(workspace=s.workspace),
            SimpleNamespace(submission=SimpleNamespace(zone=s.zone)),
            actor=s.user,
        ),
    ),
    "experiments.exporting.export_release": Asks(
        "read", "workspace", lambda s: export_release(s.registry, _wanted(s), actor=s.user)
    ),
    "experiments.exporting.allowed": Asks(
        "read", "workspace", lambda s: allowed(s.registry, "latest", [], Path("/none"), s.user)
    ),
    "experiments.exporting.compare_releases": Asks(
        "read", "workspace", lambda s: compare_releases(s.registry, "a", "b", actor=s.user)
    ),
    "experiments.codebooks.write_codebook": Asks(
        "read", "workspace", lambda s: write_codebook(s.registry, _wanted(s), actor=s.user)
    ),
    "experiments.weighing.weigh_release": Asks(
        "read", "workspace", lambda s: weigh_release(s.registry, None, "latest", "x", Path("/none"), actor=s.user)
    ),
}
"""Acts that ask for a right by its verb. Rows of people ask for `release` beside `read` (tests/integration/exports)."""

BY_LIFE_CYCLE: dict[str, str] = {
    "quality.review.acts": "take_up raise_issues return_delivery approve retract",
    "quality.corrections.acts": "propose accept reject",
    "quality.review.performing": "perform decided",
    "experiments.registry.acts": "draft amend record_diagnosis submit assign_reviewers vote answer request_changes reject "
    "approve register register_minor",
    "experiments.registry.acts_running": "ask_withdrawal withdraw set_status",
    "experiments.registry.amending": "amend record_ai_version",
    "experiments.registry.ethics": "record_ethics",
    "experiments.registry.noting": "note_deviation",
    "experiments.registry.performing": "perform",
    "experiments.registry.towards": "set_status_to",
    "experiments.reviewing.acts": "draft revise submit check answer give_back reject approve grant_exception publish retract",
}
"""Acts on one object: the table of its life cycle says which role (here by zone; by state in test_every_cell)."""

OWN_RULE: dict[str, tuple[str, str]] = {
    "experiments.design.sealing": ("commit draw reveal abandon permitted", "tests/unit/design/test_sealing.py"),
    "experiments.registry.exchange.bundle": ("export_registry", "tests/unit/exchange"),
    "experiments.registry.exchange.of_record": ("export_version seen towards", "tests/unit/exchange"),
    "experiments.registry.history": ("history", "tests/unit/registry/test_who_sees_what.py"),
    "experiments.registry.reading": (
        "listed standing version_document history_document reviews_document ethics_document",
        "tests/unit/registry/test_who_sees_what.py",
    ),
}
"""Acts and reads whose rule depends on the object (who is on the team, what is embargoed), with the test of that rule."""

INSIDE: dict[str, str] = {
    "data.erasure.certificate": "certified",
    "data.erasure.consequences": "note_releases mark_stale",
    "data.erasure.rewriting": "rewrite",
    "data.originals": "record_form",
    "data.submissions": "receive",
    "quality.originals": "keep_original",
    "experiments.registry.points": "record_read",
}
"""Steps of acts: the act has asked. No page, command or asset calls them (`test_steps_are_called_by_no_door`)."""

BY_THE_PLATFORM: dict[str, str] = {
    "quality.inbox": "take",
    "data.releases": "build",
    "quality.review.releasing": "build_release",
    "experiments.registry.readings": "note_reading",
}
"""Runs of the clock, and records of what was seen; a person's wish for one is asked for at the door (DOORS)."""

DOORS: dict[str, set[str]] = {
    "apps/cli/accounts.py": {"administer"},
    "apps/cli/tokens.py": {"administer"},
    "apps/cli/feeds.py": {"submit"},
    "apps/cli/runs.py": {"run"},
    "apps/cli/notices.py": {"run"},
    "apps/cli/corrections.py": {"read"},
    "apps/cli/releases.py": {"release"},
    "apps/viewer/extracting.py": {"read", "?"},
    "apps/viewer/app_pages/variable.py": {"read"},
}
"""Commands and pages that ask for a right themselves."""

ROOMS = ("data", "quality", "experiments")
TOKENS: dict[str, str] = {}


def named(table):
    return {f"{module}.{name}" for module, names in table.items() for name in names.split()}


def trees(*rooms):
    for room in rooms:
        for path in sorted((REPOSITORY / room).rglob("*.py")):
            parts = path.relative_to(REPOSITORY).with_suffix("").parts
            if "workspace" not in parts[:2]:
                yield ".".join(parts), ast.parse(path.read_text(encoding="utf-8"))


def discovered():
    """Return every public function of the rooms below that is told who acts or reads."""
    return {
        f"{module}.{node.name}"
        for module, tree in trees(*ROOMS)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and {"actor", "reader"} & {item.arg for item in node.args.args + node.args.kwonlyargs}
    }


def test_no_act_is_missing():
    asked = {name.split(" ")[0] for name in ASKED}
    own = {f"{module}.{name}" for module, (names, _) in OWN_RULE.items() for name in names.split()}
    known = asked | own | named(BY_LIFE_CYCLE) | named(INSIDE) | named(BY_THE_PLATFORM)
    assert discovered() == known
    assert [test for _, test in OWN_RULE.values() if not (REPOSITORY / test).exists()] == []


def test_steps_are_called_by_no_door():
    steps, found = named(INSIDE), set()
    for _, tree in trees("apps", "orchestration"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                found |= {f"{node.module}.{item.name}" for item in node.names}
    assert found & steps == set()
    assert found & {module for module in INSIDE if module not in ("data.submissions", "data.originals")} == set()


def test_each_door_asks_for_what_is_written_here():
    found: dict[str, set[str]] = {}
    for module, tree in trees("apps"):
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in calls:
            if getattr(call.func, "id", getattr(call.func, "attr", "")) == "check_can":
                verb = call.args[1].value if isinstance(call.args[1], ast.Constant) else "?"
                found.setdefault(f"{module.replace('.', '/')}.py", set()).add(verb)
    assert found == DOORS


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Return a workspace with a user of each role in one zone, in none and in all."""
    from data.paths import Workspace

    place = Workspace(tmp_path_factory.mktemp("matrix")).create()
    lines = [
        f"  {role}.{scope}: {{roles: [{role}], zones: {zones}}}" for role in ROLES for scope, zones in SCOPES.items()
    ]
    lines += ["  root: {roles: [administrator], zones: '*'}", "  a.machine: {roles: [zone_operator], zones: '*'}"]
    (place.home / "access.yml").write_text("users:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    ledger = Ledger.open(place)
    for zone in (OWN, OTHER):
        TOKENS[zone] = tokens.issue(place, ledger, person="a.machine", zone=zone, actor="root")[0].token_id
    return place, ledger, Registry.open(place)


@pytest.fixture
def read_once(monkeypatch, house):
    """Keep the list in memory while a thousand calls ask for it; who reads it from the disk is tested elsewhere."""
    listed = access.load_access(house[0])
    monkeypatch.setattr(access, "load_access", lambda _workspace: listed)


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("name", ASKED)
def test_every_act_for_every_role_and_zone(house, name):
    asks, wrong = ASKED[name], []
    for role in ROLES:
        for scope in SCOPES:
            for zone in (OWN, OTHER):
                holds = scope == "all" or (scope == "zone" and zone == OWN and asks.where == "zone")
                expected = holds and asks.verb in VERBS[role]
                if begun(asks, Scene(*house, f"{role}.{scope}", zone)) != expected:
                    wrong.append((role, scope, zone))
    assert wrong == []


def begun(asks, scene):
    """Tell whether an act was begun: not denied."""
    try:
        asks.call(scene)
    except NotPermitted as error:
        return error.code != "E-ACCESS-01"
    except Exception:  # noqa: BLE001 -- the call is made with nothing to work on: permitted, and then at a loss
        return True
    return True


@pytest.mark.usefixtures("read_once")
def test_nobody_and_a_stranger_may_nothing(house):
    for name, asks in ASKED.items():
        for user in ("", " ", "stranger", "system", "ADMINISTRATOR.all"):
            assert not begun(asks, Scene(*house, user, OWN)), (name, user)


def test_without_a_list_the_same_calls_are_begun(house, monkeypatch):
    """The control: a denial in the matrix comes from the list and not from the empty arguments."""
    monkeypatch.setattr(access, "load_access", lambda _workspace: None)
    denied = [name for name, asks in ASKED.items() if not begun(asks, Scene(*house, "viewer.none", OTHER))]
    assert denied == []


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_life_cycles_hold_in_ones_zones(house, machine):
    """A delivery has a zone, and roles count there only; an experiment as a whole has none (its zones are guards)."""
    cells = [(move, state) for move in machine.transitions for state in move.sources]
    wrong = []
    for (move, state), role, scope in product(cells, ROLES, SCOPES):
        for zone in (OWN, OTHER) if machine.name == DATA_BATCH.name else (None,):
            held = roles_of(f"{role}.{scope}", house[0], zone)
            holds = zone is None or scope == "all" or (scope == "zone" and zone == OWN)
            same = (item for item in machine.transitions if item.action == move.action and state in item.sources)
            if may(machine, state, held, move.action) != (holds and any(role in item.roles for item in same)):
                wrong.append((move.action, state, role, scope, zone))
    assert wrong == []


def may(machine, state, held, action):
    try:
        return bool(candidates(machine, state, held, action))
    except NotPermitted:
        return False
