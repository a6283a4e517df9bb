"""Whether a column of keys holds one twice: a sort of numbers instead of a table of texts, a tenth of the time.

Belongs here: that one question. Does not: what a repeated key means (admission, quality.tagging).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.arrow_files import let_go_of
from data.contracts.record_key import KEY_BYTES

PLACES = ((0, np.uint64(0x9E3779B97F4A7C15)), (1, np.uint64(0x27D4EB2F165667C5)))
"""The halves of a key, each with an odd multiplier: 64 bits of a sum in which the halves of different keys hardly meet."""


def has_repeats(column: pa.ChunkedArray) -> bool:
    """Tell whether two rows hold the same bytes or text; rows without any do not count.

    >>> has_repeats(pa.chunked_array([["a", "b"], ["a"]])), has_repeats(pa.chunked_array([["a", None, None]]))
    (True, False)
    """
    keys = column.drop_null() if column.null_count else column
    numbers = np.empty(len(keys), np.uint64)
    if not _fill(numbers, keys):
        return bool(pc.count_distinct(keys).as_py() < len(keys))
    numbers.sort()
    if not (numbers[1:] == numbers[:-1]).any():
        return False
    return bool(pc.count_distinct(keys).as_py() < len(keys))  # two keys may share a number: only the keys decide


def _fill(numbers: np.ndarray, keys: pa.ChunkedArray) -> bool:
    """Put a number for each key into `numbers`, equal for equal keys; tell whether all are as long as a key."""
    start = 0
    for chunk in keys.chunks:
        halves = _halves(chunk)
        if halves is None:
            return False
        own = numbers[start : start + len(chunk)]
        (first, odd), (last, other) = PLACES
        np.multiply(halves[:, first], odd, out=own)
        own += halves[:, last] * other
        start += len(chunk)
        let_go_of(len(keys))  # the keys themselves may be mapped from the disk
    return True


def _halves(keys: pa.Array) -> np.ndarray | None:
    if not pa.types.is_binary(keys.type):
        return None
    _, offsets, letters = keys.buffers()
    places = np.frombuffer(offsets, dtype=np.int32, count=len(keys) + 1, offset=4 * keys.offset)
    if (np.diff(places) != KEY_BYTES).any():
        return None
    content = np.frombuffer(letters or b"", np.uint8, count=KEY_BYTES * len(keys), offset=int(places[0]))
    return content.view(np.uint64).reshape(-1, 2)
