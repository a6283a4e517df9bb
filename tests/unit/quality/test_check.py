"""The check: every rule finds its fault and passes its neighbour, all in one pass, and shows no sensitive value."""

import datetime as dt
import hashlib

import openpyxl
import pytest
import yaml

from data.contracts import Contract, business_schema
from data.messages import PlatformFailed
from quality.check import check_file

pytestmark = pytest.mark.archive

CONTRACT = Contract.model_validate(
    yaml.safe_load(
        r"""
name: gate_try
version: "1.0"
title: {en: Try, zh: 试}
description: {en: Try, zh: 试}
unit: person
grain: one row per zone, person and wave
source_kind: survey
key: [zone_id, person_id, wave]
wave_column: wave
na_values: [NA]
columns:
  - {name: zone_id, type: string, label: {en: Zone, zh: 试点区}, required: true, source: zone}
  - {name: person_id, type: string, label: {en: Person, zh: 编号}, required: true, pattern: '^\d{3}$'}
  - {name: wave, type: string, label: {en: Wave, zh: 轮次}, required: true, source: wave}
  - {name: visit_date, type: date, label: {en: Visit, zh: 日期}, aliases: [就诊日期]}
  - {name: seen_at, type: timestamp, label: {en: Seen, zh: 时间}}
  - name: age
    type: integer
    label: {en: Age, zh: 年龄}
    minimum: 0
    maximum: 120
    missing_codes: {"-1": dont_know, "-9": missing_by_error}
  - {name: score, type: number, label: {en: Score, zh: 得分}, required: true}
  - {name: sex_code, type: integer, label: {en: Sex, zh: 性别}, codes: {"1": {en: m, zh: 男}, "2": {en: f, zh: 女}}}
  - {name: secret, type: number, label: {en: Secret, zh: 机密}, sensitivity: sensitive}
  - {name: is_simulated, type: boolean, label: {en: Simulated, zh: 模拟}}
  - {name: note, type: string, label: {en: Note, zh: 备注}}
"""
    )
)
HEADER = "person_id,visit_date,seen_at,age,score,sex_code,secret,is_simulated,note"
GOOD = {
    "person_id": "001",
    "visit_date": "2026-03-04",
    "seen_at": "2026-03-04 05:00",
    "age": "40",
    "score": "1.5",
    "sex_code": "1",
    "secret": "7",
    "is_simulated": "true",
    "note": "fine",
}


@pytest.fixture
def check(tmp_path):
    def run(*rows, header=HEADER, zone="deqing", wave="W1", encoding="utf-8"):
        lines = [header, *(row if isinstance(row, str) else ",".join((GOOD | row).values()) for row in rows)]
        path = tmp_path / "file.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return check_file(path, CONTRACT, zone=zone, wave=wave)

    return run


def found(report):
    return [(p.code, p.row, p.column) for p in report.problems]


def test_a_good_file_has_no_problems_and_typed_rows(check):
    report = check({}, {"person_id": "002", "age": "-1", "note": ""})
    assert report.ok
    assert report.problems == ()
    assert (report.rows_read, report.rows_good, report.rows_bad) == (2, 2, 0)
    assert report.good.schema.names == [*business_schema(CONTRACT).names, "rec_key", "_row"]
    first, second = report.good.to_pylist()
    assert first["seen_at"] == dt.datetime(2026, 3, 3, 21, tzinfo=dt.UTC)
    assert first["visit_date"] == dt.date(2026, 3, 4)
    assert (first["zone_id"], first["wave"], first["person_id"]) == ("deqing", "W1", "001")
    assert (first["age"], first["age__st"]) == (40, 0)
    assert (second["age"], second["age__st"], second["note"]) == (None, 1, None)
    assert second["_row"] == 3


