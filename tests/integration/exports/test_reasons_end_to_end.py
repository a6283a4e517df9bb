"""The reason of an absence from a file to the archive and out again: every status of the vocabulary survives every format.

A file in Stata's letters, in SPSS's user-missing codes, or in numbers as UKHLS writes them, is judged by a contract; what is
exported is judged again and says the same.
"""

import pandas as pd
import pyreadstat
import pytest

from data.contracts.model import MISSING_STATUS, Contract
from data.messages import Text
from quality.check import check_file
from quality.exports.codes import Coder
from quality.exports.labelled_files import SPSS_FILE, STATA_FILE, write_dta, write_sav
from quality.exports.layout import layout
from quality.exports.plain_files import CSV, write_csv
from quality.exports.statuses import STATUS_LABELS, stata_letter
from quality.exports.variables import Variable

pytestmark = pytest.mark.integration

REASONS = {name: status for name, status in MISSING_STATUS.items() if status}
TEXT = {"en": "x", "zh": "数"}
LETTERS = {f".{stata_letter(status)}": name for name, status in REASONS.items()}
NUMBERS = {str(-status): name for name, status in REASONS.items()}
UKHLS = {-1: "dont_know", -2: "refused", -7: "proxy_not_asked", -8: "not_applicable", -9: "missing_by_error"}
EXPECTED = [(10.5, 0), (42.0, 0), *((None, status) for status in REASONS.values())]


def contract(codes):
    """Return a contract whose number `x` takes the codes for reasons."""
    return Contract.model_validate(
        {
            "name": "reasons", "version": "1.0", "title": TEXT, "description": TEXT, "unit": "zone", "grain": "one row per id",
            "source_kind": "survey", "key": ["id"],
            "columns": [
                {"name": "id", "type": "integer", "label": {"en": "Id", "zh": "编号"}, "required": True},
                {"name": "x", "type": "number", "label": TEXT, "minimum": 0, "missing_codes": codes},
            ],
        }
    )  # fmt: skip


def judged(path, codes):
    """Return value and status of each row as the gate would store them."""
    report = check_file(path, contract(codes))
    assert report.ok, [problem.code for problem in report.problems]
    rows = sorted(report.good.to_pylist(), key=lambda row: row["id"])
    return [(row["x"], row["x__st"]) for row in rows], report.good


def sent(kind, folder):
    """Write the table with all reasons as somebody's program does."""
    path = folder / f"sent.{kind}"
    ids = [float(number) for number in range(len(EXPECTED))]
    if kind == "dta":
        cells = [value if status == 0 else stata_letter(status) for value, status in EXPECTED]
        used = {"x": [stata_letter(status) for status in REASONS.values()]}
        pyreadstat.write_dta(pd.DataFrame({"id": ids, "x": cells}), str(path), missing_user_values=used)
        return path
    cells = [value if status == 0 else float(-status) for value, status in EXPECTED]
    frame = pd.DataFrame({"id": ids, "x": cells})
    if kind == "sav":
        pyreadstat.write_sav(frame, str(path), missing_ranges={"x": [{"lo": -17.0, "hi": -1.0}]})
    else:
        frame.to_csv(path, index=False)
    return path


def exported(kind, good, sheet_like, folder):
    """Export what the gate let in."""
    label = Text(**TEXT)
    variables = [Variable("id", "integer", label), Variable("x", "number", label, status="x__st")]
    sheet = sheet_like(good.select(["id", "x", "x__st"]), variables)
    path, coder = folder / f"odd.{kind}", Coder(bytes(32))
    if kind == "csv":
        write_csv(sheet, layout(sheet, CSV, "en").fields, coder, path)
        return path
    dialect, write = {"dta": (STATA_FILE, write_dta), "sav": (SPSS_FILE, write_sav)}[kind]
    write(sheet, layout(sheet, dialect, "en").fields, coder, path, "en")
    return path


@pytest.mark.parametrize(("kind", "codes"), [("dta", LETTERS), ("sav", NUMBERS), ("csv", NUMBERS)])
def test_every_reason_is_read_from_a_file(tmp_path, kind, codes):
    assert judged(sent(kind, tmp_path), codes)[0] == EXPECTED


@pytest.mark.parametrize("first", ["dta", "sav", "csv"])
@pytest.mark.parametrize(("second", "codes"), [("dta", LETTERS), ("sav", NUMBERS)])
def test_what_is_exported_says_the_same_when_it_is_judged_again(tmp_path, sheet_like, first, second, codes):
    good = judged(sent(first, tmp_path), LETTERS if first == "dta" else NUMBERS)[1]
    assert judged(exported(second, good, sheet_like, tmp_path), codes)[0] == EXPECTED


def test_every_reason_has_a_label_a_letter_and_the_number_of_ukhls_where_it_has_one(tmp_path, sheet_like):
    good = judged(sent("csv", tmp_path), NUMBERS)[1]
    _, meta = pyreadstat.read_sav(str(exported("sav", good, sheet_like, tmp_path)), user_missing=True)
    assert meta.variable_value_labels["x"] == {-float(status): STATUS_LABELS[status].en for status in REASONS.values()}
    assert all(meta.variable_value_labels["x"][code] == STATUS_LABELS[REASONS[name]].en for code, name in UKHLS.items())
    _, told = pyreadstat.read_dta(str(exported("dta", good, sheet_like, tmp_path)), user_missing=True)
    assert told.variable_value_labels["x"] == {
        stata_letter(status): STATUS_LABELS[status].en for status in REASONS.values()
    }
    assert set(STATUS_LABELS) == set(MISSING_STATUS.values())
    assert len({stata_letter(status) for status in REASONS.values()}) == len(REASONS)


def test_a_csv_keeps_value_and_reason_in_two_columns(tmp_path, sheet_like):
    good = judged(sent("csv", tmp_path), NUMBERS)[1]
    frame = pd.read_csv(exported("csv", good, sheet_like, tmp_path), encoding="utf-8-sig")
    statuses = next(name for name in frame.columns if "x__st" in name)
    assert frame[statuses].tolist() == [status for _, status in EXPECTED]
    assert (
        frame[next(name for name in frame.columns if name != statuses and name != frame.columns[0])].isna().sum() == 17
    )
