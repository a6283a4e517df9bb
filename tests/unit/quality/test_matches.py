"""Column matching: exact, alias, guessed; a guess is applied only after it was confirmed, for that zone and contract alone."""

import pytest

from data.contracts import Contract
from data.ledger import Ledger
from data.messages import NotPermitted, WrongUsage
from quality.desk import check_at_desk, confirm_matches, remembered_matches
from quality.intake import submit

pytestmark = pytest.mark.archive

TEXT = {"en": "Try", "zh": "试"}
CONTRACT = Contract.model_validate(
    {
        "name": "match_try",
        "version": "1.0",
        "title": TEXT,
        "description": TEXT,
        "unit": "person",
        "grain": "one row per zone and person",
        "source_kind": "survey",
        "key": ["zone_id", "person_id"],
        "columns": [
            {"name": "zone_id", "type": "string", "label": TEXT, "required": True, "source": "zone"},
            {"name": "person_id", "type": "string", "label": {"en": "Person", "zh": "受访者编号"}, "required": True},
            {
                "name": "wait_min",
                "type": "number",
                "label": {"en": "Waiting time", "zh": "等候时间"},
                "aliases": ["候诊时间"],
                "required": True,
                "sensitivity": "sensitive",
            },
            {"name": "visit_date", "type": "date", "label": {"en": "Visit", "zh": "就诊日期"}},
            {"name": "clinic", "type": "string", "label": {"en": "Clinic", "zh": "诊所"}},
        ],
    }
)


@pytest.fixture
def desk(tmp_path, workspace):
    ledger = Ledger.open(workspace)

    def run(text, zone="deqing", contract=CONTRACT):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        return check_at_desk(path, contract, workspace=workspace, ledger=ledger, zone=zone)

    return run


@pytest.fixture
def confirm(workspace):
    def run(pairs, zone="deqing", actor="staff"):
        return confirm_matches(workspace, Ledger.open(workspace), CONTRACT, zone, pairs, actor=actor)

    return run


def told(report):
    return [(match.header, match.column, match.status) for match in report.columns]


def codes(report):
    return {problem.code for problem in report.problems}


def test_what_each_header_is(desk):
    report = desk("Person,候诊时间,就诊的日期,colour,clinic\n1,5,2026-03-04,red,A\n")
    assert told(report) == [
        ("Person", "person_id", "exact"),
        ("候诊时间", "wait_min", "alias"),
        ("就诊的日期", "visit_date", "guessed"),
        ("colour", None, "unknown"),
        ("clinic", "clinic", "exact"),
    ]
    assert [match.examples for match in report.columns] == [("1",), (), ("2026-03-04",), (), ("A",)]
    assert report.good["visit_date"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("wait_minutes", "wait_min"),
        ("Wait-Min.", "wait_min"),
        ("等待时间", "wait_min"),
        ("等候时间(分)", "wait_min"),
        ("weight", None),
        ("时间", None),
        ("x", None),
    ],
)
def test_what_is_guessed(desk, header, column):
    report = desk(f"person_id,{header}\n1,5\n")
    assert told(report)[1] == (header, column, "guessed" if column else "unknown")
    assert "E-COL-01" in codes(report)
    assert ("I-COL-05" in codes(report)) is bool(column)


def test_a_guess_that_the_values_contradict_is_none(desk):
    assert told(desk("person_id,wait_minutes\n1,soon\n"))[1] == ("wait_minutes", None, "unknown")


def test_one_column_is_guessed_once_for_the_likest_header(desk):
    assert told(desk("person_id,wait_mins,wait_minutes\n1,5,6\n"))[1:] == [
        ("wait_mins", "wait_min", "guessed"),
        ("wait_minutes", None, "unknown"),
    ]


def test_a_confirmed_match_is_used_by_check_and_submit_of_that_zone_only(desk, confirm, workspace, tmp_path):
    text = "person_id,wait_minutes\n1,5\n"
    assert confirm({"Wait_Minutes": "wait_min"}) == {"wait_minutes": "wait_min"}
    report = desk(text)
    assert told(report)[1] == ("wait_minutes", "wait_min", "remembered")
    assert (report.ok, codes(report)) == (True, {"I-COL-04"})
    assert not desk(text, zone="hefei").ok
    sent = {"contract": CONTRACT, "actor": "staff", "workspace": workspace}
    assert submit(tmp_path / "file.csv", zone="hefei", **sent).status == "rejected"
    assert submit(tmp_path / "file.csv", zone="deqing", **sent).status == "accepted"


def test_a_confirmed_header_helps_to_find_the_header_row(desk, confirm):
    confirm({"who": "person_id", "how long": "wait_min"})
    report = desk("report,of,March\nsent,by,zone\nwho,how long,\n1,5,\n")
    assert (report.ok, report.rows_good) == (True, 1)


def test_the_newest_word_counts_and_all_stay_on_record(desk, confirm, workspace):
    confirm({"wait_minutes": "wait_min"})
    confirm({"wait_minutes": None})
    ledger = Ledger.open(workspace)
    assert remembered_matches(ledger, CONTRACT.name, "deqing") == {"wait_minutes": None}
    assert told(desk("person_id,wait_minutes\n1,5\n"))[1] == ("wait_minutes", None, "unknown")
    assert [event.actor for event in ledger.events(kind="columns_matched")] == ["staff", "staff"]
    assert ledger.verify() == []


@pytest.mark.parametrize(
    "pairs",
    [
        {"x": "no_such_column"},
        {"候诊时间": "visit_date"},
        {"a": "clinic", "b": "clinic"},
        {"": "clinic"},
        {"13800138000": "clinic"},
    ],
)
def test_what_cannot_be_confirmed(confirm, pairs):
    with pytest.raises(WrongUsage, match="E-MATCH-01") as caught:
        confirm(pairs)
    assert "13800138000" not in str(caught.value)


def test_who_may_not_submit_may_not_confirm(confirm, workspace):
    (workspace.home / "access.yml").write_text("users: {staff: {roles: [viewer], zones: [deqing]}}", encoding="utf-8")
    with pytest.raises(NotPermitted):
        confirm({"wait_minutes": "wait_min"})


def test_a_row_that_the_archive_holds_with_other_values_is_told_and_marked(desk, workspace, tmp_path):
    desk("person_id,wait_min\n1,5\n2,6\n")
    submit(tmp_path / "file.csv", contract=CONTRACT, zone="deqing", actor="staff", workspace=workspace)
    report = desk("person_id,wait_min\n1,5\n2,7\n3,x\n4,1\n")
    assert [(p.code, p.row, p.column) for p in report.problems] == [
        ("E-KEY-02", 3, "wait_min"),
        ("E-TYPE-02", 4, "wait_min"),
    ]
    assert (report.rows_good, report.rows_bad) == (2, 2)
    assert report.faulty["reasons"].to_pylist() == [["E-KEY-02:wait_min"], ["E-TYPE-02:wait_min"]]
    assert report.bad["_row"].to_pylist() == [3, 4]
