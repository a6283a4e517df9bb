"""What a workbook's XML tells and calamine does not: how far a sheet stretches, error cells, formulas.

Calamine lays out the whole rectangle between the corner cells before it returns: one stray cell in XFD1048576 asks for 500 GB
and ends the process. It returns error cells (#N/A, #DIV/0!) and formulas without a value as empty, which would turn a failed
formula into a missing answer, and it takes a part that ends in the middle for a short one.
Belongs here: finding that out. Does not: any other cell, the old binary workbooks (workbook_biff).
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from data.readers.refusals import unreadable
from data.readers.workbook_beside import Beside, beside

FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>]*(?<!/)>""")
MAXIMUM_CELLS = 20_000_000
"""A million rows of nineteen columns: about 1 GB while calamine reads."""

EXPANDED_MB = 2048
BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, OSError, KeyError, NotImplementedError, EOFError)
"""What zipfile raises over damaged, encrypted or unknown archives."""

CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d+)["']""")
KIND = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
ERROR_CELL = re.compile(rb"""\bt\s*=\s*["']e["']""")
VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]*)</")
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
"""How XML in UTF-16 begins."""

UNCOMPUTED = "#UNCOMPUTED"
"""Text of a formula that no spreadsheet has computed yet: a program wrote it and nobody opened and saved the file since."""


@dataclass(frozen=True)
class Peculiar:
    """Cells of one sheet that calamine returns as empty, by (row, column) from 0, formulas, and what is beside the cells."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: int = 0
    beside: Beside = field(default_factory=Beside)


def check_workbook(content: bytes) -> None:
    """Refuse an XLSX that is damaged, carries macros, or expands or stretches too far (E-FILE-01)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name.lower() for name in archive.namelist()]
            if len(set(names)) < len(names):
                raise unreadable("damaged", kind="XLSX")
            types = archive.open("[Content_Types].xml").read(1 << 20)
            if any(name.endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
                raise unreadable("macro")
            if sum(entry.file_size for entry in archive.infolist()) > EXPANDED_MB << 20:
                raise unreadable("expands", limit=EXPANDED_MB)
            for name in archive.namelist():
                if name.lower().endswith((".xml", ".rels")):
                    _check_part(archive.read(name), is_sheet="worksheets/" in name.lower() or "sheet" in name.lower())
    except BROKEN as error:
        raise unreadable("damaged", kind="XLSX") from error


def _check_part(xml: bytes, *, is_sheet: bool) -> None:
    """Refuse a part that is no whole XML, that declares entities, or whose cells span too large a rectangle."""
    if xml[:2] in WIDE:  # legal XML, but no spreadsheet writes it and neither calamine nor the patterns here read it
        raise unreadable("damaged", kind="XLSX")
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(xml, True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise unreadable("damaged", kind="XLSX") from error
    if not is_sheet:
        return
    columns, rows = zip(*FILLED_CELL.findall(xml), strict=True) if FILLED_CELL.search(xml) else ((), ())
    widest = max((_column(letters.decode()) + 1 for letters in set(columns)), default=0)
    deepest = max(map(int, set(rows)), default=0)
    if widest * deepest > MAXIMUM_CELLS:
        raise unreadable("extent", limit=MAXIMUM_CELLS // 1_000_000)


def _no_doctype(*_: object) -> None:
    raise unreadable("damaged", kind="XLSX")


def peculiar_cells(content: bytes, sheet: str) -> Peculiar:
    """Return the error cells, uncomputed formulas and number of formulas of one sheet; none when its part is not found."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _part(archive, sheet)
        if part not in archive.namelist():
            return Peculiar()
        xml = archive.read(part)
        folder, name = posixpath.split(part)
        relations = _relations(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
        found_beside = beside(archive, xml, {_resolved(folder, target): kind for kind, target in relations.values()})
    formulas = len(FORMULA.findall(xml))
    if not formulas and not ERROR_CELL.search(xml):
        return Peculiar(beside=found_beside)
    found: dict[tuple[int, int], str] = {}
    for attributes, inner in CELL.findall(xml):
        text = _instead(attributes, inner)
        reference = REFERENCE.search(attributes)
        if text is not None and reference is not None:
            found[int(reference[2]) - 1, _column(reference[1].decode())] = text
    return Peculiar(found, formulas, found_beside)


def _instead(attributes: bytes, inner: bytes) -> str | None:
    """Return what to read instead of an empty cell; None when calamine reads the cell."""
    value = VALUE.search(inner)
    named = KIND.search(attributes)
    kind = named[1] if named else b"n"
    if kind == b"e":
        return value[1].decode() if value else "#ERROR!"
    computed = kind in (b"str", b"s") or (value is not None and value[1].strip())
    return UNCOMPUTED if FORMULA.search(inner) and not computed else None


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet: package → workbook → sheet, by their relations."""
    root = _relations(archive, "_rels/.rels")
    book = next((target for kind, target in root.values() if kind.endswith("/officeDocument")), "xl/workbook.xml")
    book = book.lstrip("/")
    if book not in archive.namelist():
        return ""
    tags = _tags(SHEET, archive.read(book))
    relation = next((tag.get("r:id", "") for tag in tags if tag.get("name") == sheet), "")
    folder, name = posixpath.split(book)
    _, target = _relations(archive, posixpath.join(folder, "_rels", f"{name}.rels")).get(relation, ("", ""))
    return _resolved(folder, target)


def _resolved(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _relations(archive: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    if name not in archive.namelist():
        return {}
    tags = _tags(RELATION, archive.read(name))
    return {tag.get("Id", ""): (tag.get("Type", ""), tag.get("Target", "")) for tag in tags}


def _tags(pattern: re.Pattern[bytes], xml: bytes) -> list[dict[str, str]]:
    return [
        {name.decode(): html.unescape((a or b).decode("utf-8", "replace")) for name, a, b in ATTRIBUTE.findall(tag)}
        for tag in pattern.findall(xml)
    ]


def _column(letters: str) -> int:
    """Return the position from 0 of a column's letters.

    >>> _column("A"), _column("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
