"""Where the values of a business column come from when no row is at fault: the file as it lies, its texts, or the submission.

Belongs here: the three sources and the rows that they make, piece by piece. Does not: whether no row is at fault (straight).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.arrow_files import let_go_of, repeated, store_batches
from data.contracts import Contract, business_schema
from data.contracts.record_key import record_keys
from data.readers import RawTable
from data.readers.raw import ROW
from data.readers.spelling import SPELLED
from data.side_by_side import side_by_side
from quality.columns import Matching
from quality.lane.short import Short, places_of

PIECE_ROWS = 1 << 18
LOOKED_UP = "looked_up.arrow"
KEY = "rec_key"


@dataclass(frozen=True)
class AsItIs:
    """Typed cells of the file, or texts that cleaning left as they are."""

    name: str
    kind: pa.DataType

    def of(self, rows: pa.Table | pa.RecordBatch) -> pa.Array | pa.ChunkedArray:
        """Return the values of some rows of the raw table."""
        return rows[self.name].cast(self.kind)


@dataclass(frozen=True)
class Mended:
    """Numbers of the file, NaN as empty and minus nought as nought."""

    name: str
    kind: pa.DataType = pa.float64()  # noqa: RUF009 - types are immutable

    def of(self, rows: pa.Table | pa.RecordBatch) -> pa.Array | pa.ChunkedArray:
        """Return the values of some rows of the raw table."""
        numbers = pc.add(rows[self.name], 0.0)
        return pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)


@dataclass(frozen=True)
class Said:
    """One value for all rows."""

    value: pa.Scalar

    def of(self, rows: pa.Table | pa.RecordBatch) -> pa.Array | pa.ChunkedArray:
        """Return the value as often as there are rows; a text once."""
        return repeated(self.value, rows.num_rows)


@dataclass(frozen=True)
class ByText:
    """Values looked up by the cell's text: `values` in the order of `spoken`, then that of an empty cell if there is one."""

    name: str
    spoken: pa.Array
    values: pa.Array

    @property
    def kind(self) -> pa.DataType:
        """The type of the values; texts stay spelled out."""
        return SPELLED if pa.types.is_dictionary(self.values.type) else self.values.type

    def of(self, rows: pa.RecordBatch) -> pa.Array:
        """Return the values of some rows of the raw table."""
        places = places_of(rows[self.name], self.spoken)
        if places.null_count and len(self.values) > len(self.spoken) and self.values[len(self.spoken)].is_valid:
            places = places.fill_null(len(self.spoken))
        if not pa.types.is_dictionary(self.values.type):
            return self.values.take(places)
        return pa.DictionaryArray.from_arrays(self._tidy(places), self.values.dictionary)

    def _tidy(self, places: pa.Array) -> pa.Array:
        """Return places among the values that are left after cleaning, which fewer texts may have."""
        left = self.values.indices
        same = not left.null_count and np.array_equal(left.to_numpy(), np.arange(len(left)))
        return places.cast(pa.int32()) if same else left.take(places)


Source: TypeAlias = AsItIs | Mended | Said | ByText


def sources_of(short: Short, told: pa.Table, contract: Contract, matching: Matching) -> dict[str, Source]:
    """Return where each business column comes from; `told` are the business columns of the table in short."""
    found: dict[str, Source] = {}
    for field in business_schema(contract):
        name = next(iter(matching.cells.get(field.name.removesuffix("__st"), ())), None)
        values = told[field.name].combine_chunks().cast(field.type)
        if name is None:
            found[field.name] = Said(values[0])
        elif name in short.spoken:
            spoken = short.spoken[name]
            own = values.slice(0, len(spoken) + 1)
            if own.slice(0, len(spoken)).equals(spoken) and not any(each.is_valid for each in own.slice(len(spoken))):
                found[field.name] = AsItIs(name, SPELLED)
                continue
            coded = own.dictionary_encode() if pa.types.is_string(field.type) else own
            found[field.name] = ByText(name, spoken, coded)
        elif short.ends[name].odd:
            found[field.name] = Mended(name)
        else:
            found[field.name] = AsItIs(name, field.type)
    return found


def rows_from(sources: Mapping[str, Source], raw: RawTable, contract: Contract, folder: Path) -> pa.Table:
    """Return the business columns with `rec_key` and `_row`; what does not lie in the file as it is lies in `folder`."""
    looked = {name: source for name, source in sources.items() if isinstance(source, ByText | Mended)}
    schema = pa.schema([*((name, source.kind) for name, source in looked.items()), (KEY, pa.binary())])
    stored = store_batches(folder / LOOKED_UP, schema, _pieces(sources, list(looked), raw.table, contract))
    columns = {name: stored[name] if name in looked else source.of(raw.table) for name, source in sources.items()}
    return pa.table({**columns, KEY: stored[KEY], ROW: raw.table[ROW]})


def _pieces(
    sources: Mapping[str, Source], looked: list[str], table: pa.Table, contract: Contract
) -> Iterator[pa.RecordBatch]:
    def made(batch: pa.RecordBatch) -> pa.RecordBatch:
        found = {name: sources[name].of(batch) for name in {*looked, *contract.key}}
        keys = record_keys([(contract.column(name), found[name]) for name in contract.key])
        return pa.RecordBatch.from_arrays([*(found[name] for name in looked), keys], names=[*looked, KEY])

    for piece in side_by_side(made, table.to_batches(max_chunksize=PIECE_ROWS)):
        yield piece
        let_go_of(table.num_rows)
