"""Ways in which a file gets damaged: cut transfers, lost blocks, flipped bits, mixed encodings, hand-edited parts.

Each operator takes the bytes of a sound file and a source of chance, and returns other bytes.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

Operator = Callable[[bytes, random.Random], bytes]


def cut(content: bytes, chance: random.Random) -> bytes:
    """A transfer that stopped."""
    return content[: chance.randrange(1, len(content))]


def last_bytes_lost(content: bytes, chance: random.Random) -> bytes:
    """The end is missing by a few bytes."""
    return content[: -chance.randint(1, 12)]


def hole(content: bytes, chance: random.Random) -> bytes:
    """A block is missing."""
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randint(1, max(2, len(content) // 8)) :]


def doubled(content: bytes, chance: random.Random) -> bytes:
    """A block was written twice."""
    start = chance.randrange(len(content))
    end = start + chance.randint(1, max(2, len(content) // 8))
    return content[:end] + content[start:end] + content[end:]


def prefixed(content: bytes, chance: random.Random) -> bytes:
    """Something stands before the file."""
    return chance.randbytes(chance.randint(1, 40)) + content


def suffixed(content: bytes, chance: random.Random) -> bytes:
    """Something stands after the file."""
    return content + chance.randbytes(chance.randint(1, 400))


def halved_and_joined(content: bytes, chance: random.Random) -> bytes:
    """The beginning of the file followed by the whole file: a repeated transfer."""
    return content[: chance.randrange(1, len(content))] + content


def zeroed(content: bytes, chance: random.Random) -> bytes:
    """A block of the disk came back as zeros."""
    start = chance.randrange(len(content))
    end = min(len(content), start + chance.randint(1, 512))
    return content[:start] + bytes(end - start) + content[end:]


def swapped(content: bytes, chance: random.Random) -> bytes:
    """Two blocks changed places."""
    size = max(1, len(content) // 10)
    first, second = sorted(chance.sample(range(max(2, len(content) // size)), 2))
    a, b = slice(first * size, first * size + size), slice(second * size, second * size + size)
    return content[: a.start] + content[b] + content[a.stop : b.start] + content[a] + content[b.stop :]


def flipped(content: bytes, chance: random.Random) -> bytes:
    """Some bits fell over."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def head_flipped(content: bytes, chance: random.Random) -> bytes:
    """Some bytes of the first two hundred are others: the marks and counts of binary formats."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(min(200, len(changed)))] = chance.randrange(256)
    return bytes(changed)


def tail_flipped(content: bytes, chance: random.Random) -> bytes:
    """Some bytes of the last two hundred are others: directories and footers."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        changed[-1 - chance.randrange(min(200, len(changed)))] = chance.randrange(256)
    return bytes(changed)


def quotation_mark_opened(content: bytes, chance: random.Random) -> bytes:
    """A stray quotation mark."""
    return _inserted(content, b'"', chance)


def quotation_mark_lost(content: bytes, chance: random.Random) -> bytes:
    """One quotation mark is gone."""
    places = [match.start() for match in re.finditer(b'"', content)]
    if not places:
        return quotation_mark_opened(content, chance)
    place = chance.choice(places)
    return content[:place] + content[place + 1 :]


def other_encoding(content: bytes, chance: random.Random) -> bytes:
    """One line was written in another encoding."""
    lines = content.split(b"\n")
    text = chance.choice(["甲,乙,北京市", "Müller;Straße", "Ω,ж,я"])
    encoding = "gb18030" if chance.random() < 0.5 else "utf-8"
    lines[chance.randrange(len(lines))] += text.encode(encoding)
    return b"\n".join(lines)


def nul(content: bytes, chance: random.Random) -> bytes:
    """A zero byte in a text."""
    return _inserted(content, b"\0", chance)


def separators_lost(content: bytes, chance: random.Random) -> bytes:
    """One kind of separator is gone from half of the file."""
    mark = chance.choice([b",", b";", b"\t", b"|", b"\n"])
    middle = len(content) // 2
    return content[:middle] + content[middle:].replace(mark, b"")


def second_mark(content: bytes, chance: random.Random) -> bytes:
    """A byte-order mark of another encoding stands before the text."""
    return chance.choice([b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]) + content


def member_cut(content: bytes, chance: random.Random) -> bytes:
    """One part of the archive is cut, and the archive's checksums say that this is right."""
    return _repacked(content, chance, lambda part: part[: chance.randrange(len(part) + 1)])


def member_flipped(content: bytes, chance: random.Random) -> bytes:
    """One part of the archive has other bytes, and the archive's checksums say that this is right."""
    return _repacked(content, chance, lambda part: flipped(part, chance) if part else part)


def member_doubled(content: bytes, chance: random.Random) -> bytes:
    """Two parts of the archive have one name."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        name = chance.choice(archive.namelist())
        part = archive.read(name)
    return stream.getvalue() + _entry(name, part)


def size_lied(content: bytes, chance: random.Random) -> bytes:
    """The directory promises another size than a part has."""
    place = content.rfind(b"PK\x01\x02")
    changed = bytearray(content)
    changed[place + 20 + chance.choice([0, 4])] ^= chance.randint(1, 255)
    return bytes(changed)


def entities(content: bytes, chance: random.Random) -> bytes:
    """A part declares entities that grow without end."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
    return _repacked(content, chance, lambda part: bomb + part.split(b"?>", 1)[-1], only="sheet")


def stretched(content: bytes, chance: random.Random) -> bytes:
    """A cell stands in the last corner that a sheet has."""
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return _repacked(content, chance, lambda part: part.replace(b"</sheetData>", cell), only="sheet")


def strings_lost(content: bytes, chance: random.Random) -> bytes:
    """The table of texts is shorter than the cells say."""
    last = re.compile(rb"<si>(?:(?!<si>).)*</si>(?=\s*</sst>)", re.DOTALL)
    return _repacked(content, chance, lambda part: last.sub(b"", part), only="sharedStrings")


def cells_renamed(content: bytes, chance: random.Random) -> bytes:
    """Two cells say that they stand in the same place."""

    def same(part: bytes) -> bytes:
        cells = re.findall(rb'r="([A-Z]+\d+)"', part)
        if len(cells) < 2:
            return part
        one, other = chance.sample(cells, 2)
        return part.replace(b'r="' + one + b'"', b'r="' + other + b'"')

    return _repacked(content, chance, same, only="sheet")


def _inserted(content: bytes, what: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + what + content[place:]


def _repacked(content: bytes, chance: random.Random, change: Callable[[bytes], bytes], only: str = "") -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = [name for name in parts if only in name] or list(parts)
    name = chance.choice(chosen)
    parts[name] = change(parts[name])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, part in parts.items():
            archive.writestr(each, part)
    return stream.getvalue()


def _entry(name: str, part: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, part[: len(part) // 2])
    return stream.getvalue()


STRUCTURE: tuple[Operator, ...] = (cut, hole, doubled, last_bytes_lost, halved_and_joined, prefixed, suffixed)
BYTES: tuple[Operator, ...] = (flipped, head_flipped, tail_flipped, zeroed, swapped)
TEXT: tuple[Operator, ...] = (
    quotation_mark_opened, other_encoding, quotation_mark_lost, nul, separators_lost, second_mark,
)  # fmt: skip
ARCHIVE: tuple[Operator, ...] = (member_cut, member_flipped, member_doubled, size_lied)
WORKBOOK: tuple[Operator, ...] = (entities, stretched, strings_lost, cells_renamed)
