"""The door: what is stored where, counted how, and what happens after a crash at any step."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from data.contracts import Contract
from data.lake import Lake
from data.ledger import Ledger
from data.messages import NotFound, NotPermitted, Refused, WrongUsage
from data.submissions import submissions
from quality import intake
from quality.intake import submit
from quality.quarantine import quarantine_path

pytestmark = pytest.mark.archive

CONTRACT = Contract.model_validate(
    yaml.safe_load(
        """
name: intake_try
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: person
grain: one row per zone and person
source_kind: survey
key: [zone_id, person_id]
columns:
  - {name: zone_id, type: string, label: {en: Zone, zh: 试点区}, required: true, source: zone}
  - {name: person_id, type: string, label: {en: Person, zh: 编号}, required: true}
  - name: score
    type: integer
    label: {en: Score, zh: 得分}
    required: true
    missing_codes: {"-1": refused}
"""
    )
)
KEYS = {
    "submission_id",
    "sha256",
    "status",
    "rows_read",
    "rows_accepted",
    "rows_quarantined",
    "rows_unchanged",
    "problems",
}


@pytest.fixture
def send(tmp_path, workspace):
    def run(text, *, name="file.csv", zone="deqing", **more):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return submit(path, contract=CONTRACT, zone=zone, actor="staff", workspace=workspace, **more)

    return run


def archived(workspace):
    rows = Lake(workspace, Ledger.open(workspace)).read(CONTRACT).to_pylist()
    return {row["person_id"]: row["score"] for row in rows}


def counts(result):
    return (result.status, result.rows_read, result.rows_accepted, result.rows_quarantined, result.rows_unchanged)


def test_a_good_file_enters_whole(send, workspace):
    result = send("person_id,score\n01,1\n02,-1\n")
    assert counts(result) == ("accepted", 2, 2, 0, 0)
    assert result.exit_code == 0
    assert archived(workspace) == {"01": 1, "02": None}
    original = workspace.originals / result.sha256[:2] / result.sha256
    assert original.read_bytes() == b"person_id,score\n01,1\n02,-1\n"
    assert not quarantine_path(workspace, result.submission_id).exists()


def test_the_json_is_what_the_interface_promises(send):
    told = send("person_id,score\n01,1\n02,x\n").model_dump(mode="json")
    assert set(told) == KEYS
    assert told["problems"] == [
        {
            "code": "E-TYPE-05",
            "severity": "error",
            "row": 3,
            "column": "score",
            "count": 1,
            "message": {
                "en": 'Row 3, Score: "x" is not a whole number.',
                "zh": "第 3 行“得分”：“x”不是整数。",
            },
        }
    ]


def test_bad_rows_go_to_quarantine_with_reasons_and_their_cells_as_written(send, workspace):
    result = send("person_id,score,remark\n01,1,a\n02,,b\n03,three,c\n")
    assert counts(result) == ("quarantined", 3, 1, 2, 0)
    assert result.exit_code == 1
    kept = pq.read_table(quarantine_path(workspace, result.submission_id)).to_pylist()
    assert kept == [
        {
            "person_id": "02",
            "score": None,
            "remark": "b",
            "_row": 3,
            "codes": ["E-REQ-01"],
            "reasons": ["E-REQ-01:score"],
        },
        {
            "person_id": "03",
            "score": "three",
            "remark": "c",
            "_row": 4,
            "codes": ["E-TYPE-05"],
            "reasons": ["E-TYPE-05:score"],
        },
    ]


def test_the_same_bytes_twice_are_a_duplicate_of_the_first(send, workspace):
    first = send("person_id,score\n01,1\n")
    again = send("person_id,score\n01,1\n", name="renamed.csv")
    assert counts(again) == ("duplicate", 0, 0, 0, 0)
    assert (again.submission_id, again.sha256, again.exit_code) == (first.submission_id, first.sha256, 0)
    assert archived(workspace) == {"01": 1}


def test_rows_that_the_archive_holds_are_unchanged_or_in_conflict(send, workspace):
    send("person_id,score\n01,1\n02,2\n")
    result = send("person_id,score\n01,1\n02,9\n03,3\n")
    assert counts(result) == ("quarantined", 3, 1, 1, 1)
    assert [(p.code, p.row, p.column) for p in result.problems] == [("E-KEY-02", 3, "score")]
    assert archived(workspace) == {"01": 1, "02": 2, "03": 3}
    kept = pq.read_table(quarantine_path(workspace, result.submission_id))
    assert kept["reasons"].to_pylist() == [["E-KEY-02:score"]]


def test_a_correction_with_a_reason_replaces_the_value_and_keeps_the_old_one(send, workspace):
    send("person_id,score\n01,1\n02,2\n")
    result = send("person_id,score\n01,1\n02,9\n", correction_reason="typing error")
    assert counts(result) == ("accepted", 2, 1, 0, 1)
    assert archived(workspace) == {"01": 1, "02": 9}
    lake = Lake(workspace, Ledger.open(workspace))
    assert {row["score"] for row in lake.read(CONTRACT, 1).to_pylist()} == {1, 2}


def test_a_quarantined_conflict_enters_when_the_same_bytes_come_with_a_reason(send, workspace):
    send("person_id,score\n01,1\n")
    assert send("person_id,score\n01,5\n").status == "quarantined"
    assert counts(send("person_id,score\n01,5\n", correction_reason="late record")) == ("accepted", 1, 1, 0, 0)
    assert archived(workspace) == {"01": 5}


@pytest.mark.parametrize(
    ("text", "code", "rows"),
    [
        ("person_id\n01\n", "E-COL-01", 1),
        ("person_id,score\n", "E-FILE-02", 0),
        ('person_id,score\n1,"2\n', "E-FILE-03", 0),
    ],
)
def test_a_file_that_cannot_enter_is_rejected_kept_and_may_come_again(send, workspace, text, code, rows):
    result = send(text)
    assert counts(result) == ("rejected", rows, 0, rows, 0)
    assert [p.code for p in result.problems] == [code]
    assert (workspace.originals / result.sha256[:2] / result.sha256).exists()
    again = send(text)
    assert again.status == "rejected"
    assert again.submission_id != result.submission_id
    assert [e.detail["status"] for e in Ledger.open(workspace).events("submission_settled")] == ["rejected"] * 2


def test_a_wider_table_is_refused_by_the_archive_and_every_row_is_kept_aside(send, workspace, monkeypatch):
    def refuse(*_args, **_more):
        raise Refused("E-LAKE-01", intake.Text(en="columns differ", zh="列不同"))

    monkeypatch.setattr(Lake, "append", refuse)
    result = send("person_id,score\n01,1\n02,x\n")
    assert counts(result) == ("rejected", 2, 0, 2, 0)
    kept = pq.read_table(quarantine_path(workspace, result.submission_id))
    assert kept["codes"].to_pylist() == [["E-LAKE-01"], ["E-TYPE-05"]]


class CrashError(Exception):
    """Stands for the process dying."""


STEPS = ["keep_original", "receive", "reconcile", "keep_quarantine", "settle"]


@pytest.mark.integration
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", [*STEPS, "append"])
def test_a_crash_at_any_step_and_a_retry_give_what_one_quiet_run_gives(send, workspace, monkeypatch, step, moment):
    send("person_id,score\n01,1\n02,2\n")
    owner, name = (Lake, "append") if step == "append" else (intake, step)
    real = getattr(owner, name)

    def dies(*args, **more):
        if moment == "after":
            real(*args, **more)
        raise CrashError

    text = "person_id,score\n01,1\n02,9\n03,3\n04,x\n"
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        with pytest.raises(CrashError):
            send(text)
    settled_before_retry = step == "settle" and moment == "after"
    result = send(text)
    expected = ("duplicate", 0, 0, 0, 0) if settled_before_retry else ("quarantined", 4, 1, 2, 1)
    assert counts(result) == expected
    assert send(text).status == "duplicate"
    assert archived(workspace) == {"01": 1, "02": 2, "03": 3}
    ledger = Ledger.open(workspace)
    assert ledger.verify() == []
    (kept,) = (s for s in submissions(ledger) if s.sha256 == result.sha256)
    assert (kept.rows_read, kept.rows_accepted, kept.rows_quarantined, kept.rows_unchanged) == (4, 1, 2, 1)
    assert pq.read_table(quarantine_path(workspace, kept.submission_id))["_row"].to_pylist() == [3, 5]


def test_a_resumed_submission_keeps_the_zone_it_was_first_sent_for(send, workspace, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(intake, "reconcile", lambda *_a, **_k: (_ for _ in ()).throw(CrashError))
        with pytest.raises(CrashError):
            send("person_id,score\n01,1\n")
    send("person_id,score\n01,1\n", zone="shanghai")
    assert Lake(workspace, Ledger.open(workspace)).read(CONTRACT)["zone_id"].to_pylist() == ["deqing"]


def test_losing_a_race_for_a_key_compares_again(send, workspace, monkeypatch):
    real = Lake.append
    raced = []

    def append(self, contract, rows, **more):
        if not raced:
            raced.append(1)
            send("person_id,score\n07,1\n", name="other.csv")
        return real(self, contract, rows, **more)

    monkeypatch.setattr(Lake, "append", append)
    assert counts(send("person_id,score\n07,1\n08,2\n")) == ("accepted", 2, 1, 0, 1)
    assert archived(workspace) == {"07": 1, "08": 2}


def test_who_where_and_what_are_checked_before_anything_is_stored(tmp_path, workspace):
    path = tmp_path / "file.csv"
    path.write_text("person_id,score\n01,1\n", encoding="utf-8")
    good = {"contract": CONTRACT, "zone": "deqing", "actor": "staff", "workspace": workspace}
    for wrong, error in (
        ({"zone": "atlantis"}, NotFound),
        ({"zone": "programme"}, WrongUsage),
        ({"actor": " "}, NotPermitted),
        ({"contract": "no_such_contract"}, NotFound),
    ):
        with pytest.raises(error):
            submit(path, **(good | wrong))
    with pytest.raises(NotFound):
        submit(tmp_path / "nowhere.csv", **good)
    with pytest.raises(Refused):
        submit(tmp_path, **good)
    (workspace.home / "access.yml").write_text(
        "users: {staff: {roles: [zone_staff], zones: [shanghai]}}", encoding="utf-8"
    )
    with pytest.raises(NotPermitted):
        submit(path, **good)
    assert not list(workspace.originals.rglob("*"))
    assert submit(path, **(good | {"zone": "shanghai"})).status == "accepted"


def test_values_reach_the_lake_in_exactly_the_contract_types(send, workspace):
    send("person_id,score\n01,1\n")
    table = Lake(workspace, Ledger.open(workspace)).read(CONTRACT)
    assert table.schema.field("score").type == pa.int64()
    assert table["_row"].to_pylist() == [2]
