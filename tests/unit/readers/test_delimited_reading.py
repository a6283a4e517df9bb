"""Delimited text: encodings, delimiters, row numbers, ragged rows, damaged quotation marks."""

import codecs

import pytest

from data.messages import NotFound, Refused
from data.readers import read_content, read_file, staged
from data.readers.quick import quick_rows
from data.readers.quoted import quoted_rows


def rows(raw):
    return [tuple(row.values()) for row in raw.table.to_pylist()]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("人员,分数\n甲,3\n".encode(), "utf-8"),
        (codecs.BOM_UTF8 + "人员,分数\n甲,3\n".encode(), "utf-8"),
        ("人员,分数\n甲,3\n".encode("gb18030"), "gb18030"),
        (codecs.BOM_UTF16_LE + "人员,分数\n甲,3\n".encode("utf-16-le"), "utf-16-le"),
        ("人员,分数\n甲,3\n".encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + "人员,分数\n甲,3\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_one_table_in_any_encoding(content, encoding):
    raw = read_content(content)
    assert raw.encoding == encoding
    assert raw.columns == ("人员", "分数")
    assert rows(raw) == [("甲", "3", 2)]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\ncafé,naïve\nÉté,Señor\n".encode("latin-1"),
        "人员,分数\n甲,3\n".encode() + "乙,4\n".encode("gb18030"),
        b"a,b\n1,\x002\n",
        "имя,город\nИван,Москва\n".encode("cp1251"),
        b"\x89PNG\r\n\x1a\n0000",
        b"<html><table><tr><td>1</td></tr></table></html>",
        b"const a = [\n" + b"  {x: 1},\n" * 9 + b"];\n",
        b"\x80\x05\x95\x1a\x00",
        b"PK\x03\x04 no zip at all",
        b"PAR1 no parquet at all PAR1",
    ],
    ids=["latin-1", "mixed", "nul", "cyrillic", "png", "html", "program", "pickle", "zip", "parquet"],
)
def test_what_cannot_be_read_for_certain_is_refused(content):
    with pytest.raises(Refused) as refusal:
        read_content(content)
    assert refusal.value.code == "E-FILE-01"


def test_a_refused_encoding_says_what_was_tried():
    with pytest.raises(Refused, match="tried UTF-8, GB18030"):
        read_content("a,b\ncafé,1\n".encode("latin-1"))


def test_western_text_is_read_by_evidence_and_told():
    text = "Prénom,Métier\nHélène,ingénieure à l'hôpital de la cité\nFrançois,élève de l'école supérieure\n" * 5
    raw = read_content(text.encode("cp1252"))
    assert raw.encoding == "cp1252"
    assert raw.table["Prénom"].to_pylist()[:2] == ["Hélène", "François"]
    assert [note.code for note in raw.notes] == ["W-ENC-01"]


def test_cells_with_line_breaks_are_counted_against_the_lines_of_the_file():
    raw = read_content(b'a,b\n"x\ny",1\nz,2\n')
    assert [(note.code, note.values) for note in raw.notes] == [
        ("W-LINE-01", {"n": 1, "lines": 3, "rows": 2, "row": 2})
    ]


def test_blanks_before_quotation_marks_belong_to_neither_header_nor_cells():
    raw = read_content(b'"a", "b"\n"1", "2"\n')
    assert raw.table.to_pylist() == [{"a": "1", "b": "2", "_row": 2}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_endings(delimiter, ending):
    raw = read_content(ending.join([f"a{delimiter}b", f"1{delimiter}2", f"3{delimiter}4", ""]).encode())
    assert raw.delimiter == delimiter
    assert rows(raw) == [("1", "2", 2), ("3", "4", 3)]


@pytest.mark.parametrize("quote", ["", '"'])
def test_blank_rows_are_skipped_and_keep_their_number(quote):
    raw = read_content(f"a,b\n{quote}1{quote},2\n\n,\n  ,\n3,4\n".encode())
    assert rows(raw) == [("1", "2", 2), ("3", "4", 6)]
    assert raw.ragged == ()


@pytest.mark.parametrize("quote", ["", '"'])
def test_ragged_rows_are_kept_and_named(quote):
    raw = read_content(f"a,b\n{quote}1{quote},2\n3\n4,5,6\n7,8,\n".encode())
    assert [(row.row, row.found) for row in raw.ragged] == [(3, 1), (4, 3)]
    assert rows(raw) == [("1", "2", 2), ("3", None, 3), ("4", "5", 4), ("7", "8", 5)]


def test_a_line_break_in_quotation_marks_counts_as_one_spreadsheet_row():
    raw = read_content(b'a,b\n"x\ny",1\nz,2\n')
    assert rows(raw) == [("x\ny", "1", 2), ("z", "2", 3)]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b'a,b\n1,"2\n3,4\n5,6\n', "E-FILE-03", "Line 2: .* 3 lines"),
        (b'a,b\n1,"2\n3,4\n5,6\n7,8\n9,0"\n', "E-FILE-03", "Line 2: .* 5 lines"),
        (b'a,b\n1,2\n"x"y,4\n', "E-FILE-04", "Line 3"),
    ],
)
def test_damaged_quotation_marks_are_refused_with_their_line(content, code, words):
    with pytest.raises(Refused, match=words) as refusal:
        read_content(content)
    assert refusal.value.code == code


