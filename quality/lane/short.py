"""A long table in short: each column as its distinct texts, or as its least and greatest value, side by side.

Belongs here: that small table, and going back from it to rows. Does not: judging it (straight). No row of it is one of the file,
but all of them keep the rules about single cells exactly if all rows of the file do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract
from data.readers import RawTable
from data.readers.number_cells import has_numbers
from data.readers.parquet import in_texts
from data.readers.raw import ROW
from data.readers.spelling import is_spelled
from data.readers.typed import TYPED, as_text
from data.side_by_side import side_by_side
from quality.columns import Matching
from quality.lane.scope import Ends, ends_of, is_told_by_ends


@dataclass(frozen=True)
class Short:
    """A table in short, beside the file with its columns as they are judged (`raw`).

    `table`: as the file itself would be, of the columns that the contract knows. `spoken`: names in `raw` with their distinct
    texts, in the order of the rows of `table`; a column that may be empty has one more row after them. `ends`: typed columns.
    """

    raw: RawTable
    table: RawTable
    spoken: Mapping[str, pa.Array]
    ends: Mapping[str, Ends]


def in_short(raw: RawTable, contract: Contract, matching: Matching) -> Short | None:
    """Return a table in short; None where a column says too many different things."""
    owner = {name: contract.column(column) for column, (name,) in matching.cells.items()}
    typed = [name for name in raw.names if raw.table[name].type in TYPED]
    look = partial(ends_of, is_text=has_numbers(raw))
    known = dict(zip(typed, side_by_side(look, [raw.table[name] for name in typed]), strict=True))
    ends = {name: found for name, found in known.items() if name in owner and is_told_by_ends(found, owner[name])}
    if has_numbers(raw) and (len(ends) < len(known) or any(found.odd for found in ends.values())):
        return None
    raw = in_texts(raw, frozenset(known) - frozenset(ends))
    if any(name not in ends and not is_spelled(raw.table[name]) for name in raw.names):
        return None
    spoken = {name: distinct_texts(raw.table[name]) for name in owner if name not in ends}
    texts = {name: _texts(raw.table[name], spoken.get(name), ends.get(name)) for name in owner}
    size = max(map(len, texts.values()), default=0)
    arrays = {name: _padded(each, size) for name, each in texts.items()}
    table = replace(raw, columns=tuple(arrays), table=pa.table({**arrays, ROW: pa.array(np.arange(size))}))
    return Short(raw, table, spoken, ends) if size else None


def _texts(cells: pa.ChunkedArray, spoken: pa.Array | None, ends: Ends | None) -> pa.Array:
    told = spoken if spoken is not None else _ends(ends)
    empty = cells.null_count if ends is None else ends.empty
    return pa.concat_arrays([told, pa.nulls(1, pa.string())]) if empty or not len(told) else told


def distinct_texts(cells: pa.ChunkedArray) -> pa.Array:
    """Return the texts of all pieces of a column, each once, those of the first piece first."""
    found = cells.chunk(0).dictionary
    for chunk in cells.chunks[1:]:
        if not chunk.dictionary.equals(found):
            new = chunk.dictionary.filter(pc.invert(pc.is_in(chunk.dictionary, value_set=found)))
            found = pa.concat_arrays([found, new]) if len(new) else found
    return found


def places_of(cells: pa.DictionaryArray, spoken: pa.Array) -> pa.Array:
    """Return where each cell's text stands among the texts of its column; null for an empty cell."""
    own = cells.dictionary
    if own.equals(spoken.slice(0, len(own))):
        return cells.indices
    return pc.index_in(own, value_set=spoken).take(cells.indices)


def stand_in(short: Short) -> RawTable:
    """Return a table in which a typed column says its least or greatest value: for who looks at all texts there are."""
    raw = short.raw
    columns = [_said(short.ends[name], cells) if name in short.ends else cells for name, cells in _named(raw)]
    return replace(raw, table=pa.table([*columns, raw.table.columns[-1]], names=raw.table.column_names))


def _named(raw: RawTable) -> list[tuple[str, pa.ChunkedArray]]:
    return list(zip(raw.names, raw.table.columns, strict=False))


def _said(ends: Ends, cells: pa.ChunkedArray) -> pa.ChunkedArray:
    places = pa.array(np.zeros(len(cells), np.int8))
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, _ends(ends))])


def _ends(ends: Ends | None) -> pa.Array:
    """Return the texts of the least and the greatest value; an empty one where there is none."""
    values = pa.array([ends.least, ends.greatest] if ends else [], ends.kind if ends else pa.int64())
    return as_text(pa.chunked_array([values])).combine_chunks()


def _padded(texts: pa.Array, size: int) -> pa.Array:
    """Repeat the first text to a length: nothing new is said."""
    return pa.concat_arrays([texts, pa.repeat(texts[0], size - len(texts))])
