"""Power, sample size and minimum detectable effect by formula, for designs that have one.

Belongs here: two arms (t, proportions), clusters, clusters over time, stepped wedges. Does not: the registered analyses (diagnose
simulates them), reading a protocol (quick). Two-sided tests throughout; an effect and its standard deviation are in one unit.
A formula is about a normal, balanced, fully observed design.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from experiments.messages import refusal

Numbers = npt.NDArray[np.float64]
ALPHA = 0.05
TARGET = 0.8
MOST = 1e9


def t_power(effect: float, se: float, df: float, *, alpha: float = ALPHA, tails: Literal[1, 2] = 2) -> float:
    """Return the power of a t test of an estimate with a standard error, by the noncentral t distribution.

    Parameters
    ----------
    effect, se
        True effect and standard error of its estimate, in one unit.
    df
        Degrees of freedom; infinite for a normal test.
    tails
        2: rejections on either side count; 1: only those on the effect's own side (of the two-sided test).

    Examples
    --------
    >>> round(t_power(2.8, 1.0, float("inf")), 3)
    0.8
    """
    from scipy import stats

    shift = abs(effect) / se
    if np.isinf(df):
        reach = float(stats.norm.ppf(1 - alpha / 2))
        own, other = stats.norm.sf(reach - shift), stats.norm.cdf(-reach - shift)
    else:
        reach = float(stats.t.ppf(1 - alpha / 2, df))
        own, other = stats.nct.sf(reach, df, shift), stats.nct.cdf(-reach, df, shift)
    return float(own + other if tails == 2 else own)  # noqa: PLR2004 - two tails


def two_means(effect: float, size: float, *, sd: float = 1.0, alpha: float = ALPHA) -> float:
    """Return the power of the two-sample t test with `size` units an arm (Cohen 1988, chapter 2).

    >>> round(two_means(0.3, 100), 6)
    0.560059
    """
    return t_power(effect, sd * (2 / size) ** 0.5, 2 * (size - 1), alpha=alpha)


def two_proportions(first: float, second: float, size: float, *, alpha: float = ALPHA) -> float:
    """Return the power of comparing two proportions with `size` units an arm, by arcsines (Cohen 1988, chapter 6).

    >>> round(two_proportions(0.5, 0.6, 387.167746), 4)
    0.8
    """
    gap = 2 * (np.arcsin(first**0.5) - np.arcsin(second**0.5))
    return t_power(float(gap), (2 / size) ** 0.5, float("inf"), alpha=alpha)


def design_effect(size: float, icc: float) -> float:
    """Return by how much clusters of `size` units inflate a variance (Donner & Klar 2000).

    >>> round(design_effect(10, 0.1), 3)
    1.9
    """
    return 1 + (size - 1) * icc


def cluster_means(
    effect: float, clusters: float, size: float, icc: float, *, sd: float = 1.0, alpha: float = ALPHA
) -> float:
    """Return the power of a cluster-randomised trial with `clusters` an arm of `size` units each; t with 2(k − 1) df.

    Counts the rejections on the effect's side, as clusterPower does (Donner & Klar 2000).

    >>> round(cluster_means(1.0, 16, 10, 0.1, sd=5**0.5), 6)
    0.801766
    """
    variance = 2 * sd**2 * design_effect(size, icc) / (clusters * size)
    return t_power(effect, variance**0.5, 2 * (clusters - 1), alpha=alpha, tails=1)


def cluster_proportions(
    first: float, second: float, clusters: float, size: float, icc: float, *, alpha: float = ALPHA
) -> float:
    """Return the power of comparing proportions of a cluster-randomised trial; t with 2(k − 1) df, as `cluster_means`."""
    spread = first * (1 - first) + second * (1 - second)
    variance = spread * design_effect(size, icc) / (clusters * size)
    return t_power(first - second, variance**0.5, 2 * (clusters - 1), alpha=alpha, tails=1)


@dataclass(frozen=True)
class Correlations:
    """How alike units of a cluster are, at one time and at two (Hooper et al. 2016).

    Parameters
    ----------
    icc
        Share of the variance between clusters.
    cluster, unit
        Autocorrelation of what a cluster's units have in common, and of what a unit has of its own (0: other units each time).
    """

    icc: float
    cluster: float = 1.0
    unit: float = 0.0

    def of_means(self, size: float) -> float:
        """Return the correlation of a cluster's means of `size` units at two times (Teerenstra et al. 2012).

        >>> round(Correlations(0.05, 0.5, 0.7).of_means(100), 4)
        0.5319
        """
        lasting = size * self.icc * self.cluster + (1 - self.icc) * self.unit
        return lasting / design_effect(size, self.icc)


def cluster_over_time(
    effect: float,
    clusters: float,
    size: float,
    correlations: Correlations,
    *,
    analysis: Literal["did", "ancova", "post"] = "did",
    sd: float = 1.0,
    alpha: float = ALPHA,
) -> float:
    """Return the power of a cluster-randomised trial with one measurement before and one after.

    The variance of the difference after treatment is multiplied by 2(1 − r) for the difference in differences, by 1 − r² for the
    analysis of covariance, by 1 for the comparison afterwards; r is the correlation of means (Teerenstra et al. 2012).
    """
    r = correlations.of_means(size)
    factor = {"did": 2 * (1 - r), "ancova": 1 - r**2, "post": 1.0}[analysis]
    variance = factor * 2 * sd**2 * design_effect(size, correlations.icc) / (clusters * size)
    return t_power(effect, variance**0.5, 2 * (clusters - 1), alpha=alpha, tails=1)


def stepped_wedge_design(sequences: Sequence[int]) -> Numbers:
    """Return the 0/1 matrix clusters × times of a stepped wedge in which `sequences[k]` clusters start at time k + 1.

    >>> stepped_wedge_design([1, 1]).tolist()
    [[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]]
    """
    times = len(sequences) + 1
    rows = [np.arange(times) > step for step, count in enumerate(sequences) for _ in range(count)]
    return np.array(rows, dtype=float)


def stepped_wedge_variance(
    design: Numbers,
    *,
    cell: float,
    cluster: float,
    cluster_time: float = 0.0,
    cohort: float = 0.0,
) -> float:
    """Return the variance of the effect by generalised least squares on cell means, with fixed times and random clusters.

    Parameters
    ----------
    design
        Clusters × times, 1 where treated (or a fraction).
    cell
        Variance of a cell mean around its cluster and time: σ²/n.
    cluster, cluster_time
        Variances between clusters: lasting, and drawn anew at each time.
    cohort
        Variance of a cell mean that lasts because the same units are met again: σ²_unit/n; 0 for repeated cross-sections.

    References
    ----------
    Hussey & Hughes (2007), Contemporary Clinical Trials 28:182–191; Hooper et al. (2016), Statistics in Medicine 35:4718–4728.
    """
    times = design.shape[1]
    covariance = (cell + cluster_time) * np.eye(times) + (cluster + cohort) * np.ones((times, times))
    inverse = np.linalg.inv(covariance)
    information = np.zeros((times + 1, times + 1))
    for row in design:
        x = np.column_stack([row, np.eye(times)])
        information += x.T @ inverse @ x
    return float(np.linalg.inv(information)[0, 0])


def stepped_wedge(effect: float, variance: float, *, alpha: float = ALPHA) -> float:
    """Return the power of a Wald test of an effect with that variance (normal, both tails), as swCRTdesign does."""
    return t_power(effect, variance**0.5, float("inf"), alpha=alpha)


def stepped_wedge_by_effect(
    effect: float,
    clusters: float,
    size: float,
    steps: int,
    correlations: Correlations,
    *,
    sd: float = 1.0,
    alpha: float = ALPHA,
) -> float:
    """Return the power of a complete stepped wedge by design effects, `clusters` switching at each of `steps` (Hooper 2016)."""
    r = correlations.of_means(size)
    repeated = 3 * steps * (1 - r) * (1 + steps * r) / ((steps**2 - 1) * (2 + steps * r))
    variance = 4 * sd**2 / (clusters * size * steps) * repeated * design_effect(size, correlations.icc)
    return t_power(effect, variance**0.5, float("inf"), alpha=alpha, tails=1)


def needed(power: Callable[[float], float], *, low: float, target: float = TARGET) -> float:
    """Return at which argument a power that rises with it reaches `target`: a sample size, a number of clusters, an effect.

    Parameters
    ----------
    power
        Of one argument.
    low
        Where to begin; the answer lies above.

    Raises
    ------
    Refused
        `target` is not reached below 10⁹.

    Examples
    --------
    >>> round(needed(lambda size: two_means(0.2, size), low=2), 4)
    393.4057
    """
    from scipy.optimize import brentq

    high = max(2 * low, 1e-6)
    while power(high) < target:
        high *= 2
        if high > MOST:
            raise refusal("E-DIAG-07", target=target)
    return float(brentq(lambda value: power(value) - target, low, high, xtol=1e-12, rtol=1e-13))
