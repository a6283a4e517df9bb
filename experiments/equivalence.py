"""Equivalence and smallest effects of interest: what an estimate says about a margin, for any estimator.

Belongs here: two one-sided tests and the verdict on an estimate, standard error and df. Does not: registered directions and
families (design.decisions, multiplicity), sentences (report). Schuirmann (1987); Lakens (2017).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from experiments.result import Estimate

Verdict = Literal["equivalent", "relevant", "negligible", "uncertain"]


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests against a margin, and what they decide together with the test of no effect.

    `equivalent`: inside the margin and not told from 0. `negligible`: told from 0, yet inside the margin. `relevant`: the
    interval lies outside the margin on one side. `uncertain`: everything else. Tests are at `alpha` each, so that the interval
    [`low`, `high`] has the level 1 − 2 alpha.
    """

    t_lower: float
    t_upper: float
    p_lower: float
    p_upper: float
    p_value: float
    low: float
    high: float
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """Return the tests as they stand in the diagnostics."""
        return asdict(self)


@dataclass(frozen=True)
class Summary:
    """What a published table says of one arm: mean, standard deviation, size."""

    mean: float
    sd: float
    size: int


def equivalence(
    estimate: float, std_error: float, df: float, margin: tuple[float, float], *, alpha: float = 0.05
) -> Equivalence:
    """Return whether an effect lies within a margin.

    Parameters
    ----------
    estimate, std_error, df
        Of any analysis; `df` may be infinite.
    margin
        Smallest effects of interest below and above 0, in the estimate's unit.
    alpha
        Of each one-sided test.

    Raises
    ------
    ValueError
        The margin's ends are not in order, or the standard error is not above 0.

    Examples
    --------
    >>> found = equivalence(0.03, 0.1, 182, (-0.429, 0.429))
    >>> found.verdict, round(found.p_value, 6)
    ('equivalent', 4.8e-05)
    """
    from scipy import stats

    if margin[0] >= margin[1] or not std_error > 0:
        raise ValueError("a margin has a lower and a higher end, an estimate a standard error above 0")
    lower, upper = (estimate - margin[0]) / std_error, (estimate - margin[1]) / std_error
    p_lower, p_upper = float(stats.t.sf(lower, df)), float(stats.t.cdf(upper, df))
    reach = float(stats.t.ppf(1 - alpha, df)) * std_error
    p_zero = float(2 * stats.t.sf(abs(estimate / std_error), df))
    low, high = estimate - reach, estimate + reach
    return Equivalence(
        t_lower=lower,
        t_upper=upper,
        p_lower=p_lower,
        p_upper=p_upper,
        p_value=max(p_lower, p_upper),
        low=low,
        high=high,
        verdict=_verdict(
            inside=max(p_lower, p_upper) < alpha, told=p_zero < alpha, outside=low > margin[1] or high < margin[0]
        ),
    )


def _verdict(*, inside: bool, told: bool, outside: bool) -> Verdict:
    if inside:
        return "negligible" if told else "equivalent"
    return "relevant" if outside else "uncertain"


def from_summaries(treated: Summary, control: Summary, *, equal_variances: bool = False) -> tuple[float, float, float]:
    """Return difference, standard error and df of two arms: Welch's, or pooled.

    >>> from_summaries(Summary(2.0, 1.0, 10), Summary(1.0, 1.0, 10), equal_variances=True)[2]
    18.0
    """
    parts = [arm.sd**2 / arm.size for arm in (treated, control)]
    gap = treated.mean - control.mean
    if not equal_variances:
        spent = sum(part**2 / (arm.size - 1) for part, arm in zip(parts, (treated, control), strict=True))
        return gap, sum(parts) ** 0.5, sum(parts) ** 2 / spent
    df = float(treated.size + control.size - 2)
    pooled = ((treated.size - 1) * treated.sd**2 + (control.size - 1) * control.sd**2) / df
    return gap, (pooled * (1 / treated.size + 1 / control.size)) ** 0.5, df


def verdict_of(row: Estimate, sesoi: float | list[float], alpha: float) -> dict[str, Any]:
    """Return the equivalence of one row of a result; `sesoi` is one number (both sides) or two.

    Tests are at alpha/2 each, so that the verdict agrees with the row's own 1 − alpha interval.
    """
    margin = (-abs(sesoi), abs(sesoi)) if isinstance(sesoi, (int, float)) else (sesoi[0], sesoi[1])
    return equivalence(row.estimate, row.std_error, row.df, margin, alpha=alpha / 2).to_dict()
