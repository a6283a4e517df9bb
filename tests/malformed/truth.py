"""What a damaged file says, by readers that are not ours: the accepted table must agree with them, or with the sound file.

Belongs here: one second reader for each format (csv, openpyxl, xlrd, pandas, DuckDB, pyreadstat's own .por) and comparing. Does
not: damaging files (mutations).
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from data.readers import RawTable
from data.readers.package_dates import kind_of

Rows = dict[int, list[str]]
"""Row number → its cells that are not empty, canonically."""


def same_table(raw: RawTable, sound: RawTable) -> bool:
    """Whether two tables hold the same cells in the same rows; headers may differ."""
    ours, theirs = (raw.table.rename_columns([str(n) for n in range(raw.table.num_columns)]) for raw in (raw, sound))
    return ours.equals(theirs)


def agrees(raw: RawTable, content: bytes, path: Path, sound: RawTable) -> bool:
    """Whether a second reader finds in the damaged bytes what ours found."""
    try:
        said = SECOND[raw.format](content, path, raw, sound)
    except Exception:  # noqa: BLE001 - a second reader may fail in any way; then it agrees to nothing
        return False
    skipped = {row.row for row in raw.ragged}  # told one by one, and refused by the check
    ours, theirs = (
        {row: cells for row, cells in each.items() if cells and row not in skipped} for each in (_ours(raw), said)
    )
    return ours == theirs


def _ours(raw: RawTable) -> Rows:
    names = [name for name in raw.names if not is_date(raw, name)]
    columns = [raw.table[name].to_pylist() for name in names]
    if raw.format == "por":  # pyreadstat returns declared missing codes as empty
        declared = [raw.labels[name].missing_codes for name in names]
        columns = [
            [None if cell in codes else cell for cell in cells] for cells, codes in zip(columns, declared, strict=True)
        ]
    numbers = raw.table["_row"].to_pylist()
    return {row: _filled(column[place] for column in columns) for place, row in enumerate(numbers)}


def is_date(raw: RawTable, name: str) -> bool:
    """Whether a cell of a statistics package was made a date: the second readers count those in other ways."""
    package = {"dta": "stata", "sas7bdat": "sas", "xpt": "sas", "por": "spss"}.get(raw.format)
    info = raw.labels.get(name)
    return bool(package and info and kind_of(package, info.format))  # type: ignore[arg-type]


def _filled(cells: Iterable[Any]) -> list[str]:
    return [text for text in map(canon, cells) if text]


def canon(value: Any) -> str:
    """Return a value in the one way in which both sides are compared."""
    if value is None or value != value:  # noqa: PLR0124 - not a number
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    if text in ("#UNCOMPUTED", "NaT", "<NA>"):
        return ""
    text = re.sub(r"[T ]00:00:00(\.0+)?$", "", text)
    try:
        return f"{float(text) + 0.0:.10g}" if re.fullmatch(r"[+-]?[\d.]+([eE][+-]?\d+)?", text) else text
    except ValueError:
        return text


def _numbered(rows: Sequence[Iterable[Any]], header: int, first: int = 1) -> Rows:
    return {n: _filled(row) for n, row in enumerate(rows, start=first) if n > header}


def _delimited(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    del path
    plain = all(str(cell).isascii() for column in sound.table.columns for cell in column.to_pylist())
    encoding = raw.encoding if plain else sound.encoding  # the sound file says nothing against any
    text = content.decode(encoding or "utf-8").removeprefix("\ufeff")
    spaced = f'{raw.delimiter} "' in text[:1_000_000]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=raw.delimiter or ",", skipinitialspace=spaced)
    return _numbered(list(reader), raw.header_row)


def _packed(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    if not content.startswith(b"PK"):
        return _delimited(content, path, raw, sound)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _delimited(archive.read(archive.namelist()[0]), path, raw, sound)


def _xlsx(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    del path, sound
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[raw.sheet or ""]
    return _numbered(list(sheet.iter_rows(values_only=True)), raw.header_row)


def _xls(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    del path, sound
    import xlrd

    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO())
    sheet = book.sheet_by_name(raw.sheet)

    def value(cell: Any) -> object:
        if cell.ctype == xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code[cell.value]
        return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value

    return _numbered([[value(cell) for cell in sheet.row(n)] for n in range(sheet.nrows)], raw.header_row)


def _frame(frame: Any, raw: RawTable) -> Rows:
    kept = [name for name, ours in zip(frame.columns, raw.names, strict=True) if not is_date(raw, ours)]
    rows = [[value.decode() if isinstance(value, bytes) else value for value in row] for row in frame[kept].values]
    return _numbered(rows, 1, first=2)


def _dta(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    del path, sound
    import pandas as pd

    frame = pd.read_stata(
        io.BytesIO(content),
        convert_categoricals=False,
        convert_missing=True,
        convert_dates=False,
        preserve_dtypes=False,
    )
    return _frame(frame.map(lambda value: None if str(value) == "." else value), raw)


def _sas(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    del path, sound
    import pandas as pd

    kind = "xport" if raw.format == "xpt" else "sas7bdat"
    return _frame(pd.read_sas(io.BytesIO(content), format=kind, encoding="utf-8"), raw)


def _por(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    del sound
    import pyreadstat

    path.write_bytes(content)
    frame, _ = pyreadstat.read_por(str(path), disable_datetime_conversion=True)
    return _frame(frame, raw)


def _parquet(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    del raw, sound
    import duckdb

    path.write_bytes(content)
    with duckdb.connect() as connection:
        return _numbered(connection.execute("from read_parquet($1)", [str(path)]).fetchall(), 1, first=2)


def _json(content: bytes, path: Path, raw: RawTable, sound: RawTable) -> Rows:
    del path
    text = content.decode(sound.encoding or "utf-8").removeprefix("\ufeff")
    objects = (
        json.loads(text) if raw.format == "json" else [json.loads(line) for line in text.splitlines() if line.strip()]
    )
    names = dict.fromkeys(name for each in objects for name in each)
    return _numbered([[each.get(name) for name in names] for each in objects], 1, first=2)


SECOND: dict[str, Callable[[bytes, Path, RawTable, RawTable], Rows]] = {
    "csv": _packed, "xlsx": _xlsx, "xls": _xls, "dta": _dta, "sas7bdat": _sas, "xpt": _sas, "por": _por, "parquet": _parquet,
    "json": _json, "ndjson": _json,
}  # fmt: skip
