"""What a test of pre-trends could have found: power against a linear trend.

Roth (2022), "Pretest with caution". Belongs here: the joint test's power and the slopes that it finds with power one half and
0.8. Does not: bounds when trends are not parallel (honest).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from experiments.estimators.did.inference import Wald, wald
from experiments.sample import Codes, Matrix, Vector

POWERS = (0.5, 0.8)
PROMPT = 0.5
"""Below this power a test that does not reject is said to say little."""


@dataclass(frozen=True)
class Events:
    """Effects by relative period: those below 0 are the pre-trend, 0 and later the effect.

    Parameters
    ----------
    period, estimate, variance
        J, J and J × J.
    trend
        J: what each effect would be if the treated drifted away by 1 a unit of time: the span between its period and its base.
        Where it is 0 the effect is a reference, 0 by construction.
    """

    period: Vector
    estimate: Vector
    variance: Matrix
    trend: Vector

    @property
    def before(self) -> Codes:
        """Return the places of the pre-treatment effects (the reference left out)."""
        found: Codes = np.flatnonzero((self.period < 0) & (self.trend != 0))
        return found


@dataclass(frozen=True)
class Pretrend:
    """The joint test and what it could find.

    Parameters
    ----------
    test
        That all effects before treatment are 0.
    power_at_one_se
        Power against a linear trend whose bias in the mean effect after treatment is one standard error of that mean.
    slopes
        Slopes that the test finds with power 0.5 and 0.8 (per unit of time).
    """

    test: Wald
    power_at_one_se: float | None
    slopes: dict[str, float]

    def notes(self) -> dict[str, Any]:
        """Return the diagnostics that a result carries."""
        return {**asdict(self.test), "power_at_bias_of_one_std_error": self.power_at_one_se, "slope_found": self.slopes}


def pretrend(events: Events, level: float) -> Pretrend | None:
    """Return the joint test with its power at `level`; None when there is nothing before treatment."""
    places = events.before
    variance = events.variance[np.ix_(places, places)]
    test = wald(events.estimate[places], variance)
    if test is None:
        return None
    trend = events.trend[places]
    per_slope = float(trend @ np.linalg.pinv(variance, rcond=1e-10, hermitian=True) @ trend)
    slopes = {f"{power:g}": float(np.sqrt(_noncentrality(test.df, level, power) / per_slope)) for power in POWERS}
    slope = _slope_of_one_error(events)
    reached = None if slope is None else _power(test.df, level, per_slope * slope**2)
    return Pretrend(test, reached, slopes)


def _slope_of_one_error(events: Events) -> float | None:
    """Return the slope whose mean bias after treatment is one standard error of the mean effect."""
    after = np.flatnonzero(events.period >= 0)
    if not len(after):
        return None
    error = float(np.sqrt(events.variance[np.ix_(after, after)].sum())) / len(after)
    return error / float(events.trend[after].mean())


def _power(df: int, level: float, noncentrality: float) -> float:
    from scipy import special

    return float(1 - special.chndtr(special.chdtri(df, level), df, noncentrality))


def _noncentrality(df: int, level: float, power: float) -> float:
    """Return the noncentrality at which a χ² test of `level` has that power.

    >>> round(_power(3, 0.05, _noncentrality(3, 0.05, 0.8)), 9)
    0.8
    """
    from scipy import special

    return float(special.chndtrinc(special.chdtri(df, level), df, 1 - power))
