"""A contract drafted from a file: it validates, the gate takes the file by it, and what was guessed is said."""

import pytest

from data.contracts import load_contract
from data.messages import Refused, WrongUsage
from quality.check import check_file
from quality.drafting import infer_contract

pytestmark = pytest.mark.archive

ROWS = [
    "user_id,区域,visited,score,answer,wage,phone_no",
    "007,东,25/06/2019,3.5,yes,*,x1",
    "008,东,3/7/2019,NA,no,10,x2",
    "009,西,4/7/2019,4,yes,#,x3",
    "010,西,5/7/2019,5,yes,12,x4",
    "011,西,5/7/2019,2,no,9,x5",
    "012,东,5/7/2019,2,no,9,x6",
]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("draft") / "visits.csv"
    path.write_text("\n".join(ROWS) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def draft(file):
    return infer_contract(file, "visits")


def test_the_draft_validates_and_the_gate_takes_the_file_by_it(draft, file, tmp_path):
    path = tmp_path / "visits.yml"
    path.write_text(draft.yaml, encoding="utf-8")
    assert load_contract(path) == draft.contract
    assert check_file(file, path).rows_good == 6
    assert draft.notes[-1].en == "All 6 rows of the file pass this contract."


def test_types_are_guessed_and_ids_stay_text(draft):
    kinds = {column.name: column.type for column in draft.contract.columns}
    assert kinds == {
        "user_id": "string",
        "column_2": "string",
        "visited": "date",
        "score": "number",
        "answer": "boolean",
        "wage": "integer",
        "phone_no": "string",
    }
    assert draft.contract.key == ("user_id",)
    assert draft.contract.column("visited").date_order == "dmy"
    assert draft.contract.na_values == ("NA",)
    assert set(draft.contract.column("column_2").codes) == {"东", "西"}


def test_marks_among_numbers_are_suppressed_and_said(draft):
    assert draft.contract.column("wage").missing_codes == {"#": "suppressed", "*": "suppressed"}
    assert any("wage: #, * stands among numbers" in note.en for note in draft.notes)


def test_what_names_a_person_is_direct_and_no_value_stands_in_the_draft(draft):
    assert draft.contract.column("phone_no").sensitivity == "direct"
    assert "x1" not in draft.yaml
    assert "007" not in draft.yaml


def test_a_key_may_be_said_by_header(file):
    assert infer_contract(file, "visits", key=["区域", "user_id"]).contract.key == ("column_2", "user_id")
    with pytest.raises(WrongUsage, match="E-DRAFT-02"):
        infer_contract(file, "visits", key=["nobody"])


def test_a_file_in_which_nothing_identifies_a_row_is_refused(tmp_path):
    path = tmp_path / "twins.csv"
    path.write_text("a,b\n1,2\n1,2\n")
    with pytest.raises(Refused, match="E-DRAFT-01"):
        infer_contract(path, "twins")


def test_a_date_that_shows_no_order_is_told(tmp_path):
    path = tmp_path / "dates.csv"
    path.write_text("id,seen\na,3/4/2019\nb,5/6/2019\n")
    draft = infer_contract(path, "dates")
    assert draft.contract.column("seen").date_order == "dmy"
    assert any("day first was assumed" in note.en for note in draft.notes)


def test_a_guess_that_the_gate_does_not_share_is_given_up(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text("id,seen\na,2019-02-29\nb,2019-03-01\n")
    draft = infer_contract(path, "times")
    assert draft.contract.column("seen").type == "string"
    assert any("kept as text" in note.en for note in draft.notes)
