"""Mending a few cells before sending: which cells are bad, and the same file with other text in them.

Belongs here: the list of cells, and the corrected file as bytes (CSV, every row on the row number that it had). Does not:
judging them again (check), the grid in which they are typed (apps.viewer).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from data.contracts import Contract
from quality.looking import Look

LIMIT = 50
"""More bad cells than this are mended in the file itself."""

WHOLE_ROW = frozenset({"E-KEY-01", "E-ROW-01"})
"""Reasons that leaving the row out takes away; no single cell of it is wrong."""


@dataclass(frozen=True)
class BadRow:
    """One row with something to mend: `cells` are its bad cells (names in the raw table), `codes` what is wrong."""

    row: int
    cells: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Mend:
    """What a sender typed: new text by row and raw column, and the rows that are left out."""

    texts: Mapping[tuple[int, str], str]
    left_out: frozenset[int] = frozenset()


def bad_list(look: Look, contract: Contract) -> tuple[BadRow, ...]:
    """Return the rows to mend in the order of the file; none if the file was not read or must not be kept.

    A row whose whole width is in doubt (E-ROW-01), or whose key stands twice, has no bad cell but can be left out; of a doubled
    key the key's cells are offered.
    """
    if look.report.bad is None or look.raw is None:
        return ()
    table = look.report.bad
    found = zip(table["_row"].to_pylist(), table["reasons"].to_pylist(), strict=True)
    rows = (_bad_row(row, reasons, look.cells, contract) for row, reasons in found)
    return tuple(row for row in rows if row.codes)


def size(rows: Iterable[BadRow]) -> int:
    """Return how many cells there are to mend; a row without a bad cell counts as one."""
    return sum(max(1, len(row.cells)) for row in rows)


def mended(look: Look, mend: Mend) -> bytes:
    """Return the file with the mends in it, as CSV (UTF-8 with mark) whose rows keep their numbers.

    Raises
    ------
    ValueError
        The file was not read, or must not be kept.
    """
    raw = look.raw
    if raw is None:
        raise ValueError("a file that was not read cannot be mended")
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerows([] for _ in range(raw.header_row - 1))
    writer.writerow(raw.columns)
    place = raw.header_row
    for record in raw.table.to_pylist():
        row = record["_row"]
        writer.writerows([] for _ in range(row - place - 1))
        place = row
        writer.writerow([] if row in mend.left_out else [_text(record, name, mend) for name in raw.names])
    return sink.getvalue().encode("utf-8-sig")


def mended_name(name: str) -> str:
    """Return what the corrected file is called.

    >>> mended_name("visits_W2.xlsx"), mended_name("visits_W2.corrected.csv")
    ('visits_W2.corrected.csv', 'visits_W2.corrected.csv')
    """
    return PurePath(name).stem.removesuffix(".corrected") + ".corrected.csv"


def _bad_row(row: int, reasons: list[str], cells: Mapping[str, tuple[str, ...]], contract: Contract) -> BadRow:
    told = [reason.partition(":") for reason in reasons]
    columns = [column for _, _, column in told if column]
    if any(code == "E-KEY-01" for code, _, _ in told):
        columns += contract.key
    names = dict.fromkeys(name for column in columns for name in cells.get(column, ()))
    codes = dict.fromkeys(code for code, _, column in told if column in cells or code in WHOLE_ROW)
    return BadRow(row, tuple(names), tuple(codes))


def _text(record: Mapping[str, str | None], name: str, mend: Mend) -> str:
    key = (int(record["_row"] or 0), name)
    return mend.texts.get(key, record[name] or "")
