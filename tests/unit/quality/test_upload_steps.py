"""What the Upload page stands on: the look at a file, mending cells, the standing to the archive, the folder that goes."""

import io

import pytest
from openpyxl import load_workbook

from data.contracts import load_contract
from data.contracts.blank import blank_csv
from data.contracts.load import contract_names
from data.contracts.template import template_bytes, template_columns
from data.ledger import Ledger
from data.readers import read_file
from quality.arrivals import arriving, file_name, laid_down
from quality.columns import match_columns
from quality.intake import submit
from quality.looking import look
from quality.mending import Mend, bad_list, mended, size
from quality.prospect import prospect

pytestmark = pytest.mark.archive

CONTRACT = load_contract("clinic_visit")
HEAD = "受访者编号,轮次,诊所编号,访谈日期,出生年份"
RESIDENT = "11010519491231002X"  # the example of GB 11643 itself


def row(number, day="2026-03-04", year="1980", more=""):
    return f"DQ-P{number:05d},W1,DQ-C01,{day},{year}{more}"


def looked(workspace, *lines, name="a.csv"):
    with laid_down(workspace, name, "\n".join([*lines, ""]).encode()) as path:
        return look(path, CONTRACT, zone="deqing", wave=None, workspace=workspace, ledger=Ledger.open(workspace))


def judged(workspace, content):
    with laid_down(workspace, "mended.csv", content) as path:
        return look(path, CONTRACT, zone="deqing", wave=None, workspace=workspace, ledger=Ledger.open(workspace))


def test_each_column_is_told_with_examples_only_where_they_may_be_seen(workspace):
    found = looked(workspace, HEAD.replace("出生年份", "birth_year") + ",备注,满意度", row(1, more=",secret,5"))
    told = {match.header: (match.column, match.status, match.examples) for match in found.matches}
    assert told["轮次"] == ("wave", "alias", ("W1",))
    assert told["受访者编号"] == ("person_id", "exact", ())
    assert told["birth_year"] == ("birth_year", "exact", ())
    assert told["备注"] == (None, "unknown", ())
    assert found.cells["birth_year"] == ("birth_year",)


def test_a_required_column_that_is_absent_is_told(workspace):
    found = looked(workspace, HEAD.replace(",出生年份", ""), row(1).removesuffix(",1980"))
    assert [column.name for column in found.missing] == ["birth_year"]


def test_a_file_that_must_not_be_kept_can_be_neither_shown_nor_mended(workspace):
    found = looked(workspace, HEAD + ",身份证", row(1, more=f",{RESIDENT}"), row(2, day="x", more=","))
    assert found.report.must_not_be_kept
    assert (found.raw, bad_list(found, CONTRACT)) == (None, ())
    assert {match.header: match.examples for match in found.matches}["身份证"] == ()
    assert RESIDENT not in repr(found.matches) + repr(found.report.problems)
    with pytest.raises(ValueError, match="cannot be mended"):
        mended(found, Mend({}))


def test_a_header_that_is_a_number_of_somebody_is_told_by_its_position(workspace):
    found = looked(workspace, f"{HEAD},{RESIDENT},138 0013 8000", row(1, more=",a,b"))
    assert [match.header for match in found.matches][5:] == ["(6)", "(7)"]


def test_an_unreadable_file_is_a_report_without_columns(workspace):
    found = looked(workspace, "", name="empty.csv")
    assert (found.matches, found.report.enters) == ((), False)


def test_mended_cells_pass_and_every_row_keeps_its_number(workspace):
    lines = ["标题", "", HEAD, row(1), row(2, day="2026-13-04"), "", row(3, year="x"), row(4)]
    found = looked(workspace, *lines)
    bad = bad_list(found, CONTRACT)
    assert [(item.row, item.cells, item.codes) for item in bad] == [
        (5, ("访谈日期",), ("E-TYPE-01",)),
        (7, ("出生年份",), ("E-TYPE-05",)),
    ]
    after = judged(workspace, mended(found, Mend({(5, "访谈日期"): "2026-03-14", (7, "出生年份"): "1990"})))
    assert after.report.ok
    assert after.report.good["_row"].to_pylist() == [4, 5, 7, 8]
    dates = dict(zip(*(after.report.good[name].to_pylist() for name in ("_row", "interview_date")), strict=True))
    assert str(dates[5]) == "2026-03-14"


