"""Choosing the reader by what the bytes are, never by the file's name.

Belongs here: the format decision and the public entry points. Does not: any one format.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.contracts.model import Contract
from data.readers.decode import decode
from data.readers.delimited import read_delimited
from data.readers.field_export import read_with_exports
from data.readers.open import open_file
from data.readers.parquet import read_parquet
from data.readers.raw import RawTable
from data.readers.refusals import unreadable
from data.readers.template_stamp import stamp_notes
from data.readers.workbook import read_workbook

BINARY: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS (Excel 97)"),
    (b"%PDF", "PDF"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"SQLite format 3", "SQLite"),
    (b"ARROW1", "Arrow"),
    (b"FEA1", "Feather"),
    (b"$FL2", "SPSS (.sav)"),
    (b"$FL3", "SPSS (.zsav)"),
    (b"<stata_dta>", "Stata (.dta)"),
    (b"HEADER RECORD*******LIB", "SAS transport (.xpt)"),
    (b"\x80\x04", "pickle"),
    (b"\x80\x05", "pickle"),
    (b"\x89PNG", "PNG/JPEG"),
    (b"\xff\xd8\xff", "PNG/JPEG"),
)
MARKUP = ("<", "{", "[{", "[[", "%!ps")


def read_file(path: Path, *, contract: Contract | None = None) -> RawTable:
    """Read a CSV, TSV, XLSX or Parquet file as text with the row numbers that a spreadsheet shows.

    Parameters
    ----------
    path
        A regular file; its name and extension are not looked at.
    contract
        Helps to choose the delimiter, the sheet and the header row by the labels it expects.

    Raises
    ------
    Refused
        E-FILE-01 (cannot be read, with what was tried), E-FILE-02 (no rows), E-FILE-03 and -04 (quotation marks).
    NotFound
        There is no such file.
    """
    return read_content(open_file(path).content, contract=contract)


def read_content(content: bytes, *, contract: Contract | None = None) -> RawTable:
    r"""Read the bytes of a file; see `read_file`.

    >>> read_content("人员,分数\n01,3\n".encode("gb18030")).table.column("人员").to_pylist()
    ['01']
    """
    return read_with_exports(content, contract, _read)


def _read(content: bytes, contract: Contract | None) -> RawTable:
    if content[:4] == b"PAR1" and content[-4:] == b"PAR1":
        return read_parquet(content)
    if content[:4] == b"PK\x03\x04":
        raw = read_workbook(content, contract)
        return replace(raw, notes=(*raw.notes, *stamp_notes(content, contract)))
    for magic, kind in BINARY:
        if content.startswith(magic):
            raise unreadable("format", kind=kind)
    if b"SPSS PORT FILE" in content[:500]:
        raise unreadable("format", kind="SPSS (.por)")
    decoded = decode(content)
    start = decoded.text[:200].lstrip().lower()
    if start.startswith(MARKUP):
        raise unreadable("format", kind="JSON" if start[0] in "{[" else "HTML/XML")
    return read_delimited(decoded, contract)
