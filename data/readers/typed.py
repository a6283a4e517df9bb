"""Values that a file holds as numbers and times: their text as a careful person would have typed it, and which may stay so.

Belongs here: canonical text of Arrow values, the types that cross from the reading process untouched. Does not: what values mean
(quality), formats. A column that stays typed says the same as its texts: whoever wants texts gets them (`spelling.plain`).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

EXACT = 10**15
TYPED = (pa.int64(), pa.float64(), pa.date32(), *(pa.timestamp(unit, "UTC") for unit in ("s", "ms", "us")))
"""The types in which values may come out of a reading process."""


def stays_typed(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return a column in one of `TYPED` with the same values and texts; None where its texts could say something else.

    A float of 32 bits is none: its shortest text is another number of 64 bits. A time without a zone is local time.
    """
    kind = column.type
    if kind in TYPED:
        return column
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return column.cast(pa.int64())
    return None


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a flat Arrow column as canonical text, null where it is null, empty text or not a number.

    >>> as_text(pa.chunked_array([[3.0, 2.5, None]])).to_pylist()
    ['3', '2.5', None]
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        return _float_text(column)
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        naive = column.cast(pa.int64()).cast(pa.timestamp(column.type.unit))
        return pc.binary_join_element_wise(naive.cast(pa.string()), "Z", "")
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        column = column.cast(pa.large_string())  # refuses bytes that are not UTF-8
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _float_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    absent = pa.scalar(None, pa.string())
    number = column.cast(pa.float64())
    whole = pc.and_(pc.equal(number, pc.trunc(number)), pc.less(pc.abs(number), EXACT))
    integer = pc.cast(pc.if_else(whole, number, 0.0), pa.int64()).cast(pa.string())
    text = pc.if_else(whole, integer, column.cast(pa.string()))
    return pc.if_else(pc.is_nan(number), absent, text)