def test_nothing_but_the_mended_cells_changes(workspace):
    odd = HEAD + ",备注", row(1, more=',"a ""b"", c"'), row(2, day="x", more=",=1+1"), row(3, more=", －２")
    found = looked(workspace, *odd)
    after = judged(workspace, mended(found, Mend({(3, "访谈日期"): "2026-03-05"})))
    changed = [
        (a["_row"], name)
        for a, b in zip(found.raw.table.to_pylist(), after.raw.table.to_pylist(), strict=True)
        for name in a
        if a[name] != b[name]
    ]
    assert changed == [(3, "访谈日期")]


def test_of_a_doubled_key_one_row_can_be_left_out(workspace):
    found = looked(workspace, HEAD, row(1), row(1, year="1981"), row(2))
    bad = bad_list(found, CONTRACT)
    assert [(item.row, item.codes) for item in bad] == [(2, ("E-KEY-01",)), (3, ("E-KEY-01",))]
    assert size(bad) == 4
    after = judged(workspace, mended(found, Mend({}, frozenset({3}))))
    assert (after.report.ok, after.report.good["_row"].to_pylist()) == (True, [2, 4])


def test_the_standing_is_what_submitting_then_does(workspace):
    ledger = Ledger.open(workspace)
    with laid_down(workspace, "first.csv", "\n".join([HEAD, row(1), row(2), ""]).encode()) as path:
        submit(path, contract=CONTRACT, zone="deqing", actor="zone.operator", workspace=workspace)
    again = looked(workspace, HEAD, row(1), row(2, year="1981"), row(3))
    found = prospect(workspace, ledger, again.report, CONTRACT, zone="deqing", actor="zone.operator")
    assert (found.new, found.changed, found.same, found.missing) == (1, 1, 1, 0)


@pytest.mark.parametrize("name", contract_names())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_blank_template_is_recognised_column_by_column(tmp_path, name, language):
    contract = load_contract(name)
    path = tmp_path / "template.csv"
    path.write_bytes(blank_csv(contract, language) + ("x" + ",x" * 60 + "\n").encode())
    matching = match_columns(read_file(path, contract=contract), contract)
    asked = {column.name for column in contract.columns if column.source != "zone"}
    assert asked - matching.cells.keys() == set()
    assert [found.code for found in matching.problems if found.code != "W-COL-03"] == []


def test_what_arrives_lies_in_a_private_folder_that_goes(workspace):
    with laid_down(workspace, "../../x.csv", b"abc") as path:
        assert path.name == "x.csv"
        assert path.parent.stat().st_mode & 0o077 == 0
        assert path.is_relative_to(workspace.staging)
        with arriving(workspace, "y"):  # another one does not sweep it away
            assert path.read_bytes() == b"abc"
    assert list((workspace.staging).iterdir()) == []


def test_what_a_dead_process_left_is_swept(workspace):
    left = workspace.staging / "left"
    left.mkdir(parents=True)
    (left / "x.csv").write_bytes(b"abc")
    with arriving(workspace, "y"):
        assert not left.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a\nb.csv", "ab.csv"), ("", "file"), (".", "file"), ("/", "file"), ("长" * 90 + ".xlsx", "长" * 65 + ".xlsx")],
)
def test_a_name_is_only_a_name(given, kept):
    assert file_name(given) == kept


def test_the_workbook_template_is_recognised_column_by_column(workspace):
    book = load_workbook(io.BytesIO(template_bytes(CONTRACT)))
    known = {
        "person_id": "DQ-P00001",
        "wave": "W1",
        "clinic_id": "DQ-C01",
        "interview_date": "2026-03-04",
        "birth_year": "1980",
    }
    for place, column in enumerate(template_columns(CONTRACT), start=1):
        book.active.cell(2, place, known.get(column.name))
    filled = io.BytesIO()
    book.save(filled)
    found = judged(workspace, filled.getvalue())
    assert (found.report.ok, found.report.rows_good) == (True, 1)
