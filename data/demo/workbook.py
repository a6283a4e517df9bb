"""A worksheet as a workbook's bytes, the same bytes every time.

Belongs here: writing one sheet with openpyxl and taking the clock out of the file. Does not: what the cells say (sending).
"""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd

EPOCH = (1980, 1, 1, 0, 0, 0)
CLOCK = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FIXED = b"2026-01-01T00:00:00Z"


def workbook_bytes(rows: pd.DataFrame, *, title: str) -> bytes:
    """Return `rows` as an .xlsx with the column names in row 1 and one sheet called `title`; equal rows, equal bytes.

    Dates become date cells, booleans and numbers stay what they are, None and NaN become empty cells.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append([str(name) for name in rows.columns])
    blank_free = rows.astype(object).where(rows.notna(), None)
    for cells in blank_free.itertuples(index=False, name=None):
        sheet.append([cell.item() if hasattr(cell, "item") else cell for cell in cells])
    sink = io.BytesIO()
    book.save(sink)
    return _without_clock(sink.getvalue())


def _without_clock(content: bytes) -> bytes:
    """Return the zip with every time in it fixed: entry stamps, and created/modified in the document properties."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "docProps/core.xml":
                part = CLOCK.sub(FIXED, part)
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, part)
    return sink.getvalue()
