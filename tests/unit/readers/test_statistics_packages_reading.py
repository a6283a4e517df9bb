"""SPSS, Stata and SAS files: values, labels and missing codes as text, and files that are not whole."""

import io

import pandas as pd
import pyreadstat
import pytest

from data.messages import Refused
from data.readers import read_content

FRAME = pd.DataFrame({"id": ["01", "02", "03"], "age": [30.0, -9.0, None], "sex": [1.0, 2.0, 1.0]})


@pytest.fixture
def sav(tmp_path):
    """Return the bytes of an SPSS file with labels and declared missing codes."""
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        FRAME,
        str(path),
        column_labels={"age": "年龄"},
        variable_value_labels={"sex": {1.0: "男", 2.0: "女"}},
        missing_ranges={"age": [-9.0, {"lo": 90.0, "hi": 99.0}]},
        row_compress=True,
    )
    return path.read_bytes()


def test_spss_keeps_codes_in_the_cells_and_says_what_they_mean(sav):
    raw = read_content(sav)
    assert raw.format == "sav"
    assert raw.table.to_pylist() == [
        {"id": "01", "age": "30", "sex": "1", "_row": 2},
        {"id": "02", "age": "-9", "sex": "2", "_row": 3},
        {"id": "03", "age": None, "sex": "1", "_row": 4},
    ]
    assert raw.labels["sex"].value_labels == {"1": "男", "2": "女"}
    assert (raw.labels["age"].label, raw.labels["age"].missing_codes) == ("年龄", ("-9",))
    assert raw.labels["age"].missing_ranges == ((90.0, 99.0),)


@pytest.mark.parametrize("damage", ["cut", "doubled", "bias", "cases"])
def test_an_spss_file_that_is_not_what_it_promises_is_refused(sav, damage):
    changed = {
        "cut": sav[:-9],
        "doubled": sav[:-40] + sav[-80:],
        "bias": sav[:84] + b"\0" + sav[85:90] + b"\x58\x40" + sav[92:],
        "cases": sav[:80] + (2).to_bytes(4, "little") + sav[84:],
    }[damage]
    with pytest.raises(Refused, match="SPSS") as refusal:
        read_content(changed)
    assert refusal.value.code == "E-FILE-01"


def dta(version):
    stream = io.BytesIO()
    frame = FRAME.assign(day=pd.Timestamp("2026-03-04"))
    frame.to_stata(
        stream, version=version, write_index=False, value_labels={"sex": {1: "one"}}, convert_dates={"day": "td"}
    )
    return stream.getvalue()


@pytest.mark.parametrize("version", [114, 117, 118])
def test_stata_of_every_release(version):
    raw = read_content(dta(version))
    assert raw.table.to_pylist()[1] == {"id": "02", "age": "-9", "sex": "2", "day": "2026-03-04", "_row": 3}
    assert raw.labels["sex"].value_labels == {"1": "one"}


@pytest.mark.parametrize("version", [114, 118])
def test_a_stata_file_with_a_hole_is_refused(version):
    content = dta(version)
    middle = content.index(b"02") if version == 114 else content.index(b"<data>") + 8
    for changed in (content[:middle] + content[middle + 5 :], content[:-7], content[:middle] + content[middle - 9 :]):
        with pytest.raises(Refused):
            read_content(changed)


def xpt(tmp_path):
    path = tmp_path / "a.xpt"
    pyreadstat.write_xport(FRAME, str(path), file_format_version=5)
    return path.read_bytes()


def test_sas_transport_and_its_padding(tmp_path):
    content = xpt(tmp_path)
    raw = read_content(content)
    assert raw.table.to_pylist()[1] == {"id": "02", "age": "-9", "sex": "2", "_row": 3}
    for changed in (content[:-80], content[:-1] + b"x", content[:-3]):
        with pytest.raises(Refused):
            read_content(changed)
