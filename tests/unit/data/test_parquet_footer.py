"""A footer that is read and written again is the same bytes; what it says of places moves with the bytes."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.parquet_footer import FOOTER_TAIL, joined_footer, parsed, written

TABLE = pa.table({"a": list(range(100)), "s": ["x", None] * 50, "b": [True, None] * 50, "f": [1.5] * 100})
WAYS = [
    {},
    {"row_group_size": 3},
    {"row_group_size": 30, "store_schema": False, "compression": "zstd"},
    {"row_group_size": 50, "write_page_index": True, "write_page_checksum": True},
]


def written_by_pyarrow(table, **options):
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    content = stream.getvalue()
    size = int.from_bytes(content[-FOOTER_TAIL:-4], "little")
    return content, content[-FOOTER_TAIL - size : -FOOTER_TAIL]


@pytest.mark.parametrize("options", WAYS)
def test_what_is_read_is_written_again(options):
    _, footer = written_by_pyarrow(TABLE, **options)
    assert written(parsed(footer)) == footer


@pytest.mark.parametrize("options", WAYS)
def test_two_files_read_as_one(options):
    first, head = written_by_pyarrow(TABLE, **options)
    second, tail = written_by_pyarrow(TABLE.slice(10), **options)
    whole = io.BytesIO(first + second + joined_footer(head, tail, len(first)))
    assert pq.ParquetFile(whole).read().equals(pa.concat_tables([TABLE, TABLE.slice(10)]))


def test_without_moving_the_second_half_cannot_be_read():
    """The control: places matter."""
    first, head = written_by_pyarrow(TABLE)
    second, tail = written_by_pyarrow(TABLE.slice(10))
    whole = io.BytesIO(first + second + joined_footer(head, tail, 0))
    with pytest.raises(OSError, match=r"Page was|Corrupt|Couldn't"):
        pq.ParquetFile(whole).read()
