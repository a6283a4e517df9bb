"""Missing codes that a statistics file declares and the contract does not: a code must not pass for a value.

Belongs here: that comparison. Does not: reading the declaration (data.readers.labelled), what a known code becomes (cells).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.readers import RawTable
from data.readers.spelling import plain
from quality.columns import Matching
from quality.problems import Problem, problem

LONGEST = 12
"""No missing code is longer; what is might be a person's answer and is not repeated."""


def undeclared(raw: RawTable, contract: Contract, matching: Matching) -> list[Problem]:
    """Return E-MISS-01 for each column with cells that the file declares missing and the contract takes for values.

    A code that the contract lists (as missing, as an allowed code or as an empty text) is the contract's matter.
    """
    found = []
    for name, cells in matching.cells.items():
        for cell in cells:
            info = raw.labels.get(cell)
            codes = _unknown(info.missing_codes if info else (), contract.column(name), contract)
            met = _met(raw.table[cell], codes) if codes else {}
            if met:
                shown = ", ".join(code if len(code) <= LONGEST else "…" for code in met)
                n = sum(met.values())
                found.append(problem("E-MISS-01", {"codes": shown, "n": n}, column=contract.column(name), count=n))
    return found


def _unknown(codes: tuple[str, ...], column: Column, contract: Contract) -> list[str]:
    known = {*column.missing_codes, *(column.codes or {}), *contract.na_values}
    return [code for code in codes if code not in known]


def _met(text: pa.ChunkedArray, codes: list[str]) -> dict[str, int]:
    """Return how often each code stands in a column, of those that do."""
    counts = {each["values"]: each["counts"] for each in pc.value_counts(plain(text)).to_pylist()}
    return {code: counts[code] for code in codes if code in counts}
