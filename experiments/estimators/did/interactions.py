"""Indicator columns of treated cohorts and periods, and the averages of their coefficients.

Belongs here: which indicator each row carries (at most one) in an event study, in Sun & Abraham's and in Wooldridge's
regression; the shares by which coefficients are averaged. Does not: the fit (saturated), specs (the method modules).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from experiments.sample import Codes, Flags, Matrix, Vector

Kind = Literal["event_study", "sun_abraham", "etwfe_not_yet", "etwfe_never"]


@dataclass(frozen=True)
class Timing:
    """Cohort (infinite = never) and time of each row, the reference period and the window that relative periods end in."""

    cohort: Vector
    time: Vector
    reference: float = -1.0
    window: tuple[float, float] | None = None

    @property
    def relative(self) -> Vector:
        """Return time since the start; not-a-number for never; ends of the window hold what lies beyond them."""
        found: Vector = np.where(np.isfinite(self.cohort), self.time - self.cohort, np.nan)
        return found if self.window is None else np.clip(found, *self.window)


@dataclass(frozen=True)
class Interactions:
    """K indicators.

    Parameters
    ----------
    cohort
        K; not-a-number where cohorts share the indicator.
    period
        K, relative to the start.
    place
        The indicator of each row, −1 for none.
    total
        K, the weight of the rows that carry it.
    """

    cohort: Vector
    period: Vector
    place: Codes
    total: Vector

    @property
    def names(self) -> tuple[str, ...]:
        """Return a name for each indicator: `event[-2]`, or `cohort[2004]:event[1]`."""
        events = [f"event[{period:g}]" for period in self.period]
        own = zip(self.cohort, events, strict=True)
        return tuple(event if np.isnan(cohort) else f"cohort[{cohort:g}]:{event}" for cohort, event in own)

    def columns(self, rows: int) -> Matrix:
        """Return the indicators, rows × K."""
        found = np.zeros((rows, len(self.period)))
        carried = np.flatnonzero(self.place >= 0)
        found[carried, self.place[carried]] = 1.0
        return found

    def average(self, chosen: Flags) -> Vector:
        """Return the weights (K, sum 1) of the mean of the chosen coefficients over the rows that carry them."""
        found = np.where(chosen, self.total, 0.0)
        share: Vector = found / found.sum()
        return share

    def events(self) -> tuple[Vector, Matrix]:
        """Return the relative periods, ascending, and each one's weights on the coefficients (J × K)."""
        periods = np.unique(self.period)
        return periods, np.vstack([self.average(self.period == period) for period in periods])


def interactions(kind: Kind, timing: Timing, weights: Vector) -> Interactions:
    """Return the indicators that rows carry.

    event_study: relative periods but the reference. sun_abraham: the same by cohort. etwfe_not_yet: cohort × period from the
    start on. etwfe_never: cohort × period but the reference.
    """
    relative = np.round(timing.relative, 9)
    treated = np.isfinite(relative)
    carried = treated & (relative >= 0 if kind == "etwfe_not_yet" else relative != timing.reference)
    by_cohort = kind != "event_study"
    cohorts, own = np.unique(timing.cohort[carried], return_inverse=True)
    periods, event = np.unique(relative[carried], return_inverse=True)
    pair = (own if by_cohort else 0) * len(periods) + event
    found, numbered = np.unique(pair, return_inverse=True)
    place = np.full(len(relative), -1, dtype=np.int64)
    place[carried] = numbered
    cohort = cohorts[found // len(periods)] if by_cohort else np.full(len(found), np.nan)
    total = np.bincount(numbered, weights=weights[carried], minlength=len(found)).astype(np.float64)
    return Interactions(cohort, periods[found % len(periods)], place, total)
