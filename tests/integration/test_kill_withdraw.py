"""kill -9 at every write system call of a withdrawal, and of a change of the pseudonyms' key: repeated they end the same.

When a withdrawal says that it is done, nothing of the person is left; everybody else's rows stay, each once.
"""

import json
import sqlite3
from collections import Counter

import pytest

from tests.integration.kill_harness import finds, survives
from tests.integration.kill_withdraw_scene import named
from tests.integration.raw_archive import catalogue_violations, lake_rows, places_naming

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("tracing")]
WITHDRAW, ROTATE = "kill_withdraw_scene", "kill_rotate_scene"
ALL, LEFT = [("W1", 0), ("W1", 1), ("W1", 2), ("W2", 3)], [("W1", 1), ("W1", 2), ("W2", 3)]


def after_withdrawing(home):
    """Return what is wrong at the end of a withdrawal."""
    names = [named(home)[name] for name in ("person", "pseudonym")]
    found = [f"left in {place}" for place in places_naming(home, names)]
    rows = Counter((row["wave"], row["score"]) for row in lake_rows(home / "lake" / "enrolment"))
    if rows != Counter(LEFT):
        found.append(f"the lake holds {sorted(rows.items())}")
    connection = sqlite3.connect(home / "catalog.db")
    certificates = connection.execute("select detail from events where kind = 'person_erased' order by seq").fetchall()
    acts = connection.execute("select distinct object_id from events where kind = 'consent_withdrawn'").fetchall()
    sha256 = json.loads(certificates[-1][0])["certificate"]
    (text,) = connection.execute("select content from documents where sha256 = ?", (sha256,)).fetchone()
    connection.close()
    if acts != [("WD-0001",)] or json.loads(text)["erased"].get("lake", {}).get("rows") != 1:
        found.append(f"{acts}, {json.loads(text)['erased']}")
    return [*found, *catalogue_violations(home / "catalog.db"), *_rubbish(home)]


def after_rotating(home):
    """Return what is wrong at the end of a change of the key."""
    old = named(home)
    layers = ("lake", "generations", "quarantine", "originals", "vault", "build")
    found = [
        f"{layer}/{place} is of the old key"
        for layer in layers
        for place in places_naming(home / layer, [*old["all"], old["secret"]])
    ]
    read = lake_rows(home / "lake" / "enrolment")
    people = {row["resident_id"] for row in read}
    if Counter((row["wave"], row["score"]) for row in read) != Counter(ALL) or len(people) != len(old["all"]):
        found.append(f"the lake holds {len(read)} rows of {len(people)} people")
    if {name.split(":")[0] for name in people} != {"k2"}:
        found.append(f"keys {sorted({name.split(':')[0] for name in people})}")
    return [*found, *catalogue_violations(home / "catalog.db"), *_rubbish(home)]


VIOLATIONS = {WITHDRAW: after_withdrawing, ROTATE: after_rotating}


def _rubbish(home):
    return [f"left: {path.name}" for path in home.rglob("*") if path.is_file() and path.name.endswith((".tmp", "#1"))]


@pytest.mark.parametrize("scene", [WITHDRAW, ROTATE])
def test_kill_at_some_write_calls(tmp_path, scene):
    assert survives(scene, tmp_path / "run", VIOLATIONS[scene], stride=150, offset=75)["calls"] > 100


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("scene", [WITHDRAW, ROTATE])
def test_kill_at_every_write_call(tmp_path, scene):
    assert survives(scene, tmp_path / "run", VIOLATIONS[scene])["calls"] > 90


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("scene", "fault"),
    [
        (WITHDRAW, "said_before_it_is_done"),
        (WITHDRAW, "vault_forgets_first"),
        (WITHDRAW, "in_place_before_it_is_recorded"),
        (ROTATE, "old_key_goes_first"),
    ],
)
def test_a_planted_fault_is_found_and_only_by_killing(tmp_path, scene, fault):
    assert finds(scene, tmp_path / "run", VIOLATIONS[scene], fault, stride=6)
