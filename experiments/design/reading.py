"""Reading a frame from a file as zones have it: ids stay text, covariates become numbers where every cell is one.

Belongs here: that one step before sealing. Does not: formats (data.readers), checks of the frame (frame).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.readers.file import read_file
from data.readers.raw import ROW
from experiments.design.frame import used_columns
from experiments.registry.schema.design import AssignmentSpec

NUMBERS = frozenset({"running variable", "balance criterion", "baseline"})
"""Roles of columns that may hold numbers; all others are names, and 007 is not 7."""


def read_units(path: Path, spec: AssignmentSpec) -> pd.DataFrame:
    """Return the rows of a CSV, XLSX or Parquet file, one a unit.

    Parameters
    ----------
    path
        Read as any file that a zone sends: encodings, delimiters and header rows are found out.
    spec
        Says which columns may be numbers.

    Raises
    ------
    Refused
        E-FILE-01 to -04: the file cannot be read.
    """
    table = read_file(path).table.to_pandas()
    frame = table.drop(columns=ROW)
    for name, role in used_columns(spec, frame.columns).items():
        if role in NUMBERS and name in frame.columns:
            frame[name] = _numbers(frame[name])
    return frame


def _numbers(cells: pd.Series) -> pd.Series:
    filled = cells.where(cells.notna() & (cells.str.strip() != ""))
    numbers = pd.to_numeric(filled, errors="coerce")
    return numbers if numbers.notna().equals(filled.notna()) else filled
