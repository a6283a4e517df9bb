"""The privacy stop: resident ids and mobile numbers in a column that is not declared to hold them stop the whole file.

Belongs here: finding them, by distinct long texts. Does not: keeping or showing them; only the column and a count leave this
module.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Column, Contract
from data.duck import quote_name, quote_text
from data.readers import RawTable
from quality.columns import Matching
from quality.problems import Problem, problem

EDGE = "[^0-9A-Za-z.]"
MOBILE = rf"(?:^|{EDGE})(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}(?:$|{EDGE})"
BIRTH = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
RESIDENT = rf"(?:^|[^0-9A-Za-z])([1-8]\d{{5}}{BIRTH}\d{{3}}[\dXx])(?:$|[^0-9A-Za-z])"
SPOILED_RESIDENT = rf"[1-8]\.\d{{5}}{BIRTH}\d*[eE]\+?17"
"""A resident id that a spreadsheet turned into a number still shows region and day of birth."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
SHORTEST = 11


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


def scan(connection: duckdb.DuckDBPyConnection, raw: RawTable, contract: Contract, matching: Matching) -> PrivacyScan:
    """Look at every column of a file, headers included, matched or not.

    Exempt: columns that the contract declares `sensitivity: direct`; for mobile numbers also columns that it declares to be
    numbers, dates or times (a turnover of 13,812,345,678 is no telephone).
    """
    owner = {name: contract.column(column) for column, found in matching.cells.items() for name in found}
    plain = _plain(raw)
    connection.register("raw_file", plain)
    hits: dict[str, int] = {}
    for name, header in zip(raw.names, raw.columns, strict=True):
        column = owner.get(name)
        if column is not None and column.sensitivity == "direct":
            continue
        longest = pc.max(pc.utf8_length(plain[name])).as_py() or 0
        cells = _count(connection, name, column) if longest >= SHORTEST else 0
        if cells or _is_personal(header):
            hits[name] = cells + int(_is_personal(header))
    problems = [_problem(_safe(raw, name), count) for name, count in hits.items()]
    return PrivacyScan(frozenset(hits), tuple(problems))


def _problem(header: str, count: int) -> Problem:
    return problem("E-PII-01", {"col": header}, name=header, count=count)


def _plain(raw: RawTable) -> pa.Table:
    """Return the raw table with full-width digits and letters made plain, so that they hide nothing."""
    columns = [column if _ascii(column) else pc.utf8_normalize(column, "NFKC") for column in raw.table.columns[:-1]]
    return pa.table(columns, names=list(raw.names))


def _ascii(column: pa.ChunkedArray) -> bool:
    return bool(pc.all(pc.string_is_ascii(column)).as_py() is not False)


def _count(connection: duckdb.DuckDBPyConnection, name: str, column: Column | None) -> int:
    cell = quote_name(name)
    textual = column is None or column.type == "string"
    mobile = f"regexp_matches(cell, {quote_text(MOBILE)})" if textual else "false"
    found = connection.execute(
        f"""
        with long_cells as materialized (
            select {cell} as cell, count(*) as n from raw_file where length({cell}) >= {SHORTEST} group by 1
        ),
        judged as (
            select
                n,
                regexp_extract(cell, {quote_text(RESIDENT)}, 1) as resident,
                {mobile} or regexp_full_match(cell, {quote_text(SPOILED_RESIDENT)}) as other
            from long_cells
        )
        select resident, other, n from judged where resident <> '' or other
        """
    ).fetchall()
    return sum(int(n) for resident, other, n in found if other or is_resident_id(resident))


def has_personal_number(text: str) -> bool:
    """Whether a text that somebody typed (a reason) holds a resident id or a mobile number.

    >>> has_personal_number("see 13800138000"), has_personal_number("typed twice")
    (True, False)
    """
    return _is_personal(unicodedata.normalize("NFKC", text))


def _is_personal(header: str) -> bool:
    resident = re.search(RESIDENT, header, re.ASCII)
    return bool(re.search(MOBILE, header, re.ASCII)) or (resident is not None and is_resident_id(resident[1]))


def _safe(raw: RawTable, name: str) -> str:
    """Return a header that may be told; a header that is itself a personal number becomes its position."""
    place = raw.names.index(name)
    return f"({place + 1})" if _is_personal(raw.columns[place]) else raw.columns[place] or f"({place + 1})"
