"""The text of the matched cells, made comparable: Unicode, white space, empty markers, values from the submission's context.

Belongs here: what may be normalised before a value is judged, and counting what was. Does not: judging (rules), casting (cast).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.readers import RawTable
from data.readers.spelling import any_text, plain, respelled
from quality.columns import Matching, is_identifier
from quality.problems import Problem, problem
from quality.splits import other_spelling
from quality.words import constant, filled, spoken

GROUPED = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"
"""1,234,567: digits in full groups of three only, so that a decimal comma (1,5) stays what it is and is refused."""

UNKNOWN_WAVE = "U"
"""What the inbox says when a file name carries no wave."""


@dataclass(frozen=True)
class Context:
    """What the submission says about every row of its file; None or `U`: not said."""

    zone: str | None = None
    wave: str | None = None

    def value(self, column: Column) -> str | None:
        """Return the context's value for a source column; None for others and when it is not said."""
        said = {"zone": self.zone, "wave": self.wave}.get(column.source)
        return None if said == UNKNOWN_WAVE else said


@dataclass(frozen=True)
class Cells:
    """`table`: `_row`, `_found` (cells of a ragged row, else null) and one column of spelled texts per cell source.

    `sources` maps a contract column to its columns in `table`: one, or the parts of a date or time.
    """

    table: pa.Table
    sources: dict[str, tuple[str, ...]]
    problems: tuple[Problem, ...]


def gather(raw: RawTable, contract: Contract, matching: Matching, context: Context) -> Cells:
    """Build the text table that the rules run over.

    Text: NFC and trimmed. Identifiers, codes, numbers, dates and times: NFKC and trimmed, so that full-width digits are read;
    how many cells that changed is reported (W-TYPE-03, W-ID-03). `na_values` become empty. A source column that is absent, or
    empty in a row, takes the context's value.
    """
    arrays: dict[str, Any] = {"_row": raw.table["_row"], "_found": _found(raw)}
    sources: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for place, column in enumerate(contract.columns):
        texts = [raw.table[name] for name in matching.cells.get(column.name, ())]
        cleaned = [respelled(text, partial(_clean, column=column, contract=contract)) for text in texts]
        problems.extend(_changed(texts, column, contract))
        said = context.value(column)
        if said is not None:
            cleaned = [filled(text, said) for text in cleaned] or [constant(said, raw.table.num_rows)]
        if not texts:
            cleaned += _other_spelling(raw, column, contract, matching)
        if cleaned:
            sources[column.name] = tuple(f"x{place}_{part}" for part in range(len(cleaned)))
            arrays.update(zip(sources[column.name], cleaned, strict=True))
    return Cells(pa.table(arrays), sources, tuple(problems))


def _other_spelling(raw: RawTable, column: Column, contract: Contract, matching: Matching) -> list[pa.ChunkedArray]:
    def found(wanted: Column) -> pa.ChunkedArray | None:
        places = matching.cells.get(wanted.name, ())
        return _clean(plain(raw.table[places[0]]), wanted, contract) if len(places) == 1 else None

    text = other_spelling(column, contract, found)
    return [] if text is None else [text]


def _found(raw: RawTable) -> pa.ChunkedArray:
    if not raw.ragged:
        return pa.chunked_array([pa.nulls(raw.table.num_rows, pa.int64())])
    rows = pa.array([ragged.row for ragged in raw.ragged], pa.int64())
    counts = pa.array([ragged.found for ragged in raw.ragged], pa.int64())
    return pc.take(counts, pc.index_in(raw.table["_row"], value_set=rows))


def _clean(text: pa.ChunkedArray, column: Column, contract: Contract) -> pa.ChunkedArray:
    if not pc.all(pc.string_is_ascii(text)).as_py():
        form = "NFC" if column.type == "string" and not is_identifier(column, contract) else "NFKC"
        text = pc.utf8_normalize(text, form)
        if column.type in ("integer", "number"):
            text = pc.replace_substring(text, "−", "-")  # the minus sign that our own messages print
    text = pc.utf8_trim_whitespace(text)
    if contract.thousands == "comma" and column.type in ("integer", "number"):
        text = pc.if_else(pc.match_substring_regex(text, GROUPED), pc.replace_substring(text, ",", ""), text)
    empty = pc.is_in(text, value_set=pa.array(["", *contract.na_values], pa.string()))
    return pc.if_else(empty, pa.scalar(None, pa.string()), text)


def _changed(before: list[pa.ChunkedArray], column: Column, contract: Contract) -> list[Problem]:
    problems: list[Problem] = []
    identifier = is_identifier(column, contract)
    if column.type == "string" and not identifier:
        return problems
    for old in before:
        if not any_text(old, lambda texts: pc.invert(pc.string_is_ascii(texts))):
            continue
        texts, rows = spoken(old)
        digits = _count(pc.match_substring_regex(texts, "[０-９]"), rows)
        other = _count(pc.not_equal(pc.utf8_trim_whitespace(texts), _clean(texts, column, contract)), rows) - digits
        if digits:
            problems.append(problem("W-TYPE-03", column=column, count=digits))
        if identifier and other > 0:
            problems.append(problem("W-ID-03", column=column, count=other))
    return problems


def _count(condition: pa.ChunkedArray, rows: np.ndarray) -> int:
    return int(rows[pc.fill_null(condition, fill_value=False).to_numpy()].sum())
