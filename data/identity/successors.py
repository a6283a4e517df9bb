"""A table under new pseudonyms: every cell that is or holds an old one, and the keys of records that rest on them.

Belongs here: that, on Arrow tables. Does not: which tables (key_change). A record keeps its identity: the rows of one old
`rec_key` have one new one, and it is the one that the gate will compute for the next file.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract
from data.contracts.record_key import record_keys
from data.identity.pseudonym import PSEUDONYM

KEY = "rec_key"


def with_successors(table: pa.Table, contract: Contract | None, pairs: Mapping[str, str]) -> pa.Table | None:
    """Return the table with every pseudonym replaced by its successor; None if it holds none of them.

    Parameters
    ----------
    contract
        Of a table of the lake, whose `rec_key` is computed anew; None for a table without one.
    pairs
        Pseudonym → successor.
    """
    new = table
    for field in table.schema:
        if pa.types.is_string(field.type):
            new = _replaced(new, field, pairs)
    if new is table:
        return None
    if contract is None or not {KEY, *contract.key} <= set(table.column_names):
        return new
    before, after = _keys(table, contract), _keys(new, contract)
    ours = pc.equal(before, table[KEY])  # a record whose contract had another key then keeps the one it has
    return new.set_column(table.column_names.index(KEY), table.schema.field(KEY), pc.if_else(ours, after, table[KEY]))


def _replaced(table: pa.Table, field: pa.Field, pairs: Mapping[str, str]) -> pa.Table:
    cells = table[field.name]
    if not pc.any(pc.match_substring_regex(cells, PSEUDONYM.pattern)).as_py():
        return table
    coded = cells.combine_chunks().dictionary_encode()
    old = coded.dictionary.to_pylist()
    new = [PSEUDONYM.sub(lambda found: pairs.get(found[0], found[0]), text) for text in old]
    if new == old:
        return table
    taken = pc.take(pa.array(new, pa.string()), coded.indices)
    return table.set_column(table.column_names.index(field.name), field, pa.chunked_array([taken]))


def _keys(table: pa.Table, contract: Contract) -> pa.Array:
    """Return `rec_key` computed from a table's values, in the table's order."""
    return record_keys([(contract.column(name), table[name]) for name in contract.key])
