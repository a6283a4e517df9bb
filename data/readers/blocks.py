"""A long delimited file read in pieces, each by the ordinary reader, so that memory does not grow with the file.

Belongs here: cutting between records, and giving up (`NotAlike`) wherever pieces could say something else than the whole. Does
not: what a piece means (read). Every piece begins with the file's own first lines, header included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Contract
from data.messages import Refused
from data.readers.decode import decode
from data.readers.delimited import Layout, layout_of, read_laid_out
from data.readers.marks import are_sound, record_ends, records_in
from data.readers.number_cells import says_more, with_numbers
from data.readers.quick import NotNumbers
from data.readers.raw import ROW, RaggedRow, RawTable
from data.side_by_side import side_by_side

Reader = Callable[[bytes], RawTable]

WHOLE_BELOW = 24 << 20
"""Smaller files are read whole: 24 MB take some 200 MB of memory while they are read."""
FIRST_PIECE = 4 << 20
"""By so much it is decided which columns repeat themselves."""
PIECE = 2 << 20
"""So much is read at once afterwards: it stays near the processor, and its memory is used again for the next."""
LONGEST = 64 << 20
"""A record longer than this is no record."""
PLAIN_STARTS = b"\"'"
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"PAR1", b"PK\x03\x04")


class NotAlike(Exception):
    """The file cannot be read in pieces with the same result; read it whole."""


@dataclass(frozen=True)
class _Piece:
    """Whole records: their bytes, and how many records lie before them (the file's first lines included)."""

    content: bytes
    before: int
    records: int


def is_long_text(path: Path, *, whole_below: int = WHOLE_BELOW) -> bool:
    """Whether the file is long and may be delimited text of one byte a unit (UTF-8, GB18030)."""
    with path.open("rb") as stream:
        start = stream.read(1 << 16)
    return path.stat().st_size >= whole_below and b"\0" not in start and not start.startswith(WIDE_MARKS)


def read_in_pieces(
    path: Path,
    read: Reader,
    contract: Contract | None,
    *,
    numbers: bool = False,
    first_piece: int = FIRST_PIECE,
    piece: int = PIECE,
) -> Iterator[RawTable]:
    """Yield the file's table piece by piece, with the row numbers that the whole file gives.

    `read` reads the first piece and finds out how the text is laid out; the others are laid out like it, as in the whole file.
    `numbers`: number columns come as numbers if those of the first piece can (`number_cells`); `NotAlike` if a later one cannot.

    Raises
    ------
    NotAlike
        At any time: what was yielded before must be thrown away.
    Refused
        The first piece cannot be read at all and no other way of cutting would change that.
    """
    with path.open("rb") as stream:
        pieces = _pieces(stream, first_piece, piece)
        first = next(pieces)
        model = read(first.content)
        head = _first_records(first.content, model.header_row)
        delimiter = (model.delimiter or "").encode()
        if model.format != "csv" or not delimiter or not are_sound(first.content, delimiter):
            raise NotAlike
        model, kinds = _typed(model, first.content, contract) if numbers and contract else (model, {})
        yield model
        layout = replace(layout_of(decode(first.content), contract), is_part=True, numbers=kinds)
        later = partial(_read_later, head, layout=layout, contract=contract, model=model)
        for found in side_by_side(later, pieces):
            if found is not None:
                yield found


def _typed(model: RawTable, content: bytes, contract: Contract) -> tuple[RawTable, Mapping[int, pa.DataType]]:
    """Return the first piece with its numbers typed, and which they are; as it is where it leaves a doubt."""
    found, kinds = with_numbers(model, contract)
    return (model, {}) if model.ragged or says_more(content) else (found, kinds)


def _read_later(
    head: bytes, piece: _Piece, *, layout: Layout, contract: Contract | None, model: RawTable
) -> RawTable | None:
    if not are_sound(piece.content, (model.delimiter or "").encode()):
        raise NotAlike
    try:
        if layout.numbers and says_more(piece.content):
            raise NotAlike
        found = read_laid_out(decode(head + piece.content), layout, contract)
    except NotNumbers as error:
        raise NotAlike from error
    except Refused as refusal:
        if refusal.code == "E-FILE-02":  # blank lines only
            return None
        raise NotAlike from refusal
    told = {field.name for field in fields(RawTable)} - {"table", "ragged"}
    if any(getattr(found, name) != getattr(model, name) for name in told) or found.names != model.names:
        raise NotAlike
    shift = piece.before - model.header_row
    place = found.table.column_names.index(ROW)
    table = found.table.set_column(place, ROW, pc.add(found.table[ROW], pa.scalar(shift, pa.int64())))
    return replace(
        found, table=table, ragged=tuple(RaggedRow(ragged.row + shift, ragged.found) for ragged in found.ragged)
    )


def _pieces(stream: BinaryIO, first_size: int, size: int) -> Iterator[_Piece]:
    """Cut behind the last line end that lies outside quotation marks, about every `size` bytes."""
    before, rest = 0, b""
    while block := stream.read(size if before else first_size):
        content = rest + block
        records, cut = records_in(content)
        if not records or content[-1:] == b"\r":  # one record longer than a piece, or a line end cut in two
            rest = content
            if len(rest) > LONGEST:
                raise NotAlike
            continue
        yield _Piece(content[:cut], before, records)
        before, rest = before + records, content[cut:]
    if rest:
        yield _Piece(rest, before, records_in(rest)[0] + 1)


def _first_records(content: bytes, count: int) -> bytes:
    ends = record_ends(content)
    if len(ends) < count:
        raise NotAlike
    return content[: int(ends[count - 1]) + 1]
