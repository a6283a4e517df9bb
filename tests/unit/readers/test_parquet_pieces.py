"""A long Parquet file in pieces says what the whole file says, or is left to the reader of the whole file."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.messages import Refused
from data.readers import parquet_pieces, read_content
from data.readers.blocks import NotAlike
from data.readers.parquet import in_texts
from data.readers.parquet_pieces import is_long_parquet, read_parquet_in_pieces
from data.readers.sandbox import handover

ROWS = 60_000
NUMBERS = np.arange(ROWS) % 97
GOOD = {
    "name": pa.array([f"S{number}" if number else "" for number in NUMBERS]),
    "at": pa.array(NUMBERS * 10**6, pa.timestamp("us", "UTC")),
    "level": pa.array(NUMBERS / 4.0, mask=NUMBERS == 3),
    "small": pa.array((NUMBERS / 4.0).astype(np.float32)),
    "count": pa.array(NUMBERS.astype(np.int16)),
}


def file_of(tmp_path, columns):
    path = tmp_path / "original"
    pq.write_table(pa.table(columns), path, row_group_size=25_000)
    return path


def in_pieces(path, tmp_path):
    rest = handover.write_tables(tmp_path, read_parquet_in_pieces(path))
    return handover.read_table(tmp_path, rest, typed=True)


def test_pieces_say_what_the_whole_says(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_pieces, "PIECE_ROWS", 7_000)
    path = file_of(tmp_path, GOOD)
    assert is_long_parquet(path)
    found, whole = in_pieces(path, tmp_path), read_content(path.read_bytes())
    assert (found.columns, found.notes, found.format) == (whole.columns, whole.notes, whole.format)
    assert found.table.schema.field("level").type == pa.float64()
    assert not pa.types.is_floating(found.table.schema.field("small").type), (
        "its shortest text is another number of 64 bits"
    )
    assert found.plain().table.equals(whole.plain().table)
    assert in_texts(found).plain().table.equals(whole.plain().table)


@pytest.mark.parametrize(
    "columns",
    [
        {**GOOD, "level": pa.array([None, float("nan"), *NUMBERS[2:].astype(float)], from_pandas=False)},
        {"deep": pa.array([[1]] * ROWS)},
    ],
)
def test_what_only_the_whole_file_can_tell_is_left_to_it(tmp_path, columns):
    with pytest.raises((NotAlike, Refused)):
        in_pieces(file_of(tmp_path, columns), tmp_path)


def test_a_damaged_file_is_left_to_the_reader_of_the_whole(tmp_path):
    path = file_of(tmp_path, GOOD)
    content = bytearray(path.read_bytes())
    content[5_000:9_000] = bytes(4_000)
    path.write_bytes(content)
    with pytest.raises(NotAlike):
        in_pieces(path, tmp_path)
    (tmp_path / "short").write_bytes(b"PAR1 no more")
    assert not is_long_parquet(tmp_path / "short")
