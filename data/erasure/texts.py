"""Bytes as the texts that they may be: several encodings, packed content, members of archives.

Belongs here: that. Does not: what is looked for in them (subject, proof; at the gate quality.withdrawn).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

ZIPPED = b"PK\x03\x04"
LARGEST_MEMBER = 1 << 28
"""Larger members are not opened: no archive of texts that a zone sends is that large, a bomb is."""


def texts_of(content: bytes) -> Iterator[str]:
    """Yield every text that the bytes of a file may be: its own, and those of an archive's members."""
    yield from unpacked(content)
    if content[:4] != ZIPPED:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.file_size <= LARGEST_MEMBER:
                    yield from unpacked(archive.read(member))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return


def mentions(path: Path, words: list[str]) -> bool:
    """Tell whether a file's bytes may hold one of `words`; runs in the reading process."""
    return any(word in text for text in texts_of(path.read_bytes()) for word in words)


def unpacked(content: bytes) -> Iterator[str]:
    """Yield the texts that bytes may be: as they are, and unpacked."""
    yield content.decode("utf-8", "replace")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield content.decode("utf-16", "replace")
    yield content.decode("gb18030", "replace")
    for bits in (15, 31, -15):
        try:
            yield zlib.decompressobj(bits).decompress(content, LARGEST_MEMBER).decode("utf-8", "replace")
        except zlib.error:
            continue
