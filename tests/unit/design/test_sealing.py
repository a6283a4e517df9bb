"""Commit, draw, reveal: in this order, once, on record; and a record that proves itself or says where it does not."""

import json
import sqlite3
import stat

import pandas as pd
import pytest

from data import documents
from data.messages import NotPermitted, Refused
from experiments.design import sealing
from experiments.design.commitment import Secret, binds, commitment, fresh, kept, secret_path
from experiments.design.draws import draws_of, units_of
from experiments.design.verification import lot_at, provable, verify_assignment
from experiments.registry import acts
from tests.unit.registry import registry_people as people

pytestmark = pytest.mark.archive

ARMS = [
    {"arm_id": "triage", "label": {"en": "AI"}, "type": "experimental"},
    {"arm_id": "usual", "label": {"en": "Usual"}, "type": "usual_practice"},
]
SPEC = {"method": "block_cluster", "unit_id": "clinic_id", "strata": ["zone_id", "pair_id"]}
PI = people.PI


def frame(zone="deqing", first=0):
    numbers = range(first, first + 8)
    return pd.DataFrame(
        {
            "zone_id": zone,
            "clinic_id": [f"{zone[:3]}-诊{number}" for number in numbers],
            "pair_id": [f"P{number // 2}" for number in numbers],
        }
    )


@pytest.fixture
def registry(workspace):
    return people.open_registry(workspace)


@pytest.fixture
def name(registry):
    """Return the id of a registered experiment."""
    return people.registered(registry, arms=ARMS, assignment_spec=SPEC)


@pytest.fixture
def drawn(registry, name):
    """Return a committed and drawn assignment."""
    sealing.commit(registry, name, frame(), actor=PI)
    return sealing.draw(registry, name, actor=PI)


def proof(registry, name):
    return verify_assignment(registry.record(name), lambda sha256: documents.raw(registry.ledger, sha256))


@pytest.mark.parametrize("cut", [1, 5, -1])
def test_one_commitment_is_that_of_one_seed(cut):
    secret = Secret(123456789012, "0" * 64)
    text = f"{secret.seed}{secret.nonce}"
    assert binds(str(secret.seed), secret.nonce, secret.commitment)
    seed, nonce = text[:cut], text[cut:]
    assert commitment(seed, nonce) == secret.commitment  # the same text, cut elsewhere
    assert not binds(seed, nonce, secret.commitment)


def test_the_whole_way_proves_itself(registry, name):
    made = sealing.commit(registry, name, frame(), actor=PI)
    assignment = sealing.draw(registry, name, actor=PI)
    shown = sealing.reveal(registry, name, actor=PI)
    assert proof(registry, name) == []
    assert provable(registry.record(name))
    assert commitment(shown.seed, shown.nonce) == made.seed_commitment
    kinds = [event.kind for event in registry.ledger.events() if event.kind.startswith("assignment")]
    assert kinds == ["assignment_committed", "assignment_drawn", "assignment_revealed"]
    assert units_of(registry.ledger, draws_of(registry.ledger.events(object_id=name))) == assignment.units
    assert registry.record(name).assignment.assignment_sha256 == assignment.sha256


def test_the_commitment_tells_the_hashes_and_nothing_of_units_or_seed(registry, name):
    secret = Secret(123456789, "f" * 64)
    made = sealing.commit(registry, name, frame(), actor=PI, secret=secret)
    event = registry.ledger.events("assignment_committed")[0]
    assert event.detail == {
        "version": "1.0",
        "frame_sha256": made.frame_sha256,
        "seed_commitment": secret.commitment,
        "units": 8,
        "zones": ["deqing"],
    }
    told = json.dumps([vars(event) for event in registry.ledger.events()], ensure_ascii=False)
    assert "123456789" not in told
    assert "诊" not in told


def test_the_secret_lies_apart_and_only_its_owner_reads_it(registry, name):
    made = sealing.commit(registry, name, frame(), actor=PI)
    path = secret_path(registry.workspace, name, made.seed_commitment)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert kept(registry.workspace, name, made.seed_commitment).commitment == made.seed_commitment
    sealing.draw(registry, name, actor=PI)
    assert path.is_file()
    sealing.reveal(registry, name, actor=PI)
    assert not path.exists()


