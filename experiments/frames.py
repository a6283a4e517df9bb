"""Data files of other people's making (.csv, .parquet, .dta, .sav) → one typed frame for an estimator.

Belongs here: types that lose nothing (an id with a leading zero stays text, an empty cell is missing and never a level).
Does not: files that zones send (data.readers, by contract), rows and columns of one analysis (sample).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.messages import not_found, refusal

if TYPE_CHECKING:
    import pyarrow as pa

MISSING_TEXTS = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", ".")
"""Cells of a .csv that mean "missing": what R, Stata, Python and SQL write."""

_INTEGER = r"^[+-]?(0|[1-9][0-9]{0,14})$"
_NUMBER = r"^[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"


def read_head(path: Path) -> pd.DataFrame:
    """Return the columns of a Parquet file with their types and no row; of another file, which must be read, all rows."""
    if path.suffix.lower() != ".parquet" or not path.is_file():
        return read_frame(path)
    import pyarrow.parquet as pq

    return plain(pq.read_schema(path).empty_table().to_pandas())


def read_frame(path: Path) -> pd.DataFrame:
    """Return the file as a frame, one row per row of the file, in its order.

    Parameters
    ----------
    path
        By extension: ``.csv`` (UTF-8, with or without BOM, or GB18030), ``.parquet``, ``.dta``, ``.sav`` (codes, not labels;
        user-missing values are missing).

    Raises
    ------
    NotFound
        No such file.
    Refused
        Another extension, or the content is not what the extension says.
    """
    if not path.is_file():
        raise not_found("E-DATA-01", name=path.name)
    kind = path.suffix.lower().lstrip(".")
    reader = _READERS.get(kind)
    if reader is None:
        raise refusal("E-DATA-02", name=path.name, kind=kind or "-")
    try:
        return plain(reader(path))
    except (ValueError, OSError, UnicodeError, csv.Error) as error:
        raise refusal("E-DATA-02", name=path.name, kind=kind) from error
    except Exception as error:
        if type(error).__module__.startswith("pyreadstat"):  # its error class is private
            raise refusal("E-DATA-02", name=path.name, kind=kind) from error
        raise


def read_columns(path: Path, columns: list[str]) -> pd.DataFrame:
    """Return some columns of a Parquet table, all rows; columns that it lacks are left out (the analysis names them)."""
    import pyarrow.parquet as pq

    present = set(pq.read_schema(path).names)
    wanted = [name for name in dict.fromkeys(columns) if name in present]
    return plain(pq.read_table(path, columns=wanted).to_pandas(date_as_object=False))


def file_digest(path: Path) -> str:
    """Return the sha256 of the file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with plain kinds only: numbers as numpy, times without zone (UTC), texts as they are.

    Raises
    ------
    ValueError
        Two columns have one name.
    """
    if not frame.columns.is_unique:
        raise ValueError("two columns of one name")
    changed: dict[str, pd.Series] = {}
    for name, column in frame.items():
        if isinstance(column.dtype, np.dtype) and column.dtype.kind != "O":
            continue
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            changed[str(name)] = column.dt.tz_convert("UTC").dt.tz_localize(None)
        elif _is_nullable_number(column):
            changed[str(name)] = column.astype("float64")
    return frame.assign(**changed) if changed else frame


def _is_nullable_number(column: pd.Series) -> bool:
    """Return whether numbers or truth values hide behind a nullable or an object type."""
    if pd.api.types.is_extension_array_dtype(column.dtype):
        return bool(pd.api.types.is_numeric_dtype(column.dtype))
    return bool(column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) == "boolean")


def _read_csv(path: Path) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.csv as pcsv

    content = path.read_bytes()
    text = _decoded(content)
    header = next(csv.reader(io.StringIO(text)), [])
    if not header or len(set(header)) != len(header):
        raise ValueError("no header, or two columns of one name")
    table = pcsv.read_csv(
        pa.py_buffer(text.encode()),
        parse_options=pcsv.ParseOptions(newlines_in_values=True),
        convert_options=pcsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), null_values=list(MISSING_TEXTS), strings_can_be_null=True
        ),
    )
    return pd.DataFrame({name: _typed(table.column(name)) for name in table.column_names})


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _typed(column: pa.ChunkedArray) -> pd.Series:
    """Return text as integers or numbers when every cell is written as one; sixteen digits and more stay text (an id)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def every(pattern: str) -> bool:
        return bool(pc.all(pc.match_substring_regex(column, pattern)).as_py())

    if column.null_count == len(column):
        return pd.Series([float("nan")] * len(column), dtype="float64")
    if every(_INTEGER):
        return pc.cast(column, pa.float64() if column.null_count else pa.int64()).to_pandas()
    if every(_NUMBER) and not every(r"^[+-]?[0-9]+$"):
        return pc.cast(column, pa.float64()).to_pandas()
    return column.to_pandas()


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pandas(date_as_object=False)


def _read_dta(path: Path) -> pd.DataFrame:
    import pyreadstat

    frame, _ = pyreadstat.read_dta(path)
    return frame


def _read_sav(path: Path) -> pd.DataFrame:
    import pyreadstat

    frame, _ = pyreadstat.read_sav(path)
    return frame


_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "csv": _read_csv,
    "parquet": _read_parquet,
    "dta": _read_dta,
    "sav": _read_sav,
}
