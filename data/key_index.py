"""Sorted runs of key numbers, each with the file that it came in: which data files may hold one of some keys, none being opened.

Belongs here: one run as an Arrow file: made, merged, kept, checked, asked. Does not: which runs count (table_head), whether a key
is there for certain: 64 bits of it are kept, so a hit is looked up in the data files (admission). Never the truth: what is
missing or torn costs time only.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.contracts.record_key import KEY_BYTES
from data.durable import remove_file, write_cache

FOLDER = "_keys"
"""Beside the data files; Delta readers pass over names that begin so."""
SUFFIX = ".arrow"
MERGED_KEYS = 1 << 22
"""Runs longer than this are left alone: merging two of them would take a second."""
FACTOR = 8
"""A run is merged with the next if it is at most so many times longer: a few runs, each key written a few times."""
ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x27D4EB2F165667C5)
"""Of the halves of a key, each times one of these, the sum is kept: keys that share a half never have one number."""

_whole: set[Run] = set()
"""Runs whose bytes this process has held against their checksum; a run's name is never used again."""


@dataclass(frozen=True)
class Run:
    """A run on the disk: `keys` numbers in a file of `size` bytes with this checksum."""

    name: str
    keys: int
    size: int
    crc32: int


def key_numbers(column: pa.ChunkedArray) -> np.ndarray | None:
    """Return 64 bits of each rec_key, equal for equal keys; None if one is null or not as long as keys are.

    >>> key_numbers(pa.chunked_array([[bytes(16)], [bytes(16)]])).tolist(), key_numbers(pa.chunked_array([[b"short"]]))
    ([0, 0], None)
    """
    found = [_chunk_numbers(chunk) for chunk in column.chunks if len(chunk)]
    if column.null_count or any(each is None for each in found):
        return None
    return np.concatenate([np.empty(0, np.uint64), *(each for each in found if each is not None)])


def _chunk_numbers(keys: pa.Array) -> np.ndarray | None:
    if not pa.types.is_binary(keys.type):
        return None
    _, offsets, content = keys.buffers()
    places = np.frombuffer(offsets, dtype=np.int32, count=len(keys) + 1, offset=4 * keys.offset)
    if (np.diff(places) != KEY_BYTES).any():
        return None
    halves = np.frombuffer(content, dtype="<u8", count=2 * len(keys), offset=int(places[0])).reshape(-1, 2)
    mixed: np.ndarray = halves[:, 0] * ODD[0] + halves[:, 1] * ODD[1]
    return mixed


def fresh(numbers: np.ndarray, file: str) -> pa.RecordBatch:
    """Return the numbers of one data file as a run."""
    return _batch(np.sort(numbers), np.zeros(len(numbers), dtype=np.int32), [file])


def _batch(numbers: np.ndarray, places: np.ndarray, files: Sequence[str]) -> pa.RecordBatch:
    named = pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(files, pa.string()))
    return pa.record_batch({"number": pa.array(numbers, pa.uint64()), "file": named})


def merged(runs: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Return runs as one; their files are different ones."""
    files: list[str] = []
    places = []
    for run in runs:
        places.append(_places(run) + len(files))
        files += files_of(run)
    numbers = np.concatenate([_numbers(run) for run in runs])
    order = np.argsort(numbers, kind="stable")  # sorted pieces: merged, not sorted
    return _batch(numbers[order], np.concatenate(places)[order].astype(np.int32), files)


def _numbers(run: pa.RecordBatch) -> np.ndarray:
    return np.asarray(run["number"].to_numpy(zero_copy_only=True))


def _places(run: pa.RecordBatch) -> np.ndarray:
    return np.asarray(run["file"].indices.to_numpy(zero_copy_only=True))


def files_of(run: pa.RecordBatch) -> list[str]:
    """Return the names of the data files that a run stands for."""
    return [str(name) for name in run["file"].dictionary.to_pylist()]


def files_with(run: pa.RecordBatch, numbers: np.ndarray) -> set[str]:
    """Return which files of a run hold one of the numbers (`numbers` sorted).

    >>> run = merged([fresh(np.array([5, 3], np.uint64), "a"), fresh(np.array([5, 9], np.uint64), "b")])
    >>> sorted(files_with(run, np.array([5, 7], np.uint64))), files_with(run, np.array([4], np.uint64))
    (['a', 'b'], set())
    """
    kept, places = _numbers(run), _places(run)
    at = np.searchsorted(kept, numbers)
    found: set[int] = set()
    while len(numbers):  # once for each time that the most frequent key came
        inside = at < len(kept)
        at, numbers = at[inside], numbers[inside]
        same = kept[at] == numbers
        at, numbers = at[same], numbers[same]
        found.update(np.unique(places[at]).tolist())
        at = at + 1
    names = run["file"].dictionary
    return {str(names[place].as_py()) for place in found}


def keep(folder: Path, run: pa.RecordBatch) -> Run:
    """Write a run below a table's folder under a name of its own."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, run.schema) as writer:
        writer.write_batch(run)
    content = sink.getvalue()
    kept = Run(f"{uuid.uuid4().hex}{SUFFIX}", run.num_rows, content.size, zlib.crc32(content))
    write_cache(folder / FOLDER / kept.name, content)
    _whole.add(kept)
    return kept


def load(folder: Path, run: Run) -> pa.RecordBatch:
    """Return a run, mapped.

    Raises
    ------
    OSError
        It is missing or torn.
    """
    mapped = pa.memory_map(str(folder / FOLDER / run.name))
    if mapped.size() != run.size or (run not in _whole and zlib.crc32(mapped.read_buffer()) != run.crc32):
        raise OSError(f"{run.name} is torn")
    _whole.add(run)
    return pa.ipc.open_file(mapped).get_batch(0)


def stored(folder: Path) -> list[Path]:
    """Return every file of a table's index, those included that nothing refers to."""
    return sorted(path for path in (folder / FOLDER).glob("*") if path.is_file())


def drop(folder: Path) -> int:
    """Remove a table's index, durably, as nothing about anybody may be left in it; return how many files went."""
    gone = stored(folder)
    for path in gone:
        remove_file(path)
    return len(gone)


def told_by(path: Path) -> tuple[np.ndarray, list[str]]:
    """Return the numbers in a run's file and the data files that it names, whether or not it counts: what it could give away."""
    with pa.OSFile(str(path)) as stream:
        run = pa.ipc.open_file(stream).get_batch(0)
    return _numbers(run).copy(), files_of(run)