def test_rec_key_is_the_documented_hash(check):
    text = "deqing\x1f001\x1fW1"
    assert check({}).good["rec_key"].to_pylist() == [hashlib.sha256(text.encode()).digest()[:16]]


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("visit_date", "03/04/26", "E-TYPE-01"),
        ("visit_date", "2026-02-30", "E-TYPE-01"),
        ("visit_date", "43900", "E-TYPE-01"),
        ("visit_date", "2026-03-04 05:00", "E-TYPE-01"),
        ("seen_at", "2026-03-04 25:00", "E-TYPE-04"),
        ("seen_at", "1988-04-17 01:30", None),
        ("seen_at", "1988-09-11 01:30", "E-TIME-01"),
        ("seen_at", "1988-09-11 01:30+08:00", None),
        ("age", "3.5", "E-TYPE-05"),
        ("age", "1e1", "E-TYPE-05"),
        ("age", "abc", "E-TYPE-05"),
        ("age", "40.0", None),
        ("age", "121", "E-RANGE-01"),
        ("age", "-2", "E-RANGE-01"),
        ("age", "-9.00", None),
        ("age", "", None),
        ("age", "NA", None),
        ("score", "1,5", "E-TYPE-02"),
        ("score", "12%", "E-TYPE-02"),
        ("score", "inf", "E-TYPE-02"),
        ("score", "1e3", None),
        ("score", "", "E-REQ-01"),
        ("score", "NA", "E-REQ-01"),
        ("sex_code", "3", "E-CODE-01"),
        ("is_simulated", "maybe", "E-TYPE-06"),
        ("is_simulated", "是", None),
        ("person_id", "1.10101E+17", "E-ID-01"),
        ("person_id", "12", "E-PATT-01"),
        ("person_id", "0\u200b12", "E-ID-02"),
        ("note", "1.10101E+17", None),
        ("visit_date", "2026/3/4", None),
        ("visit_date", "2026年3月4日", None),
        ("visit_date", "2026-03-04 00:00:00", None),
    ],
)
def test_each_rule_and_its_neighbour(check, column, text, code):
    cell = f'"{text}"' if "," in text else text
    report = check({column: cell}, {"person_id": "777"})
    codes = {p.code for p in report.problems if p.severity == "error"}
    assert code in codes if code else not codes
    assert report.rows_good == (1 if code else 2)
    if code:
        assert report.bad["_row"].to_pylist() == [2]
        assert code in report.bad["codes"].to_pylist()[0]


def test_every_problem_is_told_in_one_pass(check):
    report = check({"visit_date": "soon", "age": "200", "sex_code": "9"}, {"score": "", "person_id": "x"})
    assert found(report) == [
        ("E-TYPE-01", 2, "visit_date"),
        ("E-RANGE-01", 2, "age"),
        ("E-CODE-01", 2, "sex_code"),
        ("E-PATT-01", 3, "person_id"),
        ("E-REQ-01", 3, "score"),
    ]


def test_a_missing_required_column_blocks_the_file_and_hides_no_other_problem(check):
    report = check("001,abc", header="person_id,age")
    assert found(report) == [("E-COL-01", None, "score"), ("E-TYPE-05", 2, "age")]
    assert not report.enters
    assert (report.rows_good, report.rows_bad) == (0, 1)
    assert report.bad["codes"].to_pylist() == [["E-COL-01", "E-TYPE-05"]]


def test_columns_by_label_alias_and_width(check):
    report = check("００１,2026-03-04,2", header="编 号,就诊日期,ＳＣＯＲＥ")
    assert report.rows_good == 1
    assert report.good["person_id"].to_pylist() == ["001"]
    assert [(p.code, p.severity, p.count) for p in report.problems] == [("W-TYPE-03", "warning", 1)]


def test_two_headers_for_one_column_and_unknown_ones(check):
    report = check("001,002,1,x,y", header="person_id,Person,score,extra,more")
    assert [(p.code, p.count) for p in report.problems] == [("E-COL-02", 1), ("W-COL-03", 2)]
    assert "person_id, Person" in report.problems[0].message.en
    assert "extra, more" in report.problems[1].message.en


def test_a_file_without_header_does_not_tell_its_first_row(check):
    report = check("Zhang,77", header="Li,88")
    assert "Li" not in "".join(p.message.en + p.message.zh for p in report.problems)


def test_columns_that_are_absent_have_the_status_not_in_instrument(check):
    assert check("001,1", header="person_id,score").good["age__st"].to_pylist() == [5]


def test_empty_cells_have_the_status_missing(check):
    assert check({"age": ""}).good["age__st"].to_pylist() == [9]


def test_zone_and_wave_of_the_file_must_be_those_of_the_submission(check):
    header = "zone_id,wave,person_id,score"
    report = check("deqing,W1,001,1", "shanghai,W1,002,1", "deqing,W2,003,1", ",,004,1", header=header)
    assert found(report) == [("E-ZONE-02", 3, "zone_id"), ("E-WAVE-02", 4, "wave")]
    assert report.good["person_id"].to_pylist() == ["001", "004"]


def test_a_submission_without_any_wave_is_blocked_and_a_mere_check_is_not(check):
    assert found(check({}, wave=None)) == [("E-WAVE-01", None, "wave")]
    assert check({}, wave=None, zone=None).ok


def test_a_mere_check_still_finds_twins(check):
    assert [p.code for p in check({}, {}, zone=None, wave=None).problems] == ["E-KEY-01"]


