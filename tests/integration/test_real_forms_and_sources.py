"""Real questionnaires and real files: each gives the right table or the right refusal, with the numbers that are known of it."""

import datetime as dt
import io
from collections import Counter

import pytest
from openpyxl import load_workbook

from data.contracts.template import template_bytes
from data.forms import draft_contracts, read_form
from data.identity import PSEUDONYM
from data.messages import Refused
from data.readers import read_content
from quality.check import check_file
from quality.drafting import infer_contract

pytestmark = [pytest.mark.integration, pytest.mark.slow]

WATERPOINTS = "odk-openwash/flood response waterpoint rehabilitation and chrolination survey.csv"
TAKEN = [
    ("admin_division", "admin-cn-divisions/areas.csv", 2978, None),
    ("admin_division", "admin-cn-divisions/cities.csv", 342, None),
    ("admin_division", "admin-cn-divisions/provinces.csv", 31, None),
    ("census_city", "admin-cn-census/census_city_2010-2020_v1.csv", 369, None),
    ("census_city", "derived-gb18030/zones10_census_2010_2020.gb18030.csv", 10, None),
    ("city_population_year", "derived-gb18030/zones10_population_1986_2019.gb18030.csv", 337, None),
    ("city_population_supplement", "admin-cn-cities/china_urban_population.xlsx", 753, None),
    ("city_population_supplement", "admin-cn-cities/yunnan_demographics.xlsx", 587, None),
    ("city_tier", "admin-cn-cities/report2021.xlsx", 337, None),
    ("city_economy", "admin-cn-cities/yearbook_light.csv", 279, None),
    ("charging_station", "sensor-shenzhen/inf.csv", 1362, None),
    ("charging_station", "sensor-shenzhen/inf_raw.csv", 1587, None),
    ("charging_site", "sensor-shenzhen/stations.csv", 1706, None),
    ("charging_grid", "sensor-shenzhen/information.csv", 247, None),
    ("charging_moment", "sensor-shenzhen/time.csv", 8640, None),
    ("weather_hour", "sensor-shenzhen/weather_airport.csv", 4344, "airport"),
    ("weather_hour", "sensor-shenzhen/weather_central.csv", 4344, "central"),
    ("weather_hour", "sensor-shenzhen/SZweather20220619-20220718.xls", 720, "airport"),
    ("occupation_exposure", "ai-gpts-are-gpts/occ_level.csv", 923, None),
    ("occupation_wage", "ai-gpts-are-gpts/national_May2021_dl.csv", 1403, None),
    ("occupation_crosswalk", "ai-gpts-are-gpts/nem-onet-to-soc-crosswalk.xlsx", 997, None),
    ("occupation_demographics", "ai-gpts-are-gpts/cpsaat11.xlsx", 596, None),
    ("occupation_demographics", "ai-gpts-are-gpts/bls_occupation_demographics_2022.xlsx", 596, None),
    ("school_target", "xlsform-ipa-hfc/respondent_targets.xlsx", 80, None),
    ("waterpoint_repair", WATERPOINTS, 328, None),
]


PARTLY = [
    ("city_population_year", "admin-cn-cities/cityranking.xls", 13_572, {"E-KEY-01": 32, "E-RANGE-01": 12}),
    ("household_backcheck", "xlsform-ipa-hfc/household_backcheck.dta", 185, {"E-RANGE-01": 3}),
]
"""Files with rows that are known to be wrong: sixteen doubled city-years, a code with a digit too many, impossible altitudes."""


@pytest.fixture
def real(shared):
    return shared / "data"


@pytest.mark.parametrize(("contract", "file", "rows", "wave"), TAKEN, ids=[file for _, file, _, _ in TAKEN])
def test_a_real_file_enters_whole_under_its_contract(real, contract, file, rows, wave):
    report = check_file(real / file, contract, zone="programme", wave=wave)
    assert [told for told in report.problems if told.severity == "error"] == []
    assert (report.rows_read, report.rows_good) == (rows, rows)


