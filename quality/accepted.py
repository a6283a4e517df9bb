"""All rows of a judged table as the archive takes them, where none is bad: columns are passed on, not computed again.

Belongs here: that short way. Does not: leaving bad rows out, and columns with a status (tagging.good_rows).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from data.arrow_files import store_batches
from data.contracts import Contract, business_schema
from data.readers.spelling import is_spelled, respelled
from quality.names import names

BATCH_ROWS = 1 << 17


def all_rows(judged: pa.Table, contract: Contract, path: Path) -> pa.Table:
    """Return every row as `business_schema(contract)` plus `rec_key` and `_row`; texts are written to `path` and mapped."""
    schema = business_schema(contract)
    found = {name: judged[names(name).value.strip('"')] for name in schema.names}
    coded = {name: _tidy(column) for name, column in found.items() if is_spelled(column)}
    texts = pa.schema([schema.field(name) for name in coded])
    spelled_out = store_batches(path, texts, _texts(coded, texts)) if coded else None
    columns = [
        spelled_out[field.name]
        if spelled_out is not None and field.name in coded
        else found[field.name].cast(field.type)
        for field in schema
    ]
    own = [judged["rec_key"], judged["_row"]]
    whole = pa.schema([*schema, pa.field("rec_key", pa.binary()), pa.field("_row", pa.int64())])
    return pa.Table.from_arrays([*columns, *own], schema=whole)


def _tidy(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column whose empty cells have no place among the texts, instead of the place of an empty one."""
    chunks = [respelled(pa.chunked_array([chunk]), lambda texts: texts).chunk(0) for chunk in column.chunks]
    return pa.chunked_array(chunks, column.type if not chunks else chunks[0].type)


def _texts(coded: dict[str, pa.ChunkedArray], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    table = pa.table(coded)
    for batch in table.to_batches(max_chunksize=BATCH_ROWS):
        yield pa.RecordBatch.from_arrays([column.dictionary_decode() for column in batch.columns], schema=schema)
