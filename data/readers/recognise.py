"""What a file is, by its bytes and never by its name.

Belongs here: the marks of the formats that are read, and the names of those that are not; puremagic knows the rest. Does
not: reading.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from data.messages import Text
from data.readers.archive import MAGIC as ZIP
from data.readers.package_xport import MAGIC as XPORT
from data.readers.portable import is_portable
from data.readers.workbook_biff import MAGIC as COMPOUND
from data.readers.workbook_biff import is_workbook

Recognised = Literal["parquet", "zip", "xls", "sav", "por", "dta", "sas7bdat", "xpt"]

SAS = b"\0" * 12 + b"\xc2\xea\x81"
DBASE = frozenset([0x02, 0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5])
STATA_RELEASES = frozenset([104, 105, 108, 110, 111, 113, 114, 115])

FOREIGN: tuple[tuple[bytes, str | Text], ...] = (
    (b"%PDF", "PDF"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"PK\x05\x06", "ZIP (empty)"),
    (b"SQLite format 3", "SQLite"),
    (b"ARROW1", "Arrow"),
    (b"FEA1", "Feather"),
    (b"\x80\x04", "pickle"),
    (b"\x80\x05", "pickle"),
    (b"\x89PNG", "PNG/JPEG"),
    (b"\xff\xd8\xff", "PNG/JPEG"),
    (b"RDX", "R (.rda)"),
    (b"\x89HDF", "HDF5"),
    (b"Obj\x01", "Avro"),
    (b"ORC", "ORC"),
    (COMPOUND, Text(en="a Microsoft document that is no workbook", zh="不含工作簿的 Microsoft 文档")),
    (SAS, Text(en="a SAS catalogue (value labels without rows)", zh="SAS 目录文件（只有取值标签）")),
)


def recognise(content: bytes) -> Recognised | None:
    r"""Return the binary format that a file is read as; None for text and for what is not read.

    >>> recognise(b"a,b\n1,2\n") is None
    True
    """
    return next((name for name, is_one in MARKS.items() if is_one(content)), None)


def _is_old_stata(content: bytes) -> bool:
    return (
        len(content) > 60  # noqa: PLR2004 - the shortest header
        and content[0] in STATA_RELEASES
        and content[1] in (1, 2)
        and content[2] == 1
        and content[3] in (0, 1)
    )


def _is_dbase(content: bytes) -> bool:
    """Whether a header of dBASE stands there: version, a date, and field descriptors up to the length that it declares."""
    if len(content) < 66 or content[0] not in DBASE or not 1 <= content[2] <= 12 or not 1 <= content[3] <= 31:  # noqa: PLR2004
        return False
    end = int.from_bytes(content[8:10], "little")
    return content[end - 1 : end] == b"\r" or content[end - 264 : end - 263] == b"\r"


def foreign_name(content: bytes) -> str | Text | None:
    """Return what a file is that is not read, by our marks.

    >>> foreign_name(b"%PDF-1.7 ...")
    'PDF'
    """
    return next((name for magic, name in FOREIGN if content.startswith(magic)), None)


def guessed_name(content: bytes) -> str | None:
    """Return what puremagic takes undecodable bytes for; it knows hundreds of marks, and guesses at short ones."""
    if _is_dbase(content):
        return "dBASE (.dbf)"
    import puremagic

    try:
        matches = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError, IndexError):
        return None
    certain = [match for match in matches if match.confidence > 0.5 and match.name]  # noqa: PLR2004
    return certain[0].name if certain else None


MARKS: dict[Recognised, Callable[[bytes], bool]] = {
    "parquet": lambda content: content[:4] == content[-4:] == b"PAR1",
    "zip": lambda content: content.startswith(ZIP),
    "xls": lambda content: content.startswith(COMPOUND) and is_workbook(content),
    "sav": lambda content: content.startswith((b"$FL2", b"$FL3")),
    "dta": lambda content: content.startswith(b"<stata_dta>") or _is_old_stata(content),
    "sas7bdat": lambda content: content.startswith(SAS) and content[15:16] == b"\x60",
    "xpt": lambda content: content.startswith(XPORT),
    "por": is_portable,
}
"""The formats that are read by their bytes, in the order in which they are tried."""
