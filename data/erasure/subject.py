"""Who is to be erased: the names under which a person may stand in a zone's data, and how a table is asked for them.

Belongs here: comparing cells and texts with these names. Does not: files (layers, rewriting, proof).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from data.withdrawals import comparable

SHORTEST_IN_TEXT = 6
"""Shorter names (a respondent's number) are looked for in identifying columns only: as text they stand everywhere."""
GONE = "[withdrawn]"
ZONE = "zone_id"
RECORD = "rec_key"
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@dataclass(frozen=True)
class Subject:
    """A person of one zone. `names` are ids and pseudonyms; `columns` the columns that identify persons in any contract.

    `records` are the keys of the person's rows in the lake, as texts: a correction's values stand under these.
    """

    zone: str
    names: frozenset[str] = field(repr=False)
    columns: frozenset[str]
    records: frozenset[str] = field(default=frozenset(), repr=False)

    @cached_property
    def in_text(self) -> tuple[str, ...]:
        """Every spelling that is looked for inside texts: plain, lower case, full width."""
        long = [name for name in self.names if len(name) >= SHORTEST_IN_TEXT]
        return tuple(sorted({s for name in long for s in (name, name.lower(), name.translate(FULL_WIDTH))}))

    def is_in(self, text: str) -> bool:
        """Tell whether a text holds one of the person's names."""
        return any(name in text for name in self.in_text)

    def without_names(self, text: str) -> str:
        """Return the text with the person's names taken out."""
        for name in self.in_text:
            text = text.replace(name, GONE)
        return text

    def rows(self, table: pa.Table, columns: Collection[str] = ()) -> pa.ChunkedArray:
        """Return which rows are the person's: by the identifying `columns` (default: those of any contract).

        A table that has none is asked in all its text columns, for whole cells. Rows of another zone are never the person's.
        """
        found = pa.chunked_array([pa.repeat(pa.scalar(value=False), table.num_rows)])
        for name in self._asked(table, columns):
            found = pc.or_(found, self._matches(table[name]))
        if RECORD in table.column_names:
            found = pc.or_(found, pc.is_in(table[RECORD], value_set=self._keys(table.schema.field(RECORD).type)))
        return pc.and_(found, self._here(table))

    def without(self, table: pa.Table, columns: Collection[str] = ()) -> pa.Table | None:
        """Return the table without the person's rows, and without the names in other rows' texts; None if it holds neither."""
        mine = self.rows(table, columns)
        left = table.filter(pc.invert(mine)) if pc.any(mine).as_py() else table
        for name in _texts(left):
            found = pc.and_(self._mentioning(left[name]), self._here(left))
            if pc.any(found).as_py():
                cells = pc.if_else(found, self._cleaned(left[name]), left[name])
                left = left.set_column(left.column_names.index(name), left.schema.field(name), cells)
        return None if left is table else left

    def _keys(self, kind: pa.DataType) -> pa.Array:
        texts = sorted(self.records)
        return pa.array(map(bytes.fromhex, texts) if pa.types.is_binary(kind) else texts, kind)

    def _here(self, table: pa.Table) -> pa.ChunkedArray:
        """Return which rows may be the person's by their zone: those of another zone never are."""
        if ZONE in table.column_names and pa.types.is_string(table.schema.field(ZONE).type):
            return pc.fill_null(pc.equal(table[ZONE], self.zone), True)  # noqa: FBT003
        return pa.chunked_array([pa.repeat(pa.scalar(value=True), table.num_rows)])

    def _asked(self, table: pa.Table, columns: Collection[str]) -> list[str]:
        known = [name for name in table.column_names if name in (columns or self.columns)]
        return known or [name for name in _texts(table) if self.in_text]

    def _matches(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        values = cells.unique().to_pylist()
        mine = [value for value in values if value is not None and comparable(str(value)) in self.names]
        return pc.is_in(cells, value_set=pa.array(mine, cells.type))

    def _mentioning(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        found = pa.chunked_array([pa.repeat(pa.scalar(value=False), len(cells))])
        for name in self.in_text:
            found = pc.or_(found, pc.fill_null(pc.match_substring(cells, name), False))  # noqa: FBT003
        return found

    def _cleaned(self, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        for name in self.in_text:
            cells = pc.replace_substring(cells, name, GONE)
        return cells


def _texts(table: pa.Table) -> list[str]:
    return [field.name for field in table.schema if pa.types.is_string(field.type)]
