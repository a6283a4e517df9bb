"""A column as its distinct texts and where each stands: what is true of a text is worked out once, not once a row.

Belongs here: the distinct texts of several columns side by side, pieces of a table. Does not: spelling a column out and changing
its texts (data.readers.spelling), what the texts mean (cells, tagging).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.arrow_files import let_go, store_batches
from data.readers import RawTable
from data.readers.spelling import is_spelled, spelled

CODED = "coded-{}.arrow"


@dataclass(frozen=True)
class Words:
    """The distinct texts of a column, or of several side by side (the parts of a date).

    Attributes
    ----------
    codes
        For each row the place of its texts in `parts`.
    parts
        One array of texts per column, all of one length; the last entry is null throughout.
    """

    codes: np.ndarray
    parts: tuple[pa.Array, ...]

    @property
    def size(self) -> int:
        """How many distinct texts there are, the empty one included."""
        return len(self.parts[0])


def words_of(columns: Sequence[pa.ChunkedArray]) -> Words:
    """Return the distinct rows of one or more text columns.

    >>> words = words_of([pa.chunked_array([["a", None, "a"]])])
    >>> words.codes.tolist(), words.parts[0].to_pylist()
    ([0, 1, 0], ['a', None])
    """
    coded = [spelled(column) for column in columns]
    if len(coded) == 1:
        return Words(_codes(coded[0]), (_ended(coded[0].dictionary),))
    places = np.zeros(len(coded[0]), dtype=np.int64)
    first = places
    for each in coded:  # two columns at a time, so that the numbers stay small
        mixed = places * (len(each.dictionary) + 1) + _codes(each)
        _, first, places = np.unique(mixed, return_index=True, return_inverse=True)
    texts = (each.take(pa.array(first)).dictionary_decode() for each in coded)
    return Words(places, tuple(_ended(part) for part in texts))


def spoken(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, np.ndarray]:
    """Return the distinct texts of a column (one null at most) and how many rows have each."""
    coded = spelled(column)
    missing = coded.null_count
    return pa.chunked_array([_ended(coded.dictionary)]), np.append(rows_each(coded), missing)


def rows_each(coded: pa.DictionaryArray) -> np.ndarray:
    """Return how many rows have each text of a column."""
    indices = coded.indices.drop_null() if coded.null_count else coded.indices
    return np.bincount(indices.to_numpy(), minlength=len(coded.dictionary))


def filled(column: pa.ChunkedArray, text: str) -> pa.ChunkedArray:
    """Return a text column with `text` where it was empty."""
    if not column.null_count:
        return column
    coded = spelled(column)
    places = coded.indices.fill_null(len(coded.dictionary))
    texts = pa.concat_arrays([coded.dictionary, pa.array([text], pa.string())])
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, texts)])


def constant(text: str, length: int) -> pa.ChunkedArray:
    """Return a column that says `text` in every row."""
    places = pa.array(np.zeros(length, dtype=np.int32))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, pa.array([text], pa.string()))])


def coded_pieces(raw: RawTable, folder: Path) -> list[RawTable]:
    """Return a table in pieces whose columns are spelled out; a long table's pieces lie in `folder`, not in memory."""
    pieces = list(raw.pieces())
    if all(map(is_spelled, raw.table.columns[:-1])):  # by the reader, and on the disk
        return pieces
    if len(pieces) == 1:
        return [_coded(pieces[0])]
    return [_stored(_coded(piece), folder / CODED.format(place)) for place, piece in enumerate(pieces)]


def _coded(piece: RawTable) -> RawTable:
    arrays = [spelled(column) for column in piece.table.columns[:-1]]
    return replace(piece, table=pa.table([*arrays, piece.table.columns[-1]], names=piece.table.column_names))


def _stored(piece: RawTable, path: Path) -> RawTable:
    table = store_batches(path, piece.table.schema, piece.table.to_batches())
    let_go()
    return replace(piece, table=table)


def _codes(coded: pa.DictionaryArray) -> np.ndarray:
    codes: np.ndarray = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False)
    return codes


def _ended(texts: pa.Array) -> pa.Array:
    return pa.concat_arrays([texts, pa.nulls(1, texts.type)])
