"""The privacy stop: personal numbers where none belong stop the file, and their values go nowhere."""

import pytest
import yaml

from data.contracts import Contract
from quality.check import check_file
from quality.intake import submit
from quality.privacy import is_resident_id

pytestmark = pytest.mark.archive

RESIDENT = "11010519491231002X"  # the example printed in GB 11643
MOBILE = "13800138000"  # the carrier's own service number
CONTRACT = Contract.model_validate(
    yaml.safe_load(
        """
name: privacy_try
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: person
grain: one row per id
source_kind: survey
key: [row_id]
columns:
  - {name: row_id, type: string, label: {en: Id, zh: 编号}, required: true}
  - {name: card, type: string, label: {en: Card, zh: 证件}, sensitivity: direct}
  - {name: turnover_rmb, type: number, label: {en: Turnover, zh: 营业额}}
  - {name: note, type: string, label: {en: Note, zh: 备注}}
"""
    )
)


def write(tmp_path, text):
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "cell", "stops"),
    [
        ("note", RESIDENT, True),
        ("note", RESIDENT.lower(), True),
        ("note", f"身份证{RESIDENT}号", True),
        ("note", "１１０１０５１９４９１２３１００２Ｘ", True),
        ("note", "110105194912310021", False),
        ("note", "999999194912310021", False),
        ("note", MOBILE, True),
        ("note", "电话138-0013-8000", True),
        ("note", "+86 13800138000", True),
        ("note", "12800138000", False),
        ("note", "213800138000", False),
        ("note", "0.13800138000", False),
        ("note", "a13800138000b", False),
        ("note", "1.10105194912310E+17", True),
        ("备注2", MOBILE, True),
        ("card", RESIDENT, False),
        ("card", MOBILE, False),
        ("turnover_rmb", MOBILE, False),
        ("turnover_rmb", RESIDENT[:-1] + "1", False),
    ],
)
def test_what_stops_a_file(tmp_path, header, cell, stops):
    report = check_file(write(tmp_path, f"row_id,{header}\n1,x\n2,{cell}\n"), CONTRACT)
    told = [p for p in report.problems if p.code == "E-PII-01"]
    assert bool(told) is stops
    assert report.must_not_be_kept is stops
    if stops:
        assert (told[0].count, told[0].column) == (1, header)
        assert report.bad is None
        assert report.good is None


def test_the_check_digit():
    assert is_resident_id(RESIDENT)
    assert not any(is_resident_id(RESIDENT[:-1] + digit) for digit in "0123456789")


def test_a_personal_number_as_a_header_is_not_repeated(tmp_path):
    report = check_file(write(tmp_path, f"row_id,{MOBILE}\n1,x\n"), CONTRACT)
    assert [p.code for p in report.problems if p.severity == "error"] == ["E-PII-01"]
    assert MOBILE not in str([p.model_dump() for p in report.problems])


def test_nothing_of_a_stopped_file_is_stored(tmp_path, workspace):
    path = write(tmp_path, f"row_id,note\n{RESIDENT},x\n2,{MOBILE}\n1.2,{'y' * 30}\n")
    result = submit(path, contract=CONTRACT, zone="deqing", actor="staff", workspace=workspace)
    assert (result.status, result.rows_read, result.exit_code) == ("rejected", 0, 1)
    assert {p.code for p in result.problems} == {"E-PII-01"}
    needles = [RESIDENT.encode(), MOBILE.encode(), b"y" * 30]
    files = [file for file in workspace.home.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files for needle in needles if needle in file.read_bytes()]
    assert not list(workspace.originals.rglob("*"))
    assert not list(workspace.quarantine.rglob("*"))
    assert MOBILE not in result.model_dump_json()


def test_the_same_file_without_the_numbers_is_stored(tmp_path, workspace):
    path = write(tmp_path, f"row_id,note\n1,x\n2,{'y' * 30}\n")
    assert submit(path, contract=CONTRACT, zone="deqing", actor="staff", workspace=workspace).status == "accepted"
    stored = [file for file in workspace.originals.rglob("*") if file.is_file()]
    assert [b"y" * 30 in file.read_bytes() for file in stored] == [True]


def test_bytes_known_under_another_contract_do_not_enter_under_this_one(tmp_path, workspace):
    columns = [{**column, "sensitivity": "direct"} for column in CONTRACT.model_dump()["columns"]]
    declared = Contract.model_validate({**CONTRACT.model_dump(), "name": "declared_try", "columns": columns})
    path = write(tmp_path, f"row_id,note\n1,{MOBILE}\n")
    sent = {"zone": "deqing", "actor": "staff", "workspace": workspace}
    assert submit(path, contract=declared, **sent).status == "accepted"
    result = submit(path, contract=CONTRACT, **sent)
    assert (result.status, result.rows_read) == ("rejected", 0)
    assert not list(workspace.quarantine.rglob("*"))
