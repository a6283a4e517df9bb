"""One cell that holds several answers, and several columns that hold one: select-multiple and locations of field exports.

Belongs here: the text of a contract column that a file holds only in another spelling. A select-multiple answer comes as one
column of blank-separated codes, as one column per choice, or as both; a location as one text or as four numbers. Does not: which
header is which column (columns), judging (rules).
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.contracts.values import TRUE

Texts = Callable[[Column], "pa.ChunkedArray | None"]
"""The cleaned text of a column where the file has it, else None."""


def other_spelling(column: Column, contract: Contract, found: Texts) -> pa.ChunkedArray | None:
    """Return the text of a column that is not in the file, from the columns that say the same; None if there are none.

    A select-multiple column is put together only if the file has one column for every choice: a subset would say that the
    others were not chosen.
    """
    if column.split is not None:
        whole = found(contract.column(column.split.of))
        return None if whole is None else _taken(whole, column)
    choices = [each for each in contract.columns if each.split and each.split.of == column.name and each.split.choice]
    parts = [found(each) for each in choices]
    if not parts or any(part is None for part in parts):
        return None
    return _joined(choices, [part for part in parts if part is not None])


def _taken(whole: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    assert column.split is not None  # noqa: S101 - the caller has looked
    if column.split.choice is not None:
        padded = pc.binary_join_element_wise("", pc.replace_substring_regex(whole, r"\s+", " "), "", " ")
        chosen = pc.match_substring(padded, f" {column.split.choice} ")
        return pc.if_else(chosen, "true", "false").cast(pa.string())
    nth = rf"^(?:\S+\s+){{{column.split.place}}}(?P<part>\S+)"
    return pc.struct_field(pc.extract_regex(whole, nth), "part")


def _joined(choices: list[Column], parts: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    codes = [column.split.choice for column in choices if column.split]
    plain = [part.combine_chunks() for part in parts]
    said = [pc.is_in(pc.utf8_lower(part), value_set=pa.array(TRUE)) for part in plain]
    chosen = [pc.if_else(each, pa.scalar(code), "") for each, code in zip(said, codes, strict=True)]
    joined = pc.binary_join_element_wise(*chosen, " ")  # its null_handling="skip" loses rows (pyarrow 26)
    tidy = pc.utf8_trim_whitespace(pc.replace_substring_regex(joined, " +", " "))
    return pa.chunked_array([pc.if_else(pc.equal(tidy, ""), pa.scalar(None, pa.string()), tidy)])
