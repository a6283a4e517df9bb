"""Whether a text column says anything twice: a sort of numbers instead of a table of texts, a tenth of the time.

Belongs here: that one question. Does not: what a repeated key means (admission, quality.tagging).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.arrow_files import let_go

LONG = 500_000
KEY_LENGTH = 32
"""Hexadecimal digits of a rec_key; texts of other lengths are compared as texts."""
PLACES = ((0, np.uint64(0x9E3779B97F4A7C15)), (3, np.uint64(0x27D4EB2F165667C5)))
"""Half of a key's digits, two times eight: 64 bits of a sum that is as good as drawn; each with an odd multiplier."""


def has_repeats(column: pa.ChunkedArray) -> bool:
    """Tell whether two rows hold the same text; rows without one do not count.

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
    """Return a number for each text of a chunk, equal for equal texts; None if they are not all of the usual length."""
    if not pa.types.is_string(texts.type):
        return None
    _, offsets, letters = texts.buffers()
    places = np.frombuffer(offsets, dtype=np.int32, count=len(texts) + 1, offset=4 * texts.offset)
    if (np.diff(places) != KEY_LENGTH).any():
        return None
    content = np.frombuffer(letters, dtype=np.uint8, count=KEY_LENGTH * len(texts), offset=int(places[0]))
    parts = content.view(np.uint64).reshape(-1, KEY_LENGTH // 8)
    (first, odd), (last, other) = PLACES
    mixed: np.ndarray = parts[:, first] * odd
    mixed += parts[:, last] * other
    return mixed