@pytest.mark.parametrize(("contract", "file", "rows", "wrong"), PARTLY, ids=[file for _, file, _, _ in PARTLY])
def test_of_a_real_file_the_rows_that_are_known_to_be_wrong_are_left_out(real, contract, file, rows, wrong):
    report = check_file(real / file, contract, zone="programme")
    assert Counter(told.code for told in report.problems if told.severity == "error") == wrong
    assert (report.rows_read, report.rows_good) == (rows, rows - sum(wrong.values()))


def test_weather_that_runs_backwards_is_day_first_and_capped(real):
    good = check_file(
        real / "sensor-shenzhen/SZweather20220619-20220718.xls", "weather_hour", zone="programme", wave="airport"
    ).good
    times = good["observed_at"].to_pylist()
    assert (str(min(times))[:16], str(max(times))[:16]) == ("2022-06-18 16:00", "2022-07-18 15:00"), (
        "UTC of 19 June 0:00 and 18 July 23:00"
    )
    assert max(value for value in good["visibility_km"].to_pylist() if value is not None) < 10
    assert good["visibility_km__st"].to_pylist().count(16) > 600


def test_a_list_of_households_with_their_names_is_stopped_and_without_them_taken_whole(real, tmp_path):
    file = real / "xlsform-ipa-hfc" / "household_preloads.xlsx"
    stopped = check_file(file, "household_preload", zone="programme")
    names = {told.column for told in stopped.problems if told.code == "E-PII-03"}
    assert names == {"hhh_fullname", "pgv_fullname", "child_fullname"}
    assert (stopped.must_not_be_kept, stopped.rows_good) == (True, 0)
    book = load_workbook(file)
    sheet = book.worksheets[0]
    for cell in reversed([cell for cell in sheet[1] if cell.value in names]):
        sheet.delete_cols(cell.column)
    book.save(tmp_path / "without.xlsx")
    assert check_file(tmp_path / "without.xlsx", "household_preload", zone="programme").rows_good == 923


def test_the_back_check_keeps_devices_as_pseudonyms_and_no_name(real):
    report = check_file(real / "xlsform-ipa-hfc/household_backcheck.dta", "household_backcheck", zone="programme")
    assert {"a_bcer_name", "a_pl_hhh_fn", "a_pl_pgv_fn", "a_pl_ch_fn"}.isdisjoint(report.good.column_names)
    assert all(PSEUDONYM.fullmatch(name) for name in report.good["device_id"].to_pylist() if name)


def test_divisions_within_divisions_are_refused_and_say_why(real):
    """`pca-code.json` holds provinces that hold cities that hold counties; the same divisions lie beside it as three tables."""
    with pytest.raises(Refused, match=r"E-FILE-01.*the columns children hold lists or structures"):
        read_content((real / "admin-cn-divisions" / "pca-code.json").read_bytes())


def test_dates_of_the_field_survey_are_day_first(real):
    good = check_file(real / WATERPOINTS, "waterpoint_repair").good
    submitted = good["submitted_on"].to_pylist()
    assert sum(day == dt.date(2019, 6, 25) for day in submitted) == 16
    assert sum(day == dt.date(2019, 7, 8) for day in submitted) == 13  # written 8/7/2019
    assert good["rating_flapper__st"].to_pylist().count(9) >= 63  # "Missing", and cells marked NA


def test_suppressed_and_capped_wages_are_told_apart(real):
    good = check_file(real / "ai-gpts-are-gpts/national_May2021_dl.csv", "occupation_wage").good
    status = good["wage_hour_median_usd__st"].to_pylist()
    assert (status.count(13), status.count(16)) == (84, 20)
    assert max(good["employment_persons"].to_pylist()) == 140_886_310


@pytest.mark.parametrize(
    "file", [WATERPOINTS, "sensor-shenzhen/weather_airport.csv", "admin-cn-cities/report2021.xlsx"]
)
def test_a_draft_of_a_real_file_takes_the_whole_file(real, file):
    draft = infer_contract(real / file, "draft")
    report = check_file(real / file, draft.contract)
    assert report.rows_good == report.rows_read > 0


