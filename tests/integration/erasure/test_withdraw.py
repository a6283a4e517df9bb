"""Whoever withdraws is gone from every layer, shown by decoding; releases verify; nothing of them is taken in again."""

import json
import shutil
import sqlite3
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from data import documents, key_index, releases
from data.contracts import load_contract, load_contracts
from data.erasure import Subject, withdraw
from data.erasure.layers import contracts_by_name, records_of
from data.erasure.proof import prove
from data.identity import Vault
from data.identity.key_change import change_key
from data.lake import Lake
from data.messages import NotFound, NotPermitted, Refused
from data.originals import forms
from data.stale import marks
from data.verify import verify_workspace
from data.withdrawals import withdrawals
from quality.check import check_file
from quality.corrections import acts as corrections
from quality.corrections.items import Item
from quality.review.desk import Desk
from tests.integration.erasure.conftest import CODE, NEIGHBOUR, OTHER, PERSON, visits
from tests.integration.erasure.killing import Killed, killed_at
from tests.unit.identity.conftest import register

pytestmark = pytest.mark.integration


def subject_of(workspace, *names):
    contracts = contracts_by_name(load_contracts(), Vault.open(workspace))
    return Subject("deqing", frozenset(names), frozenset(c.name for k in contracts.values() for c in k.person_columns))


def proof_of(workspace, ledger, *names):
    vault = Vault.open(workspace)
    return prove(workspace, ledger, subject_of(workspace, *names), contracts_by_name(load_contracts(), vault), vault)


def go(workspace, ledger, person, zone="deqing", actor="registry.office"):
    return withdraw(person, zone=zone, actor=actor, workspace=workspace, ledger=ledger)


def erase_all(workspace, ledger):
    """The person stands under a resident id in one table and under a study's code in another: two names, two acts."""
    return go(workspace, ledger, PERSON), go(workspace, ledger, CODE)


def test_the_person_is_decoded_in_every_layer_before_and_in_none_after(workspace, ledger, planted):
    names = planted.values()
    before = proof_of(workspace, ledger, *names)
    layers = {place.split("/")[0] for place in before.found}
    assert layers == {
        "lake", "generations", "quarantine", "originals", "staging", "build",
        "validations", "dagster", "inbox", "demo", "catalogue",
    }  # fmt: skip
    erase_all(workspace, ledger)
    after = proof_of(workspace, ledger, *names)
    assert after.found == ()
    assert after.retained == ()
    assert not any(workspace.staging.iterdir())
    assert {"parquet", "sqlite", "original", "text", "delivery", "catalogue"} <= set(after.decoded)


def indexes(workspace):
    return [path for folder in workspace.lake.iterdir() if folder.is_dir() for path in key_index.stored(folder)]


def test_the_index_of_keys_goes_and_the_proof_would_see_it(workspace, ledger, planted, tmp_path):  # noqa: ARG001 - planted
    home = workspace.lake / "clinic_visit" / key_index.FOLDER
    kept = shutil.copytree(home, tmp_path / "kept")
    go(workspace, ledger, CODE)
    assert indexes(workspace) == []
    shutil.copytree(kept, home, dirs_exist_ok=True)
    assert proof_of(workspace, ledger, CODE).decoded["key index"] == 1
    assert proof_of(workspace, ledger, CODE).found == tuple(
        f"lake/clinic_visit/{key_index.FOLDER}/{path.name}" for path in kept.glob(f"*{key_index.SUFFIX}")
    )
    go(workspace, ledger, CODE)
    assert indexes(workspace) == [], "a withdrawal that is repeated sweeps what came back"


def test_the_numbers_of_a_persons_keys_are_looked_for(workspace, ledger, planted):  # noqa: ARG001 - planted
    records = records_of(workspace, subject_of(workspace, CODE))
    vault = Vault.open(workspace)
    mine, theirs = (replace(subject_of(workspace), records=each) for each in (records, frozenset({"0" * 32})))
    known = contracts_by_name(load_contracts(), vault)
    assert any(place.endswith(key_index.SUFFIX) for place in prove(workspace, ledger, mine, known, vault).found)
    assert prove(workspace, ledger, theirs, known, vault).found == ()


