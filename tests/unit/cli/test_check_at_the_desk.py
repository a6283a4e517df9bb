"""`zonelab check --annotated --errors` and `zonelab match`: by command, with nothing stored by a check."""

import openpyxl
import pytest

pytestmark = pytest.mark.archive

VISITS = "person_id,wave,clinic_id,interview_date,birth_year,{}\nDQ-P00001,W1,DQ-C01,2026-03-04,1980,{}\n"


@pytest.fixture
def sent(tmp_path):
    def write(header="wait_min", cell="5"):
        path = tmp_path / "visits.csv"
        path.write_text(VISITS.format(header, cell), encoding="utf-8")
        return path

    return write


def test_a_check_writes_the_marked_copy_and_the_errors_and_no_workspace(zonelab, sent, tmp_path):
    marked, errors = tmp_path / "marked.xlsx", tmp_path / "errors.csv"
    options = ("--contract", "clinic_visit", "--zone", "deqing", "--json")
    run = zonelab("check", sent(cell="soon"), *options, "--annotated", marked, "--errors", errors)
    assert (run.code, [told["code"] for told in run.document["problems"]]) == (1, ["E-TYPE-02"])
    cell = openpyxl.load_workbook(marked).active["F2"]
    assert (cell.value, cell.fill.fill_type) == ("soon", "solid")
    assert "E-TYPE-02" in errors.read_text(encoding="utf-8-sig")
    assert not (tmp_path / "home").exists()
    book = openpyxl.load_workbook(marked)
    book.active["F2"] = "5"
    book.save(marked)
    assert zonelab("check", marked, *options).code == 0


def test_a_guess_is_confirmed_by_command_and_then_used(zonelab, sent):
    options = ("--contract", "clinic_visit", "--zone", "deqing", "--json")
    path = sent(header="wait_minutes")
    shown = zonelab("match", path, *options, "--as", "staff").document
    assert shown["columns"][-1]["status"] == "guessed"
    zonelab("match", path, *options, "--as", "staff", "--confirm-guesses")
    (told,) = zonelab("check", path, *options).document["problems"]
    assert (told["code"], told["column"]) == ("I-COL-04", "wait_min")
    undone = zonelab("match", path, *options, "--as", "staff", "--confirm", "wait_minutes=")
    assert undone.document["columns"][-1]["status"] == "unknown"
    assert zonelab("match", path, *options, "--as", "staff", "--confirm", "nothing").code == 2


@pytest.mark.parametrize(("language", "said"), [("en", "guessed"), ("zh", "待确认")])
def test_matches_are_shown_to_people_in_both_languages(zonelab, sent, language, said):
    run = zonelab(
        "match",
        sent(header="wait_minutes"),
        "--contract",
        "clinic_visit",
        "--zone",
        "deqing",
        "--as",
        "staff",
        "--lang",
        language,
    )
    assert run.code == 0
    assert said in run.out
