"""Numbers of a long text read as numbers: a contract's number columns, where their texts leave no doubt.

Belongs here: which columns may be read so, and what in a text would say more than its number. Does not: splitting (quick),
commas (numerals), judging (quality.lane). Whoever finds such a column at fault reads the file again as texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from data.contracts.model import Column, Contract
from data.readers.header import fold
from data.readers.numerals import number_columns
from data.readers.raw import RawTable
from data.readers.spelling import plain
from data.readers.typed import TYPED

KINDS = {"integer": pa.int64(), "number": pa.float64()}
PERSONAL_DIGITS = 18
"""So many digits in a row may be a resident id, wherever in a number they stand."""
EIGHT = np.uint64(0x0101010101010101)
"""Eight digits in a word of eight truths; eighteen digits fill one, wherever they stand."""
EXPONENT_DIGITS = 4
"""An exponent of so many digits is no number to us, and one to pyarrow."""


def with_numbers(raw: RawTable, contract: Contract) -> tuple[RawTable, Mapping[int, pa.DataType]]:
    """Return a text's first piece with its numbers typed, and which columns these are, by their place.

    A column is one if the contract calls it a number that is neither a code nor may say why it is missing, and all its texts
    are numbers. Contracts whose texts for an empty cell are numbers have none.
    """
    if any(map(is_number, contract.na_values)):
        return raw, {}
    wanted = number_columns(contract)
    table, kinds = raw.table, {}
    headers = [fold(header) for header in raw.columns]
    for place, (header, name) in enumerate(zip(headers, raw.names, strict=True)):
        column = wanted.get(header)
        numbers = None if column is None or headers.count(header) > 1 else _numbers(table[name], column)
        if numbers is not None:
            table, kinds[place] = table.set_column(place, name, numbers), numbers.type
    return replace(raw, table=table), kinds


def has_numbers(raw: RawTable) -> bool:
    """Whether a text's numbers were read as numbers: its cells do not say how they are written."""
    return raw.format == "csv" and any(raw.table[name].type in TYPED for name in raw.names)


def _numbers(cells: pa.ChunkedArray, column: Column) -> pa.ChunkedArray | None:
    if column.codes or column.has_status or column.sensitivity == "direct":
        return None
    try:
        return plain(cells).cast(KINDS[column.type])
    except pa.ArrowInvalid:
        return None


def is_number(text: str) -> bool:
    """Whether Python reads a text as a number, NaN and infinity included."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def says_more(content: bytes) -> bool:
    r"""Whether bytes hold what a number would not tell: a possible resident id, a hexadecimal number, a long exponent.

    >>> says_more(b"a\n1.5\n"), says_more(b"a\n0.110105194912310021\n"), says_more(b"a\n0x1F\n"), says_more(b"a\n1e0003\n")
    (False, True, True, True)
    """
    if any(mark in content and b"0" + mark in content for mark in (b"x", b"X")):  # one letter is found sooner than two
        return True
    letters = np.frombuffer(content, dtype=np.uint8)
    digits = (letters - ord("0")) < 10  # noqa: PLR2004 - unsigned: what stands before nought comes out great
    return _many_in_a_row(digits) or (any(each in content for each in (b"e", b"E")) and _long_exponent(letters, digits))


def _many_in_a_row(digits: np.ndarray) -> bool:
    """Whether `PERSONAL_DIGITS` digits follow each other; eight of them in one word are looked for first."""
    words = digits[: len(digits) // 8 * 8].view(np.uint64)
    if not (words == EIGHT).any():
        return False
    runs, length = digits, 1
    while length < PERSONAL_DIGITS:
        step = min(length, PERSONAL_DIGITS - length)
        runs = runs[:-step] & runs[step:]
        length += step
    return bool(runs.any())


def _long_exponent(letters: np.ndarray, digits: np.ndarray) -> bool:
    places = np.flatnonzero((letters | 0x20) == ord("e"))
    places = places[places < len(letters) - EXPONENT_DIGITS - 1]
    places = places + np.isin(letters[places + 1], (ord("+"), ord("-")))
    return bool(np.logical_and.reduce([digits[places + n + 1] for n in range(EXPONENT_DIGITS)]).any())
