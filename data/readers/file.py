"""Reading a file that somebody names, without keeping it.

Belongs here: staging and reading in one call. Does not: keeping the original (quality.intake).
"""

from __future__ import annotations

from pathlib import Path

from data.contracts.model import Contract
from data.readers.open import staged
from data.readers.raw import RawTable
from data.readers.sandbox import read_safely


def read_file(path: Path, *, contract: Contract | None = None) -> RawTable:
    """Read a table as text with the row numbers that a spreadsheet shows.

    CSV and TSV, fixed width, XLSX and XLS, SPSS (.sav, .zsav, .por), Stata (.dta), SAS (.sas7bdat, .xpt), Parquet, JSON and
    NDJSON, and a ZIP that holds one of them.

    Parameters
    ----------
    path
        A regular file; its name and extension are not looked at.
    contract
        Helps to choose the delimiter, the sheet and the header row by the labels it expects.

    Raises
    ------
    Refused
        E-FILE-01 (cannot be read, with what was tried), E-FILE-02 (no rows), E-FILE-03 and -04 (quotation marks), E-FILE-05
        (no table), E-HEAD-01 (no header).
    NotFound
        There is no such file.
    """
    with staged(path) as opened:
        return read_safely(opened.path, contract=contract)
