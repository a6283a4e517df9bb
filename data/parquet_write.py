"""A long table to one Parquet file, durably, piece by piece: hashed beside the writing, its halves by two threads.

Belongs here: how columns are laid out, row groups, the order of bytes. Does not: making a file durable (durable), footers
(parquet_footer), what the rows are (parts).
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from data.durable import make_folder, replacing
from data.parquet_footer import FOOTER_TAIL, joined_footer


@dataclass(frozen=True)
class Layout:
    """What is known of a table's columns before they are written; it changes their size and time on the disk, no value.

    Statistics are kept of numbers and times, by which rows are passed over; those of texts cost a fifth of the writing.

    Attributes
    ----------
    unlike
        Bytes of which no two are alike (keys): no dictionary, and no statistics, which would hold two of them.
    rising
        Whole numbers that count upwards: differences are kept.
    """

    unlike: frozenset[str] = frozenset()
    rising: frozenset[str] = frozenset()

    def options(self, schema: pa.Schema) -> dict[str, Any]:
        """Return the writer's options for a table of `schema`."""
        rising = [name for name in schema.names if name in self.rising]
        alike = [name for name in schema.names if name not in self.unlike and name not in rising]
        described = [field.name for field in schema if field.name not in self.unlike and not _is_text(field.type)]
        return {
            "compression": "zstd",
            "use_dictionary": alike or False,
            "write_statistics": described or False,
            "column_encoding": dict.fromkeys(rising, "DELTA_BINARY_PACKED") or None,
        }


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def write_parquet_pieces(path: Path, pieces: Iterator[pa.Table], *, layout: Layout = Layout()) -> str:
    """Write a table that comes in pieces to `path` as Parquet (zstd), durably; each piece is a row group. Return its sha256.

    The bytes are hashed beside the writing, by a thread of its own. What the file says of its columns is Parquet's own schema:
    how texts were held in memory (dictionary-encoded or not) leaves no trace in it.

    Parameters
    ----------
    pieces
        Of one schema, at least one.
    """
    with replacing(path) as stream, ThreadPoolExecutor(1) as beside:
        hashed = _Hashed(stream, beside)
        _write_pieces(hashed, pieces, layout)
        return hashed.sha256()


def write_parquet_halves(
    path: Path, first: Iterator[pa.Table], second: Iterator[pa.Table], *, layout: Layout = Layout()
) -> str:
    """Write a long table like `write_parquet_pieces`, its second half by a thread of its own. Return the file's sha256.

    The second half is written to a file without a name, then laid behind the first; one footer tells where all row groups are.
    """
    make_folder(path.parent)
    with (
        replacing(path) as stream,
        TemporaryFile(dir=path.parent) as other,
        ThreadPoolExecutor(1) as hashing,
        ThreadPoolExecutor(1) as writing,
    ):
        hashed = _Hashed(stream, hashing)  # one thread: the bytes come in order
        late = writing.submit(_write_pieces, other, second, layout)
        _write_pieces(hashed, first, layout)
        late.result()
        stream.flush()
        with open(stream.name, "rb") as written:  # noqa: PTH123 - the name of an open stream
            footer = _footer(written)
        shift = hashed.size
        footers = footer, _footer(other)
        other.seek(0)
        while block := other.read(1 << 20):
            hashed.write(block)
        hashed.write(joined_footer(*footers, shift))
        return hashed.sha256()


def _write_pieces(stream: Any, pieces: Iterator[pa.Table], layout: Layout) -> None:  # noqa: ANN401 - whatever can be written to
    first = next(pieces)
    with pa.BufferedOutputStream(pa.PythonFile(stream, mode="w"), 1 << 20) as buffered:
        with pq.ParquetWriter(buffered, first.schema, store_schema=False, **layout.options(first.schema)) as writer:
            for piece in chain([first], pieces):
                writer.write_table(piece, row_group_size=max(1, piece.num_rows))
        buffered.flush()
        buffered.detach()


def _footer(stream: BinaryIO) -> bytes:
    stream.seek(-FOOTER_TAIL, os.SEEK_END)
    size = int.from_bytes(stream.read(4), "little")
    stream.seek(-FOOTER_TAIL - size, os.SEEK_END)
    return stream.read(size)


class _Hashed(io.RawIOBase):
    """A stream that hashes what goes through it; what is written is never changed later."""

    def __init__(self, stream: BinaryIO, beside: Executor) -> None:
        super().__init__()
        self._stream, self._beside = stream, beside
        self._digest, self._waiting = hashlib.sha256(), list[Future[None]]()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401 - whatever has bytes
        self._waiting = [each for each in self._waiting if not each.done() or each.exception() is not None]
        self._waiting.append(self._beside.submit(self._digest.update, content))
        self.size += len(content)
        return self._stream.write(content)

    def sha256(self) -> str:
        for each in self._waiting:
            each.result()
        return self._digest.hexdigest()
