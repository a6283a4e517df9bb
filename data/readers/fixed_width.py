"""Text in columns of fixed width: cut where a contract declares it, or where blank columns under a header leave no doubt.

Belongs here: finding and cutting the columns. Does not: delimited text (delimited), which is tried first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import pyarrow as pa

from data.contracts.model import Contract
from data.messages import Text
from data.readers.decode import Decoded
from data.readers.header import tidy
from data.readers.header_rows import is_values
from data.readers.raw import RawTable, without_blank
from data.readers.refusals import refuse, unreadable

TOKEN = re.compile(r"\S+(?: \S+)*")
FEWEST_LINES = 3
NO_NAME = Text(en="a column has no name, or a name stands over two columns.", zh="有的列没有列名，或一个列名横跨两列。")
OUTSIDE = Text(en="text stands where the contract declares no column.", zh="数据约定未声明为列的位置上有文字。")
NO_HEADER = Text(en="the first line holds no names.", zh="第一行不是列名。")
Span = tuple[int, int]


def evident_spans(text: str) -> tuple[Span, ...] | None:
    r"""Return where the columns lie, None if the text does not look like columns of fixed width.

    Columns are parted by positions that are blank in every line. It is evident only if each has exactly one name in the
    first line.

    >>> evident_spans("id   wait\n01    12\n02     7\n")
    ((0, 2), (5, 9))
    >>> evident_spans("a sentence\nand one more here\nand the last") is None
    True

    Raises
    ------
    Refused
        E-FILE-01: it looks like columns, and their names do not say where each begins.
    """
    lines = [line for line in text.expandtabs().splitlines() if line.strip()]
    if len(lines) < FEWEST_LINES:
        return None
    spans = _spans(lines)
    aligned = len({len(line.rstrip()) for line in lines[1:]}) == 1 or _gap(spans) > 1
    if len(spans) < 2 or not aligned:  # noqa: PLR2004
        _abutting(lines)
        return None
    names = [match.span() for match in TOKEN.finditer(lines[0])]
    if is_values([lines[0][start:end] for start, end in names]):
        raise unreadable("widths", why=NO_HEADER)
    owners = [[span for span in spans if span[0] < end and start < span[1]] for start, end in names]
    if any(len(owner) != 1 for owner in owners) or sorted(owner[0] for owner in owners) != list(spans):
        raise unreadable("widths", why=NO_NAME)
    return tuple(spans)


def read_fixed(decoded: Decoded, spans: tuple[Span, ...]) -> RawTable:
    """Cut every line at `spans`; the first line with text is the header.

    Raises
    ------
    Refused
        E-FILE-02 when no line follows the header.
    """
    lines = decoded.text.expandtabs().splitlines()
    header = next(number for number, line in enumerate(lines) if line.strip())
    body = lines[header + 1 :]
    if not body:
        raise refuse("E-FILE-02")
    columns = [
        pa.chunked_array([pa.array([line[start:end].strip() or None for line in body], pa.string())])
        for start, end in _reaching(spans)
    ]
    labels = [tidy(lines[header][start:end]) for start, end in _reaching(spans)]
    rows = pa.chunked_array([pa.array(range(header + 2, header + 2 + len(body)), pa.int64())])
    kept, table = without_blank(labels, columns, rows)
    return RawTable(columns=tuple(kept), table=table, format="fixed", header_row=header + 1, encoding=decoded.encoding)


def declared_spans(contract: Contract | None) -> dict[str, Span] | None:
    """Return where a contract says that each column lies, None if it does not say."""
    if contract is None or not contract.fixed_width:
        return None
    return {name: (first - 1, last) for name, (first, last) in contract.fixed_width.items()}


def read_declared(decoded: Decoded, spans: Mapping[str, Span]) -> RawTable:
    """Cut every line at the declared places; there is no header, and row 1 is the first line.

    A first line that holds the columns' own names is a header all the same and is passed over.

    Raises
    ------
    Refused
        E-FILE-01: text stands outside the declared places, so they are not this file's.
    """
    lines = decoded.text.expandtabs().splitlines()
    skip = int(bool(lines) and all(lines[0][start:end].strip() == name for name, (start, end) in spans.items()))
    body = lines[skip:]
    covered = _covered(spans)
    inside = [place in covered for place in range(max(map(len, body), default=0))]
    if any(not inside[place] and character != " " for line in body for place, character in enumerate(line)):
        raise unreadable("widths", why=OUTSIDE)
    columns = [
        pa.chunked_array([pa.array([line[start:end].strip() or None for line in body], pa.string())])
        for start, end in spans.values()
    ]
    rows = pa.chunked_array([pa.array(range(skip + 1, skip + 1 + len(body)), pa.int64())])
    kept, table = without_blank(list(spans), columns, rows)
    return RawTable(columns=tuple(kept), table=table, format="fixed", header_row=skip, encoding=decoded.encoding)


def _covered(spans: Mapping[str, Span]) -> frozenset[int]:
    return frozenset(place for start, end in spans.values() for place in range(start, end))


def _reaching(spans: tuple[Span, ...]) -> list[Span]:
    """Return the spans with the last one open to the right."""
    return [*spans[:-1], (spans[-1][0], 1 << 20)]


def _spans(lines: list[str]) -> list[Span]:
    width = max(map(len, lines))
    filled = bytearray(width + 1)
    for line in lines:
        for match in re.finditer(r"\S+", line):
            filled[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    return [match.span() for match in re.finditer(rb"\x01+", bytes(filled))]


def _gap(spans: list[Span]) -> int:
    """Return the narrowest blank space between two columns; 0 if there is none."""
    return min((after[0] - before[1] for before, after in pairwise(spans)), default=0)


def _abutting(lines: list[str]) -> None:
    """Refuse lines of one length with blanks inside that no blank column parts: widths nobody declared."""
    lengths = [len(line.rstrip()) for line in lines]
    usual = max(set(lengths), key=lengths.count)
    wide = [line for line in lines if re.search(r"\S {2,}\S", line)]
    if usual > 1 and 2 * lengths.count(usual) > len(lines) and 2 * len(wide) > len(lines):
        raise unreadable("widths", why=NO_NAME)
