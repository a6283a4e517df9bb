"""The one form of an identifier, or the reason why it has none. No character changes unless it surely means the same.

Belongs here: full width to plain, trimming, the check of resident ids (GB 11643). Does not: keys (pseudonym), a contract's
pattern (quality.identity_gate). What cannot be told for sure is refused: a wrong pseudonym would make two people of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data.contracts import Identified

EDGES = " \t\r\n\u3000\u00a0"
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
ALLOWED = re.compile(r"[\x21-\x7e\u4e00-\u9fff]+")
"""Printable ASCII and Han. Letters of other alphabets look like these, digits of other scripts and ligatures turn into them."""
REWRITTEN = re.compile(r"[+-]?\d*\.?\d+[eE][+-]?\d+|[+-]?\d*\.\d+|\d{1,3}(,\d{3})+|[+-]\d+")
"""A number as spreadsheets write it: 1.10101E+17, 110101.0, 110,101."""
RESIDENT = re.compile(r"\d{17}[\dXx]")
CUT = "000"
"""A spreadsheet keeps 15 digits of a number: an 18-digit id that ends so has lost three, and one in eleven passes the check."""

FEWEST = 4
EARLIEST = date(1850, 1, 1)
"""Nobody alive was born before; a mistyped year is."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


@dataclass(frozen=True)
class CanonicalId:
    """`value` is the id; None with the `fault`: E-ID-01 rewritten as a number, E-ID-02 characters, E-ID-04 check digit.

    `is_respelled` tells that full-width characters or a lower-case x were read as what they stand for.
    """

    value: str | None
    fault: str | None = None
    is_respelled: bool = False


def canonical_id(text: str, kind: Identified = "person") -> CanonicalId:
    """Return the canonical form of an identifier.

    Parameters
    ----------
    text
        A cell that is not empty.
    kind
        18 digits (the last may be X) are a resident id where they stand for a person or a household.

    >>> canonical_id("\uff11\uff11010519491231002x").value
    '11010519491231002X'
    >>> canonical_id("1.10105E+17").fault, canonical_id("110105194912310021").fault, canonical_id("P\u041e1").fault
    ('E-ID-01', 'E-ID-04', 'E-ID-02')
    """
    trimmed = text.strip(EDGES)
    plain = trimmed.translate(FULL_WIDTH)
    if ALLOWED.fullmatch(plain) is None:
        return CanonicalId(None, "E-ID-02")
    if REWRITTEN.fullmatch(plain):
        return CanonicalId(None, "E-ID-01")
    if kind in ("person", "household") and RESIDENT.fullmatch(plain):
        return _resident(trimmed, plain.upper())
    return CanonicalId(plain, None, plain != trimmed)


def went_through_numbers(names: Iterable[str]) -> bool:
    """Tell whether 18-digit ids passed through binary floating point, which changes their last digits past any check digit.

    There only multiples of 16 to 128 exist at this size: one id in sixteen is one by chance, four of four are not.

    >>> went_through_numbers(["890042199912280448", "890075195011153280", "890054198702106880", "890092195007116416"])
    True
    """
    long = {name for name in names if RESIDENT.fullmatch(name)}
    if len(long) < FEWEST:
        return False
    return all(name.isdigit() and int(float(name)) == int(name) for name in long)


def _resident(trimmed: str, plain: str) -> CanonicalId:
    if plain.endswith(CUT):
        return CanonicalId(None, "E-ID-01")
    if not (_is_born(plain[6:14]) and plain[0] in "12345678" and _check_digit(plain) == plain[-1]):
        return CanonicalId(None, "E-ID-04")
    return CanonicalId(plain, None, plain != trimmed)


def _is_born(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) >= EARLIEST
    except ValueError:
        return False


def _check_digit(resident: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(resident, WEIGHTS, strict=False))
    return CHECK_DIGITS[total % len(CHECK_DIGITS)]