def test_everybody_else_stays(workspace, ledger, planted):
    erase_all(workspace, ledger)
    lake = Lake(workspace, ledger)
    assert lake.read(load_contract("clinic_visit"))["person_id"].unique().to_pylist() == [NEIGHBOUR]
    assert lake.read(register())["resident_id"].to_pylist().count(planted["pseudonym"]) == 0
    assert lake.read(register()).num_rows == 21
    waiting = workspace.inbox / "deqing" / "clinic_visit" / "late_W4.csv"
    assert check_file(waiting, "clinic_visit", zone="deqing").rows_good == 1
    kept = workspace.dagster / "storage" / "index.db"
    with sqlite3.connect(kept) as connection:
        assert connection.execute("select count(*) from event_logs where event = 'kept'").fetchone() == (1,)
    connection.close()
    assert len(Vault.open(workspace).find(identifier=OTHER)) == 1


def test_everything_verifies_after_and_a_change_after_that_shows(workspace, ledger, planted):  # noqa: ARG001 - planted
    assert verify_workspace(workspace, ledger) == []
    before = releases.load_release(workspace)
    erase_all(workspace, ledger)
    assert verify_workspace(workspace, ledger) == []
    after = releases.load_release(workspace)
    assert (after.tables, after.pins) == (before.tables, before.pins), "the release keeps what it released"
    assert after.rewritten_by == ("WD-0001", "WD-0002")
    assert {mart: (info.rows, after.now(mart).rows) for mart, info in after.tables.items()} == {
        "panel_individual_wave": (2, 1),
        "panel_enrolment": (2, 1),
        "panel_zone_month": (1, 1),
    }
    mart = after.table("panel_individual_wave")
    pq.write_table(pq.read_table(mart).slice(0, 0), mart)
    assert any("panel_individual_wave" in problem.where for problem in verify_workspace(workspace, ledger))


def test_the_pin_materialises_without_the_person(workspace, ledger, planted):  # noqa: ARG001 - planted
    release = releases.load_release(workspace)
    erase_all(workspace, ledger)
    pinned = Lake(workspace, ledger).read(load_contract("clinic_visit"), release.as_of_seq)
    assert pinned["person_id"].unique().to_pylist() == [NEIGHBOUR]
    note = json.loads(releases.note_path(workspace, release.release_id).read_text())
    pin = Lake(workspace, ledger).pin(release.as_of_seq).tables["clinic_visit"]
    assert note["pins"]["clinic_visit"]["fingerprint"] == pin.fingerprint


def test_later_files_are_taken_without_the_person(workspace, ledger, planted, send):
    erase_all(workspace, ledger)
    full = CODE.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    for number, spelled in enumerate((CODE, f" {CODE} ", full)):
        found = send(
            visits(spelled, NEIGHBOUR, wave=f"W{number + 5}"), load_contract("clinic_visit"), name=f"{number}.csv"
        )
        assert (found.status, found.rows_read, found.rows_accepted) == ("accepted", 1, 1)
        (told,) = [problem for problem in found.problems if problem.code == "W-WITHDRAWN-01"]
        assert (told.count, told.row) == (1, None)
        assert CODE not in told.model_dump_json()
        assert forms(ledger)[found.sha256].form == "rows"
    found = send(f"resident_id,wave,score,remark\n{PERSON},W9,1,\n", register(), name="only.csv")
    assert (found.status, found.rows_read) == ("accepted", 0)
    assert proof_of(workspace, ledger, *planted.values()).found == ()
    assert verify_workspace(workspace, ledger) == []


def test_the_certificate_counts_and_names_nobody(workspace, ledger, planted):
    done, _ = erase_all(workspace, ledger)
    kept = documents.get(ledger, done.certificate_sha256)
    assert json.loads(kept) == done.certificate
    assert not any(name in kept for name in planted.values())
    assert {layer: found["rows"] for layer, found in done.certificate["erased"].items()} == {
        "lake": 1, "generations": 1, "quarantine": 1, "originals": 2,
    }  # fmt: skip
    assert (done.certificate["found_after"], done.certificate["releases"]) == (
        0,
        [releases.load_release(workspace).release_id],
    )
    assert not any(name in str(event) for event in ledger.events() for name in planted.values())


