"""What the short way knows: which contracts, and which columns may be judged by their ends.

Belongs here: these two questions, answered no in every case of doubt. Does not: judging (short, straight).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.readers.number_cells import is_number
from quality.columns import Matching
from quality.rule import Rule, is_own

BOUND = 10**15
"""Numbers up to here have plain texts of at most fifteen digits before the point: no resident id (eighteen digits without a point
between) is among them, nor what a spreadsheet makes of one (an exponent of 17)."""
MINUS_NOUGHT = np.iinfo(np.int64).min
"""Its bits, as a whole number."""
BOUNDS = {
    "timestamp": (datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)),
    "date32[day]": (date(1970, 1, 1), date(2100, 1, 1)),
}
"""Dates and times between have one text, which reads as themselves."""
PAIRS = {
    "int64": ("integer", "number"),
    "double": ("number",),
    "date32[day]": ("date",),
    "timestamp": ("timestamp",),
}


def knows_contract(contract: Contract, matching: Matching) -> bool:
    """Tell whether rules of a contract look at single cells only, and at its own table only.

    Not known: waves, rosters, instruments, routing (`asked_if`), split answers, dates in parts, pseudonyms, numbers that mean an
    empty cell.
    """
    apart = any(column.roster or column.between_waves or column.asked_if or column.split for column in contract.columns)
    parts = any(len(names) != 1 for names in matching.cells.values())
    numbers = any(map(is_number, contract.na_values))
    return not (apart or parts or numbers or contract.wave_column or contract.instruments or contract.replaced_columns)


def knows_rules(rules: Sequence[Rule]) -> bool:
    """Tell whether every rule but the first (ragged rows) looks at its own column only."""
    return all(is_own(rule) for rule in rules[1:])


@dataclass(frozen=True)
class Ends:
    """The least and the greatest value of a typed column; None where it holds none.

    `odd`: a number is none (NaN, an empty cell as text) or minus nought (nought as text).
    """

    least: Any
    greatest: Any
    kind: pa.DataType
    empty: bool
    odd: bool = False


def ends_of(cells: pa.ChunkedArray, *, is_text: bool = False) -> Ends:
    """Look at a typed column once; `is_text`: its numbers were texts (`number_cells`), of which -0 is minus nought."""
    ends = pc.min_max(cells).as_py()  # NaN is passed over, unless there is nothing else
    nan, minus = _odd(cells) if pa.types.is_floating(cells.type) else (False, False)
    none = ends["min"] is None or ends["min"] != ends["min"]
    least, greatest = (None, None) if none else (ends["min"], ends["max"])
    return Ends(least, greatest, cells.type, bool(cells.null_count) or nan, nan or (minus and not is_text))


def is_told_by_ends(ends: Ends, column: Column) -> bool:
    """Tell whether typed cells say the same as their texts and break no rule that their least and greatest value keep.

    Rules about numbers and times are bounds; codes and missing codes are lists, so such columns are judged by their texts.
    """
    if column.codes or column.has_status or column.type not in PAIRS.get(_word(ends.kind), ()):
        return False
    if ends.least is None:
        return True
    low, high = BOUNDS.get(_word(ends.kind), (-BOUND, BOUND))
    return bool(low < ends.least <= ends.greatest < high)


def _word(kind: pa.DataType) -> str:
    return "timestamp" if pa.types.is_timestamp(kind) else str(kind)


def _odd(cells: pa.ChunkedArray) -> tuple[bool, bool]:
    """Tell whether a column holds NaN, and minus nought."""
    nan = minus = False
    for chunk in cells.chunks:
        if len(chunk):
            numbers = np.frombuffer(chunk.buffers()[1], np.float64, len(chunk), 8 * chunk.offset)
            nan = nan or bool(np.isnan(numbers).any())
            minus = minus or bool((numbers.view(np.int64) == MINUS_NOUGHT).any())
    return nan, minus
