"""The key of a record in sixteen bytes: the same values give the same `rec_key`, whichever file brought them.

Belongs here: computing it, and its text (32 hexadecimal digits) for people and ledgers. Does not: casting a file's cells
(quality.tagging). One sha256 for each distinct combination of the parts, not one a row: a sensor says its name millions of times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Column

SEPARATOR = "\x1f"
KEY_BYTES = 16
FINE_BITS = 40
"""Of the time in microseconds so many bits stand in the key as they are: 12.7 days; what is above them is hashed."""
HASHED_BITS = 64 - FINE_BITS
"""Of the key's second half so many bits are the hash's where a time is in the key."""
MOST_PLACES = 1 << 22
"""Combinations that may be counted in a table with a place for each; more are sorted."""

Values: TypeAlias = pa.Array | pa.ChunkedArray


def record_keys(parts: Sequence[tuple[Column, Values]]) -> pa.Array:
    """Return `rec_key` of each row as 16 bytes, null where a part of the key is null.

    Without a date or time among the parts these are the first 16 bytes of the sha256 of the parts' texts, joined by U+001F in
    the contract's order. Otherwise the last time (else the last date) is taken out: its low 40 bits are the last five bytes,
    lowest first, and the first eleven are of the sha256 of the other texts and of its bits above. Times count microseconds
    since 1970 in UTC, dates days. So rows of one device differ in five bytes that count, which compress to almost nothing.

    Two rows collide only if their low 40 bits of time are equal and 88 bits of hash are: were all of 10^9 rows of one instant and
    of different devices, that would happen once in 600 million archives; rows of one device never collide by their time.

    Parameters
    ----------
    parts
        Each column of the key with its typed values (text may be dictionary-encoded); at least one.

    >>> from data.messages import Text
    >>> column = Column(name="person_id", type="string", label=Text(en="id", zh="编号"), required=True)
    >>> [key_text(key) for key in record_keys([(column, pa.array(["a", None, "a"]))]).to_pylist() if key]
    ['ca978112ca1bbdcafac231b39a23dc4d', 'ca978112ca1bbdcafac231b39a23dc4d']
    """
    fine = _fine_place([column for column, _ in parts])
    told = [_distinct(column, values) for place, (column, values) in enumerate(parts) if place != fine]
    rows, missing = len(parts[0][1]), _missing([values for _, values in parts])
    ticks = None if fine is None else _ticks(parts[fine][1])
    if ticks is not None:
        told.append(_coarse(ticks))
    words = _words(told, rows, hashed=2 * 64 if ticks is None else 64 + HASHED_BITS)
    if ticks is not None:
        words[:, 1] |= ticks.view(np.uint64) << np.uint64(HASHED_BITS)
    return _binary(words, missing)


def key_text(key: bytes) -> str:
    """Return a key as people and ledgers see it: 32 hexadecimal digits.

    >>> key_text(bytes(16))
    '00000000000000000000000000000000'
    """
    return key.hex()


@dataclass(frozen=True)
class _Distinct:
    """A part of the key as its distinct texts and the place of each row's text among them; None where there is one for all."""

    places: np.ndarray | None
    texts: Sequence[str]


def _missing(parts: Sequence[Values]) -> np.ndarray | None:
    """Return which rows lack a part; None if no row does."""
    empty = [pc.is_null(values).to_numpy(zero_copy_only=False) for values in parts if values.null_count]
    return np.logical_or.reduce(empty) if empty else None


def _fine_place(columns: Sequence[Column]) -> int | None:
    """Return which part is the time that stands in the key: the last timestamp, else the last date."""
    for kind in ("timestamp", "date"):
        found = [place for place, column in enumerate(columns) if column.type == kind]
        if found:
            return found[-1]
    return None


def _ticks(values: Values) -> np.ndarray:
    whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
    numbers = whole.cast(pa.int64())
    ticks: np.ndarray = (numbers.fill_null(0) if numbers.null_count else numbers).to_numpy(zero_copy_only=False)
    return ticks


