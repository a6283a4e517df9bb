"""Whether a column of keys holds one twice: a sort of numbers instead of a table of texts, a tenth of the time.

Belongs here: that one question. Does not: what a repeated key means (admission, quality.tagging).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.arrow_files import let_go
from data.contracts.record_key import KEY_BYTES

LONG = 500_000
PLACES = ((0, np.uint64(0x9E3779B97F4A7C15)), (1, np.uint64(0x27D4EB2F165667C5)))
"""The halves of a key, each with an odd multiplier: 64 bits of a sum in which the halves of different keys hardly meet."""


def has_repeats(column: pa.ChunkedArray) -> bool:
    """Tell whether two rows hold the same bytes or text; rows without any do not count.

    >>> has_repeats(pa.chunked_array([["a", "b"], ["a"]])), has_repeats(pa.chunked_array([["a", None, None]]))
    (True, False)
    """
    texts = column.drop_null()
    numbers = list(_each_number(texts))
    if any(each is None for each in numbers):
        return bool(pc.count_distinct(texts).as_py() < len(texts))
    if not numbers:
        return False
    mixed = np.sort(np.concatenate([each for each in numbers if each is not None]))
    if not (mixed[1:] == mixed[:-1]).any():
        return False
    return bool(pc.count_distinct(texts).as_py() < len(texts))  # two texts may share a number: only the texts decide


def _each_number(texts: pa.ChunkedArray) -> Iterator[np.ndarray | None]:
    for chunk in texts.chunks:
        if len(chunk):
            yield _numbers(chunk)
        if len(texts) > LONG:
            let_go()  # of the texts themselves, which may be mapped from the disk


def _numbers(texts: pa.Array) -> np.ndarray | None:
    """Return a number for each text of a chunk, equal for equal texts; None if they are not all as long as a key."""
    if not pa.types.is_binary(texts.type):
        return None
    _, offsets, letters = texts.buffers()
    places = np.frombuffer(offsets, dtype=np.int32, count=len(texts) + 1, offset=4 * texts.offset)
    if (np.diff(places) != KEY_BYTES).any():
        return None
    content = np.frombuffer(letters, dtype=np.uint8, count=KEY_BYTES * len(texts), offset=int(places[0]))
    parts = content.view(np.uint64).reshape(-1, KEY_BYTES // 8)
    (first, odd), (last, other) = PLACES
    mixed: np.ndarray = parts[:, first] * odd
    mixed += parts[:, last] * other
    return mixed
