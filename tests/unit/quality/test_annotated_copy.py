"""The marked copy: correcting only the filled cells passes, everything else is as it was sent, nothing in it runs or leaks."""

import csv
import io

import openpyxl
import pytest

from data.contracts import Contract
from data.messages import Refused
from data.readers import read_file
from quality import annotated
from quality.annotated import annotated_copy
from quality.beside import Beside
from quality.check import check_file
from quality.errors_file import errors_csv
from quality.marks import find_marks

pytestmark = pytest.mark.archive

LABEL = {"en": "Label", "zh": "标签"}
CONTRACT = Contract.model_validate(
    {
        "name": "copy_try",
        "version": "1.0",
        "title": LABEL,
        "description": LABEL,
        "unit": "person",
        "grain": "one row per person",
        "source_kind": "survey",
        "key": ["person_id"],
        "columns": [
            {"name": "person_id", "type": "string", "label": {"en": "Person", "zh": "编号"}, "required": True},
            {"name": "visit_date", "type": "date", "label": {"en": "Visit", "zh": "日期"}, "required": True},
            {"name": "age", "type": "integer", "label": {"en": "Age", "zh": "年龄"}, "minimum": 0, "maximum": 120},
            {"name": "note", "type": "string", "label": {"en": "Note", "zh": "备注"}},
        ],
    }
)
RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
ODD = "=1+1,  padded ,_x0041_,007,1.50,+86,@a,#N/A,TRUE,两\u3000字,2026-3-4,\u200bx"


@pytest.fixture
def check(tmp_path):
    def run(text, contract=CONTRACT, **more):
        path = tmp_path / "sent.csv"
        path.write_text(text, encoding="utf-8")
        return check_file(path, contract, **more)

    return run


