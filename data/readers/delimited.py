"""CSV and TSV: delimiter, header, cells; quoting damage is refused, ragged rows are kept and named.

Belongs here: the choice between the quick path (no quotation mark in the file: one line is one row, pyarrow splits) and the
careful path (Python's strict csv parser). Does not: decoding (decode), the header's choice (header).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pyarrow as pa

from data.contracts.model import Contract
from data.readers.decode import Decoded
from data.readers.header import DEPTH, find_header, fold, known_labels, tidy
from data.readers.quick import quick_rows
from data.readers.quoted import quoted_rows
from data.readers.raw import Note, RawTable, without_blank
from data.readers.refusals import refuse, unreadable

DELIMITERS = (",", "\t", ";", "|")
SAMPLE = 1 << 16
MAXIMUM_COLUMNS = 4096


def read_delimited(decoded: Decoded, contract: Contract | None) -> RawTable:
    """Read decoded text; row numbers count records, so a line break inside quotation marks does not shift them.

    Raises
    ------
    Refused
        E-FILE-02 no rows below the header, E-FILE-03 and E-FILE-04 quotation marks, E-FILE-01 too many columns.
    """
    sample = _sample(decoded.text)
    delimiter = sniff_delimiter(sample, contract)
    head = _records(sample, delimiter, DEPTH)
    position = find_header(head, contract)
    headers = [tidy(cell) for cell in head[position]] if head else []
    if not any(headers):
        raise refuse("E-FILE-02")
    if len(headers) > MAXIMUM_COLUMNS:
        raise unreadable("wide", limit=MAXIMUM_COLUMNS)
    if '"' in decoded.text:
        cells = quoted_rows(decoded.text, delimiter, skip=position + 1, width=len(headers))
    else:
        cells = quick_rows(decoded.utf8, delimiter, skip=position + 1, width=len(headers))
    kept, table = without_blank(headers, cells.columns, pa.chunked_array([cells.rows]))
    present = set(table.column("_row").to_pylist()) if cells.ragged else set()
    return RawTable(
        columns=tuple(kept),
        table=table,
        format="csv",
        header_row=position + 1,
        encoding=decoded.encoding,
        delimiter=delimiter,
        ragged=tuple(row for row in cells.ragged if row.row in present),
        notes=(Note("W-HEAD-01", {"row": position + 1, "n": position}),) if position else (),
    )


def sniff_delimiter(sample: str, contract: Contract | None) -> str:
    r"""Return the delimiter under which the header knows most labels, then under which the rows agree best on a width.

    >>> sniff_delimiter("a;b\n1,5;2\n", None)
    ';'
    """
    known = known_labels(contract)
    scores = [(_score(_records(sample, delimiter, 50), known), delimiter) for delimiter in DELIMITERS]
    best = max(score for score, _ in scores)
    return next(delimiter for score, delimiter in scores if score == best)


def _score(records: Sequence[Sequence[str]], known: frozenset[str]) -> tuple[int, float, int]:
    widths = [len(record) for record in records if any(record)]
    if not widths or max(widths) == 1:
        return (0, 0.0, 1)
    labels = max(sum(1 for cell in record if cell and fold(cell) in known) for record in records)
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (labels, widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)


def _sample(text: str) -> str:
    if len(text) <= SAMPLE:
        return text
    cut = max(text.rfind("\n", 0, SAMPLE), text.rfind("\r", 0, SAMPLE))
    return text[: cut + 1] if cut > 0 else text[:SAMPLE]


def _records(sample: str, delimiter: str, limit: int) -> list[list[str]]:
    csv.field_size_limit(1 << 30)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    return [record for record, _ in zip(reader, range(limit), strict=False)]
