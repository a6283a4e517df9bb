"""Outcome rates of a survey by AAPOR's standard definitions: response, cooperation, refusal, contact.

Belongs here: from counts of final dispositions to rates. Does not: which code belongs to which class (the marts), what may be
shown of small zones (shown). Source: AAPOR, Standard Definitions, 10th edition (2023), "Calculating outcome rates".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.weights.messages import refusal

CLASSES = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")
"""Complete interview, partial, refusal and break-off, non-contact, other; unknown: household, other; not eligible."""
OPEN = ("UH", "UO")
SOME = ("I", "P")
REACHED = (*SOME, "R", "O")
ELIGIBLE = (*SOME, "R", "NC", "O")


@dataclass(frozen=True)
class Formula:
    """A rate: cases of the classes `over` / cases of the classes `under`; with `e`, that share of the open cases is added."""

    over: tuple[str, ...]
    under: tuple[str, ...]
    e: bool = False


FORMULAS: dict[str, Formula] = {
    "rr1": Formula(("I",), (*ELIGIBLE, *OPEN)),
    "rr2": Formula(SOME, (*ELIGIBLE, *OPEN)),
    "rr3": Formula(("I",), ELIGIBLE, e=True),
    "rr4": Formula(SOME, ELIGIBLE, e=True),
    "rr5": Formula(("I",), ELIGIBLE),
    "rr6": Formula(SOME, ELIGIBLE),
    "coop1": Formula(("I",), REACHED),
    "coop2": Formula(SOME, REACHED),
    "coop3": Formula(("I",), (*SOME, "R")),
    "coop4": Formula(SOME, (*SOME, "R")),
    "ref1": Formula(("R",), (*ELIGIBLE, *OPEN)),
    "ref2": Formula(("R",), ELIGIBLE, e=True),
    "ref3": Formula(("R",), ELIGIBLE),
    "con1": Formula(REACHED, (*ELIGIBLE, *OPEN)),
    "con2": Formula(REACHED, ELIGIBLE, e=True),
    "con3": Formula(REACHED, ELIGIBLE),
}


def outcome_rates(counts: Mapping[str, float], *, e: float | None = None) -> dict[str, float | None]:
    """Return the outcome rates of one sample: name → 0 to 1, None where nobody is in the denominator; and `e`.

    Parameters
    ----------
    counts
        Class → cases, unweighted or weighted by base weights; a class that is left out has none.
    e
        Share of cases of unknown eligibility that are eligible; None: the share among cases whose eligibility is known
        (the proportional allocation, or CASRO, method).

    Raises
    ------
    Refused
        E-AAPOR-01: an unknown class, a negative count, or `e` outside 0 to 1.

    Examples
    --------
    >>> found = outcome_rates({"I": 60, "P": 10, "R": 15, "NC": 10, "O": 5})
    >>> [found[name] for name in ("rr1", "rr2", "ref1", "con1")]
    [0.6, 0.7, 0.15, 0.9]
    """
    strange = sorted(set(counts) - set(CLASSES))
    if strange or any(value < 0 for value in counts.values()) or (e is not None and not 0 <= e <= 1):
        raise refusal("E-AAPOR-01", classes=", ".join(strange) or "-", known=", ".join(CLASSES))
    eligible = _cases(counts, ELIGIBLE)
    share = e if e is not None else _over(eligible, eligible + _cases(counts, ("NE",)))
    likely = (share or 0.0) * _cases(counts, OPEN)
    rates = {
        name: _over(_cases(counts, rule.over), _cases(counts, rule.under) + (likely if rule.e else 0.0))
        for name, rule in FORMULAS.items()
    }
    return {**rates, "e": share}


def _cases(counts: Mapping[str, float], classes: tuple[str, ...]) -> float:
    return float(sum(counts.get(name, 0) for name in classes))


def _over(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
