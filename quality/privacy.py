"""The privacy stop: resident ids, mobile numbers, bank cards and names in a column not declared to hold them stop the file.

Belongs here: finding numbers, by distinct long texts, and masking. Does not: names (privacy_names), keeping or showing values;
only the column and a count leave this module.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.duck import quote_text
from data.readers import RawTable
from data.readers.raw import ROW, unique_names
from data.readers.spelling import plain, spelled
from quality.columns import Matching
from quality.privacy_names import LOOKED_AT, count_names
from quality.problems import Problem, problem
from quality.words import rows_each

EDGE = "[^0-9A-Za-z.]"
MOBILE = rf"(?:^|{EDGE})(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}(?:$|{EDGE})"
BIRTH = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
RESIDENT = rf"(?:^|[^0-9A-Za-z])([1-8]\d{{5}}{BIRTH}\d{{3}}[\dXx])(?:$|[^0-9A-Za-z])"
SPOILED_RESIDENT = rf"[1-8]\.\d{{5}}{BIRTH}\d*[eE]\+?17"
"""A resident id that a spreadsheet turned into a number still shows region and day of birth."""

CARD = (
    r"(?:^|[^0-9A-Za-z.])"
    r"((?:62\d{2}|4\d{3}|5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720|35[2-8]\d|3[47]\d{2})"
    r"(?:[ -]?\d{4}){2}[ -]?\d{3,4}(?:[ -]?\d{1,3})?)(?:$|[^0-9A-Za-z.])"
)
"""UnionPay, Visa, Mastercard, JCB and American Express by their prefixes; the check digit decides (`is_bank_card`)."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
SHORTEST, SHORTEST_CARD = 11, 15
MASK = "•••"
"""Stands in place of every value of a column that holds personal data."""

CARD_LENGTHS = {"62": (16, 17, 18, 19), "4": (16, 19), "5": (16,), "2": (16,), "35": (16,), "34": (15,), "37": (15,)}
CARD_SHARE = 0.5
"""A tenth of all numbers have a Luhn digit by chance: with fewer hits among card-shaped cells, the column holds other ids."""


@dataclass(frozen=True)
class PrivacyScan:
    """Columns (names in the raw table) that hold personal numbers, and the problems that say so."""

    columns: frozenset[str]
    problems: tuple[Problem, ...]


def is_resident_id(text: str) -> bool:
    """Whether 18 characters are a resident id by the check digit of GB 11643.

    >>> is_resident_id("11010519491231002X"), is_resident_id("110105194912310021")
    (True, False)
    """
    if len(text) != len(WEIGHTS) + 1 or not text[:-1].isascii() or not text[:-1].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, WEIGHTS, strict=False))
    return CHECK_DIGITS[total % 11] == text[-1].upper()


def is_bank_card(text: str) -> bool:
    """Whether a text is a payment card's number: a known prefix, its length, and the Luhn digit.

    >>> is_bank_card("6222 0212 3456 7894"), is_bank_card("6222 0212 3456 7895"), is_bank_card("0000000000000000")
    (True, False, False)
    """
    digits = re.sub("[ -]", "", text)
    lengths = next((found for prefix, found in CARD_LENGTHS.items() if digits.startswith(prefix)), ())
    if len(digits) not in lengths or not digits.isascii() or not digits.isdigit() or len(set(digits)) == 1:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004


def scan(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    contract: Contract,
    matching: Matching,
    pieces: Sequence[RawTable] = (),
) -> PrivacyScan:
    """Look at every column of a file, headers included, matched or not; `pieces` are its cells where they were spelled already.

    Exempt: columns that the contract declares `sensitivity: direct`; for mobile numbers and bank cards also columns that it
    declares to be numbers, dates or times (a turnover of 13,812,345,678 is no telephone); for names see `count_names`.
    """
    owner = {name: contract.column(column) for column, found in matching.cells.items() for name in found}
    hits: dict[str, list[Problem]] = {}
    for name, header in zip(raw.names, raw.columns, strict=True):
        column = owner.get(name)
        if column is not None and column.sensitivity == "direct":
            continue
        numbers, cards = _count(connection, [piece.table[name] for piece in pieces or [raw]], column)
        counts = {
            "E-PII-01": numbers + int(is_personal_text(header)),
            "E-PII-02": cards,
            "E-PII-03": _names(header, raw.table[name], column),
        }
        hits[name] = [_problem(code, safe_header(raw, name), count) for code, count in counts.items() if count]
    problems = [told for found in hits.values() for told in found]
    return PrivacyScan(frozenset(name for name, found in hits.items() if found), tuple(problems))


