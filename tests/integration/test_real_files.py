"""Every real file beside the repository has its verdict: the right table, as a second reader finds it, or the right refusal."""

import csv
from collections import Counter

import pytest

from data.messages import Refused
from data.readers import read_content, read_file
from data.settings import REPOSITORY
from tests.malformed.truth import SECOND, agrees

DATA = REPOSITORY.parent / "shared" / "data"
TABLE = REPOSITORY / "tests" / "golden" / "verdicts.tsv"
FOLDERS = (
    "awkward", "xlsform-pyxform", "xlsform-ipa-hfc", "odk-openwash", "sensor-fivecities", "sensor-payloads", "sensor-shenzhen",
    "admin-cn-census", "admin-cn-cities", "admin-cn-divisions", "derived-gb18030",
)  # fmt: skip
SMALL_BYTES = 190_000
TOO_WIDE = "xlsform-pyxform/extra_columns.xlsx"
"""openpyxl makes a cell of each of its 16,384 columns."""

SECOND_FAILS = {
    "awkward/haven/tagged-na.sas7bdat": "pandas drops the letters of extended missing values",
    "awkward/pyreadstat/missing_test.sas7bdat": "pandas drops the letters of extended missing values",
    "awkward/pyreadstat/dates_xpt_v8.xpt": "pandas does not know version 8",
    "awkward/readxl/los-angeles-arrests-xlsx.xlsx": "openpyxl cannot open it",
    "awkward/readxl/new_line_errors.xlsx": "openpyxl leaves _x000D_ in the text",
}
FIRST_HEADERS = {
    "awkward/csvkit/test_header_newline.csv": ("start end", "b", "c"),
    "awkward/frictionless/duplicate-headers.csv": ("id", "name", "id", "age", "id"),
    "awkward/frictionless/skip-rows-before-headers.csv": ("id", "name"),
    "awkward/readxl/unnamed-duplicated-columns.xlsx": ("", "var2", "", "var2"),
    "awkward/readxl/names-need-repair-xlsx.xlsx": ("a b", "a b", "", "c%&$"),
    "awkward/frictionless/multiline-headers.xlsx": (
        "Region",
        "Caloric contribution / (%)",
        "Cumulative impact of changes on cost of food basket / from previous quarter",
        "Cumulative impact of changes on cost of food basket / from baseline (%)",
    ),
    "xlsform-pyxform/case_insensitivity.xlsx": ("TYPE", "NAME", "LABEL::EN", "CHOICE_FILTER"),
}

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not (DATA / "README.md").is_file(), reason="the shared data are not here"),
]


def verdict(content):
    """Return a file's line of the table, without its name."""
    try:
        raw = read_content(content)
    except Refused as refusal:
        why = refusal.text.en.split("file: ")[-1].split(" Save it")[0][:60] if refusal.code == "E-FILE-01" else ""
        return None, [refusal.code, *[""] * 7, why]
    delimiter = "tab" if raw.delimiter == "\t" else raw.delimiter or ""
    place = [raw.format, raw.encoding or "", delimiter, raw.sheet or "", str(raw.header_row)]
    counts = [str(n) for n in (raw.table.num_rows, len(raw.columns), len(raw.ragged))]
    return raw, [*place, *counts, " ".join(note.code for note in raw.notes)]


def table():
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {row[0]: row[1:] for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}


def files():
    return [path for folder in FOLDERS for path in sorted((DATA / folder).rglob("*")) if path.is_file()]


@pytest.mark.filterwarnings("ignore:Unknown extension")  # openpyxl over an extension that it does not keep
def test_every_file_has_the_verdict_of_the_table_and_a_second_reader_agrees(tmp_path):
    known = table()
    faults = []
    for path in files():
        name = str(path.relative_to(DATA))
        content = path.read_bytes()
        if len(content) > SMALL_BYTES:
            continue
        raw, found = verdict(content)
        if found != known.get(name):
            faults.append((name, found, known.get(name)))
        second = raw is not None and raw.format in SECOND and name != TOO_WIDE
        if second and agrees(raw, content, tmp_path / "second.bin", raw) == (name in SECOND_FAILS):
            faults.append((name, "second reader"))
    assert faults == []


@pytest.mark.slow
def test_large_files_have_the_verdict_of_the_table_and_a_second_reader_agrees(tmp_path):
    known = table()
    for path in files():
        name = str(path.relative_to(DATA))
        content = path.read_bytes()
        if len(content) > SMALL_BYTES:
            raw, found = verdict(content)
            assert found == known[name]
            assert agrees(raw, content, tmp_path / "second.bin", raw), name


def test_the_table_names_no_other_file():
    assert set(table()) == {"file", *(str(path.relative_to(DATA)) for path in files())}


@pytest.mark.parametrize("name", FIRST_HEADERS)
def test_headers_that_other_readers_lose(name):
    assert read_file(DATA / name).columns == FIRST_HEADERS[name]


def column(raw, label):
    return raw.table[label].to_pylist()


