"""The forest plot: effects with intervals on one axis, in multiples of the smallest effect of interest.

Belongs here: positions in percent of the plot's width, ticks, shape by verdict. Does not: drawing (templates/forest.svg.j2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

EDGE = 1.5
MARGIN = 0.04
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
MOST_TICKS = 9


@dataclass(frozen=True)
class Effect:
    """One effect in multiples of its smallest effect of interest; an end of its interval that is open is None."""

    estimate: float
    low: float | None
    high: float | None
    verdict: Literal["good", "bad", "open"]


@dataclass(frozen=True)
class Mark:
    """Where one effect lies on the axis, in percent from the left; an open interval runs to the plot's edge."""

    low: float
    estimate: float
    high: float
    verdict: str
    is_open_low: bool = False
    is_open_high: bool = False


@dataclass(frozen=True)
class Forest:
    """Positions of everything in the plot, in percent from the left."""

    marks: tuple[Mark, ...]
    zero: float
    band_low: float
    band_high: float
    ticks: tuple[tuple[float, int], ...]


def layout(effects: Sequence[Effect]) -> Forest:
    """Return the plot's positions; the axis holds every interval and the band from −1 to 1.

    >>> layout([Effect(0.5, 0.2, None, "good")]).marks[0].high
    100.0
    >>> plot = layout([Effect(-3.0, -3.5, -2.5, "good")])
    >>> plot.marks[0].low < plot.marks[0].estimate < plot.band_low < plot.zero < plot.band_high
    True
    """
    low = min([-EDGE, *(effect.estimate if effect.low is None else effect.low for effect in effects)])
    high = max([EDGE, *(effect.estimate if effect.high is None else effect.high for effect in effects)])
    room = (high - low) * MARGIN
    start, width = low - room, high - low + 2 * room

    def place(value: float) -> float:
        return round(100 * (value - start) / width, 3)

    marks = tuple(
        Mark(
            0.0 if effect.low is None else place(effect.low),
            place(effect.estimate),
            100.0 if effect.high is None else place(effect.high),
            effect.verdict,
            effect.low is None,
            effect.high is None,
        )
        for effect in effects
    )
    step = next(size for size in (*STEPS, ceil(high - low)) if (high - low) / size <= MOST_TICKS)
    ticks = tuple((place(value * step), value * step) for value in range(ceil(low / step), floor(high / step) + 1))
    return Forest(marks, place(0), place(-1), place(1), ticks)