def _names(header: str, cells: pa.ChunkedArray, column: Column | None) -> int:
    """Return how many cells hold names, as the first ones tell."""
    found = count_names(header, _plain(plain(cells.slice(0, LOOKED_AT))), column)
    return len(cells) - cells.null_count if found else 0


def masked(raw: RawTable, private: PrivacyScan) -> RawTable:
    """Return the file with every value of the private columns replaced by `MASK`, and their headers where they are personal."""
    if not private.columns:
        return raw
    table, headers = raw.table, list(raw.columns)
    for place, name in enumerate(raw.names):
        if name in private.columns:
            cells = pc.if_else(pc.is_valid(table[name]), MASK, pa.scalar(None, pa.string()))
            headers[place] = safe_header(raw, name)
            table = table.set_column(place, name, cells)
    return replace(raw, columns=tuple(headers), table=table.rename_columns([*unique_names(headers), ROW]))


def _problem(code: str, header: str, count: int) -> Problem:
    return problem(code, {"col": header}, name=header, count=count)


def _plain(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return texts with full-width digits and letters made plain, so that they hide nothing."""
    return texts if pc.all(pc.string_is_ascii(texts)).as_py() is not False else pc.utf8_normalize(texts, "NFKC")


def _long_texts(cells: pa.ChunkedArray) -> pa.Table:
    """Return the distinct texts of a piece that are long enough to be a number of a person, and how many cells have each."""
    coded = spelled(cells)
    texts = _plain(pa.chunked_array([coded.dictionary]))
    long = pc.fill_null(pc.greater_equal(pc.utf8_length(texts), SHORTEST), False)  # noqa: FBT003 - pyarrow's
    rows = rows_each(coded) if pc.any(long).as_py() else np.zeros(len(texts), dtype=np.int64)
    return pa.table({"cell": texts, "n": rows}).filter(long)


def _count(
    connection: duckdb.DuckDBPyConnection, pieces: Sequence[pa.ChunkedArray], column: Column | None
) -> tuple[int, int]:
    """Return how many cells hold resident ids or mobile numbers, and how many bank cards."""
    told = pa.concat_tables([_long_texts(piece) for piece in pieces])
    if not told.num_rows:
        return 0, 0
    connection.register("long_texts", told)
    textual = column is None or column.type == "string"
    mobile = f"regexp_matches(cell, {quote_text(MOBILE)})" if textual else "false"
    looked = f"case when length(cell) >= {SHORTEST_CARD} then regexp_extract(cell, {quote_text(CARD)}, 1) else '' end"
    card = looked if textual else "''"
    found = connection.execute(
        f"""
        with long_cells as materialized (
            select cell, sum(n) as n from long_texts group by 1
        ),
        judged_cells as (
            select
                n,
                regexp_extract(cell, {quote_text(RESIDENT)}, 1) as resident,
                {mobile} or regexp_full_match(cell, {quote_text(SPOILED_RESIDENT)}) as other,
                {card} as card
            from long_cells
        )
        select resident, other, card, n from judged_cells where resident <> '' or other or card <> ''
        """
    ).fetchall()
    personal = [other or is_resident_id(resident) for resident, other, _, _ in found]
    shaped = [(card, n) for (_, _, card, n), known in zip(found, personal, strict=True) if card and not known]
    cards = sum(int(n) for card, n in shaped if is_bank_card(card))
    enough = cards >= CARD_SHARE * sum(int(n) for _, n in shaped)
    return sum(int(row[3]) for row, known in zip(found, personal, strict=True) if known), cards if enough else 0


def has_personal_number(text: str) -> bool:
    """Whether a text that somebody typed (a reason) holds a resident id, a mobile number or a bank card.

    >>> has_personal_number("see 13800138000"), has_personal_number("typed twice")
    (True, False)
    """
    return is_personal_text(unicodedata.normalize("NFKC", text))


def is_personal_text(text: str) -> bool:
    """Whether a text, such as a header, holds a resident id, a mobile number or a bank card."""
    resident, card = re.search(RESIDENT, text, re.ASCII), re.search(CARD, text, re.ASCII)
    return (
        bool(re.search(MOBILE, text, re.ASCII))
        or (resident is not None and is_resident_id(resident[1]))
        or (card is not None and is_bank_card(card[1]))
    )


def safe_header(raw: RawTable, name: str) -> str:
    """Return a header that may be told; a header that is itself a personal number becomes its position."""
    place = raw.names.index(name)
    return f"({place + 1})" if is_personal_text(raw.columns[place]) else raw.columns[place] or f"({place + 1})"
