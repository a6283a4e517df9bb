"""JSON, NDJSON, ZIP and columns of fixed width: the right table, or a refusal that says why."""

import io
import zipfile

import pytest

from data.contracts.model import Contract
from data.messages import Refused
from data.readers import read_content


def packed(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # of 1980: the same bytes whenever it is packed
    return stream.getvalue()


def contract(**changes):
    label = {"en": "x", "zh": "x"}
    document = {
        "name": "small",
        "version": "1.0",
        "title": {"en": "Small", "zh": "小"},
        "description": {"en": "Small", "zh": "小"},
        "unit": "person",
        "grain": "one row per id",
        "source_kind": "survey",
        "key": ["id"],
        "columns": [
            {"name": "id", "type": "string", "label": label | {"en": "id"}, "required": True},
            {"name": "n", "type": "number", "label": {"en": "n", "zh": "数"}},
        ],
    }
    return Contract.model_validate({**document, **changes})


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('[{"id": "01", "n": 1.50}, {"id": "02", "n": 2}]', "json"),
        ('{"id": "01", "n": 1.50}\n{"id": "02", "n": 2}\n', "ndjson"),
    ],
)
def test_json_keeps_numbers_as_written(text, form):
    raw = read_content(text.encode())
    assert raw.format == form
    assert raw.table.to_pylist() == [{"id": "01", "n": "1.50", "_row": 2}, {"id": "02", "n": "2", "_row": 3}]
    assert raw.notes == ()


def test_json_tells_what_a_table_of_text_cannot_keep():
    raw = read_content(b'[{"a": null, "b": "7"}, {"a": "", "b": 7}, {"b": true}]')
    told = [note.values["what"].en for note in raw.notes]
    assert raw.table["b"].to_pylist() == ["7", "7", "true"]
    assert told[0].startswith("which empty cells were null")
    assert "(3 objects)" in told[0]
    assert told[1].startswith("which values of b were texts")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{\n "id": 1,\n "place": {"x": 1}\n}', "place hold lists or structures"),
        ('[{"a": 1, "a": 2}]', "not a list of flat objects"),
        ('[{"a": NaN}]', "JSON inside is damaged"),
        ('[{"a": 1}, {"a": ', "JSON inside is damaged"),
        ("[1, 2]", None),
    ],
)
def test_json_that_is_no_table_is_refused(text, words):
    with pytest.raises(Refused, match=words):
        read_content(text.encode())


def test_a_zip_of_one_table_is_unpacked_and_told():
    raw = read_content(packed({"data/table.csv": "a,b\n1,2\n", "__MACOSX/x": "y"}))
    assert raw.table.to_pylist() == [{"a": "1", "b": "2", "_row": 2}]
    assert [note.code for note in raw.notes] == ["W-ZIP-01"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed({"a": "a,b\n1,2\n", "b": "a,b\n1,2\n"}), "holds 2 files"),
        (packed({"__MACOSX/a": "x"}), "holds no file"),
        (packed({"a": packed({"b": "a,b\n1,2\n"})}), "ZIP"),
        (packed({"a": "a,b\n1,2\n"})[:-30], "damaged"),
    ],
    ids=["two files", "no file", "a zip in a zip", "cut"],
)
def test_other_zips_are_refused(content, words):
    with pytest.raises(Refused, match=words):
        read_content(content)


def test_columns_of_fixed_width_are_cut_where_blanks_leave_no_doubt():
    raw = read_content(b"id   name       wait\n01   Li Ming      12\n02   Wang          7\n")
    assert raw.format == "fixed"
    assert raw.table.to_pylist()[0] == {"id": "01", "name": "Li Ming", "wait": "12", "_row": 2}
    with pytest.raises(Refused, match="fixed width"):
        read_content(b"name  wait\nLi    Ming  12\nWang  Wei    7\nZhao  Fang   9\n")


def test_declared_columns_of_fixed_width():
    declared = contract(fixed_width={"id": (1, 2), "n": (3, 6)})
    raw = read_content(b"01  12\n0213.5\n", contract=declared)
    assert raw.table.to_pylist() == [{"id": "01", "n": "12", "_row": 1}, {"id": "02", "n": "13.5", "_row": 2}]
    with pytest.raises(Refused, match="no column"):
        read_content(b"01  12 x\n02   7\n", contract=declared)


@pytest.mark.parametrize(
    ("cells", "read", "told"),
    [
        ("0,5 1,25", ["0.5", "1.25"], ["W-NUM-01"]),
        ("1.234,5 2", ["1234.5", "2"], ["W-NUM-01"]),
        ("1,234,567 12", ["1234567", "12"], ["W-NUM-01"]),
        ("1,234 5", ["1,234", "5"], []),
    ],
)
def test_commas_in_numbers_are_read_only_without_doubt(cells, read, told):
    first, second = cells.split()
    raw = read_content(f"id;n\na;{first}\nb;{second}\n".encode(), contract=contract())
    assert raw.table["n"].to_pylist() == read
    assert [note.code for note in raw.notes] == told
