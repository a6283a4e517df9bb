"""Stata and SPSS: read by pyreadstat, a file gives back every value, label and reason of absence."""

import datetime as dt
import math

import pyarrow as pa
import pyreadstat
import pytest

from data.messages import Text
from quality.exports.codes import Coder
from quality.exports.labelled_files import SPSS_FILE, STATA_FILE, write_dta, write_sav
from quality.exports.layout import layout
from quality.exports.sheet import sheet_of
from quality.exports.variables import Variable

pytestmark = pytest.mark.integration
CODER = Coder(bytes(32))
STATA_EPOCH, SPSS_EPOCH = dt.date(1960, 1, 1), dt.date(1582, 10, 14)
WRITERS = {"dta": (STATA_FILE, write_dta), "sav": (SPSS_FILE, write_sav)}


def read(path):
    options = {"user_missing": True, "disable_datetime_conversion": True}
    return (
        pyreadstat.read_dta(str(path), **options)
        if path.suffix == ".dta"
        else pyreadstat.read_sav(str(path), **options)
    )


def written(sheet, suffix, folder, language="zh"):
    dialect, write = WRITERS[suffix]
    laid = layout(sheet, dialect, language)
    path = folder / f"{sheet.name}.{suffix}"
    write(sheet, laid.fields, CODER, path, language)
    return laid, *read(path)


def restored(cell, codes):
    """Return value and status of a cell, given code → status."""
    if cell in codes:
        return None, codes[cell]
    return (None if cell is None or math.isnan(cell) else cell), 0


def ours(table, name):
    return list(zip(table[name].to_pylist(), table[f"{name}__st"].to_pylist(), strict=True))


LETTERS = {chr(96 + status): status for status in range(1, 18)}
NUMBERS = {-float(status): status for status in range(1, 18)}


@pytest.mark.parametrize("name", ["wait_min", "satisfaction_score"])
@pytest.mark.parametrize(("suffix", "codes"), [("dta", LETTERS), ("sav", NUMBERS)])
def test_values_and_reasons_come_back(archive, tmp_path, name, suffix, codes):
    sheet = sheet_of(archive.release, "panel_individual_wave")
    _, frame, _ = written(sheet, suffix, tmp_path)
    found = sorted((restored(cell, codes) for cell in frame[name]), key=str)
    assert f"{name}__st" not in frame.columns
    assert found == sorted(ours(archive.tables["panel_individual_wave"], name), key=str)
    assert {status for _, status in found} == {0, 1, 2, 5, 8, 9, 11}


@pytest.mark.parametrize(("suffix", "language"), [("dta", "zh"), ("dta", "en"), ("sav", "zh"), ("sav", "en")])
def test_labels_are_in_the_language_asked_for(archive, tmp_path, suffix, language):
    _, _, meta = written(sheet_of(archive.release, "panel_individual_wave"), suffix, tmp_path, language)
    labels = meta.column_names_to_labels
    assert labels["wait_min"] == {"zh": "等候时间（min）", "en": "Waiting time (min)"}[language]
    assert meta.variable_value_labels["gender_code"] == {
        1: {"zh": "男", "en": "man"}[language],
        2: {"zh": "女", "en": "woman"}[language],
    }
    refused = {"dta": "b", "sav": -2.0}[suffix]
    assert meta.variable_value_labels["wait_min"][refused] == {"zh": "拒答", "en": "refused"}[language]
    assert meta.file_label == {"zh": "个人—轮次面板", "en": "Persons by survey wave"}[language]


def test_spss_declares_the_codes_missing_so_that_no_mean_holds_them(archive, tmp_path):
    sheet = sheet_of(archive.release, "panel_individual_wave")
    _, _, meta = written(sheet, "sav", tmp_path)
    assert meta.missing_ranges["wait_min"] == [{"lo": -11.0, "hi": -1.0}]
    plain, _ = pyreadstat.read_sav(str(tmp_path / "panel_individual_wave.sav"))
    assert plain["wait_min"].min() > 0
    organisations, _, told = written(sheet_of(archive.release, "panel_organisation_quarter"), "sav", tmp_path)
    codes = next(item.missing for item in organisations.fields if item.name == "headcount_routine")
    assert codes == {8: -8.0, 9: -9.0}
    assert {part["lo"] for part in told.missing_ranges["headcount_routine"]} == {-8.0, -9.0}


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_dates_booleans_and_text_come_back(archive, tmp_path, suffix):
    _, frame, meta = written(sheet_of(archive.release, "panel_individual_wave"), suffix, tmp_path)
    day = dt.date(2024, 2, 29)
    expected = (day - STATA_EPOCH).days if suffix == "dta" else (day - SPSS_EPOCH).days * 86400
    assert set(frame["interview_date"].dropna()) == {expected}
    assert frame["interview_date"].isna().sum() == 5
    assert set(frame["is_post"]) == {0.0, 1.0}
    assert meta.variable_value_labels["is_post"] == {0: "否", 1: "是"}
    assert set(frame["wave"]) == {"W1", "W2"}