@pytest.mark.slow
def test_census_workbooks_know_deqing_by_its_code_in_both_schemes():
    old, new = (read_file(DATA / f"admin-cn-census/census_county_{year}_v1.xlsx") for year in (2010, 2020))
    place = column(old, "区划代码").index("330521")
    assert column(old, "地区")[place].strip() == "德清县"
    assert column(old, "地区")[place] != "德清县"  # indented, as the yearbook prints it
    assert "性别比 (女=100)" in old.columns  # a line break in the header cell
    assert None in column(old, "区划代码")  # rows without code
    place = column(new, "区划代码").index("330521")
    row = {name: column(new, name)[place] for name in new.names}
    assert (row["区县"], row["人口数_合计"], row["城区人口"]) == ("德清县", "548568", "NA")
    again = read_file(DATA / "derived-gb18030/deqing_330521_census2020.gb18030.csv")
    assert {name: row[name] for name in again.names} == {name: column(again, name)[0] for name in again.names}


def test_the_gb18030_figures_are_those_of_the_originals():
    panel = read_file(DATA / "admin-cn-census/census_city_2010-2020_v1.csv")
    again = read_file(DATA / "derived-gb18030/zones10_census_2010_2020.gb18030.csv")
    assert (panel.encoding, again.encoding) == ("utf-8", "gb18030")
    original = {row["city"]: row for row in panel.table.to_pylist()}
    for row in again.table.to_pylist():
        assert {name: original[row["city"]][name] for name in again.names} == {name: row[name] for name in again.names}
    assert max(len(cell or "") for cell in column(panel, "coord")) > 40_000


def test_the_cities_workbook_has_sixteen_doubled_years_and_whole_codes():
    raw = read_file(DATA / "admin-cn-cities/cityranking.xls")
    years = Counter(zip(column(raw, "city_name"), column(raw, "year"), strict=True))
    assert sum(count > 1 for count in years.values()) == 16
    assert column(raw, "city_code")[0] == "110000"  # stored as a float
    assert [note.values for note in raw.notes] == [{"sheet": "Sheet1", "others": "Sheet2"}]


def test_sensor_files_keep_what_they_say():
    beijing = read_file(DATA / "sensor-fivecities/BeijingPM20100101_20151231.csv")
    assert "PM_US Post" in beijing.columns
    assert column(beijing, "PM_Dongsihuan").count("NA") / beijing.table.num_rows == pytest.approx(0.61, abs=0.005)
    weather = read_file(DATA / "sensor-shenzhen/SZweather20220619-20220718.xls")
    assert (column(weather, weather.names[0])[0], column(weather, "VV")[0]) == ("18.07.2022 23:00", "10.0 and more")
    assert column(read_file(DATA / "sensor-shenzhen/weather_airport.csv"), "time")[0] == "2022/9/1 0:00"
    assert read_file(DATA / "sensor-shenzhen/time.csv").columns == ("month", "day", "year", "hour", "minute", "second")


def test_dates_as_the_field_writes_them_stay_as_they_are():
    survey = read_file(DATA / "odk-openwash/flood response waterpoint rehabilitation and chrolination survey.csv")
    assert column(survey, "submitted_on")[0] == "25/06/2019"


def test_missing_codes_of_every_package_stay_in_the_cells():
    awkward = DATA / "awkward"
    spss = read_file(awkward / "pyreadstat/sample_missing.sav")
    assert column(spss, "mynum")[-2:] == ["-1", "2500"]
    assert spss.labels["mynum"].missing_codes == ("-1", "2500")
    assert spss.labels["mynum"].missing_ranges == ((2000.0, 3000.0),)
    assert spss.labels["mylabl"].value_labels == {"-1": "undetermined", "1": "Male", "2": "Female"}
    assert read_file(awkward / "pyreadstat/missing_char.sav").labels["mychar"].missing_codes == ("Z",)
    stata = read_file(awkward / "haven/tagged-na-double.dta")
    assert column(stata, "x")[-3:] == [".a", ".h", ".z"]
    assert stata.labels["x"].value_labels == {".a": "apple", ".z": ".zebra"}
    sas = read_file(awkward / "haven/tagged-na.sas7bdat")
    assert column(sas, "x")[-3:] == [".A", ".H", ".Z"]
    assert [note.code for note in sas.notes] == ["W-KEEP-01"]  # its labels stand in the catalogue beside it


def test_two_spss_formats_of_one_study_say_the_same():
    portable, system = (read_file(DATA / "awkward/foreign" / name) for name in ("electric.por", "electric.sav"))
    assert portable.table.equals(system.table)
    assert {name: info.value_labels for name, info in portable.labels.items()} == {
        name: info.value_labels for name, info in system.labels.items()
    }


def test_legacy_and_new_workbooks_of_one_table_say_the_same():
    legacy, new = (read_file(DATA / "awkward/readxl" / name) for name in ("deaths.xls", "deaths.xlsx"))
    assert legacy.table.equals(new.table)
    assert [note.code for note in legacy.notes] == [note.code for note in new.notes]
