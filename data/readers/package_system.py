"""What pyreadstat does not tell of an SPSS system file (.sav, .zsav): that its data are fewer, more or other than it promises.

pyreadstat stops at the number of cases in the header and takes any bytes on the way for values. Belongs here: walking header and
dictionary, and counting the values of the data against the promise. Does not: values (labelled).
"""

from __future__ import annotations

import struct
import zlib

from data.readers.refusals import unreadable

HEADER = 176
BIAS = 100.0
"""What is added to a number of one byte; every program writes 100, so another one is damage that would change each value."""

VARIABLE, LABELS, LABELLED, DOCUMENTS, EXTENSION, END = 2, 3, 4, 6, 7, 999
PADDING, FINISHED, LITERAL = 0, 252, 253
UNKNOWN = -1
ZLIB_HEADER = 24


def check_system_file(content: bytes) -> None:
    """Refuse (E-FILE-01) a system file whose data are not as many values as its header and dictionary promise."""
    try:
        _check(content)
    except (struct.error, IndexError, ValueError, zlib.error) as error:
        raise unreadable("damaged", kind="SPSS (.sav)") from error


def _check(content: bytes) -> None:
    order = "<" if content[64:68] in (b"\2\0\0\0", b"\3\0\0\0") else ">"
    layout, _, packing, _, cases = struct.unpack_from(f"{order}5i", content, 64)
    (bias,) = struct.unpack_from(f"{order}d", content, 84)
    if layout not in (2, 3) or packing not in (0, 1, 2) or cases < UNKNOWN or (packing and bias != BIAS):
        raise ValueError("header")
    width, start = _dictionary(content, order)
    if packing == 2:  # noqa: PLR2004 - blocks of zlib, with their own checksums
        found = _coded_values(_unpacked(content, start, order))
    else:
        found = _coded_values(content[start:]) if packing else _plain_values(content[start:])
    if not width or found % width or (cases not in (UNKNOWN, found // width)):
        raise ValueError("number of values")


def _dictionary(content: bytes, order: str) -> tuple[int, int]:
    """Return how many values of eight bytes a case has, and where the data begin."""
    place, width = HEADER, 0
    while True:
        (kind,) = struct.unpack_from(f"{order}i", content, place)
        place += 4
        if kind == END:
            return width, place + 4
        width += kind == VARIABLE
        place = _after(content, order, kind, place)
        if place > len(content):
            raise ValueError("cut dictionary")


def _after(content: bytes, order: str, kind: int, place: int) -> int:
    """Return where the record of this kind ends whose body begins at `place`."""
    (first,) = struct.unpack_from(f"{order}i", content, place)
    if kind == VARIABLE:
        return _after_variable(content, order, place)
    if kind == LABELS:
        place += 4
        for _ in range(_count(first)):
            place += 8 + (content[place + 8] + 8) // 8 * 8
        return place
    if kind == LABELLED:
        return place + 4 + 4 * _count(first)
    if kind == DOCUMENTS:
        return place + 4 + 80 * _count(first)
    if kind == EXTENSION:
        _, size, count = struct.unpack_from(f"{order}3i", content, place)
        return place + 12 + _count(size) * _count(count)
    raise ValueError("record of an unknown kind")


def _after_variable(content: bytes, order: str, place: int) -> int:
    _, labelled, missing = struct.unpack_from(f"{order}3i", content, place)
    place += 28
    if labelled not in (0, 1) or not -3 <= missing <= 3:  # noqa: PLR2004 - two or three bounds, up to three codes
        raise ValueError("variable")
    if labelled:
        (length,) = struct.unpack_from(f"{order}i", content, place)
        place += 4 + (_count(length) + 3) // 4 * 4
    return int(place + 8 * abs(missing))


def _count(number: int) -> int:
    if number < 0:
        raise ValueError("negative count")
    return number


def _plain_values(data: bytes) -> int:
    if len(data) % 8:
        raise ValueError("cut value")
    return len(data) // 8


def _coded_values(data: bytes) -> int:
    """Return how many values a stream of command bytes holds; eight commands, then eight bytes for each literal among them."""
    place = found = 0
    while place < len(data):
        codes = data[place : place + 8]
        if FINISHED in codes:
            codes = codes[: codes.index(FINISHED)]
            rest = data[place + 8 + 8 * codes.count(LITERAL) :]
            if rest.strip(b"\0"):
                raise ValueError("bytes after the end")
            return found + len(codes) - codes.count(PADDING)
        found += len(codes) - codes.count(PADDING)
        place += len(codes) + 8 * codes.count(LITERAL)
    if place > len(data):
        raise ValueError("cut value")
    return found


def _unpacked(content: bytes, start: int, order: str) -> bytes:
    own, trailer, length = struct.unpack_from(f"{order}3q", content, start)
    if own != start or trailer + length != len(content):
        raise ValueError("compressed header")
    (blocks,) = struct.unpack_from(f"{order}i", content, trailer + 20)
    entries = (struct.unpack_from(f"{order}2q2i", content, trailer + 24 + 24 * n) for n in range(_count(blocks)))
    return b"".join(zlib.decompress(content[place : place + size]) for _, place, _, size in entries)