FORMS = {
    "xlsform-pyxform/ODKValidateWarnings.xlsx": ["draft"],
    "xlsform-pyxform/badly_named_choices_sheet.xls": ["draft"],
    "xlsform-pyxform/blank_second_row.xls": ["draft"],
    "xlsform-pyxform/case_insensitivity.xlsx": ["draft"],
    "xlsform-pyxform/choice_filter_test.xlsx": ["draft"],
    "xlsform-pyxform/extra_columns.xlsx": ["draft"],
    "xlsform-pyxform/ict_survey_fails.xls": ["draft"],
    "xlsform-pyxform/or_other.xlsx": ["draft"],
    "xlsform-pyxform/repeat_date_test.xls": ["draft", "draft_repeat_test"],
    "xlsform-pyxform/spaces_in_choices_header.xls": ["draft"],
    "xlsform-pyxform/xl_date_ambiguous.xlsx": ["draft"],
    "xlsform-pyxform/xlsform_spec_test.xlsx": ["draft", "draft_repeat_test"],
    "xlsform-ipa-hfc/Household_Survey.xlsx": ["draft", "draft_f_hr_rpt"],
}
REFUSED = {
    "xlsform-pyxform/duplicate_columns.xlsx": "Duplicate column header: label",
    "xlsform-pyxform/utf_csv.csv": "no workbook",
    "xlsform-pyxform/widgets.csv": "no workbook",
    "xlsform-ipa-hfc/household_preloads.xlsx": "column headers were not found: 'type'",
    "xlsform-ipa-hfc/respondent_targets.xlsx": "column headers were not found: 'type'",
    "xlsform-ipa-hfc/Household_Back_Check_Survey.xlsx": r"\[row : 100\].*f_hr_lead_osp_r",
}


@pytest.mark.parametrize("file", FORMS)
def test_a_real_form_gives_its_tables_and_their_templates(real, file):
    drafts = draft_contracts(read_form(real / file), "draft")
    assert [draft.contract.name for draft in drafts] == FORMS[file]
    for draft in drafts:
        template = read_content(_with_a_row(template_bytes(draft.contract)), contract=draft.contract)
        assert template.header_row == 1
        assert template.notes == ()


def _with_a_row(content):
    book = load_workbook(io.BytesIO(content))
    book.worksheets[0].cell(row=2, column=1, value="1")
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


@pytest.mark.parametrize("file", REFUSED)
def test_a_bad_form_is_refused_with_its_place(real, file):
    with pytest.raises(Refused, match=REFUSED[file]):
        read_form(real / file)


def test_the_household_form_is_kept_with_its_traps(real):
    survey, roster = draft_contracts(read_form(real / "xlsform-ipa-hfc" / "Household_Survey.xlsx"), "household")
    contract = survey.contract
    lived = contract.column("e_hhh_howlong")
    assert (lived.minimum, lived.maximum) == (0, 120)
    assert lived.missing_codes == {"-888": "refused", "-999": "dont_know"}
    assert lived.asked_if == "(${c_consent} = 1) and (${e_hhh_native} = 0)"
    assert {contract.column(name).sensitivity for name in ("deviceid", "simid", "devicephonenum", "gps")} == {"direct"}
    assert contract.column("hhid").codes is None  # chosen from a list outside the form
    assert any("f_hr_rel_r: the codes 21 stand for two answers each" in note.en for note in roster.notes)
    assert roster.contract.parent.path == "consented_grp/f_hr_rpt"


def test_both_languages_of_a_form_are_kept(real):
    (survey, _) = draft_contracts(read_form(real / "xlsform-pyxform" / "xlsform_spec_test.xlsx"), "spec")
    assert survey.contract.column("skip_to_end").codes["yes"].zh == "是"
    assert survey.contract.column("address").label.zh == "您好"
