"""Sixty files that carry people out, and files as reports are, which must pass.

Belongs here: their bytes. Does not: judging. All identifiers are made up: resident ids of regions that do not exist, right check
digits; pseudonyms of no key.
"""

import base64
import io
import json
import struct
import zipfile
import zlib

import pyarrow as pa
import pyarrow.parquet as pq

from quality.disclosure.gate import decide
from quality.disclosure.outputs import About, Cell, CountTable
from quality.privacy import CHECK_DIGITS, WEIGHTS

PSEUDONYM = "k1:" + "ABCDEFGH" * 4
MOBILE = "13800138000"
FIRM = "91350100M000100Y43"
SECRETS = ("pseudonym", "resident", "mobile", "firm")


def resident():
    digits = "88888819900101123"
    return digits + CHECK_DIGITS[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def secret(kind):
    return {"pseudonym": PSEUDONYM, "resident": resident(), "mobile": MOBILE, "firm": FIRM}[kind]


def table():
    cells = {("a",): Cell(40, 40), ("b",): Cell(55, 55), ("c",): Cell(30, 30)}
    return decide(CountTable(About("people", "panel"), ("arm",), cells)).released


def csv_of(*rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows).encode()


def svg_of(inside, attributes=""):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def html_of(inside, head=""):
    return f"<!doctype html><html><head><title>Report</title>{head}</head><body>{inside}</body></html>".encode()


def png_of(*parts, after=b""):
    def part(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    body = part(b"IDAT", zlib.compress(b"\0\xff\xff\xff"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(part(*one) for one in parts) + body + part(b"IEND", b"") + after


def pdf_of(stream=b"BT (People: 40) Tj ET", *, extra=b"", after=b"", packed=True):
    filtered = b"/Filter /FlateDecode " if packed else b""
    content = zlib.compress(stream) if packed else stream
    body = b"4 0 obj <<" + filtered + b"/Length %d>>\nstream\n" % len(content) + content + b"\nendstream endobj\n"
    return (
        b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n" + extra + body + b"trailer <<>>\n%%EOF\n" + after
    )


def docx_of(text="People took part.", *, more=(), rels=""):
    kept = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": "<Relationships/>",
        "word/_rels/document.xml.rels": f"<Relationships>{rels}</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="w"><w:body>{text}</w:body></w:document>',
    }
    return zip_of(kept | dict(more))


def zip_of(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def xlsx_of(*, hidden):
    from openpyxl import Workbook

    book, stream = Workbook(), io.BytesIO()
    book.active.append(["arm", "people"])
    sheet = book.create_sheet("raw")
    sheet.append([PSEUDONYM, 3])
    sheet.sheet_state = "hidden" if hidden else "visible"
    book.save(stream)
    return stream.getvalue()


def parquet_of(*, metadata):
    stream = io.BytesIO()
    frame = pa.table({"arm": ["a"], "people": [40]})
    pq.write_table(frame.replace_schema_metadata({"note": PSEUDONYM} if metadata else None), stream)
    return stream.getvalue()


def smuggled():
    """Return sixty files: name → bytes."""
    b64 = base64.b64encode(f"person {PSEUDONYM} answered".encode()).decode()
    plotly = {"data": [{"type": "bar", "x": ["a", "b"], "y": [40, 55]}]}
    found = {}
    for kind in SECRETS:
        told = secret(kind)
        found |= {
            f"cell-{kind}.csv": csv_of(["arm", "people"], ["a", told]),
            f"header-{kind}.csv": csv_of(["arm", told], ["a", 40]),
            f"label-{kind}.svg": svg_of(f"<text>{told}</text>"),
            f"hover-{kind}.svg": svg_of(f'<rect width="1" height="1"><title>{told}</title></rect>'),
            f"text-{kind}.html": html_of(f"<p>{told}</p>"),
            f"value-{kind}.json": json.dumps({"note": told}).encode(),
            f"word-{kind}.docx": docx_of(f"<w:t>{told}</w:t>"),
            f"info-{kind}.pdf": pdf_of(extra=b"3 0 obj <</Author (%s)>> endobj\n" % told.encode()),
        }  # fmt: skip
    found |= {
        "rows.csv": csv_of(["arm", "people"], *[["a", 40]] * 5001),
        "wide.csv": csv_of(["x"] * 201, [40] * 201),
        "formula.csv": csv_of(["arm"], ['=HYPERLINK("a")']),
        "formula-at.csv": csv_of(["arm"], ["@SUM(1)"]),
        "single-values.csv": csv_of(["age", "income"], [41, 7312], [38, 6120]),
        "full-width.csv": csv_of(["note"], ["１３８００１３８０００"]),
        "invisible.csv": csv_of(["note"], ["138\u200b0013\u200b8000"]),
        "encoded.csv": csv_of(["note"], [b64]),
        "rows.json": json.dumps({**plotly, "rows": [[n, 7 * n] for n in range(40)]}).encode(),
        "customdata.json": json.dumps({"data": [{"y": [40], "customdata": [[41, 7312]]}]}).encode(),
        "remote.json": json.dumps({"data": {"url": "https://example.org/rows.csv"}}).encode(),
        "encoded.json": json.dumps({"note": b64}).encode(),
        "rows.svg": svg_of('<g data-rows="41 7312 38 6120"><rect width="1" height="1"/></g>'),
        "script.svg": svg_of("<script>fetch('x')</script>"),
        "comment.svg": svg_of(f"<!-- {b64} --><text>40</text>"),
        "image.svg": svg_of(f'<image href="data:image/png;base64,{b64}"/>'),
        "metadata.svg": svg_of("<metadata>41 7312</metadata>"),
        "invisible.svg": svg_of('<text opacity="0">40</text>'),
        "script.html": html_of("<script>1</script>"),
        "comment.html": html_of("<!-- 41,7312 --><p>40</p>"),
        "hidden.html": html_of('<table style="display:none"><tr><td>41</td></tr></table>'),
        "remote.html": html_of('<img src="https://example.org/1.png">'),
        "data-uri.html": html_of(f'<a href="data:text/csv;base64,{b64}">table</a>'),
        "text-part.png": png_of((b"tEXt", b"Comment\0" + PSEUDONYM.encode())),
        "exif.png": png_of((b"eXIf", b"II*\0" + MOBILE.encode())),
        "after-the-end.png": png_of(after=csv_of([PSEUDONYM, 3])),
        "attachment.pdf": pdf_of(extra=b"3 0 obj <</EmbeddedFile 4 0 R>> endobj\n"),
        "packed-text.pdf": pdf_of(b"BT [(k1:ABCDEFGH) 12 (ABCDEFGHABCDEFGHABCDEFGH)] TJ ET"),
        "earlier-revision.pdf": pdf_of(after=b"5 0 obj <</Note (41 7312)>> endobj\n%%EOF\n"),
        "script.pdf": pdf_of(extra=b"3 0 obj <</OpenAction <</S /Java#53cript>>>> endobj\n"),
        "embedding.docx": docx_of(more={"word/embeddings/sheet1.xlsx": xlsx_of(hidden=False)}.items()),
        "vanished.docx": docx_of("<w:r><w:rPr><w:vanish/></w:rPr><w:t>41</w:t></w:r>"),
        "deleted.docx": docx_of("<w:del><w:t>41 7312</w:t></w:del>"),
        "hidden-sheet.xlsx": xlsx_of(hidden=True),
        "metadata.parquet": parquet_of(metadata=True),
        "notebook.ipynb": json.dumps({"cells": [{"outputs": [{"text": "41 7312"}]}]}).encode(),
        "archive.zip": zip_of({"people.csv": csv_of([PSEUDONYM])}),
        "python.png": b"\x80\x04\x95" + PSEUDONYM.encode(),
        f"{MOBILE}.csv": csv_of(["arm", "people"], ["a", 40]),
    }
    return found


def honest():
    """Return files as a report has them; all must pass."""
    bars = '<g><rect x="1" y="2" width="3" height="40"/><text>a</text><text>40</text><title>40</title></g>'
    return {
        "people.csv": csv_of(["arm", "people"], ["a", 40], ["b", 55], ["c", 30]),
        "people.svg": svg_of(bars, 'viewBox="0 0 100 50" role="img"'),
        "people.json": json.dumps({"data": [{"type": "bar", "x": ["a", "b"], "y": [40, 55]}]}).encode(),
        "report.html": html_of(
            '<h1>Report</h1><p>40 people</p><a href="report.zh.html">zh</a>', "<style>p{color:red}</style>"
        ),
        "people.png": png_of(),
        "report.pdf": pdf_of(),
        "report.docx": docx_of(),
    }