@pytest.mark.parametrize("content", [b"a,b\n", b"a,b", b"\n\n", b"a,b\n,\n\n", b'"a","b"\n'])
def test_a_file_without_rows_is_refused(content):
    with pytest.raises(Refused) as refusal:
        read_content(content)
    assert refusal.value.code == "E-FILE-02"


def test_the_header_below_a_title_is_found_and_told():
    raw = read_content("2026年第一季度报表,,\n,,\n人员,分数,备注\n甲,3,x\n".encode())
    assert raw.columns == ("人员", "分数", "备注")
    assert rows(raw) == [("甲", "3", "x", 4)]
    assert [note.code for note in raw.notes] == ["W-HEAD-01"]


def test_headers_may_repeat_and_be_empty():
    raw = read_content(b"id,id,,_row\n1,2,3,4\n")
    assert raw.columns == ("id", "id", "", "_row")
    assert raw.table.column_names == ["id", "id.2", "column 3", "_row.4", "_row"]


def test_leading_zeros_and_scientific_notation_stay_as_written():
    raw = read_content(b"id,n\n007,1.10101E+17\n")
    assert rows(raw) == [("007", "1.10101E+17", 2)]


@pytest.mark.parametrize("text", ["h,k\n1,2\n3\n\n4,5,6\n7,8,\n", "h,k\r1,2\r3,4", "h,k\r\n,\r\n a ,b\r\n"])
def test_the_two_paths_agree(text):
    quick, careful = (
        reader(source, ",", skip=1, width=2) for reader, source in ((quick_rows, text.encode()), (quoted_rows, text))
    )
    assert [column.to_pylist() for column in quick.columns] == [column.to_pylist() for column in careful.columns]
    assert quick.rows.to_pylist() == careful.rows.to_pylist()
    assert quick.ragged == careful.ragged


def test_a_large_file_with_one_very_long_line_keeps_its_numbers():
    lines = ["a,b", *(f"{n},x" for n in range(200_000)), f"last,{'y' * 3_000_000}", "1,2,3", "after,z"]
    raw = read_content("\n".join(lines).encode())
    assert raw.table.num_rows == 200_003
    assert [(row.row, row.found) for row in raw.ragged] == [(200_003, 3)]
    assert raw.table.slice(200_002)["_row"].to_pylist() == [200_004]
    assert raw.table["a"].to_pylist()[-3:] == ["last", "1", "after"]


def staged_text(path, **more):
    with staged(path, **more) as opened:
        return opened.path.read_bytes()


def test_only_a_regular_file_is_opened(tmp_path):
    real = tmp_path / "real.csv"
    real.write_bytes(b"a,b\n1,2\n")
    link = tmp_path / "link.csv"
    link.symlink_to(real)
    assert staged_text(real) == b"a,b\n1,2\n"
    assert rows(read_file(real)) == [("1", "2", 2)]
    for path in (link, tmp_path):
        with pytest.raises(Refused, match="not a regular file"):
            staged_text(path)
    with pytest.raises(NotFound):
        staged_text(tmp_path / "nowhere.csv")
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(Refused, match="it is empty"):
        staged_text(empty)
    with pytest.raises(Refused, match="larger than 0 MB"):
        staged_text(real, limit_mb=0)
