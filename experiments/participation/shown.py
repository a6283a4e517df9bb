"""What may be shown of dispositions: small classes are held back, with as many others as it takes to keep them unknown.

Belongs here: protecting one row of class counts and its rates. Does not: the threshold (quality.disclosure), tables with several
dimensions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from experiments.participation.aapor import ELIGIBLE, FORMULAS, OPEN, Formula
from quality.disclosure import MIN_CELL, count_shown


def shown_counts(counts: Mapping[str, int], also: Collection[str] = ()) -> dict[str, int | None]:
    """Return counts of one sample, None where held back; the sum of all may be told beside them.

    A class of 1 to 9 cases is held back; with it, the next smallest ones until at least two are and at least ten cases are in
    them: else the sum would tell. `also` are held back whatever their size.

    >>> shown_counts({"I": 60, "P": 12, "R": 4, "NE": 0})
    {'I': 60, 'P': None, 'R': None, 'NE': 0}
    """
    hidden = {name for name, count in counts.items() if count_shown(count) is None or (count and name in also)}
    rest = sorted((name for name in counts if counts[name] and name not in hidden), key=lambda name: counts[name])
    while hidden and rest and (len(hidden) == 1 or sum(counts[name] for name in hidden) < MIN_CELL):
        hidden.add(rest.pop(0))
    return {name: None if name in hidden else count for name, count in counts.items()}


def shown_rates(
    counts: Mapping[str, int], rates: Mapping[str, float | None], also: Collection[str] = ()
) -> dict[str, float | None]:
    """Return rates of one sample, None where held back, rounded to three decimals.

    A rate is shown if what is counted and its complement are nobody or at least ten, and if it does not part the classes held
    back from one another.

    >>> counts = {"I": 60, "P": 12, "R": 4}
    >>> found = shown_rates(counts, {"rr1": 60 / 76, "coop4": 72 / 76})
    >>> found["rr1"], found["coop4"]
    (0.789, None)
    """
    hidden = {name for name, count in shown_counts(counts, also).items() if count is None}
    told = {name: rate for name, rate in rates.items() if rate is not None and _may(name, counts, hidden)}
    return {name: round(told[name], 3) if name in told else None for name in rates}


def _may(name: str, counts: Mapping[str, int], hidden: set[str]) -> bool:
    rule = FORMULAS.get(name, Formula(ELIGIBLE, (*ELIGIBLE, "NE")))  # `e` itself
    parts: list[tuple[str, ...]] = [rule.over, rule.under]
    if rule.e:
        parts += [OPEN, (*ELIGIBLE, "NE")]
    if any(0 < len(hidden & set(part)) < len(hidden) for part in parts):
        return False
    over, under = (sum(counts.get(each, 0) for each in part) for part in (rule.over, rule.under))
    return all(size == 0 or size >= MIN_CELL for size in (over, under - over))
