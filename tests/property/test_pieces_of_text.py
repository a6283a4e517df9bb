"""A long text in pieces says what the whole file says, or is left to the reader of the whole file."""

from functools import partial

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.messages import Refused
from data.readers import blocks, delimited, read_content
from data.readers.blocks import NotAlike, read_in_pieces
from data.readers.spelling import plain_table

CELLS = st.sampled_from(
    ["", " ", "1", "-2.5", "1,5", "x", "城东", '"a,b"', '"say ""so"""', '"two\nlines"', '5" pipe', "é"]
)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=80)
LOOKED_AT, FIRST = 60, 300
"""What the layout is decided by lies in the first piece, as it does in files that are read in pieces (64 kB in 4 MB)."""
HEADERS = st.sampled_from(["a;b;c", '"a";"b";"c"', "title\na;b;c", '"two\nlines";b;c', "a;b;"])


@pytest.fixture(autouse=True)
def small_files_are_long(monkeypatch):
    """Decide by so little, and refuse ragged rows in pieces of any length, so that short files are as long ones."""
    monkeypatch.setattr(delimited, "SAMPLE", LOOKED_AT)
    monkeypatch.setattr(delimited, "FEW_ROWS", 1)


def whole(content):
    try:
        return read_content(content)
    except Refused as refusal:
        return refusal


def in_pieces(path, sizes):
    first, later = sizes
    found = list(read_in_pieces(path, partial(read_content), None, first_piece=first, piece=later))
    table = pa.concat_tables([plain_table(raw.table) for raw in found])
    return found[0], table, tuple(ragged for raw in found for ragged in raw.ragged)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    header=HEADERS,
    lines=LINES,
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    sizes=st.tuples(st.integers(FIRST, 2 * FIRST), st.integers(5, 90)),
)
def test_pieces_say_what_the_whole_says_or_give_up(tmp_path_factory, header, lines, end, encoding, sizes):
    text = end.join([header, *(";".join(cells) for cells in lines), ""])
    content = text.encode(encoding, "replace")
    path = tmp_path_factory.getbasetemp() / "original"
    path.write_bytes(content)
    known = whole(content)
    try:
        model, table, ragged = in_pieces(path, sizes)
    except (NotAlike, Refused):
        return  # the whole file is read
    assert not isinstance(known, Refused)
    assert table.to_pylist() == plain_table(known.table).to_pylist()
    assert (model.columns, ragged, model.notes, model.delimiter) == (
        known.columns,
        known.ragged,
        known.notes,
        known.delimiter,
    )


def test_an_ordinary_file_is_read_in_pieces(tmp_path):
    path = tmp_path / "original"
    path.write_text('"a","b"\n' + "".join(f"{n},x{n % 7}\n" for n in range(5000)))
    found = list(read_in_pieces(path, read_content, None, first_piece=4000, piece=1000))
    assert len(found) > 30
    assert sum(raw.table.num_rows for raw in found) == 5000
    assert found[-1].table["_row"][-1].as_py() == 5001


def test_a_record_without_an_end_is_left_to_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "LONGEST", 500)
    path = tmp_path / "original"
    path.write_text("a,b\n1,2\n" + "x" * 2000)
    with pytest.raises(NotAlike):
        list(read_in_pieces(path, read_content, None, first_piece=50, piece=50))
