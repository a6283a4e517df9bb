"""What pyreadstat does not tell of a SAS transport file: extended missing values (.A to .Z, ._), cut files, several tables.

Belongs here: walking its 80-byte records (SAS technical note TS-140, versions 5 and 8) for those three things. Does not: values.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from data.readers.refusals import unreadable

MAGIC = (b"HEADER RECORD*******LIBRARY HEADER RECORD", b"HEADER RECORD*******LIBV8   HEADER RECORD")
RECORD = 80
MEMBERS = (b"HEADER RECORD*******MEMBER  ", b"HEADER RECORD*******MEMBV8  ")
NAMES = (b"HEADER RECORD*******NAMESTR ", b"HEADER RECORD*******NAMSTV8 ")
OBSERVATIONS = (b"HEADER RECORD*******OBS     ", b"HEADER RECORD*******OBSV8   ")
TAGS = frozenset(b"_ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True)
class Field:
    """Where a variable lies in an observation."""

    is_number: bool
    start: int
    length: int


@dataclass(frozen=True)
class Layout:
    """The one table of a file: its fields, and its observations as one string of bytes."""

    fields: tuple[Field, ...]
    width: int
    body: bytes


def read_layout(content: bytes) -> Layout:
    """Return the layout of a transport file.

    Raises
    ------
    Refused
        E-FILE-01: it is cut or damaged, or it holds several tables.
    """
    places = range(0, len(content), RECORD)
    if len(content) % RECORD:
        raise unreadable("damaged", kind="SAS (.xpt)")
    members = [place for place in places if content.startswith(MEMBERS, place)]
    if len(members) > 1:
        raise unreadable("several", n=len(members), names="SAS (.xpt)")
    try:
        names = next(place for place in places if content.startswith(NAMES, place))
        start = next(place for place in places if place > names and content.startswith(OBSERVATIONS, place))
        size = int(content[members[0] + 74 : members[0] + 78])
        count = int(content[names + 54 : names + 58])
        fields = [_field(content, names + RECORD + n * size) for n in range(count)]
    except (StopIteration, IndexError, ValueError, struct.error) as error:
        raise unreadable("damaged", kind="SAS (.xpt)") from error
    return Layout(tuple(fields), sum(field.length for field in fields), content[start + RECORD :])


def _field(content: bytes, place: int) -> Field:
    kind, _, length = struct.unpack_from(">3h", content, place)
    (start,) = struct.unpack_from(">i", content, place + 84)
    if kind not in (1, 2) or length <= 0 or start < 0:
        raise ValueError("no variable")
    return Field(kind == 1, start, length)


def tagged_cells(layout: Layout, rows: int) -> list[dict[int, str]]:
    """Return, per variable, row (from 0) → letter of its extended missing value.

    Raises
    ------
    Refused
        E-FILE-01: what follows the last whole observation is not the padding of its record.
    """
    rest = layout.body[rows * layout.width :]
    if len(layout.body) < rows * layout.width or rest.strip(b" ") or len(rest) >= RECORD + layout.width:
        raise unreadable("damaged", kind="SAS (.xpt)")
    return [_tags(layout, field, rows) if field.is_number else {} for field in layout.fields]


def _tags(layout: Layout, field: Field, rows: int) -> dict[int, str]:
    found: dict[int, str] = {}
    blank = b" " * field.length
    for row in range(rows):
        place = row * layout.width + field.start
        if layout.body.startswith(blank, place):  # padding of the last record that is no padding any more
            raise unreadable("damaged", kind="SAS (.xpt)")
        first = layout.body[place]
        if first in TAGS and not any(layout.body[place + 1 : place + field.length]):
            found[row] = chr(first)
    return found
