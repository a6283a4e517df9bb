"""What one column of a file may be: type, date order, codes, the texts that mean empty. A draft that a human confirms.

Belongs here: distinct texts → guess. Does not: keys and the contract as a whole, and casting
(quality), which stays the judge: a guess that the gate does not share is given up by `quality.drafting`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from data.contracts.model import ColumnType, DateOrder
from data.contracts.values import (
    CLOCK,
    CLOCK_TWELVE,
    FALSE,
    INTEGER,
    MIDNIGHT,
    MONTH_NAMED,
    NUMBER,
    OFFSET,
    TRUE,
    YEAR_FIRST,
    YEAR_LAST,
)

EMPTY = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "-", "--", ".", "#N/A", "缺失", "无")
WORDS = frozenset({*TRUE, *FALSE} - {"0", "1", "t", "f", "y", "n"})
EXACT = 15
MOST_CODES, LONGEST_CODE, FEWEST_ROWS, MOST_INTEGER_CODES = 12, 40, 3, 5
SMALL = 10


@dataclass(frozen=True)
class Guess:
    """What a column may be.

    `empty`: texts that mean an empty cell; `codes`: the distinct texts where they are few; `ambiguous`: no value shows
    whether the day or the month comes first.
    """

    type: ColumnType
    date_order: DateOrder = "ymd"
    empty: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    ambiguous: bool = False


def guess_column(values: Sequence[str], rows: int, *, named_id: bool, labelled: bool = False) -> Guess:
    """Guess from the distinct cleaned texts of a column and its number of filled rows.

    Parameters
    ----------
    values
        Distinct texts, without empty ones.
    rows
        Filled cells; few rows give no codes.
    named_id
        The header calls it an id or a code: it stays text.
    labelled
        The file has labels for the values: they are codes however many they are.

    >>> guess_column(["1", "2.5", "NA"], 9, named_id=False)
    Guess(type='number', date_order='ymd', empty=('NA',), codes=(), ambiguous=False)
    """
    said = [value for value in values if value not in EMPTY]
    empty = tuple(value for value in values if value in EMPTY)
    found = _typed(said, named_id=named_id) if said else Guess("string")
    if found.type == "string":
        empty = ()
        said = list(values)
    codes = tuple(sorted(said)) if labelled or _are_codes(said, rows, found, named_id=named_id) else ()
    return Guess(found.type, found.date_order, empty, codes, found.ambiguous)


FORMS: tuple[tuple[str, ColumnType, DateOrder], ...] = (
    (f"({YEAR_FIRST}){MIDNIGHT}", "date", "ymd"),
    (f"({YEAR_FIRST}){CLOCK}({OFFSET})?", "timestamp", "ymd"),
    (MONTH_NAMED, "date", "named"),
    (f"{MONTH_NAMED}({CLOCK_TWELVE})?", "timestamp", "named"),
)


def _typed(values: Sequence[str], *, named_id: bool) -> Guess:
    truths = {value.casefold() for value in values}
    if truths <= {*TRUE, *FALSE} and truths & WORDS:
        return Guess("boolean")
    if _all(values, NUMBER):
        return Guess(_numeric(values, named_id=named_id))
    for form, kind, order in FORMS:
        if _all(values, form):
            return Guess(kind, order)
    return _year_last(values) if _all(values, f"({YEAR_LAST}){CLOCK}") else Guess("string")


def _numeric(values: Sequence[str], *, named_id: bool) -> ColumnType:
    """Return the type of digits: text for ids, for leading zeros, for more digits than a spreadsheet keeps."""
    digits = [re.sub(r"\D", "", value.split(".")[0]) for value in values]
    zeros = any(len(each) > 1 and each.startswith("0") for each in digits)
    if named_id or zeros or any(len(each) > EXACT for each in digits):
        return "string"
    return "integer" if _all(values, INTEGER) else "number"


def _year_last(values: Sequence[str]) -> Guess:
    """Return the date order that a value proves; day first, marked, where none does; text where they contradict."""
    parts = [re.split(r"[-/.]", value)[:2] for value in values]
    day_first = any(int(first) > 12 for first, _ in parts)  # noqa: PLR2004
    month_first = any(int(second) > 12 for _, second in parts)  # noqa: PLR2004
    if day_first and month_first:
        return Guess("string")
    kind: ColumnType = "date" if _all(values, f"({YEAR_LAST}){MIDNIGHT}") else "timestamp"
    return Guess(kind, "mdy" if month_first else "dmy", ambiguous=not (day_first or month_first))


def _are_codes(values: Collection[str], rows: int, found: Guess, *, named_id: bool) -> bool:
    if named_id or found.type not in ("string", "integer") or not values or rows < FEWEST_ROWS * len(values):
        return False
    if found.type == "integer":
        return len(values) <= MOST_INTEGER_CODES and all(abs(float(value)) < SMALL for value in values)
    return len(values) <= MOST_CODES and all(len(value) <= LONGEST_CODE for value in values)


def _all(values: Collection[str], form: str) -> bool:
    whole = re.compile(form)
    return all(whole.fullmatch(value) for value in values)
