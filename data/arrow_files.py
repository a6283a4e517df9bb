"""Tables that lie on the disk while they are worked on: Arrow IPC files in a scratch folder, mapped into memory.

Belongs here: writing one from batches, mapping it back. Does not: anything that must outlive a crash (durable), a file from
another process (data.readers.sandbox distrusts and validates it).
"""

from __future__ import annotations

import contextlib
import mmap
import weakref
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

BLOCK_ROWS = 1 << 18
LONG_ROWS = 1 << 20
"""More rows are let go of between the steps of their way; fewer take some hundred megabytes at most."""
_maps: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()


def let_go_of(rows: int) -> None:
    """Do so if a table has so many rows that it need not be in memory as a whole."""
    if rows > LONG_ROWS:
        let_go()


def let_go() -> None:
    """Give back the memory of what is mapped but not being looked at, and of what is free; pages come back from the disk.

    To be called between the steps of a long table's way: otherwise every page ever looked at counts as memory in use.
    """
    for mapped in list(_maps):
        with contextlib.suppress(
            ValueError, OSError, AttributeError
        ):  # closed meanwhile; or no such call on this system
            mapped.madvise(mmap.MADV_DONTNEED)
    pa.default_memory_pool().release_unused()


def repeated(value: pa.Scalar, size: int) -> pa.ChunkedArray:
    """Return a column that says `value` in every row; a text is in it once, and a long column is one block again and again.

    >>> repeated(pa.scalar("I"), 3).to_pylist(), repeated(pa.scalar("I"), 3).chunk(0).dictionary.to_pylist()
    (['I', 'I', 'I'], ['I'])
    """
    rows = min(size, BLOCK_ROWS)
    if value.is_valid and pa.types.is_string(value.type):
        zeros = pa.array(np.zeros(rows, np.int32))
        block = pa.DictionaryArray.from_arrays(zeros, pa.array([value.as_py()], pa.string()))
    else:
        block = pa.repeat(value, rows)
    blocks = [block] * (size // BLOCK_ROWS) if rows else []
    return pa.chunked_array([*blocks, block.slice(0, size % BLOCK_ROWS)], block.type)


def store_batches(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Write batches whose columns stand in the order of `schema` and return them as one mapped table.

    A file that is there already is replaced, never overwritten: it may be mapped still, and a page that is cut off kills whoever
    looks at it.
    """
    path.unlink(missing_ok=True)
    with pa.OSFile(str(path), "wb") as stream, pa.ipc.new_file(stream, schema) as writer:
        for batch in batches:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
    return map_table(path)


def map_table(path: Path) -> pa.Table:
    """Return an Arrow IPC file as a table whose cells stay on the disk; the file may be removed afterwards."""
    return pa.ipc.open_file(_mapped(path)).read_all()


def map_stream(path: Path) -> pa.Table:
    """Return an Arrow IPC stream likewise; in a stream the distinct texts of a column may change from batch to batch."""
    return pa.ipc.open_stream(_mapped(path)).read_all()


def _mapped(path: Path) -> pa.Buffer:
    with path.open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    _maps.add(mapped)
    return pa.py_buffer(mapped)
