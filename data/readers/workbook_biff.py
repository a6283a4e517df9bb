"""What the records of a legacy workbook (.xls) tell and calamine does not: error cells, formulas, a password.

Belongs here: walking the compound file (MS-CFB) to the workbook stream and its records (MS-XLS) for those things and for what
is hidden or beside the cells. Does not: any other cell, which calamine reads.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from data.readers.refusals import unreadable
from data.readers.workbook_beside import Beside
from data.readers.workbook_records import check_cells, check_common
from data.readers.workbook_xml import Peculiar

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks: free, end of chain, table sector."""

FORMULA, FILEPASS, EOF_RECORD, BOUNDSHEET, BOOLERR, BOF = 0x0006, 0x002F, 0x000A, 0x0085, 0x0205, 0x0809
ROW, COLUMNS, NOTE, OBJECT = 0x0208, 0x007D, 0x001C, 0x005D
BIFF8 = 0x0600
DRAWN = (5, 8)
"""Kinds of objects that are a chart or a picture; the rest are comments' frames, buttons, lists."""
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def peculiar_cells(content: bytes, position: int) -> Peculiar:
    """Return the error cells and the number of formulas of the sheet at `position` (from 0, charts and hidden ones count).

    Raises
    ------
    Refused
        E-FILE-01: the file is damaged, no workbook, or locked by a password.
    """
    try:
        stream = _workbook_stream(content)
        starts = list(_sheet_starts(stream))
        if _version(stream) == BIFF8:
            check_cells(_own_records(stream, starts[position]), check_common(_records(stream, 0)))
        return _peculiar(stream, starts[position])
    except (struct.error, IndexError, ValueError) as error:
        raise unreadable("damaged", kind="XLS") from error


def check_workbook(content: bytes) -> None:
    """Refuse a workbook that is damaged or locked by a password (E-FILE-01); calamine would not say which."""
    try:
        list(_sheet_starts(_workbook_stream(content)))
    except (struct.error, IndexError, ValueError) as error:
        raise unreadable("damaged", kind="XLS") from error


def is_workbook(content: bytes) -> bool:
    """Whether a compound file holds a workbook, and not a Word document or a mail."""
    try:
        return bool(_workbook_stream(content))
    except (struct.error, IndexError, ValueError):
        return False


def _workbook_stream(content: bytes) -> bytes:
    (shift, mini_shift) = struct.unpack_from("<HH", content, 0x1E)
    (directory,) = struct.unpack_from("<I", content, 0x30)
    cutoff, mini_start = struct.unpack_from("<II", content, 0x38)
    if shift not in (9, 12) or mini_shift != 6:  # noqa: PLR2004
        raise ValueError("sector size")
    table = _table(content, shift)
    entries = list(_entries(_chain(content, table, directory, shift, 1 << shift)))
    books = [(start, size) for name, start, size in entries if name.lower() in ("workbook", "book")]
    if not books:
        raise ValueError("no workbook")
    start, size = books[0]
    if size >= cutoff:
        return _whole(_chain(content, table, start, shift, 1 << shift), size)
    mini = _chain(content, table, entries[0][1], shift, 1 << shift)
    small = _chain(content, table, mini_start, shift, 1 << shift)
    mini_table = struct.unpack(f"<{len(small) // 4}I", small)
    return _whole(_chain(mini, mini_table, start, mini_shift, 0), size)


def _whole(stream: bytes, size: int) -> bytes:
    if len(stream) < size:
        raise ValueError("cut stream")
    return stream[:size]


def _table(content: bytes, shift: int) -> tuple[int, ...]:
    """Return the sector allocation table."""
    places = list(struct.unpack_from("<109I", content, 0x4C))
    (more,) = struct.unpack_from("<I", content, 0x44)
    size = 1 << shift
    for _ in range(len(content) // size):
        if more >= FREE:
            break
        sector = struct.unpack_from(f"<{size // 4}I", content, size + (more << shift))
        places.extend(sector[:-1])
        more = sector[-1]
    sectors = [content[size + (place << shift) : 2 * size + (place << shift)] for place in places if place < FREE]
    return tuple(number for sector in sectors for number in struct.unpack(f"<{size // 4}I", sector))


def _chain(content: bytes, table: tuple[int, ...], start: int, shift: int, offset: int) -> bytes:
    """Return the sectors from `start` on, one after the other; a chain that bites its tail is damage."""
    parts: list[bytes] = []
    while start < FREE:
        if len(parts) > len(table):
            raise ValueError("endless chain")
        parts.append(content[offset + (start << shift) : offset + (start + 1 << shift)])
        start = table[start]
    return b"".join(parts)


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    if len(directory) % 128:
        raise ValueError("cut directory")
    for place in range(0, len(directory), 128):
        (length,) = struct.unpack_from("<H", directory, place + 64)
        name = directory[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", directory, place + 116)
        yield name, start, size


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    while True:
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if len(body) < length:
            raise ValueError("cut record")
        yield kind, body
        if kind == EOF_RECORD:
            return
        place += 4 + length


def _sheet_starts(stream: bytes) -> Iterator[int]:
    for kind, body in _records(stream, 0):
        if kind == FILEPASS:
            raise unreadable("locked")
        if kind == BOUNDSHEET:
            yield struct.unpack_from("<I", body)[0]


def _version(stream: bytes) -> int:
    return int(struct.unpack_from("<H", stream, 4)[0])


def _own_records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a sheet without those of charts inside it, which have a beginning and an end of their own."""
    depth = 0
    for kind, body in _records_of_sheet(stream, start):
        depth += kind == BOF
        depth -= kind == EOF_RECORD
        if depth == 1 and kind != BOF:
            yield kind, body


def _peculiar(stream: bytes, start: int) -> Peculiar:
    errors: dict[tuple[int, int], str] = {}
    formulas = comments = pictures = 0
    rows: list[int] = []
    columns: list[tuple[int, int]] = []
    for kind, body in _own_records(stream, start):
        if kind == FORMULA:
            formulas += 1
            if body[6] == 2 and body[12:14] == b"\xff\xff":  # noqa: PLR2004
                errors[struct.unpack_from("<HH", body)] = ERRORS.get(body[8], "#ERROR!")
        elif kind == BOOLERR and body[7]:
            errors[struct.unpack_from("<HH", body)] = ERRORS.get(body[6], "#ERROR!")
        elif kind == ROW and body[12] & 0x20:
            rows.append(struct.unpack_from("<H", body)[0])
        elif kind == COLUMNS and body[8] & 1:
            columns.append(struct.unpack_from("<HH", body))
        comments += kind == NOTE
        pictures += kind == OBJECT and body[4] in DRAWN
    return Peculiar(errors, formulas, Beside(tuple(rows), tuple(columns), comments, pictures))


def _records_of_sheet(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a sheet and of what is embedded in it."""
    depth, place = 0, start
    while True:
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if len(body) < length:
            raise ValueError("cut record")
        depth += kind == BOF
        depth -= kind == EOF_RECORD
        yield kind, body
        if depth <= 0:
            return
        place += 4 + length