def test_reports_that_read_the_persons_data_are_stale_and_others_are_not(workspace, ledger, planted):  # noqa: ARG001 - planted
    release = releases.load_release(workspace).release_id
    erase_all(workspace, ledger)
    assert marks(workspace, f"{release}/SE-2026-0001") == {"WD-0002": "rows"}
    assert marks(workspace, f"{release}/SE-2026-0003") == {}
    assert [event.object_id for event in ledger.events("report_stale")] == [f"{release}/SE-2026-0001"]


def test_a_second_time_it_is_done_already(workspace, ledger, planted):
    first = go(workspace, ledger, PERSON)
    head = ledger.head()
    for name in (PERSON, planted["pseudonym"], f" {PERSON} "):
        again = go(workspace, ledger, name)
        assert (again.is_new, again.certificate) == (False, first.certificate)
    assert ledger.head() == head


def test_a_pseudonym_is_enough(workspace, ledger, planted):
    go(workspace, ledger, planted["pseudonym"])
    assert proof_of(workspace, ledger, PERSON, planted["pseudonym"]).found == ()


@pytest.mark.parametrize("person", ["DQ-P99999", "k1:" + "B" * 32, "7"])
def test_nobody_of_that_name_is_not_found_and_nothing_is_recorded(workspace, ledger, planted, person):  # noqa: ARG001
    head = ledger.head()
    with pytest.raises(NotFound, match="E-WD-01") as refused:
        go(workspace, ledger, person)
    assert refused.value.exit_code == 4
    assert person not in str(refused.value)
    assert ledger.head() == head
    assert withdrawals(ledger) == []


def test_the_same_id_in_another_zone_is_somebody_else(workspace, ledger, send):
    visit = load_contract("clinic_visit")
    send(visits(CODE, clinic="DQ-C01"), visit, name="a.csv")
    send(visits(CODE, clinic="DQ-C01", wait="11"), visit, name="b.csv", zone="xian")
    go(workspace, ledger, CODE)
    left = Lake(workspace, ledger).read(visit)
    assert left["zone_id"].to_pylist() == ["xian"]
    assert verify_workspace(workspace, ledger) == []


