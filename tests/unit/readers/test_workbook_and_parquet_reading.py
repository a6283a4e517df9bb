"""XLSX and Parquet as text: what a careful person would have typed."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.messages import Refused
from data.readers import read_content


def workbook(*sheets, hidden=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for position, grid in enumerate(sheets):
        sheet = book.create_sheet(f"S{position}")
        for row in grid:
            sheet.append(row)
        if position in hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet(**columns):
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def test_cells_of_every_kind():
    moment = dt.datetime.fromisoformat("2026-03-04 05:06:00")
    raw = read_content(
        workbook([["id", "n", "x", "d", "t", "b"], ["007", 3.0, 3.5, dt.date(2026, 3, 4), moment, True]])
    )
    assert raw.table.to_pylist() == [
        {"id": "007", "n": "3", "x": "3.5", "d": "2026-03-04", "t": "2026-03-04 05:06:00", "b": "true", "_row": 2}
    ]


def test_numbers_beyond_fifteen_digits_show_that_digits_are_lost():
    raw = read_content(workbook([["id", "n"], [330521199003077777, 123456789012345]]))
    assert raw.table["id"].to_pylist() == ["3.305211990030778E+17"]
    assert raw.table["n"].to_pylist() == ["123456789012345"]


def test_rows_keep_the_numbers_that_the_sheet_shows():
    raw = read_content(workbook([["2026 report"], [], ["person", "score"], ["a", 1], [], ["b", 2]]))
    assert raw.header_row == 3
    assert raw.table["_row"].to_pylist() == [4, 6]


def test_hidden_and_empty_sheets_are_passed_over_and_others_told():
    raw = read_content(workbook([["meta", "x"], ["1", "2"]], [], [["a", "b"], ["1", "2"]], [["c"]], hidden=(0,)))
    assert raw.sheet == "S2"
    assert raw.columns == ("a", "b")
    assert [note.code for note in raw.notes] == ["W-SHEET-01"]


def test_an_excel_error_is_text_and_not_a_missing_answer():
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.active["B2"] = "#N/A"
    book.active["B2"].data_type = "e"
    stream = io.BytesIO()
    book.save(stream)
    raw = read_content(stream.getvalue())
    assert raw.table["b"].to_pylist() == ["#N/A"]
    assert raw.notes[-1].values == {"n": 1, "cells": "B2"}


def test_macros_and_foreign_zips_are_refused():
    with_macro = io.BytesIO(workbook([["a", "b"], [1, 2]]))
    with zipfile.ZipFile(with_macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
        archive.writestr("b.csv", "a,b\n1,2\n")
    for content, words in ((with_macro, "macros"), (other, "2 files")):
        with pytest.raises(Refused, match=words):
            read_content(content.getvalue())
    with pytest.raises(Refused, match="no visible sheet"):
        read_content(workbook([]))


def test_a_stray_cell_in_the_last_corner_is_refused_before_memory_is_asked_for():
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.active.cell(1_048_576, 16_384).value = "x"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(Refused, match="20 million cells"):
        read_content(stream.getvalue())


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def codes(raw):
    return [note.code for note in raw.notes]


def test_dates_that_are_counted_from_1904():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["id", "day"])
    book.active.append(["a", dt.date(2026, 3, 4)])
    assert read_content(saved(book)).table["day"].to_pylist() == ["2026-03-04"]


def test_a_header_of_two_rows_under_merged_cells():
    book = openpyxl.Workbook()
    for row in (["zone", "2025", None, "2026", None], [None, "men", "women", "men", "women"], ["a", 1, 2, 3, 4]):
        book.active.append(row)
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("B1:C1")
    book.active.merge_cells("D1:E1")
    raw = read_content(saved(book))
    assert raw.columns == ("zone", "2025 / men", "2025 / women", "2026 / men", "2026 / women")
    assert raw.table.to_pylist()[0]["_row"] == 3
    assert codes(raw) == ["W-HEAD-02"]


def test_what_is_hidden_is_read_and_what_is_beside_the_cells_is_told():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["a", "b", "c"], [1, 2, 3], [4, 5, 6], [7, 8, 9]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet["A2"].comment = openpyxl.comments.Comment("check", "reader")
    sheet.merge_cells("A3:A4")
    raw = read_content(saved(book))
    assert raw.table["b"].to_pylist() == ["2", "5", "8"]
    hidden = next(note for note in raw.notes if note.code == "W-HIDE-01")
    assert hidden.values == {"rows": 1, "columns": 1}
    told = [note.values["what"].en for note in raw.notes if note.code == "W-KEEP-01"]
    assert told[0] == "1 comments on cells"
    assert told[1].startswith("1 merged areas")


def test_formulas_are_read_by_value_and_those_never_computed_are_no_empty_cells():
    book = openpyxl.Workbook()
    for row in (["a", "b", "c"], [1, None, "=A2+1"], [2, None, 5]):
        book.active.append(row)
    raw = read_content(saved(book))
    assert raw.table["c"].to_pylist() == ["#UNCOMPUTED", "5"]
    assert codes(raw) == ["W-CELL-01", "W-FORM-01"]
    assert raw.notes[0].values == {"n": 1, "cells": "C2"}


def test_parquet_tells_zones_and_numbers_that_are_none():
    raw = read_content(
        parquet(
            t=pa.array([dt.datetime(2026, 3, 4)] * 2, pa.timestamp("ms", tz="Asia/Shanghai")),  # noqa: DTZ001 - the column's zone
            x=pa.array([float("nan"), None]),
        )
    )
    told = [note.values["what"].en for note in raw.notes]
    assert told == [
        "the time zones of t; their times are in UTC",
        "the difference between empty and NaN in x (1 cells)",
    ]


def test_parquet_with_text_that_is_no_utf8_is_refused():
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xe4b")])
    with pytest.raises(Refused, match="Parquet"):
        read_content(parquet(s=broken))


def test_parquet_values_as_text():
    utc = pa.scalar(dt.datetime.fromisoformat("2026-03-04 05:00:00"), pa.timestamp("us", tz="Asia/Shanghai"))
    raw = read_content(
        parquet(
            i=pa.array([1, None], pa.int32()),
            f=pa.array([3.0, float("nan")]),
            g=pa.array([2.5, 1e20]),
            s=["007", ""],
            d=pa.array([dt.date(2026, 3, 4), None]),
            t=pa.array([dt.datetime.fromisoformat("2026-03-04 05:00:00"), None]),
            z=pa.array([utc.as_py(), None], pa.timestamp("ms", tz="Asia/Shanghai")),
            b=[True, False],
            m=pa.array([Decimal("1.50"), None]),
            c=pa.array(["x", "y"]).dictionary_encode(),
        )
    )
    first, second = raw.table.to_pylist()
    assert first == {
        "i": "1",
        "f": "3",
        "g": "2.5",
        "s": "007",
        "d": "2026-03-04",
        "t": "2026-03-04 05:00:00.000000",
        "z": "2026-03-04 05:00:00.000Z",
        "b": "true",
        "m": "1.50",
        "c": "x",
        "_row": 2,
    }
    assert [second[name] for name in "ifsdtzm"] == [None] * 7
    assert second["_row"] == 3


def test_parquet_that_no_contract_can_hold_is_refused():
    with pytest.raises(Refused, match="lists or structures"):
        read_content(parquet(a=[[1], [2]]))
    with pytest.raises(Refused) as refusal:
        read_content(parquet(a=pa.array([], pa.string())))
    assert refusal.value.code == "E-FILE-02"