def _coarse(ticks: np.ndarray) -> _Distinct:
    low, high = (int(end) >> FINE_BITS for end in ((ticks.min(), ticks.max()) if len(ticks) else (0, 0)))
    return _Distinct(None if low == high else (ticks >> FINE_BITS) - low, _numbers(low, high))


def _numbers(low: int, high: int) -> list[str]:
    return [str(number) for number in range(low, high + 1)]


def _distinct(column: Column, values: Values) -> _Distinct:
    coded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    whole = coded.unify_dictionaries().combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    if isinstance(whole, pa.ChunkedArray):  # of one chunk, or of none
        whole = whole.chunk(0) if whole.num_chunks else pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), [])
    indices = whole.indices.fill_null(0) if whole.null_count else whole.indices
    places = indices.to_numpy(zero_copy_only=False)
    if len(whole.dictionary) > len(places):  # a piece of a long table says a part of its texts
        used, places = np.unique(places, return_inverse=True)
        return _Distinct(places, _texts(column, whole.dictionary.take(pa.array(used))))
    return _Distinct(places if len(whole.dictionary) > 1 else None, _texts(column, whole.dictionary) or [""])


def _texts(column: Column, values: pa.Array) -> list[str]:
    if column.type == "timestamp":
        return [str(number) for number in values.cast(pa.int64()).to_pylist()]
    if column.type == "number":
        return [repr(number + 0.0) for number in values.to_pylist()]  # minus nought is nought
    spoken = {True: "true", False: "false"} if column.type == "boolean" else {}
    return [spoken.get(value, str(value)) for value in values.to_pylist()]


def _words(told: Sequence[_Distinct], rows: int, *, hashed: int) -> np.ndarray:
    """Return for each row the hash of its texts as two numbers, the bits beyond `hashed` cleared."""
    joined, places = _joined(told)
    digests = b"".join(hashlib.sha256(text.encode()).digest()[:KEY_BYTES] for text in joined)
    table = np.frombuffer(digests, "<u8").reshape(-1, 2).copy()
    table[:, 1] &= np.uint64((1 << (hashed - 64)) - 1)
    if places is None:
        return np.repeat(table[:1], rows, axis=0)
    return table.view(np.complex128).ravel().take(places).view(np.uint64).reshape(-1, 2)  # sixteen bytes at a time


def _joined(told: Sequence[_Distinct]) -> tuple[list[str], np.ndarray | None]:
    """Return the distinct combinations that occur, as joined texts, and where each row's stands; None if there is one for all."""
    places, size = None, 1
    alike: list[np.ndarray] = []  # per part: the place of its text in each combination
    for part in told:
        if part.places is None:
            alike.append(np.zeros(size, np.int64))
            continue
        mixed = part.places if places is None else np.multiply(places, len(part.texts), dtype=np.int64) + part.places
        found, places = _occurring(mixed, size * len(part.texts))
        before, own = np.divmod(found, len(part.texts))
        alike, size = [*(each[before] for each in alike), own], len(found)
    columns = ([part.texts[place] for place in own] for part, own in zip(told, alike, strict=True))
    return [SEPARATOR.join(texts) for texts in zip(*columns, strict=True)], places


def _occurring(places: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers that occur, sorted, and for each row which of them it has."""
    if size > max(MOST_PLACES, 2 * len(places)):
        return np.unique(places, return_inverse=True)
    occurs = np.zeros(size, np.bool_)
    occurs[places] = True
    found = np.flatnonzero(occurs)
    if len(found) == size:
        return found, places
    rank = np.cumsum(occurs) - 1
    return found, rank[places]


def _binary(words: np.ndarray, missing: np.ndarray | None) -> pa.Array:
    size = len(words)
    offsets = pa.py_buffer(np.arange(0, KEY_BYTES * (size + 1), KEY_BYTES, dtype=np.int32))
    valid = None if missing is None else pa.array(~missing).buffers()[1]
    content = pa.py_buffer(np.ascontiguousarray(words).astype("<u8", copy=False))
    return pa.Array.from_buffers(pa.binary(), size, [valid, offsets, content])
