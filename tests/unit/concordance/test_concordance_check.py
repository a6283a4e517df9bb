"""What a concordance must say beside a contract: each rule with the case that breaks it and the neighbour that keeps it."""

import pytest
from pydantic import ValidationError

from data.concordance.check import findings, require
from data.messages import Refused
from tests.unit.concordance.conftest import DEGREES, NOTE, TWO, YES_NO

ROW = {"instance": "visits", "sources": ["satisfaction_score"], "comparability": "identical"}
RECODE = {"kind": "recode", "map": {"0": "0", "1": "1", "2": None}}
NOT_ASKED = {"instance": "visits", "comparability": "not_available", "note": NOTE}
A = {**ROW, "instrument": "a"}
B = {**ROW, "instrument": "b", "transform": RECODE, "comparability": "recoded", "note": NOTE}


def test_a_row_for_every_wave_is_enough(concordance, contract, found):
    assert found(concordance(), contract()) == []


def test_a_changed_code_frame_without_a_row_is_refused_and_says_what_to_do(concordance, contract):
    with pytest.raises(Refused) as refused:
        require({"tried": concordance()}, {"clinic_visit": contract(instruments=TWO)})
    told = refused.value
    assert told.code == "E-CONC-03"
    assert "Add one, or a row with comparability not_available" in told.text.en
    assert "not_available" in told.text.zh


def test_with_a_row_for_each_version_it_is_taken(concordance, contract, found):
    assert found(concordance(rows=[A, B]), contract(instruments=TWO)) == []


def test_an_item_whose_codes_changed_needs_a_row_even_where_nobody_harmonises_it(concordance, contract, found):
    other = concordance(
        name="wait_min",
        codes=None,
        type="number",
        unit="min",
        rows=[{**A, "sources": ["wait_min"]}, {**A, "instrument": "b", "sources": ["wait_min"]}],
    )
    assert found(other, contract(instruments=TWO)) == ["C-FRAME"]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([A], ["C-WAVE"]),
        ([A, {**B, "waves": ["W2"]}], ["C-WAVE"]),
        ([A, {**B, "waves": ["W2"]}, {**NOT_ASKED, "instrument": "b", "waves": ["W3"]}], []),
        ([A, B, B], ["C-TWICE"]),
        ([A, {**B, "waves": ["W2", "W9"]}, {**B, "waves": ["W3"]}], ["C-INST"]),
        ([A, B, {**ROW, "instrument": "c"}], ["C-INST"]),
        ([A, {**A, "instrument": "b"}], ["C-CODE"]),
        ([A, {**B, "transform": {"kind": "recode", "map": {"0": "0", "1": "1"}}}], ["C-CODE"]),
        ([A, {**B, "transform": {"kind": "recode", "map": {"0": "0", "1": "1", "2": "7"}}}], ["C-CODE"]),
        ([A, {**B, "sources": ["contentment"]}], ["C-COL"]),
    ],
)
def test_each_wave_of_each_version_has_exactly_one_row_that_fits(concordance, contract, found, rows, codes):
    assert found(concordance(rows=rows), contract(instruments=TWO)) == codes


def test_a_label_that_changed_is_a_changed_frame(concordance, contract, found):
    turned = {"0": YES_NO["1"], "1": YES_NO["0"]}
    assert found(concordance(codes=turned), contract()) == ["C-CODE"]


def test_a_question_that_a_version_did_not_ask_is_not_available_there(concordance, contract, found):
    versions = [{**TWO[0], "codes": {}, "absent": ["satisfaction_score"]}, {**TWO[1], "codes": {}}]
    asked = contract(instruments=versions)
    assert found(concordance(codes=DEGREES, rows=[A, {**ROW, "instrument": "b"}]), asked) == ["C-COL"]
    assert (
        found(concordance(codes=DEGREES, rows=[{**NOT_ASKED, "instrument": "a"}, {**ROW, "instrument": "b"}]), asked)
        == []
    )


def test_another_unit_needs_a_linear_transform(concordance, contract, found):
    row = {"instance": "visits", "sources": ["wait_min"], "comparability": "identical"}
    plain = {"name": "wait_h", "codes": None, "type": "number", "unit": "h"}
    assert found(concordance(**plain, rows=[row]), contract()) == ["C-UNIT"]
    hours = {**row, "transform": {"kind": "linear", "factor": 1 / 60}}
    assert found(concordance(**plain, rows=[hours]), contract()) == []


def test_the_contracts_own_concordance_and_the_recode_agree(concordance, contract, found):
    pairs = {"0": "0", "1": "1"}
    said = [
        {"column": "satisfaction_score", "before": "a", "after": "b", "pairs": {"0": "0", "1": "2"}, "reason": NOTE}
    ]
    rows = [
        {**A, "transform": {"kind": "recode", "map": pairs}, "comparability": "recoded", "note": NOTE},
        {**ROW, "instrument": "b"},
    ]
    variable = concordance(codes=DEGREES, rows=rows)
    assert found(variable, contract(instruments=TWO, concordances=said)) == ["C-CODE"]
    said[0]["pairs"] = pairs
    assert found(variable, contract(instruments=TWO, concordances=said)) == []


def test_a_series_that_stops_being_comparable_declares_the_break(concordance, contract, found):
    waved = {"instance": {"waves": ["1..3"]}}
    rows = [
        {**ROW, "waves": ["1"], "comparability": "not_comparable", "note": NOTE},
        {**ROW, "waves": ["2..3"]},
    ]
    declared = [{"at": "2", "kind": "definition", "note": NOTE}]
    assert found(concordance(**waved, rows=rows), contract()) == ["C-BREAK"]
    assert found(concordance(**waved, rows=rows, breaks=declared), contract()) == []
    assert found(concordance(**waved, rows=[ROW], breaks=declared), contract()) == ["C-BREAK"]


def test_an_unknown_contract_is_told(concordance, contract):
    (told,) = findings({"tried": concordance()}, {"another": contract()})
    assert told.code == "C-INST"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**ROW, "comparability": "approximate"}, "needs a note"),
        ({**ROW, "comparability": "not_available", "note": NOTE}, "has no sources"),
        ({**ROW, "sources": []}, "every other row names some"),
        ({**ROW, "sources": ["a", "b"]}, "first_present takes several"),
        ({**ROW, "transform": RECODE}, "recoded at best"),
        ({**ROW, "transform": {"kind": "sql", "text": "1"}}, "sql"),
        ({**ROW, "transform": {"kind": "linear"}}, "is identity"),
        ({**ROW, "absent": "forgotten"}, "is none of"),
        ({**ROW, "waves": ["2013..1986"]}, "no run of years"),
        ({**ROW, "instance": "nowhere"}, "not declared"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(concordance, row, said):
    with pytest.raises(ValidationError, match=said):
        concordance(rows=[row])


def test_bands_meet():
    from data.concordance.transforms import Bands

    with pytest.raises(ValidationError, match="ends at 10"):
        Bands(kind="bands", bands=[{"code": "1", "below": 10}, {"code": "2", "at_least": 11}])
