"""CSV and TSV: delimiter, header, cells; quoting damage is refused, ragged rows are kept and named.

Belongs here: the choice between the quick path (no quotation mark in the file: one line is one row, pyarrow splits) and the
careful path (Python's strict csv parser). Does not: decoding (decode), the header's choice (header).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from data.contracts.model import Contract
from data.messages import Text
from data.readers.decode import Decoded
from data.readers.fixed_width import declared_spans, evident_spans, read_declared, read_fixed
from data.readers.header import known_labels
from data.readers.header_rows import DEPTH, Header, choose_header, known_count
from data.readers.numerals import with_points
from data.readers.quick import Cells, NotNumbers, quick_quoted_rows, quick_rows
from data.readers.quoted import is_spaced, quoted_rows
from data.readers.raw import Note, RawTable, without_blank
from data.readers.refusals import refuse, unreadable

DELIMITERS = (",", "\t", ";", "|")
SAMPLE = 1 << 16
MAXIMUM_COLUMNS = 4096
PROGRAM = Text(en="the text of a program", zh="程序文本")
FEW_ROWS = 8
"""So few rows below a header on top may all be ragged and are told one by one; more of them are no table."""


@dataclass(frozen=True)
class Layout:
    """How a text is divided: its delimiter, its header, and whether text stands above the header (`titled`).

    `is_part`: it is a piece of a long text. `numbers`: columns that are read as numbers, by their place (`number_cells`).
    """

    delimiter: str
    header: Header
    titled: bool
    is_part: bool = False
    numbers: Mapping[int, pa.DataType] = field(default_factory=dict)


def read_delimited(decoded: Decoded, contract: Contract | None) -> RawTable:
    """Read decoded text; row numbers count records, so a line break inside quotation marks does not shift them.

    Text without any delimiter is cut at fixed widths, if the contract declares them or the blank columns are evident.

    Raises
    ------
    Refused
        E-FILE-02 no rows below the header, E-FILE-03 and E-FILE-04 quotation marks, E-FILE-05 no table, E-HEAD-01 no header,
        E-FILE-01 too many columns or uncertain widths.
    """
    sample = _sample(decoded.text)
    delimiter = sniff_delimiter(sample, contract)
    head = _records(sample, delimiter, DEPTH)
    if _is_undivided(head, contract):
        spans = declared_spans(contract)
        if spans is not None:
            return read_declared(decoded, spans)
        evident = evident_spans(decoded.text)
        if evident is not None:
            return with_points(read_fixed(decoded, evident), contract)
    return read_laid_out(decoded, _layout(head, delimiter, contract), contract)


def layout_of(decoded: Decoded, contract: Contract | None) -> Layout:
    """Return how text is laid out that `read_delimited` reads as delimited: its first lines decide."""
    sample = _sample(decoded.text)
    delimiter = sniff_delimiter(sample, contract)
    return _layout(_records(sample, delimiter, DEPTH), delimiter, contract)


def _layout(head: Sequence[Sequence[str]], delimiter: str, contract: Contract | None) -> Layout:
    header = choose_header(head, contract)
    titled = any(any(cell.strip() for cell in record) for record in head[: header.first])
    return Layout(delimiter, header, titled)


def read_laid_out(decoded: Decoded, layout: Layout, contract: Contract | None) -> RawTable:
    """Read decoded text of which is known how it is laid out; see `read_delimited`."""
    return with_points(_read_cells(decoded, layout), contract)


def _read_cells(decoded: Decoded, layout: Layout) -> RawTable:
    delimiter, header = layout.delimiter, layout.header
    width = len(header.labels)
    if not any(header.labels):
        raise refuse("E-FILE-02")
    if width > MAXIMUM_COLUMNS:
        raise unreadable("wide", limit=MAXIMUM_COLUMNS)
    cells = _cells(decoded, layout, skip=header.last + 1, width=width)
    kept, table = without_blank(header.labels, cells.columns, pa.chunked_array([cells.rows]))
    present = set(table.column("_row").to_pylist()) if cells.ragged else set()
    ragged = tuple(row for row in cells.ragged if row.row in present)
    if width == 1 and _is_program(decoded.text, delimiter):
        raise unreadable("format", kind=PROGRAM)
    if 2 * len(ragged) > table.num_rows and (layout.titled or table.num_rows >= FEW_ROWS):  # running text
        raise refuse("E-FILE-05", n=len(ragged), rows=table.num_rows, row=header.last + 1, width=width)
    return RawTable(
        columns=tuple(kept),
        table=table,
        format="csv",
        header_row=header.last + 1,
        encoding=decoded.encoding,
        delimiter=delimiter,
        ragged=ragged,
        notes=(*_encoding_notes(decoded), *header.notes, *cells.notes),
    )


def _cells(decoded: Decoded, layout: Layout, *, skip: int, width: int) -> Cells:
    divide = quick_quoted_rows if '"' in decoded.text else quick_rows
    quick = divide(
        decoded.utf8, layout.delimiter, skip=skip, width=width, is_long=layout.is_part, numbers=layout.numbers
    )
    if quick is None and layout.numbers:
        raise NotNumbers
    return quick if quick is not None else quoted_rows(decoded.text, layout.delimiter, skip=skip, width=width)


def _is_program(text: str, delimiter: str) -> bool:
    """Whether most lines end with a delimiter or a bracket: a program's text or nested data, and no column of values."""
    lines = [line.rstrip() for line in text[:SAMPLE].splitlines()[1:] if line.strip()]
    return len(lines) >= FEW_ROWS and 2 * sum(line.endswith((delimiter, *"{}[]();")) for line in lines) > len(lines)


def _encoding_notes(decoded: Decoded) -> tuple[Note, ...]:
    return (Note("W-ENC-01", {"encoding": decoded.encoding}),) if decoded.guessed else ()


def _is_undivided(head: Sequence[Sequence[str]], contract: Contract | None) -> bool:
    """Whether most lines hold one cell and no line knows two labels of the contract."""
    known = known_labels(contract)
    single = sum(1 for record in head if len(record) == 1)
    return 2 * single > sum(1 for record in head if record) and all(known_count(record, known) < 2 for record in head)  # noqa: PLR2004


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
    labels = max(known_count(record, known) for record in records)
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (labels, widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)


def _sample(text: str) -> str:
    if len(text) <= SAMPLE:
        return text
    cut = max(text.rfind("\n", 0, SAMPLE), text.rfind("\r", 0, SAMPLE))
    return text[: cut + 1] if cut > 0 else text[:SAMPLE]


def _records(sample: str, delimiter: str, limit: int) -> list[list[str]]:
    csv.field_size_limit(1 << 30)
    reader = csv.reader(
        io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=is_spaced(sample, delimiter)
    )
    return [record for record, _ in zip(reader, range(limit), strict=False)]
