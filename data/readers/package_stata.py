"""What pyreadstat does not tell of a Stata file: that its sections do not lie where they should, so that rows are other bytes.

Belongs here: walking the sections of releases 113 to 115 (Stata 8 to 12) and the map of 117 to 119. Does not: values (labelled).
"""

from __future__ import annotations

import re
import struct

from data.readers.refusals import unreadable

WIDTHS = {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}
"""Bytes of a number by its type in releases up to 115; a type up to 244 is a text of so many bytes."""

WIDTHS_SINCE_117 = {65526: 8, 65527: 4, 65528: 4, 65529: 2, 65530: 1, 32768: 8}
LONGEST_TEXT, LONGEST_SINCE_117 = 244, 2045
SECTIONS = (
    b"<stata_dta>", b"<map>", b"<variable_types>", b"<varnames>", b"<sortlist>", b"<formats>", b"<value_label_names>",
    b"<variable_labels>", b"<characteristics>", b"<data>", b"<strls>", b"<value_labels>", b"</stata_dta>",
)  # fmt: skip


def check_stata(content: bytes) -> None:
    """Refuse (E-FILE-01) a Stata file whose sections do not fill it from beginning to end."""
    try:
        if content.startswith(b"<stata_dta>"):
            _check_sections(content)
        elif content[0] in (113, 114, 115):
            _check_old(content)
    except (struct.error, IndexError, ValueError, KeyError) as error:
        raise unreadable("damaged", kind="Stata (.dta)") from error


def _check_sections(content: bytes) -> None:
    order = "<" if b"<byteorder>LSF</byteorder>" in content[:200] else ">"
    found = content.index(b"<map>")
    places = struct.unpack_from(f"{order}14q", content, found + len(b"<map>"))
    lost = [mark for mark, place in zip(SECTIONS, places, strict=False) if not content.startswith(mark, place)]
    if places[-1] != len(content) or set(lost) - {b"<variable_labels>"}:  # Stata 13 writes 0 for this one
        raise ValueError("map")
    header = re.search(rb"<K>(.{2,4}?)</K><N>(.{4,8}?)</N>", content[:found], re.DOTALL)
    if header is None:
        raise ValueError("header")
    variables, rows = (int.from_bytes(each, "little" if order == "<" else "big") for each in header.groups())
    types = struct.unpack_from(f"{order}{variables}H", content, places[2] + len(SECTIONS[2]))
    width = sum(each if each <= LONGEST_SINCE_117 else WIDTHS_SINCE_117[each] for each in types)
    if places[10] - places[9] != len(b"<data></data>") + rows * width:
        raise ValueError("rows")


def _check_old(content: bytes) -> None:
    order = ">" if content[1] == 1 else "<"
    variables, rows = struct.unpack_from(f"{order}hi", content, 4)
    place = 109
    types = content[place : place + variables]
    width = sum(each if each <= LONGEST_TEXT else WIDTHS[each] for each in types)
    place += variables * (1 + 33 + 2 + (12 if content[0] == 113 else 49) + 33 + 81) + 2  # noqa: PLR2004
    place = _after_characteristics(content, order, place) + rows * width
    if place > len(content) or rows < 0 or variables < 0:
        raise ValueError("cut")
    while place < len(content):  # tables of value labels
        (length,) = struct.unpack_from(f"{order}i", content, place)
        place += 40 + length
        if length < 8 or place > len(content):  # noqa: PLR2004 - the two counts of a table
            raise ValueError("value labels")


def _after_characteristics(content: bytes, order: str, place: int) -> int:
    while True:
        kind, length = struct.unpack_from(f"{order}bi", content, place)
        place += 5
        if not kind and not length:
            return place
        if length < 0:
            raise ValueError("characteristic")
        place += length
