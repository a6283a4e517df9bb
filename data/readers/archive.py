"""ZIP: a workbook, one packed table, or a refusal that names what is inside.

Belongs here: telling the two apart, and taking one member out. Several tables are refused even if they are parts of one: a row's
number is the row that the sender sees in a file, and each part can be sent by itself. Does not: reading members (read).
"""

from __future__ import annotations

import io
import zipfile
from typing import Literal

from data.readers.refusals import unreadable
from data.readers.workbook_xml import BROKEN, EXPANDED_MB

MAGIC = b"PK\x03\x04"
SHOWN = 5
LONGEST = 60
ENCRYPTED = 0x1

Content = Literal["xlsx", "packed"]
OFFICE = (
    (b"spreadsheetml.sheet.main", "xlsx"),
    (b"spreadsheetml.template.main", "xlsx"),
    (b"macroEnabled", "xlsx"),
    (b"sheet.binary.", "XLSB"),
    (b"wordprocessingml", "Word (.docx)"),
    (b"presentationml", "PowerPoint (.pptx)"),
)


def content_of(content: bytes) -> Content:
    """Return whether a ZIP is a workbook or packed files; an office file of another kind is refused by its name.

    Raises
    ------
    Refused
        E-FILE-01: damaged, or a document that is no workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            types = archive.open("[Content_Types].xml").read(1 << 20) if "[Content_Types].xml" in names else None
            kind = archive.open("mimetype").read(100).decode("ascii", "replace") if "mimetype" in names else ""
    except BROKEN as error:
        raise unreadable("damaged", kind="ZIP") from error
    if kind.startswith("application/vnd.oasis"):
        raise unreadable("format", kind="OpenDocument")
    if types is None:
        return "packed"
    found = next((name for mark, name in OFFICE if mark in types), "Office Open XML")
    if found != "xlsx":
        raise unreadable("format", kind=found)
    return "xlsx"


def only_member(content: bytes) -> tuple[str, bytes]:
    """Return the name (for display) and the bytes of the only file in a ZIP.

    What systems add beside it (`__MACOSX`, `.DS_Store`) does not count.

    Raises
    ------
    Refused
        E-FILE-01: no file, several files, a password, damage, or too large when unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [entry for entry in archive.infolist() if not _is_litter(entry)]
            if not members:
                raise unreadable("archive")
            if len(members) > 1:
                raise unreadable("several", n=len(members), names=_listed(members))
            if members[0].flag_bits & ENCRYPTED:
                raise unreadable("locked")
            if members[0].file_size > EXPANDED_MB << 20:
                raise unreadable("expands", limit=EXPANDED_MB)
            return _listed(members), archive.read(members[0])
    except BROKEN as error:
        raise unreadable("damaged", kind="ZIP") from error


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return entry.is_dir() or "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1].lower() == "thumbs.db"


def _listed(members: list[zipfile.ZipInfo]) -> str:
    names = ["".join(c for c in entry.filename if c.isprintable())[-LONGEST:] for entry in members[:SHOWN]]
    return ", ".join(names) + (" …" if len(members) > SHOWN else "")
