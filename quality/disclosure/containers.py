"""What PDF and Word files hold: their streams and parts, unpacked, with everything that a reader does not see.

Belongs here: taking them apart. Does not: judging (files). Neither is rendered: what is drawn by fonts of its own cannot be
read here, so a report's numbers are bound before it is typeset (texts).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

import defusedxml.ElementTree as SafeTree  # type: ignore[import-untyped] # its stubs are a package apart

from quality.disclosure.contents import Contents, read_png

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|EmbeddedFiles?|Launch|OpenAction|AA|RichMedia|XFA|AcroForm|URI|GoToR|SubmitForm)\b"
)
HIDDEN = re.compile(rb"/(?:OCGs|Type\s*/Metadata\s*/Hidden)\b|\b3 Tr\b")
ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
MOST_UNPACKED = 64 * 2**20
WORD_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:core|app)\.xml|word/(?:document|styles|settings|fontTable|webSettings|"
    r"numbering|stylesWithEffects|theme/theme\d+|header\d*|footer\d*)\.xml|word/_rels/[\w.]+\.rels|word/media/[\w-]+\.png|"
    r"docProps/thumbnail\.jpeg|customXml/item\d+\.xml|customXml/itemProps\d+\.xml|customXml/_rels/[\w.]+\.rels"
)
WORD_HIDDEN = re.compile(r"<w:(?:vanish|del|moveFrom|comment|webHidden|instrText|object)\b")


def read_pdf(content: bytes) -> Contents:
    """Read a PDF: one revision, not encrypted, nothing active; every stream unpacked and its texts looked at.

    Raises
    ------
    ValueError
        It is no PDF, is encrypted, or unpacks to too much.
    """
    if not content.startswith(b"%PDF-") or b"/Encrypt" in content:
        raise ValueError
    found = Contents()
    if content.count(b"%%EOF") != 1 or content[content.rindex(b"%%EOF") + 5 :].strip():
        found.faults.append("hidden")
    pieces = [STREAM.sub(b"", content), *_unpacked(content)]
    for piece in pieces:
        named = ESCAPED_NAME.sub(lambda match: bytes([int(match[1], 16)]), piece)
        found.faults += ["script"] if ACTIVE.search(named) else []
        found.faults += ["hidden"] if HIDDEN.search(named) else []
        found.texts += _pdf_texts(piece)
    return found


def _unpacked(content: bytes) -> list[bytes]:
    found, size = [], 0
    for stream in STREAM.findall(content):
        unpacker = zlib.decompressobj()
        try:
            piece = unpacker.decompress(stream, MOST_UNPACKED)
        except zlib.error:
            piece = stream
        size += len(piece)
        if size > MOST_UNPACKED:
            raise ValueError
        found.append(piece)
    return found


def _pdf_texts(piece: bytes) -> list[str]:
    """Return a piece as text in the ways that PDF writes strings: plain, UTF-16, hexadecimal, split by kerning."""
    plain = piece.decode("latin-1")
    texts = [plain, re.sub(r"\)\s*-?[\d.]*\s*\(", "", plain), piece.decode("utf-16-be", "ignore")]
    if len(piece) > 1:
        texts.append(piece[1:].decode("utf-16-be", "ignore"))
    for run in re.findall(r"<([0-9A-Fa-f\s]{16,})>", plain):
        raw = bytes.fromhex(re.sub(r"\s", "", run)[: len(re.sub(r"\s", "", run)) // 2 * 2])
        texts += [raw.decode("latin-1"), raw.decode("utf-16-be", "ignore")]
    return texts


def read_docx(content: bytes) -> Contents:
    """Read a Word file: known parts only, no macro, embedding, comment, tracked change, hidden text or outside link.

    Raises
    ------
    ValueError, zipfile.BadZipFile
        It is no Word file, or unpacks to too much.
    """
    found = Contents()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED or archive.comment:
            raise ValueError
        names = archive.namelist()
        if "word/document.xml" not in names or len(set(names)) != len(names):
            raise ValueError
        for name in names:
            _word_part(name, archive.read(name), found)
    return found


def _word_part(name: str, part: bytes, found: Contents) -> None:
    if not WORD_PARTS.fullmatch(name):
        found.faults.append("hidden")
    if name.endswith(".png"):
        picture = read_png(part)
        found.faults += picture.faults
        found.texts += picture.texts
    elif name.endswith((".xml", ".rels")):
        text = part.decode("utf-8")
        root = SafeTree.fromstring(part, forbid_dtd=True)
        found.texts += [text, "".join(root.itertext())]
        found.rows += text.count("<w:tr>") + text.count("<w:tr ")
        found.faults += ["script"] if 'TargetMode="External"' in text else []
        found.faults += ["hidden"] if WORD_HIDDEN.search(text) else []
    else:
        found.texts.append(part.decode("latin-1"))