def opened(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return book, book.worksheets[0]


def filled(sheet):
    return {cell.coordinate: cell.fill.start_color.rgb for row in sheet for cell in row if cell.fill.fill_type}


def corrected(content, corrections, tmp_path):
    """Save the copy with new texts in filled cells only, as its sender would, and check it again."""
    book, sheet = opened(content)
    for place, text in corrections.items():
        assert place in filled(sheet)
        sheet[place] = text
    path = tmp_path / "corrected.xlsx"
    book.save(path)
    return path


def test_correcting_only_the_filled_cells_passes(check, tmp_path):
    text = "person_id,visit_date,age,note\n001,2026-03-04,40,a\n002,03/04/26,400,b\n\n003,,4x,c\n001,2026-03-05,40,d\n"
    report = check(text)
    content = annotated_copy(report, CONTRACT)
    _, sheet = opened(content)
    assert filled(sheet) == dict.fromkeys(["A2", "B3", "C3", "B5", "C5", "A6"], RED)
    assert "E-TYPE-01" in sheet["B3"].comment.text
    assert "不是日期" in sheet["B3"].comment.text
    repair = {"B3": "2026-03-04", "C3": "40", "B5": "2026-03-04", "C5": "4", "A6": "004"}
    again = check_file(corrected(content, repair, tmp_path), CONTRACT)
    assert again.problems == ()
    assert (again.rows_good, again.good["person_id"].to_pylist()) == (4, ["001", "002", "003", "004"])
    assert again.good["note"].to_pylist() == ["a", "b", "c", "d"]


def test_left_as_it_is_the_copy_has_the_same_faults(check, tmp_path):
    report = check("x\nperson_id,visit_date,age,note\n1.1E+17,2026-03-04,40\n002,4.5.26,400,b\n,,,\n003,,-1,c\n")
    path = tmp_path / "copy.xlsx"
    path.write_bytes(annotated_copy(report, CONTRACT))
    again = check_file(path, CONTRACT)
    assert again.rows_bad == report.rows_bad == 3
    assert again.faulty["_row"].to_pylist() == report.faulty["_row"].to_pylist() == [3, 4, 6]


def test_every_other_cell_is_read_back_as_it_was_sent(check, tmp_path):
    rows = "\n".join(f'{number},2026-03-04,999,"{cell}"' for number, cell in enumerate(ODD.split(",")))
    report = check(f"person_id,visit_date,age,note\n{rows}\n")
    path = tmp_path / "copy.xlsx"
    path.write_bytes(annotated_copy(report, CONTRACT))
    before, after = read_file(tmp_path / "sent.csv"), read_file(path)
    assert after.table.equals(before.table)
    assert after.columns == before.columns
    _, sheet = opened(path.read_bytes())
    kinds = {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row}
    assert kinds == {"s"}
    assert {cell.number_format for row in sheet.iter_rows(min_row=2) for cell in row} == {"@"}


def test_what_xml_cannot_hold_survives(check, tmp_path):
    report = check('person_id,visit_date,age,note\n1,2026-03-04,1,a\x07b\n2,2026-03-04,1,"c\r\nd"\n')
    path = tmp_path / "copy.xlsx"
    path.write_bytes(annotated_copy(report, CONTRACT))
    assert read_file(path).table["note"].to_pylist() == ["a\x07b", "c\r\nd"]


def test_an_absent_column_is_added_to_be_filled(check, tmp_path):
    content = annotated_copy(check("person_id,age,note\n001,4,a\n"), CONTRACT)
    book, sheet = opened(content)
    assert (sheet["D1"].value, filled(sheet)) == ("visit_date", {"D1": RED})
    sheet["D2"] = "2026-03-04"
    path = tmp_path / "corrected.xlsx"
    book.save(path)
    assert check_file(path, CONTRACT).problems == ()


def test_a_ragged_row_cannot_pass_before_it_is_typed_again(check, tmp_path):
    loose = CONTRACT.model_copy(
        update={"columns": tuple(c.model_copy(update={"required": c.name == "person_id"}) for c in CONTRACT.columns)}
    )
    report = check("person_id,visit_date,age,note\n001,2026-03-04,4,a,SURPLUS\n002,2026-03-04,4,a\n", loose)
    path = tmp_path / "copy.xlsx"
    path.write_bytes(annotated_copy(report, loose))
    assert check_file(path, loose).faulty["codes"].to_pylist() == [["E-ID-02"]]
    retyped = dict(zip(["A2", "B2", "C2", "D2"], ["001", "2026-03-04", "4", "a"], strict=True))
    assert check_file(corrected(path.read_bytes(), retyped, tmp_path), loose).problems == ()


def test_both_columns_of_one_name_are_filled(check):
    _, sheet = opened(annotated_copy(check("person_id,visit_date,age,note,年龄\n1,2026-03-04,4,a,5\n"), CONTRACT))
    assert filled(sheet) == {"C1": RED, "E1": RED}


def test_an_implausible_change_is_yellow(check):
    followed = CONTRACT.column("age").model_dump() | {"between_waves": {"constant": True}}
    contract = Contract.model_validate(
        {
            **CONTRACT.model_dump(),
            "key": ["person_id", "wave"],
            "wave_column": "wave",
            "columns": [
                *(c.model_dump() for c in CONTRACT.columns if c.name != "age"),
                followed,
                {"name": "wave", "type": "string", "label": LABEL, "required": True},
            ],
        }
    )
    beside = Beside(earlier="select '1' as person_id, 'W1' as wave, 4 as age", asked=True)
    report = check("person_id,visit_date,age,wave\n1,2026-03-04,5,W2\n", contract, zone="deqing", beside=beside)
    assert report.ok
    _, sheet = opened(annotated_copy(report, contract))
    assert filled(sheet) == {"C2": YELLOW}


def test_every_fault_is_marked_beyond_the_hundred_that_are_told(check, monkeypatch):
    monkeypatch.setattr(annotated, "MOST_COMMENTS", 103)
    report = check("person_id,visit_date,age\n" + "".join(f"{n},2026-03-04,x{n}\n" for n in range(120)))
    marks = list(find_marks(report, CONTRACT))
    assert [mark.row for mark in marks] == list(range(2, 122))
    assert marks[99].text.en == 'Row 101, Age: "x99" is not a whole number.'
    assert marks[100].text.en == "Row 102, Age: the value is not a whole number."
    _, sheet = opened(annotated_copy(report, CONTRACT))
    assert len(filled(sheet)) == 120
    assert sum(cell.comment is not None for row in sheet for cell in row) == 103


def test_personal_data_are_masked(check):
    mobile, resident, card, name = "13800138000", "11010519491231002X", "6222021234567894", "欧阳锋"
    report = check(f"person_id,visit_date,age,note,{mobile},姓名\n1,soon,4,{resident},{card},{name}\n")
    content = annotated_copy(report, CONTRACT)
    _, sheet = opened(content)
    assert [cell.value for cell in sheet[2]] == ["1", "soon", "4", "•••", "•••", "•••"]
    assert {"D1", "E1", "F1", "B2"} <= set(filled(sheet))
    everything = str([[(c.value, c.comment and c.comment.text) for c in row] for row in sheet])
    everything += errors_csv(report, CONTRACT).decode() + str(list(report.columns)) + str(report.as_json())
    assert not [value for value in (mobile, resident, card, name) if value in everything]


def test_the_list_of_errors_opens_in_a_spreadsheet_and_runs_nothing(check):
    content = errors_csv(check("person_id,visit_date,age,=HYPERLINK(1)\n1,soon,400,x\n"), CONTRACT)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row[:3] for row in rows[1:]] == [
        ["", "", "W-COL-03"],
        ["2", "visit_date", "E-TYPE-01"],
        ["2", "age", "E-RANGE-01"],
    ]
    assert all(cell[:1] not in "=+-@\t\r" or not cell for row in rows for cell in row)


def test_a_dangerous_header_is_escaped(check):
    report = check("person_id,visit_date,age,=HYPERLINK(1)\n1,2026-03-04,4,13800138000\n")
    rows = list(csv.reader(io.StringIO(errors_csv(report, CONTRACT).decode("utf-8-sig"))))
    assert "'=HYPERLINK(1)" in {row[1] for row in rows}


@pytest.mark.parametrize("text", ["\x00\x01", "person_id,visit_date\n1," + "x" * 40_000])
def test_a_file_that_no_sheet_can_hold_is_told(check, text):
    report = check(text)
    with pytest.raises(Refused, match="E-COPY-01"):
        annotated_copy(report, CONTRACT)
    assert errors_csv(report, CONTRACT)
