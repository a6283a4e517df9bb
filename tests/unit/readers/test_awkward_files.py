"""Real files that broke other readers: read right or refused, never another error."""

import pytest

from data.messages import Refused
from data.readers import read_file
from data.settings import REPOSITORY

AWKWARD = REPOSITORY.parent / "shared" / "data" / "awkward"
CHINESE = REPOSITORY.parent / "shared" / "data" / "derived-gb18030"
FILES = sorted(path for path in AWKWARD.glob("*/*") if path.is_file())

READ = {
    "csvkit/test_utf16_big.csv": (("a", "b", "c"), 2, 0),
    "csvkit/test_utf16_little.csv": (("a", "b", "c"), 2, 0),
    "csvkit/test_utf8_bom.csv": (("foo", "bar", "baz"), 2, 0),
    "csvkit/mac_newlines.csv": (("a", "b", "c"), 2, 0),
    "csvkit/bad.csv": (("column_a", "column_b", "column_c"), 3, 2),
    "csvkit/test_header_newline.csv": (("start end", "b", "c"), 1, 0),
    "csvkit/ne_1033_data.xlsx": (None, 1036, 0),
    "frictionless/blank-rows-multiple.csv": (("id", "name", "age"), 2, 0),
    "frictionless/defective-rows.csv": (("id", "name", "age"), 2, 2),
    "frictionless/duplicate-headers.csv": (("id", "name", "id", "age", "id"), 2, 0),
    "frictionless/issue-1066-largecellsize.csv": (("Description", "status"), 19, 0),
    "frictionless/leading-zeros.csv": (("value",), 3, 0),
    "frictionless/table.parq": (("id", "name"), 2, 0),
    "frictionless/skip-rows-before-headers.csv": (("id", "name"), 2, 0),
    "messytables/utf-16le_encoded.csv": (None, 327, 0),
    "readxl/unnamed-duplicated-columns.xlsx": (("", "var2", "", "var2"), 2, 0),
    "parquet-bad/ARROW-GH-43605.parquet": (("min_fl",), 21186, 0),
}
REFUSED = (
    "csvkit/null_byte.csv",
    "csvkit/test_latin1.csv",
    "csvkit/testdbf.dbf",
    "foreign/electric.por",
    "frictionless/latin1.csv",
    "frictionless/package-invalid.zip",
    "frictionless/table.ndjson",
    "haven/umlauts.sav",
    "messytables/encrypted_no_password.xls",
    "messytables/spanish_chars.csv",
    "chardet-gb2312/w3cn.org.xml",
    "parquet-bad/PARQUET-1481.parquet",
    "readxl/dates-1904.xls",
)

pytestmark = pytest.mark.skipif(not AWKWARD.is_dir(), reason="the shared data are not here")


def test_no_file_raises_anything_but_a_refusal():
    verdicts = []
    for path in FILES:
        try:
            verdicts.append(read_file(path).table.num_rows > 0)
        except Refused as refusal:
            verdicts.append(refusal.code.startswith("E-FILE-"))
    assert len(verdicts) > 100
    assert all(verdicts)


@pytest.mark.parametrize("name", READ)
def test_files_that_are_read_right(name):
    columns, rows, ragged = READ[name]
    raw = read_file(AWKWARD / name)
    assert columns is None or raw.columns == columns
    assert (raw.table.num_rows, len(raw.ragged)) == (rows, ragged)


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_must_be_refused(name):
    with pytest.raises(Refused):
        read_file(AWKWARD / name)


def test_leading_zeros_of_a_real_file_survive():
    assert read_file(AWKWARD / "frictionless/leading-zeros.csv").table["value"].to_pylist() == ["01", "002", "00003"]


@pytest.mark.parametrize(
    ("name", "rows", "header"),
    [
        ("zones10_population_1986_2019.gb18030.csv", 337, "城市"),
        ("deqing_330521_census2020.gb18030.csv", 1, "区划代码"),
        ("zones10_census_2010_2020.gb18030.csv", 10, "city"),
    ],
)
def test_real_chinese_files(name, rows, header):
    raw = read_file(CHINESE / name)
    assert raw.encoding == "gb18030"
    assert raw.table.num_rows == rows
    assert raw.columns[0] == header
