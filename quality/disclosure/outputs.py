"""What may ask to be released (rule R0): typed outputs that know where they come from and whom each number rests on.

Belongs here: the records. Does not: counting them from rows (tally), judging them (gate). An object of another type is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

RULES = "1"
TOTAL = "∑"
"""Stands for all levels of a dimension in the key of a margin."""
Key = tuple[str, ...]
Units = Literal["person", "organisation", "nobody"]


@dataclass(frozen=True)
class About:
    """What an output is of: measure, population (a released table), variables, filter, weights, consent purpose, release.

    `unit`: whom the numbers are about. "nobody" (published figures of cities, of devices) is not protected.
    """

    measure: str
    population: str
    variables: tuple[str, ...] = ()
    filter: str = ""
    unit: Units = "person"
    weights: str | None = None
    purpose: str = "research"
    release_id: str = ""
    rules: str = RULES


@dataclass(frozen=True)
class Cell:
    """One number and whom it rests on.

    `count` is printed, `units` are distinct persons (or organisations, where the output is about them), `organisations` the
    distinct organisations behind it (None: it is not told by organisation), `least_wave` the fewest units of any wave in it
    (None: one wave).
    `members`: keyed hashes of the units, for the comparison with earlier releases.
    """

    count: int
    units: int
    organisations: int | None = None
    least_wave: int | None = None
    structural: bool = False
    members: frozenset[int] | None = None


@dataclass(frozen=True)
class Amount:
    """One sum: the total, whom it rests on, the two largest contributions (absolute), and whether signs are mixed."""

    total: float
    cell: Cell
    largest: float
    second: float
    mixed: bool = False


@dataclass(frozen=True)
class CountTable:
    """Counts by the levels of `dims`; each unit in one cell. Margins are made of the cells unless given under `TOTAL` keys.

    `known`: keys whose numbers are printed elsewhere, so that holding them back here would not help. `sensitive`: a line in which
    nearly all units are in one cell is held back (R2).
    """

    about: About
    dims: tuple[str, ...]
    cells: Mapping[Key, Cell]
    sensitive: bool = False
    known: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class MagnitudeTable:
    """Sums of a variable by the levels of `dims`; `show` says whether sums or means are printed."""

    about: About
    dims: tuple[str, ...]
    cells: Mapping[Key, Amount]
    show: Literal["sum", "mean"] = "sum"
    known: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Quantiles:
    """Positions in a distribution: q → value, how many distinct units lie within the rounding of it; n of all units."""

    about: About
    base: Cell
    places: Mapping[float, tuple[float, int]]
    extremes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survival:
    """A curve by ascending time: distinct units at risk just before, and with an event at, each time."""

    about: About
    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    censor_marks: bool = False


@dataclass(frozen=True)
class Histogram:
    """Counts of units by ascending bins; the bins' edges do not come from single values."""

    about: About
    edges: tuple[float, ...]
    cells: tuple[Cell, ...]
    edges_of_data: bool = False


@dataclass(frozen=True)
class Model:
    """A fitted model by its design (see `models.Design`) and what of it would be printed: term → columns of numbers.

    `members`: keyed hashes of its units with their values (`models.row_members`), for the comparison with earlier releases.
    """

    about: About
    design: Any
    estimates: Mapping[str, Mapping[str, float]]
    parts: tuple[str, ...] = ()
    covariance_terms: int = 0
    members: frozenset[int] | None = None


@dataclass(frozen=True)
class FigureOf:
    """A figure drawn from a released table: its kind, its bytes where it was drawn already, the digest of the table."""

    about: About
    kind: str
    table: Any
    content: bytes | None = None
    form: Literal["png", "svg", "json"] = "json"


@dataclass(frozen=True)
class TextOf:
    """A text whose numbers are placeholders `{name}`, each bound to a released object and a key of it."""

    about: About
    template: str
    bound: Mapping[str, tuple[Any, Key]]


Output = CountTable | MagnitudeTable | Quantiles | Survival | Histogram | Model | FigureOf | TextOf