def test_only_a_steward_of_the_zone_may(workspace, ledger, planted):  # noqa: ARG001 - planted
    users = {
        "steward.deqing": ("data_steward", "deqing"),
        "steward.xian": ("data_steward", "xian"),
        "operator.deqing": ("zone_operator", "deqing"),
        "lead.deqing": ("zone_lead", "deqing"),
        "keeper": ("vault_keeper", "deqing"),
    }
    lines = [f"  {name}: {{roles: [{role}], zones: [{zone}]}}" for name, (role, zone) in users.items()]
    (workspace.home / "access.yml").write_text("users:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    for name in ("steward.xian", "operator.deqing", "lead.deqing", "keeper", "nobody"):
        with pytest.raises(NotPermitted):
            go(workspace, ledger, CODE, actor=name)
    assert go(workspace, ledger, CODE, actor="steward.deqing").is_new


def test_a_withdrawal_that_was_killed_blocks_and_is_named(workspace, ledger, planted, send):  # noqa: ARG001 - planted
    with pytest.raises(Killed), killed_at(20):
        go(workspace, ledger, CODE)
    assert [act.certificate for act in withdrawals(ledger)] == [None]
    assert "withdrawal/WD-0001" in [problem.where for problem in verify_workspace(workspace, ledger)]
    found = send(visits(CODE, NEIGHBOUR, wave="W8"), load_contract("clinic_visit"), name="late.csv")
    assert (found.rows_read, found.rows_accepted) == (1, 1)
    with pytest.raises(Refused, match="E-VAULT-06"):
        change_key(actor="registry.office", workspace=workspace, ledger=ledger)
    go(workspace, ledger, CODE)
    assert verify_workspace(workspace, ledger) == []


def test_names_in_other_peoples_texts_and_unreadable_files_are_not_taken_either(workspace, ledger, planted, send):
    erase_all(workspace, ledger)
    text = f"resident_id,wave,score,remark\n{OTHER},W6,1,came with {CODE} again\n"
    found = send(text, register(), name="mention.csv")
    (told,) = [problem for problem in found.problems if problem.code.startswith("W-WITHDRAWN")]
    assert (found.rows_accepted, told.code, told.count) == (1, "W-WITHDRAWN-02", 1)
    assert "came with [withdrawn] again" in Lake(workspace, ledger).read(register())["remark"].to_pylist()
    broken = f"PK\x03\x04 {CODE} \x00\x00".encode()
    assert send(broken, load_contract("clinic_visit"), name="broken.xlsx").status == "rejected"
    assert proof_of(workspace, ledger, *planted.values()).found == ()
    assert verify_workspace(workspace, ledger) == []


def test_the_vault_forgets_unless_another_zone_still_needs_the_pseudonym(workspace, ledger, send):
    head = "resident_id,wave,score,remark\n"
    send(f"{head}{PERSON},W1,1,\n", register(), name="a.csv")
    send(f"{head}{PERSON},W1,2,\n", register(), name="b.csv", zone="xian")
    first = go(workspace, ledger, PERSON)
    assert first.certificate["vault"].startswith("kept")
    assert len(Vault.open(workspace).find(identifier=PERSON)) == 1
    assert go(workspace, ledger, PERSON, zone="xian").certificate["vault"] == "forgotten"
    assert Vault.open(workspace).find(identifier=PERSON) == []
    assert PERSON.encode() not in (workspace.home / "vault" / "vault.db").read_bytes()


def test_a_copy_of_the_vault_in_the_workspace_is_found(workspace, ledger, planted):  # noqa: ARG001 - planted
    copy = workspace.home / "vault" / "vault.db.old"
    shutil.copy2(workspace.home / "vault" / "vault.db", copy)
    with pytest.raises(Refused, match=r"E-WD-02.*vault/vault.db.old"):
        go(workspace, ledger, PERSON)
    copy.unlink()
    assert go(workspace, ledger, PERSON).certificate["vault"] == "forgotten"


def test_a_vault_elsewhere_in_the_workspace_is_asked_and_not_swept(workspace, ledger, monkeypatch, send):
    monkeypatch.setenv("ZONELAB_VAULT", str(workspace.home / "keys"))
    send(f"resident_id,wave,score,remark\n{PERSON},W1,1,\n{OTHER},W1,2,\n", register(), name="a.csv")
    assert go(workspace, ledger, PERSON).certificate["vault"] == "forgotten"
    assert len(Vault.open(workspace).find(identifier=OTHER)) == 1
    assert verify_workspace(workspace, ledger) == []


def test_what_came_back_is_erased_again_under_the_same_act(workspace, ledger, planted):  # noqa: ARG001 - planted
    first = go(workspace, ledger, CODE)
    (workspace.validations / "late.txt").write_text(f"left by hand: {CODE}", encoding="utf-8")
    again = go(workspace, ledger, CODE)
    assert (again.withdrawal_id, again.is_new, again.certificate_sha256 != first.certificate_sha256) == (
        "WD-0001",
        True,
        True,
    )
    assert go(workspace, ledger, CODE).certificate == again.certificate


def test_values_that_a_correction_keeps_go_as_well(workspace, ledger, send):
    sent = send(visits(CODE, NEIGHBOUR, wait="31"), "clinic_visit")
    items = [
        Item(row=row, variable="wait_min", old=old, new=new, action="replace", reason="misread")
        for row, old, new in ((2, "31", "47"), (3, "10", "12"))
    ]
    desk = Desk.open(workspace)
    proposed = corrections.propose(desk, sent.submission_id, items, actor="lead.one")
    corrections.accept(desk, proposed.correction_id, actor="steward.one")
    go(workspace, ledger, CODE)
    (kept,) = pq.ParquetFile(workspace.correction_values(proposed.correction_id)).read().to_pylist()
    assert (kept["_row"], kept["new"]) == (3, "12")
    assert verify_workspace(workspace, ledger) == []
    assert Lake(workspace, ledger).read(load_contract("clinic_visit"))["person_id"].unique().to_pylist() == [NEIGHBOUR]


def test_a_correction_of_nobody_else_is_removed_whole(workspace, ledger, send):
    sent = send(visits(CODE, NEIGHBOUR, wait="31"), "clinic_visit")
    item = Item(row=2, variable="wait_min", old="31", new="47", action="replace", reason="misread")
    proposed = corrections.propose(Desk.open(workspace), sent.submission_id, [item], actor="lead.one")
    go(workspace, ledger, CODE)
    assert not workspace.correction_values(proposed.correction_id).exists()
    assert verify_workspace(workspace, ledger) == []