def test_identical_rows_enter_once_and_contradicting_rows_not_at_all(check):
    report = check({}, {"person_id": "002"}, {"score": "1.50"}, {"person_id": "002", "score": "9"})
    assert [(p.code, p.row) for p in report.problems] == [("E-KEY-01", 3), ("E-KEY-01", 4), ("E-KEY-01", 5)]
    assert report.good["_row"].to_pylist() == [2]
    assert "Rows 3 and 5" in report.problems[0].message.en


def test_ragged_rows_go_to_quarantine_without_guesses_about_their_cells(check):
    report = check({}, "002,2026-03-04", "003,oops,1,2,3,4,5,6,7,8")
    assert found(report) == [("E-ROW-01", 3, None), ("E-ROW-01", 4, None)]
    assert report.rows_good == 1


def test_sensitive_values_are_never_shown(check):
    report = check({"secret": "s3cr3t", "note": "x"}, {"person_id": "002", "age": "9" * 50})
    told = str([p.model_dump() for p in report.problems])
    assert "s3cr3t" not in told
    assert "9" * 41 not in told
    assert '"twelve"' in check({"age": "twelve"}).problems[0].message.en


def test_a_hundred_rows_are_told_one_by_one_and_the_rest_counted(check):
    report = check(*({"person_id": f"{n:03d}", "age": "999"} for n in range(150)))
    assert len(report.problems) == 101
    assert (report.problems[-1].row, report.problems[-1].count) == (102, 50)
    assert sum(p.count for p in report.problems) == 150 == report.rows_bad


def test_an_id_typed_as_a_number_of_sixteen_digits_is_an_error(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["person_id", "score"])
    book.active.append([1234567890123456, 1])
    path = tmp_path / "ids.xlsx"
    book.save(path)
    assert [p.code for p in check_file(path, CONTRACT, zone="deqing", wave="W1").problems] == ["E-ID-01"]


def test_a_file_that_cannot_be_read_gives_a_report(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    report = check_file(path, CONTRACT)
    assert [p.code for p in report.problems] == ["E-FILE-01"]
    assert report.as_json()["status"] == "rejected"
    assert report.rows_read == 0


def test_the_summary_says_what_was_not_checked(check):
    assert "we did not check" in check({}).summary.en


def test_quoting_in_a_contract_is_data_not_sql(tmp_path):
    tricky = Contract.model_validate(
        {
            **CONTRACT.model_dump(),
            "columns": [
                *CONTRACT.model_dump()["columns"][:3],
                {
                    "name": "word",
                    "type": "string",
                    "label": {"en": "W'); drop table cells; --", "zh": "词"},
                    "codes": {"it's": {"en": "x", "zh": "x"}},
                    "aliases": ['a"b'],
                },
            ],
        }
    )
    path = tmp_path / "q.csv"
    path.write_text("person_id;a\"b\n001;it's\n002;other\n", encoding="utf-8")
    report = check_file(path, tricky, zone="deqing", wave="W1")
    assert report.good["word"].to_pylist() == ["it's"]
    assert found(report) == [("E-CODE-01", 3, "word")]


def test_parts_make_up_a_time(tmp_path):
    timed = Contract.model_validate(
        yaml.safe_load(
            """
name: timed
version: "1.0"
title: {en: T, zh: 时}
description: {en: T, zh: 时}
unit: zone
grain: one row per hour
source_kind: sensor
key: [observed_at]
columns:
  - name: observed_at
    type: timestamp
    label: {en: Hour, zh: 小时}
    required: true
    parts: [year, month, day, hour]
"""
        )
    )
    path = tmp_path / "t.csv"
    path.write_text("year,month,day,hour\n2010,1,2,3\n2010,1,2.0,4\n2010,1,,5\n2010,13,1,0\n", encoding="utf-8")
    report = check_file(path, timed, zone="beijing")
    assert [str(t) for t in report.good["observed_at"].to_pylist()] == [
        "2010-01-01 19:00:00+00:00",
        "2010-01-01 20:00:00+00:00",
    ]
    assert found(report) == [("E-TYPE-04", 4, "observed_at"), ("E-TYPE-04", 5, "observed_at")]


def test_a_pattern_that_the_engine_does_not_know_is_the_platforms_fault_and_quotes_no_cell(tmp_path):
    columns = [{**c, "pattern": "^(?=a)x$"} if c["name"] == "note" else c for c in CONTRACT.model_dump()["columns"]]
    path = tmp_path / "f.csv"
    path.write_text("person_id,score,note\n001,1,very private\n", encoding="utf-8")
    with pytest.raises(PlatformFailed) as failure:
        check_file(path, Contract.model_validate({**CONTRACT.model_dump(), "columns": columns}))
    assert "very private" not in str(failure.value)
    assert failure.value.__cause__ is None
