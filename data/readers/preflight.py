"""Looking before reading: what no honest table looks like is refused before any parser sees it.

Belongs here: locked and macro-carrying files, zip bombs by entries, ratio and size, XML with a document type. Does not: parsing.
It runs inside the reading process (`sandbox`), for a damaged directory can cost memory too.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from data.readers.refusals import unreadable

ENTRIES = 10_000
EXPANDED_MB = 2048
RATIO = 400
"""A million equal rows shrink to a three-hundredth; a bomb to a thousandth and less."""
RATIO_FROM = 32 << 20
"""Below this a part may shrink as it likes: it can do no harm."""
PROLOGUE = 1 << 16
"""The document type stands before the first element; no office program writes more than a line there."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED_STREAM, MACRO_STREAM = ("EncryptedPackage".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le"))
XML_PARTS = (".xml", ".rels", ".vml")


def look(content: bytes) -> None:
    """Refuse a file that is locked, carries macros, expands like a bomb or declares XML entities (E-FILE-01).

    Anything that is merely damaged is left to its reader, which knows what to say.

    >>> look(b"a,b")
    """
    if content.startswith(OLE):
        _look_into_ole(content)
    elif content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                _look_into_zip(archive)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError):
            return


def _look_into_ole(content: bytes) -> None:
    if LOCKED_STREAM in content:
        raise unreadable("encrypted")
    if MACRO_STREAM in content:
        raise unreadable("macro")


def _look_into_zip(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise unreadable("entries", limit=ENTRIES)
    if any(entry.flag_bits & 1 for entry in entries):
        raise unreadable("encrypted")
    if sum(entry.file_size for entry in entries) > EXPANDED_MB << 20:
        raise unreadable("expands", limit=EXPANDED_MB)
    if any(_swells(entry) for entry in entries):
        raise unreadable("ratio", limit=RATIO)
    for entry in entries:
        if entry.filename.lower().endswith(XML_PARTS):
            with archive.open(entry) as part:
                _look_into_xml(part.read(PROLOGUE))


def _swells(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_FROM and entry.file_size > RATIO * max(1, entry.compress_size)


def _look_into_xml(start: bytes) -> None:
    """Refuse XML that declares a document type before its first element; broken XML is the reader's business."""
    seen: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: seen.append("type")
    parser.StartElementHandler = lambda *_: seen.append("element")
    try:
        for at in range(0, len(start), 1024):
            parser.Parse(start[at : at + 1024], False)  # noqa: FBT003 - expat's own signature
            if seen:
                break
    except expat.ExpatError:
        pass
    if "type" in seen or (not seen and b"<!DOCTYPE" in start):
        raise unreadable("entities")
