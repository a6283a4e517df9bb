"""A long Parquet file read in pieces, typed, so that memory does not grow with the file.

Belongs here: cutting into batches, and giving up (`NotAlike`) wherever pieces could say something else than the whole file. Does
not: what a column becomes (parquet). What is damaged or cannot be read is left to the reader of the whole file, which says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.readers.blocks import NotAlike
from data.readers.parquet import SPELLED_FROM, columns_of, texts_of
from data.readers.raw import RawTable

MAGIC = b"PAR1"
PIECE_ROWS = 1 << 18


def is_long_parquet(path: Path) -> bool:
    """Whether the file is Parquet and long enough to come in pieces."""
    import pyarrow.parquet as pq

    with path.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            return False
    try:
        return bool(pq.read_metadata(path).num_rows >= SPELLED_FROM)
    except (pa.ArrowException, OSError, ValueError):
        return False


def read_parquet_in_pieces(path: Path) -> Iterator[RawTable]:
    """Yield the file's table piece by piece, with the row numbers that the whole file gives.

    Raises
    ------
    NotAlike
        At any time: what was yielded before must be thrown away.
    """
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as known:
            coded = texts_of(known.schema_arrow)
        with pq.ParquetFile(path, page_checksum_verification=True, read_dictionary=coded) as file:
            yield from _numbered(file.iter_batches(PIECE_ROWS, use_threads=True))
    except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError) as error:
        raise NotAlike from error


def _numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[RawTable]:
    before, empties = 0, _Empties()
    for batch in batches:
        batch.validate(full=True)  # texts that are no UTF-8 would show only when a cell is looked at
        raw = columns_of(pa.Table.from_batches([batch]), first_row=before + 2)
        empties.look(batch.columns)
        yield raw if before == 0 else replace(raw, notes=())
        before += batch.num_rows


class _Empties:
    """Float columns in which some cells are null and others NaN: how many must be told, which only the whole file knows."""

    def __init__(self) -> None:
        self._null: set[int] = set()
        self._nan: set[int] = set()

    def look(self, columns: Sequence[pa.Array]) -> None:
        for place, column in enumerate(columns):
            if pa.types.is_floating(column.type):
                self._null |= {place} if column.null_count else set()
                self._nan |= {place} if np.isnan(pc.sum(column).as_py() or 0.0) else set()
        if self._null & self._nan:
            raise NotAlike