def test_secrets_are_fresh():
    assert fresh() != fresh()
    assert len(fresh().nonce) == 64


def test_nothing_is_drawn_before_registration(registry):
    name = people.voted(registry, arms=ARMS, assignment_spec=SPEC)
    with pytest.raises(Refused, match="E-ASSIGN-20"):
        sealing.commit(registry, name, frame(), actor=PI)
    acts.approve(registry, name, actor=people.REGISTRAR)
    with pytest.raises(Refused, match="E-ASSIGN-20"):
        sealing.commit(registry, name, frame(), actor=PI)


def test_a_plan_without_a_declaration_cannot_be_drawn(registry):
    name = people.registered(registry)
    with pytest.raises(Refused, match="E-ASSIGN-21"):
        sealing.commit(registry, name, frame(), actor=PI)


@pytest.mark.usefixtures("drawn")
def test_drawing_twice_is_refused(registry, name):
    with pytest.raises(Refused, match="E-ASSIGN-22"):
        sealing.draw(registry, name, actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-22"):
        sealing.commit(registry, name, frame(), actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-22"):  # other units of the zone: still the same draw
        sealing.commit(registry, name, frame(first=100), actor=PI)
    sealing.reveal(registry, name, actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-22"):
        sealing.draw(registry, name, actor=PI)


def test_the_order_is_kept(registry, name):
    with pytest.raises(Refused, match="E-ASSIGN-24"):
        sealing.draw(registry, name, actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-27"):
        sealing.reveal(registry, name, actor=PI)
    sealing.commit(registry, name, frame(), actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-27"):
        sealing.reveal(registry, name, actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-23"):
        sealing.commit(registry, name, frame(), actor=PI)
    sealing.draw(registry, name, actor=PI)
    sealing.reveal(registry, name, actor=PI)
    with pytest.raises(Refused, match="revealed already"):
        sealing.reveal(registry, name, actor=PI)


def test_zones_of_the_experiment_only(registry, name):
    with pytest.raises(Refused, match="hefei"):
        sealing.commit(registry, name, frame("hefei"), actor=PI)


def amended(registry, name, **changes):
    """Register version 2.0 of an experiment, changed."""
    protocol = registry.record(name).current.protocol.model_copy(update=changes)
    acts.amend(registry, protocol, version="2.0", amendment={"from": "1.0", "to": "2.0"}, actor=PI)
    people.diagnosed(registry, name)
    acts.submit(registry, name, actor=PI)
    acts.assign_reviewers(registry, name, methods=[people.METHODS], ethics=[people.ETHICS], actor=people.REGISTRAR)
    for side, user in (("methods", people.METHODS), ("ethics", people.ETHICS)):
        acts.vote(registry, name, side=side, vote="approve", actor=user)
    acts.approve(registry, name, actor=people.REGISTRAR)
    acts.register(registry, name, actor=people.REGISTRAR)


def with_hefei(registry, name):
    """Return the zones of the experiment and one more, as an amendment adds it."""
    zones = registry.record(name).current.protocol.zones
    ethics = registry.record(name).current.protocol.ethics
    more = (*zones, zones[0].model_copy(update={"zone_id": "hefei"}))
    return {"zones": more, "ethics": (ethics[0].model_copy(update={"zones": ("deqing", "hefei")}),)}


def test_after_an_amendment_only_added_zones_are_drawn(registry, name, drawn):
    before = drawn.arm_of()
    sealing.reveal(registry, name, actor=PI)
    amended(registry, name, **with_hefei(registry, name))
    with pytest.raises(Refused, match="E-ASSIGN-22"):
        sealing.commit(registry, name, frame(), actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-22"):
        sealing.commit(registry, name, pd.concat([frame(), frame("hefei")]), actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-22"):  # a unit that has an arm, moved to another zone
        sealing.commit(registry, name, frame().assign(zone_id="hefei"), actor=PI)
    sealing.commit(registry, name, frame("hefei"), actor=PI)
    sealing.draw(registry, name, actor=PI)
    sealing.reveal(registry, name, actor=PI)
    units = units_of(registry.ledger, draws_of(registry.ledger.events(object_id=name)))
    assert len(units) == 16
    assert {unit.unit: unit.arm for unit in units if unit.zone == "deqing"} == before
    assert proof(registry, name) == []


def test_a_frame_that_cannot_be_drawn_is_never_committed(registry, name):
    with pytest.raises(Refused, match="E-ASSIGN-02"):
        sealing.commit(registry, name, frame().drop(columns="pair_id"), actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-07"):
        sealing.commit(registry, name, frame().head(1), actor=PI)
    assert registry.ledger.events("assignment_committed") == []
    assert not (registry.workspace.home / "secrets").exists()


def test_a_commitment_that_fails_leaves_no_secret(registry, name, monkeypatch):
    monkeypatch.setattr(documents, "put", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sealing.commit(registry, name, frame(), actor=PI)
    assert list((registry.workspace.home / "secrets").iterdir()) == []


@pytest.mark.parametrize("damage", ["missing", "other", "unreadable"])
def test_a_lost_secret_is_said_with_what_to_do(registry, name, damage):
    made = sealing.commit(registry, name, frame(), actor=PI)
    path = secret_path(registry.workspace, name, made.seed_commitment)
    contents = {"other": '{"seed": "1", "nonce": "x"}', "unreadable": "{"}
    path.unlink() if damage == "missing" else path.write_text(contents[damage], encoding="utf-8")
    with pytest.raises(Refused, match="E-ASSIGN-25") as told:
        sealing.draw(registry, name, actor=PI)
    assert path.name in told.value.text.en
    assert "--abandon" in told.value.text.en
    sealing.abandon(registry, name, reason="disk lost", actor=PI)
    sealing.commit(registry, name, frame(), actor=PI)
    sealing.draw(registry, name, actor=PI)
    sealing.reveal(registry, name, actor=PI)
    assert proof(registry, name) == []
    assert [item.abandoned_at is None for item in draws_of(registry.ledger.events(object_id=name))] == [False, True]


@pytest.mark.usefixtures("drawn")
def test_a_secret_lost_after_the_draw(registry, name):
    for path in (registry.workspace.home / "secrets").iterdir():
        path.unlink()
    with pytest.raises(Refused, match="stands"):
        sealing.reveal(registry, name, actor=PI)


def test_a_commitment_that_can_be_kept_binds(registry, name):
    sealing.commit(registry, name, frame(), actor=PI)
    with pytest.raises(Refused, match="E-ASSIGN-29"):
        sealing.abandon(registry, name, reason="did not like it", actor=PI)


def test_who_may_assign(registry, name):
    (registry.workspace.home / "access.yml").write_text(
        "users: {zoe: {roles: [zone_lead], zones: [deqing]}, rea: {roles: [viewer, registrar], zones: '*'}}",
        encoding="utf-8",
    )
    for act in (
        lambda: sealing.commit(registry, name, frame(), actor="zoe"),
        lambda: sealing.draw(registry, name, actor="nobody"),
        lambda: sealing.reveal(registry, name, actor=""),
    ):
        with pytest.raises(NotPermitted, match="E-ASSIGN-28"):
            act()
    sealing.commit(registry, name, frame(), actor="rea")
    assert registry.ledger.events("assignment_committed")[0].role == "registrar"


@pytest.mark.parametrize("actor", ["mia", "eva"])
def test_a_reviewer_assigns_nothing_whatever_else_they_are(registry, name, actor):
    with pytest.raises(NotPermitted, match="E-ASSIGN-28"):
        sealing.commit(registry, name, frame(), actor=actor)  # in an open workspace everybody holds every role


def test_an_investigator_of_another_experiment_assigns_nothing(registry, name):
    (registry.workspace.home / "access.yml").write_text(
        "users: {ona: {roles: [investigator], zones: '*'}, pi: {roles: [investigator], zones: '*'}}", encoding="utf-8"
    )
    with pytest.raises(NotPermitted, match="E-ASSIGN-28"):
        sealing.commit(registry, name, frame(), actor="ona")
    sealing.commit(registry, name, frame(), actor=PI)
    assert registry.ledger.events("assignment_committed")[0].role == "investigator"


# -- proof --


def edited(registry, sql, *values):
    """Change the catalogue behind the platform's back."""
    with sqlite3.connect(registry.workspace.catalog) as connection:
        for (trigger,) in connection.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            connection.execute(f"drop trigger {trigger}")
        connection.execute(sql, values)


@pytest.fixture
def revealed(registry, name, drawn):
    sealing.reveal(registry, name, actor=PI)
    return drawn


@pytest.mark.usefixtures("drawn")
def test_before_the_reveal_it_cannot_be_repeated(registry, name):
    (problem,) = proof(registry, name)
    assert "not revealed yet" in problem.what.en
    assert not provable(registry.record(name))


def test_flipping_any_byte_of_the_assignment_document_is_found_where_it_is(registry, name, revealed):
    original, record = revealed.text.encode(), registry.record(name)
    units = original.index(b'"units":[') + 9
    kept_frame = documents.raw(registry.ledger, revealed.frame_sha256)
    for place in range(len(original)):
        flipped = bytearray(original)
        flipped[place] ^= 1 << (place % 8)
        raw = {revealed.sha256: bytes(flipped), revealed.frame_sha256: kept_frame}.get
        (found,) = verify_assignment(record, raw)
        assert found.where.endswith(f"/byte {place}")
        if units < place < len(original) - 2:
            assert "unit " in found.what.en or original[place : place + 1] == b","


def test_a_byte_flipped_in_the_database_is_found(registry, name, revealed):
    content = bytearray(revealed.text.encode())
    content[200] = 0xFF  # not UTF-8 any more
    edited(registry, "update documents set content = cast(? as text) where sha256 = ?", bytes(content), revealed.sha256)
    assert [problem.where for problem in proof(registry, name)] == [f"assignment/{name}/1/document/byte 200"]


def test_where_names_unit_and_field(revealed):
    text = revealed.text
    unit = revealed.units[3]
    place = len(text[: text.index(unit.unit)].encode()) + 1
    assert lot_at(revealed, place) == f"unit {unit.unit}, unit"
    arm = place - 1 + len(f'{unit.unit}","{unit.zone}","'.encode())
    assert lot_at(revealed, arm) == f"unit {unit.unit}, arm"
    assert lot_at(revealed, 3) == ""


def test_a_document_that_is_gone(registry, name, revealed):
    edited(registry, "delete from documents where sha256 = ?", revealed.sha256)
    assert "missing" in proof(registry, name)[0].what.en
    edited(registry, "delete from documents where sha256 = ?", revealed.frame_sha256)
    assert "frame document is missing" in proof(registry, name)[0].what.en


def test_a_frame_that_was_changed(registry, name, revealed):
    content = documents.raw(registry.ledger, revealed.frame_sha256).decode().replace("P0", "P9")
    edited(registry, "update documents set content = ? where sha256 = ?", content, revealed.frame_sha256)
    told = " ".join(problem.what.en for problem in proof(registry, name))
    assert "not the one committed to" in told
    assert "recorded hash" in told
    edited(registry, "update documents set content = '{}' where sha256 = ?", revealed.frame_sha256)
    assert "cannot be understood" in proof(registry, name)[0].what.en


def changed_event(registry, kind, **detail):
    event = registry.ledger.events(kind)[0]
    edited(registry, "update events set detail = ? where seq = ?", json.dumps({**event.detail, **detail}), event.seq)


@pytest.mark.usefixtures("revealed")
def test_another_seed_than_the_one_committed_to(registry, name):
    changed_event(registry, "assignment_revealed", seed="7")
    told = [problem.what.en for problem in proof(registry, name)]
    assert any("not the one committed to" in sentence for sentence in told)


@pytest.mark.usefixtures("revealed")
def test_another_hash_than_that_of_the_draw(registry, name):
    changed_event(registry, "assignment_drawn", assignment_sha256="0" * 64)
    told = " ".join(problem.what.en for problem in proof(registry, name))
    assert "not that of the repeated draw" in told
    assert "document is missing" in told


@pytest.mark.usefixtures("revealed")
def test_a_commitment_under_a_version_that_came_later(registry, name):
    event = registry.ledger.events("protocol_registered")[0]
    edited(registry, "update events set at_utc = '2999-01-01T00:00:00+00:00' where seq = ?", event.seq)
    assert "before its version was registered" in proof(registry, name)[0].what.en
