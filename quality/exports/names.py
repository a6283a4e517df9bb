"""Names of variables where a format limits them: the rule by which a long or reserved name becomes another, always the same.

Belongs here: limits and the rule. Does not: labels, which have limits of their own (labelled_files).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

MARK = 5
"""Length of the mark that a changed name ends with: an underscore and four hexadecimal digits of its sha256."""

STATA_WORDS = frozenset(
    [
        "_all",
        "_b",
        "_coef",
        "_cons",
        "_n",
        "_N",
        "_pi",
        "_pred",
        "_rc",
        "_skip",
        "byte",
        "double",
        "float",
        "if",
        "in",
        "int",
        "long",
        "strL",
        "using",
        "with",
    ]
)
SPSS_WORDS = frozenset(["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"])


@dataclass(frozen=True)
class Limits:
    """What a format allows in a name: bytes, and words that it keeps for itself. `folds`: case does not tell names apart."""

    longest: int
    words: frozenset[str]
    folds: bool


STATA = Limits(32, STATA_WORDS, folds=False)
SPSS = Limits(64, SPSS_WORDS, folds=True)


def fitting_names(names: Iterable[str], limits: Limits | None) -> dict[str, str]:
    """Return name → name in the file; without limits every name stays.

    A name that does not fit is cut and marked with four digits of its hash, so that it depends on nothing but itself.

    >>> fitting_names(["wait_min", "a" * 40, "with"], STATA)["a" * 40]
    'aaaaaaaaaaaaaaaaaaaaaaaaaaa_e33c'
    >>> fitting_names(["with"], STATA)
    {'with': 'with_0695'}
    """
    return {name: name if limits is None or _fits(name, limits) else _marked(name, limits) for name in names}


def _fits(name: str, limits: Limits) -> bool:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None
    reserved = (name.upper() if limits.folds else name) in limits.words or re.fullmatch(r"str\d+", name) is not None
    return plain and not reserved and len(name) <= limits.longest


def _marked(name: str, limits: Limits) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    digits = hashlib.sha256(name.encode()).hexdigest()[: MARK - 1]
    lead = plain if re.match(r"[A-Za-z_]", plain) else f"v{plain}"
    return f"{lead[: limits.longest - MARK]}_{digits}"
