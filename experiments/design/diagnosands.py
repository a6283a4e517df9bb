"""Diagnosands: what simulations say about an analysis, each number with its Monte-Carlo standard error.

Belongs here: arrays of simulated results → power, bias, rmse, coverage, type S, exaggeration, MDE. Does not: simulating
(simulation), judging (gates). Blair, Cooper, Coppock & Humphreys (2019); Gelman & Carlin (2014) for type S and exaggeration;
Bloom (1995) for the minimum detectable effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.design.questions import Question

Numbers = npt.NDArray[np.float64]
TARGET = 0.8
"""Power to which a minimum detectable effect belongs."""
LEAST = 2


@dataclass(frozen=True)
class Diagnosand:
    """One number and its Monte-Carlo standard error; both None where it has no meaning or no simulation gave it."""

    value: float | None
    mc_se: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Return both as plain values."""
        return {"value": self.value, "mc_se": self.mc_se}


NONE = Diagnosand(None, None)


def share(flags: npt.NDArray[np.bool_]) -> Diagnosand:
    """Return a share with its binomial standard error.

    >>> share(np.array([True, False, True, True]))
    Diagnosand(value=0.75, mc_se=0.21650635094610965)
    """
    if not len(flags):
        return NONE
    value = float(flags.mean())
    return Diagnosand(value, float((value * (1 - value) / len(flags)) ** 0.5))


def mean(values: Numbers) -> Diagnosand:
    """Return a mean with its standard error."""
    if len(values) < LEAST:
        return NONE
    return Diagnosand(float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5))


def root_mean_square(errors: Numbers) -> Diagnosand:
    """Return √mean(e²); the standard error is that of the mean square by the delta method."""
    square = mean(errors**2)
    if square.value is None or square.mc_se is None:
        return NONE
    value = square.value**0.5
    return Diagnosand(value, square.mc_se / (2 * value) if value > 0 else 0.0)


@dataclass(frozen=True)
class Simulated:
    """The simulations of one question that gave a result, under the declared effects.

    `truth` is one number, the mean of the draws' estimands (`truths`): what the estimate is for in the long run.
    """

    estimate: Numbers
    std_error: Numbers
    df: Numbers
    p_value: Numbers
    conf_low: Numbers
    conf_high: Numbers
    truth: float
    truths: Numbers

    @classmethod
    def of(cls, numbers: Numbers, truth: Numbers) -> Simulated:
        """Leave out refused simulations."""
        given = ~np.isnan(numbers[:, 0])
        known = truth[~np.isnan(truth)]
        estimate, error, df, p_value, low, high = numbers[given].T
        mean = float(known.mean()) if len(known) else np.nan
        return cls(estimate, error, df, p_value, low, high, mean, truth[given])


def about_estimates(question: Question, simulated: Simulated) -> dict[str, Diagnosand]:
    """Return the diagnosands that compare estimates with the truth."""
    if np.isnan(simulated.truth):
        return dict.fromkeys(("bias", "rmse", "coverage", "type_s", "exaggeration"), NONE)
    error = simulated.estimate - simulated.truth
    inside = (simulated.conf_low <= simulated.truth) & (simulated.truth <= simulated.conf_high)
    return {
        "bias": mean(
            (simulated.estimate - simulated.truths)[~np.isnan(simulated.truths)]
        ),  # each beside its own draw's
        "rmse": root_mean_square(error),
        "coverage": share(inside),
        **_when_significant(question, simulated),
    }


ZERO = 1e-12


def _when_significant(question: Question, simulated: Simulated) -> dict[str, Diagnosand]:
    """Return how often a significant estimate has the wrong sign, and how many times too large it is; None if truth is 0."""
    if abs(simulated.truth) < ZERO or question.is_margin:
        return {"type_s": NONE, "exaggeration": NONE}
    found = simulated.estimate[simulated.p_value < question.analysis.alpha]
    return {
        "type_s": share(np.sign(found) != np.sign(simulated.truth)),
        "exaggeration": mean(np.abs(found) / abs(simulated.truth)),
    }


def multiplier(question: Question, df: float) -> float:
    """Return by how many standard errors an effect must be off to be found with power `TARGET` (Bloom 1995).

    t(1 − α/2) + t(power); for equivalence t(1 − α/2) + t((1 + power)/2): how wide a margin must be when the effect is 0.
    """
    from scipy import stats

    reached = (1 + TARGET) / 2 if question.direction == "equivalence" else TARGET
    return float(stats.t.ppf(1 - question.analysis.alpha / 2, df) + stats.t.ppf(reached, df))


def minimum_detectable(question: Question, simulated: Simulated) -> Diagnosand:
    """Return the minimum detectable effect by the estimates' spread over simulations; in the outcome's unit."""
    count = len(simulated.estimate)
    if count < LEAST:
        return NONE
    spread = float(simulated.estimate.std(ddof=1))
    value = multiplier(question, float(np.median(simulated.df))) * spread
    return Diagnosand(value, value / (2 * (count - 1)) ** 0.5)
