"""Numbers written with a comma: decimal commas and thousands separators, read only where a column leaves no doubt.

Belongs here: the decision per column, on evidence, and rewriting. Does not: columns that the contract does not call numbers
(a list of choices "1,5" is none), casting (quality).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Column, Contract
from data.messages import Text
from data.readers.header import fold
from data.readers.raw import Note, RawTable
from data.readers.spelling import any_text, plain
from data.readers.typed import TYPED

DECIMAL_COMMA = r"[+-]?(\d+(,\d+)?|\d{1,3}(\.\d{3})+,\d+)"
CERTAIN_DECIMAL = r"[+-]?(0,\d+|\d+,(\d{1,2}|\d{4,})|\d{4,},\d+|\d{1,3}(\.\d{3})+,\d+)"
THOUSANDS = r"[+-]?(\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?)"
CERTAIN_THOUSANDS = r"[+-]?(\d{1,3}(,\d{3}){2,}(\.\d+)?|\d{1,3}(,\d{3})+\.\d+)"

STYLES = {
    "decimal": Text(en="1,5 for one and a half", zh="1,5 表示一点五"),
    "thousands": Text(en="1,234 for one thousand two hundred and thirty-four", zh="1,234 表示一千二百三十四"),
}


def with_points(raw: RawTable, contract: Contract | None) -> RawTable:
    """Return the table with the commas of its number columns read, each column told (W-NUM-01).

    Every filled cell of a column must fit one reading, and one cell at least must fit no other (``0,5``, ``1.234,5``,
    ``1,234,567``): a column that holds only cells such as ``1,234`` is left as it is, and the check refuses its rows.
    """
    if contract is None:
        return raw
    numeric = number_columns(contract)
    table, notes = raw.table, list(raw.notes)
    for place, (header, name) in enumerate(zip(raw.columns, raw.names, strict=True)):
        column = numeric.get(fold(header))
        if column is None or table[name].type in TYPED:
            continue
        if not any_text(table[name], _has_comma):
            continue
        text = plain(table[name])
        commas = int(pc.sum(_has_comma(text)).as_py() or 0)
        style = comma_style(_said(text, contract)) if commas else None
        if style is not None:
            table = table.set_column(place, name, _rewritten(text, style))
            notes.append(Note("W-NUM-01", {"label": header, "n": commas, "style": STYLES[style]}))
    return replace(raw, table=table, notes=tuple(notes))


def comma_style(text: pa.ChunkedArray) -> str | None:
    """Return what a comma means in a column of numbers as text: `decimal`, `thousands`, or None where it is not certain.

    >>> [comma_style(pa.chunked_array([cells])) for cells in (["1,5", "2"], ["1,234"], ["12,345,678", "1"])]
    ['decimal', None, 'thousands']
    """
    trimmed = pc.utf8_trim_whitespace(text.drop_null())
    for style, whole, certain in (
        ("decimal", DECIMAL_COMMA, CERTAIN_DECIMAL),
        ("thousands", THOUSANDS, CERTAIN_THOUSANDS),
    ):
        if pc.all(_fits(trimmed, whole)).as_py() and pc.any(_fits(trimmed, certain)).as_py():
            return style
    return None


def _has_comma(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.match_substring(text, ",")


def _said(text: pa.ChunkedArray, contract: Contract) -> pa.ChunkedArray:
    """Return the cells that say something: neither empty nor one of the contract's texts for empty."""
    empty = pa.array(["", *contract.na_values], pa.string())
    return text.filter(pc.invert(pc.is_in(pc.utf8_trim_whitespace(text), value_set=empty)))


def _fits(text: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    return pc.match_substring_regex(text, f"^({pattern})$")


def _rewritten(text: pa.ChunkedArray, style: str) -> pa.ChunkedArray:
    text = pc.utf8_trim_whitespace(text)
    if style == "decimal":
        text = pc.replace_substring(text, ".", "")
    return pc.replace_substring(text, ",", "." if style == "decimal" else "")


def number_columns(contract: Contract) -> Mapping[str, Column]:
    """Return the contract's number columns by every folded label that means them and no other column."""
    found: dict[str, Column] = {}
    shared: set[str] = set()
    for column in contract.columns:
        for label in {fold(text) for text in (column.name, column.label.en, column.label.zh, *column.aliases)}:
            if label in found or label in shared:
                shared.add(label)
            found[label] = column
    return {
        label: column for label, column in found.items() if label not in shared and column.type in ("integer", "number")
    }
