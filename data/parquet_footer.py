"""Two Parquet files of one schema become one: their bytes one after the other, and a footer that knows where each row group is.

Belongs here: reading and writing that footer (Thrift, compact), and moving what it says of places. Does not: row groups; they
stay as a library wrote them. So two threads write the halves of a long table: no library does that into one file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAGIC = b"PAR1"
FOOTER_TAIL = 8
"""A file ends with the length of its footer and the magic."""

MANY = 0x0F
"""A list of so many items or more says its length in a number; a step between fields beyond it likewise."""
MORE = 0x80
"""The bit of a byte which says that more of the number follows."""

BOOLEANS, BYTE, WHOLE, DOUBLE, BINARY, LISTS, STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 12
"""Types of the compact protocol; maps do not occur in a footer."""

ROWS, GROUPS = 3, 4
COLUMNS, GROUP_PLACE, ORDINAL = 1, 5, 7
CHUNK_PLACES = (2, 4, 6)
"""Of a column chunk: its place, those of its offset index and its column index."""
ABOUT = 3
PAGE_PLACES = (9, 10, 11, 14)
"""Of a column chunk's description: first data page, index page, dictionary page, Bloom filter."""

Struct = dict[int, tuple[int, Any]]
"""Field → its type and value."""


def joined_footer(first: bytes, second: bytes, shift: int) -> bytes:
    """Return the end of a file that holds two files one after the other, from its footer on.

    Parameters
    ----------
    first, second
        The footers of the two, of one schema.
    shift
        How many bytes lie before the second: the length of the first.
    """
    whole, more = parsed(first), parsed(second)
    kind, groups = whole[GROUPS][1]
    moved = [_moved(group, shift, len(groups)) for group in more[GROUPS][1][1]]
    whole[GROUPS] = whole[GROUPS][0], (kind, [*groups, *moved])
    whole[ROWS] = whole[ROWS][0], whole[ROWS][1] + more[ROWS][1]
    content = written(whole)
    return content + len(content).to_bytes(4, "little") + MAGIC


def _moved(group: Struct, shift: int, before: int) -> Struct:
    kind, chunks = group[COLUMNS][1]
    told = {**group, COLUMNS: (group[COLUMNS][0], (kind, [_moved_chunk(chunk, shift) for chunk in chunks]))}
    if ORDINAL in told:
        told[ORDINAL] = told[ORDINAL][0], told[ORDINAL][1] + before
    return _shifted(told, (GROUP_PLACE,), shift)


def _moved_chunk(chunk: Struct, shift: int) -> Struct:
    about = chunk[ABOUT]
    return _shifted({**chunk, ABOUT: (about[0], _shifted(about[1], PAGE_PLACES, shift))}, CHUNK_PLACES, shift)


def _shifted(struct: Struct, places: tuple[int, ...], shift: int) -> Struct:
    """Return a struct with its places moved; nought says that there is none."""
    return {
        field: (kind, value + shift) if field in places and value else (kind, value)
        for field, (kind, value) in struct.items()
    }


@dataclass
class _Reader:
    content: bytes
    at: int = 0

    def byte(self) -> int:
        self.at += 1
        return self.content[self.at - 1]

    def taken(self, size: int) -> bytes:
        self.at += size
        return self.content[self.at - size : self.at]

    def varint(self) -> int:
        number = shift = 0
        while True:
            byte = self.byte()
            number |= (byte & 0x7F) << shift
            if byte < MORE:
                return number
            shift += 7

    def whole(self) -> int:
        number = self.varint()
        return (number >> 1) ^ -(number & 1)

    def value(self, kind: int) -> Any:  # noqa: ANN401 - whatever a footer holds
        if kind in WHOLE:
            return self.whole()
        if kind == BINARY:
            return self.taken(self.varint())
        if kind in LISTS:
            return self.items()
        if kind == STRUCT:
            return self.struct()
        if kind in (BYTE, *BOOLEANS):
            return self.byte()
        if kind == DOUBLE:
            return self.taken(8)
        raise ValueError(f"a footer holds no type {kind}")

    def items(self) -> tuple[int, list[Any]]:
        head = self.byte()
        size, kind = head >> 4, head & 0x0F
        size = self.varint() if size == MANY else size
        return kind, [self.value(kind) for _ in range(size)]

    def struct(self) -> Struct:
        fields: Struct = {}
        last = 0
        while head := self.byte():
            last = last + (head >> 4) if head >> 4 else self.whole()
            kind = head & 0x0F
            fields[last] = kind, None if kind in BOOLEANS else self.value(kind)
        return fields


def parsed(footer: bytes) -> Struct:
    """Return a footer as fields by number."""
    return _Reader(footer).struct()


def written(struct: Struct) -> bytes:
    """Return the bytes of a struct.

    >>> footer = bytes.fromhex("1504160600")
    >>> parsed(footer), written(parsed(footer)) == footer
    ({1: (5, 2), 2: (6, 3)}, True)
    """
    parts, last = [], 0
    for field, (kind, value) in struct.items():
        step = field - last
        parts.append(bytes([step << 4 | kind]) if 0 < step <= MANY else bytes([kind]) + _whole(field))
        parts.append(b"" if kind in BOOLEANS else _value(kind, value))
        last = field
    return b"".join(parts) + b"\0"


def _value(kind: int, value: Any) -> bytes:  # noqa: ANN401 - as above
    if kind in WHOLE:
        return _whole(value)
    if kind == BINARY:
        return _varint(len(value)) + value  # type: ignore[no-any-return]
    if kind in LISTS:
        own, items = value
        head = bytes([min(len(items), MANY) << 4 | own])
        return (
            head + (_varint(len(items)) if len(items) >= MANY else b"") + b"".join(_value(own, each) for each in items)
        )
    if kind == STRUCT:
        return written(value)
    return bytes([value]) if kind in (BYTE, *BOOLEANS) else bytes(value)


def _whole(number: int) -> bytes:
    return _varint((number << 1) ^ (number >> 63))


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number >= MORE:
        parts.append(number & 0x7F | MORE)
        number >>= 7
    return bytes([*parts, number])