def test_stata_118_is_what_every_edition_reads(archive, tmp_path):
    written(sheet_of(archive.release, "panel_district_month"), "dta", tmp_path)
    assert b"<release>118</release>" in (tmp_path / "panel_district_month.dta").read_bytes()[:64]


def test_no_direct_identifier_is_in_any_file_and_one_person_keeps_one_code(archive, tmp_path):
    sheet = sheet_of(archive.release, "panel_individual_wave")
    for suffix in WRITERS:
        _, frame, _ = written(sheet, suffix, tmp_path)
        assert b"DEQ-P0" not in (tmp_path / f"panel_individual_wave.{suffix}").read_bytes()
        assert frame["person_id"].value_counts().to_dict() == dict.fromkeys(
            {CODER.code(f"DEQ-P{number:05d}") for number in range(1, 46)}, 2
        )


def odd(name, kind, **facts):
    return Variable(name, kind, Text(en=facts.pop("en", name), zh=facts.pop("zh", name)), **facts)


LONG = "a_name_that_is_longer_than_stata_lets_it_be"


@pytest.mark.parametrize("suffix", ["dta", "sav"])
def test_what_a_format_cannot_keep_is_said(sheet_like, tmp_path, suffix):
    table = pa.table(
        {
            "id": [1, 2, 3],
            LONG: pa.array([2**53 + 1, None, -5], pa.int64()),
            "text": ["", None, "blank "],
            "seen": pa.array([1, None, 1_700_000_000_123_456], pa.timestamp("us", "UTC")),
            "with": pa.array([1.5, math.nan, math.inf]),
        }
    )
    variables = [
        odd("id", "integer"),
        odd(LONG, "integer"),
        odd("text", "string"),
        odd("seen", "timestamp"),
        odd("with", "number", zh="长" * 100),
    ]
    laid, frame, _ = written(sheet_like(table, variables), suffix, tmp_path)
    told = {(note.column, note.what.en.split(":")[0]) for note in laid.notes}
    assert (LONG, "text in the file") in told
    assert ("text", "1 empty texts cannot be told from absent ones in the file") in told
    assert ("seen", "2 times are kept to the millisecond only") in told
    assert ("with", "2 values that are no finite numbers are missing in the file") in told
    assert any(column == "with" and what.startswith("label cut to") for column, what in told)
    assert any(column == "with" and what.startswith("called ") for column, what in told)
    names = [item.name for item in laid.fields]
    assert list(frame.columns) == names
    assert list(frame[names[1]]) == [str(2**53 + 1), "", "-5"]
    assert (LONG in names) == (suffix == "sav")
    assert frame[names[4]].tolist()[0] == 1.5
    assert frame[names[4]].isna().sum() == 2
    whole = 1_700_000_000_123 / (1 if suffix == "dta" else 1000)
    epoch = 315_619_200_000 if suffix == "dta" else 12_219_379_200
    assert frame["seen"].tolist()[2] == pytest.approx(whole + epoch, abs=1e-3)


def test_a_status_that_contradicts_the_value_stays_beside_it(sheet_like, tmp_path):
    table = pa.table({"id": [1, 2], "x": [4.0, None], "x__st": [9, 9]})
    sheet = sheet_like(table, [odd("id", "integer"), odd("x", "number", status="x__st")])
    laid, frame, meta = written(sheet, "dta", tmp_path, "en")
    assert [item.name for item in laid.fields] == ["id", "x", "x__st"]
    assert frame["x__st"].tolist() == [9, 9]
    assert meta.variable_value_labels["x__st"][9] == "missing by error"


def test_codes_of_absences_leave_negative_values_alone(sheet_like, tmp_path):
    table = pa.table({"id": [1, 2, 3], "t": [-23.5, 4.0, None], "t__st": [0, 0, 14]})
    sheet = sheet_like(table, [odd("id", "integer"), odd("t", "number", status="t__st")])
    laid, frame, meta = written(sheet, "sav", tmp_path)
    assert frame["t"].tolist() == [-23.5, 4.0, -1014.0]
    assert meta.missing_ranges["t"] == [{"lo": -1014.0, "hi": -1014.0}]
    assert [note.what.en for note in laid.notes] == ["codes of missing values (status → code): 14 → -1014"]
