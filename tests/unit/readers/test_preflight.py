"""Files that no honest sender has are refused before a parser sees them."""

import io
import zipfile

import openpyxl
import pytest

from data.messages import Refused
from data.readers import preflight, read_content

BOMB = b'<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n<worksheet>&b;</worksheet>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><sst/>'


def workbook():
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.save(stream)
    return stream.getvalue()


def rebuilt(change=None, flags=0, **extra):
    """Return the workbook with parts changed or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, (change or {}).get(name, before.read(name)))
        for name, content in extra.items():
            after.writestr(name, content)
    content = bytearray(stream.getvalue())
    if flags:
        for at in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
            content[at] |= flags
    return bytes(content)


def test_an_honest_workbook_passes():
    assert read_content(rebuilt()).table.num_rows == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (rebuilt({"xl/worksheets/sheet1.xml": BOMB}), "entities"),
        (rebuilt({"xl/workbook.xml": EXTERNAL}), "entities"),
        (rebuilt({"xl/workbook.xml": b"<!-- " + b"x" * 9_000 + b" -->" + BOMB.partition(b"\n")[2]}), "entities"),
        (rebuilt({"xl/workbook.xml": BOMB.decode().encode("utf-16")}), "entities"),
        (rebuilt(flags=1), "password"),
        (rebuilt(zeros=bytes(40 << 20)), "400 times"),
        (rebuilt(**{f"p{n}": b"" for n in range(10_001)}), "10000 files"),
        (preflight.OLE + bytes(512) + preflight.LOCKED_STREAM, "password"),
        (preflight.OLE + bytes(512) + preflight.MACRO_STREAM, "macros"),
    ],
)
def test_what_no_table_looks_like_is_refused(content, reason):
    with pytest.raises(Refused, match=reason) as refusal:
        read_content(content)
    assert refusal.value.code == "E-FILE-01"
