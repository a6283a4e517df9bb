"""The upload workbook: what staff type into it is what the gate reads, and an older one is told by its differences."""

import io

import pytest
from openpyxl import load_workbook

from data.contracts import Contract, load_contract
from data.contracts.template import META, template_bytes, template_columns
from quality.check import check_file

pytestmark = pytest.mark.archive

VISIT = {
    "person_id": "HF-P00012",
    "wave": "W2",
    "clinic_id": "HF-C01",
    "interview_date": "2025-03-04",
    "gender_code": "1",
    "birth_year": 1980,
    "wait_min": 35,
    "satisfaction_score": "4",
}


def filled(path, contract, *rows):
    """Write rows (column → cell) into the template as Excel keeps them: text cells under text formats."""
    book = load_workbook(io.BytesIO(template_bytes(contract)))
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(template_columns(contract), start=1):
            sheet.cell(row=number, column=place, value=row.get(column.name))
    book.save(path)
    return path


@pytest.fixture(scope="module")
def visits():
    return load_contract("clinic_visit")


@pytest.fixture(scope="module")
def book(visits):
    return load_workbook(io.BytesIO(template_bytes(visits)))


def test_the_header_is_in_both_languages_and_the_zone_is_not_asked(book, visits):
    headers = [cell.value for cell in book.worksheets[0][1]]
    assert headers == [column.heading for column in visits.columns if column.source != "zone"]
    assert f"{visits.column('wait_min').label.zh}\n{visits.column('wait_min').label.en}" in headers


def test_ids_and_dates_are_text_and_codes_have_drop_downs(book, visits):
    sheet = book.worksheets[0]
    letters = {column.name: cell.column_letter for column, cell in zip(template_columns(visits), sheet[1], strict=True)}
    assert sheet.column_dimensions[letters["person_id"]].number_format == "@"
    lists = {
        str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation if rule.type == "list"
    }
    gender = lists[f"{letters['gender_code']}2"]
    place = gender.formula1.split("!")[1].replace("$", "")
    codes = [cell.value for row in book["_codes"][place] for cell in row]
    expected = visits.column("gender_code")
    assert codes == [*expected.codes, *expected.missing_codes]
    assert book["_codes"].sheet_state == book[META].sheet_state == "hidden"


def test_a_filled_template_passes_the_gate_without_a_word_about_columns(visits, tmp_path):
    path = filled(tmp_path / "filled.xlsx", visits, VISIT)
    report = check_file(path, visits, zone="hefei", wave="W2")
    assert [problem.code for problem in report.problems] == []
    assert report.rows_good == 1


def older(contract, **columns):
    document = contract.model_dump(mode="json")
    for name, fields in columns.items():
        next(column for column in document["columns"] if column["name"] == name).update(fields)
    return Contract.model_validate({**document, "version": "0.9"})


def test_an_older_template_is_told_by_what_changed(visits, tmp_path):
    before = older(visits, wait_min={"maximum": 100.0}, gender_code={"codes": {"1": {"en": "man", "zh": "男"}}})
    path = filled(tmp_path / "old.xlsx", before, VISIT)
    (told,) = check_file(path, visits, zone="hefei", wave="W2").problems
    assert (told.code, told.severity) == ("W-TMPL-01", "warning")
    assert "clinic_visit 0.9" in told.message.en
    assert "gender_code: codes was 1, is 1, 2" in told.message.en
    assert "wait_min" in told.message.zh


def test_a_template_of_another_table_is_told(visits, tmp_path):
    other = load_contract("organisation_quarter")
    path = filled(tmp_path / "other.xlsx", other, {"org_id": "HF-O001", "quarter": "2025Q1"})
    assert "W-TMPL-01" in [told.code for told in check_file(path, visits, zone="hefei", wave="W2").problems]


def test_a_label_that_looks_like_a_formula_is_a_label(visits, tmp_path):
    odd = older(visits, wait_min={"label": {"en": "=1+1", "zh": "=1+1"}})
    path = filled(tmp_path / "odd.xlsx", odd)
    cells = {cell.value: cell.data_type for cell in load_workbook(path).worksheets[0][1]}
    assert cells["=1+1"] == "s"
