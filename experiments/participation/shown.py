"""What may be shown of dispositions: classes by zone through disclosure control, and rates that part nothing held back.

Belongs here: from counts of classes to what is shown of them. Does not: rules (quality.disclosure), formulas (aapor).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from experiments.participation.aapor import ELIGIBLE, FORMULAS, OPEN, Formula
from quality.disclosure import MIN_CELL, About
from quality.disclosure.outputs import Key, Units
from quality.disclosure.pages import counts_shown


def classes_shown(
    zones: Mapping[str, Mapping[str, int]], kind: str, population: str
) -> dict[tuple[str, str], int | None]:
    """Return (zone, class) → units as they may be shown, with the totals of zones, classes and all under `TOTAL`.

    A class that no zone has is none of this design: its zero is told.

    Parameters
    ----------
    zones
        Zone → class → units.
    kind
        `person`, `organisation` or another kind of unit, protected as persons are.
    population
        The released table.

    >>> found = classes_shown({"z": {"I": 60, "P": 12, "R": 4, "NE": 0}}, "person", "fct_disposition")
    >>> [found["z", name] for name in ("I", "P", "R", "NE", "∑")]
    [60, None, None, 0, 75]
    """
    unit: Units = "organisation" if kind == "organisation" else "person"
    counts: dict[Key, int] = {(zone, name): count for zone, found in zones.items() for name, count in found.items()}
    empty = {key[1] for key in counts} - {key[1] for key, count in counts.items() if count}
    about = About("final dispositions", population, variables=("zone", "class"), unit=unit)
    impossible = [key for key in counts if key[1] in empty]
    shown = counts_shown(about, ("zone", "class"), counts, impossible=impossible, margins=True)
    return {(key[0], key[1]): count for key, count in shown.items()}


def shown_counts(counts: Mapping[str, int], population: str) -> dict[str, int | None]:
    """Return units by kind of pattern, None where held back; the sum of all may be told beside them.

    >>> shown_counts({"always": 60, "left": 25, "came back": 4}, "panel_individual_wave")
    {'always': 60, 'left': None, 'came back': None}
    """
    about = About("patterns of participation", population, variables=("pattern",))
    shown = counts_shown(about, ("pattern",), {(name,): count for name, count in counts.items()})
    return {name: shown[name,] for name in counts}


def shown_rates(
    counts: Mapping[str, int], rates: Mapping[str, float | None], hidden: Collection[str] = ()
) -> dict[str, float | None]:
    """Return rates of one sample, None where held back, rounded to three decimals.

    A rate is shown if what is counted and its complement are nobody or at least ten, and if it does not part the classes held
    back from one another.

    >>> counts = {"I": 60, "P": 12, "R": 4}
    >>> found = shown_rates(counts, {"rr1": 60 / 76, "coop4": 72 / 76}, hidden=("P", "R"))
    >>> found["rr1"], found["coop4"]
    (0.789, None)
    """
    told = {name: rate for name, rate in rates.items() if rate is not None and _may(name, counts, set(hidden))}
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
