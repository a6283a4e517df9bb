"""A text column spelled out once: its distinct texts, and for each row the place of its text among them.

Belongs here: going from texts to that form and back, and changing texts in it. Does not: what the texts mean (quality.words).
A long file says the same few thousand things millions of times; what is true of a text is worked out once, not once a row.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from data.readers.typed import TYPED, as_text

SPELLED = pa.dictionary(pa.int32(), pa.string())
LOOKED_AT = 1 << 16
OFTEN = 2
"""A text must stand in so many rows on average; a column of names that hardly repeat is left as texts."""


def is_spelled(column: pa.ChunkedArray) -> bool:
    """Whether a column is spelled out."""
    return bool(pa.types.is_dictionary(column.type))


def spelled(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column as one array of places in its distinct values."""
    coded = column.unify_dictionaries() if is_spelled(column) else column.dictionary_encode()
    whole = coded.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def respelled(column: pa.ChunkedArray, change: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return a column with its distinct values changed; `change` maps them one by one and nulls to nulls.

    >>> respelled(pa.chunked_array([["a", " a", None]]), pc.utf8_trim_whitespace).to_pylist()
    ['a', 'a', None]
    """
    coded = spelled(column)
    after = change(pa.chunked_array([coded.dictionary]))
    if (
        after.type == coded.dictionary.type
        and not after.null_count
        and after.equals(pa.chunked_array([coded.dictionary]))
    ):
        return pa.chunked_array([coded])
    changed = spelled(after)
    places = changed.indices.take(coded.indices)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, changed.dictionary)])


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as texts, one a row, whether it is spelled out, typed or texts.

    >>> plain(pa.chunked_array([pa.array(["a", None, "a"]).dictionary_encode()])).to_pylist()
    ['a', None, 'a']
    """
    if is_spelled(column):
        return pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], pa.string())
    return as_text(column) if column.type in TYPED else column


def plain_table(table: pa.Table) -> pa.Table:
    """Return a table of cells (all its columns but `_row`) with every cell as text."""
    named = zip(table.column_names, table.columns, strict=True)
    return pa.table({name: column if name == "_row" else plain(column) for name, column in named})


def any_text(column: pa.ChunkedArray, condition: Callable[[pa.Array], pa.Array]) -> bool:
    """Whether any text of a column meets a condition, asked once for each distinct text of a column that is spelled out."""
    texts = [chunk.dictionary if is_spelled(column) else chunk for chunk in column.chunks]
    return any(pc.any(condition(each)).as_py() for each in texts)


def repeats_itself(column: pa.ChunkedArray) -> bool:
    """Whether the first rows of a column say the same things often enough for spelling to pay."""
    first = column.slice(0, LOOKED_AT)
    distinct = pc.count_distinct(spelled(first).indices if is_spelled(first) else first).as_py()
    return bool(OFTEN * distinct <= len(first))
