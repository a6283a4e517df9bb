"""Design-based estimates: totals, means and regressions of a sample drawn in strata and clusters, linearised standard errors.

Belongs here: the survey as drawn (and raked), its ultimate-cluster variance. Does not: how weights come about (raking, response,
build), model-based standard errors (estimators). Conventions are those of R's survey: df = clusters - strata; means are ratios of
two estimated totals; after raking, scores are replaced by their residuals on the margins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from experiments.messages import refusal as spec_refusal
from experiments.result import Estimate
from experiments.sample import Matrix, Vector
from experiments.weights.messages import refusal
from experiments.weights.raking import Raked

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Survey:
    """A sample as it was drawn: one entry per row of the data, `n` rows.

    Parameters
    ----------
    weights
        (n,) inverse chances of selection, above zero; after `raked` was given, the raked ones count instead.
    strata, clusters
        (n,) labels; one stratum, and each row a cluster of its own, where left out. A cluster lies in one stratum.
    population
        (n,) clusters in the row's stratum of the population, for the finite population correction; None: drawn with replacement.
    raked
        What `experiments.weights.raking.rake` made of these weights.

    Raises
    ------
    Refused
        E-SVY-01: a weight is not above zero or not a number. E-SVY-02: a stratum with a single cluster has no variance.
        E-SVY-03: a cluster lies in two strata, or a stratum has fewer clusters in the population than in the sample.

    Examples
    --------
    >>> survey = Survey(np.array([2.0, 2.0, 2.0]), population=np.array([6, 6, 6]))
    >>> row = survey_mean(survey, np.array([1.0, 2.0, 3.0]), term="y")
    >>> row.estimate, round(row.std_error, 6), row.df
    (2.0, 0.408248, 2.0)
    """

    weights: Vector
    strata: Sequence[object] | None = None
    clusters: Sequence[object] | None = None
    population: Sequence[int] | npt.NDArray[np.int64] | None = None
    raked: Raked | None = None

    def __post_init__(self) -> None:
        faulty = int((~(np.isfinite(self.weights) & (self.weights > 0))).sum())
        if faulty:
            raise refusal("E-SVY-01", n=faulty)
        stratum, cluster, _ = self._drawn()
        pairs = pd.DataFrame({"stratum": stratum, "cluster": cluster}).drop_duplicates()
        split = int(pairs["cluster"].duplicated().sum())
        small = self._population() < pairs.groupby("stratum")["cluster"].size().to_numpy()
        if split or small.any():
            raise refusal("E-SVY-03", clusters=split, strata=int(small.sum()))
        lonely = int((pairs.groupby("stratum").size() == 1).sum())
        if lonely:
            raise refusal("E-SVY-02", n=lonely)

    @property
    def df(self) -> float:
        """Return clusters less strata."""
        stratum, cluster, _ = self._drawn()
        return float(cluster.max() - stratum.max())

    @property
    def final(self) -> Vector:
        """Return the weights that estimates use: raked ones if there are."""
        return self.weights if self.raked is None else self.raked.weights

    def variance(self, scores: Matrix) -> Matrix:
        """Return the (k, k) variance of sums of weighted scores, (n, k): between clusters, within strata.

        Source: Woodruff (1971); Särndal, Swensson & Wretman (1992), 4.5; for raked weights Deville, Särndal & Sautory (1993).
        """
        values = scores if self.raked is None else self.raked.residual(scores)
        _, cluster, home = self._drawn()
        sums = np.zeros((cluster.max() + 1, values.shape[1]))
        np.add.at(sums, cluster, values)
        size = np.bincount(home)
        means = np.zeros((len(size), values.shape[1]))
        np.add.at(means, home, sums)
        apart = sums - (means / size[:, None])[home]
        factor = (size / (size - 1) * (1 - size / self._population()))[home]
        return np.asarray((apart * factor[:, None]).T @ apart)

    def _drawn(self) -> tuple[Labels, Labels, Labels]:
        """Return the stratum and the cluster of each row, and the stratum of each cluster, all numbered from 0."""
        size = len(self.weights)
        stratum = np.zeros(size, np.int64) if self.strata is None else pd.factorize(np.asarray(self.strata))[0]
        cluster = np.arange(size) if self.clusters is None else pd.factorize(np.asarray(self.clusters))[0]
        home = np.zeros(cluster.max() + 1, np.int64)
        home[cluster] = stratum
        return stratum, cluster, home

    def _population(self) -> Vector:
        """Return the clusters in the population, by stratum; infinite where drawn with replacement."""
        stratum, _, _ = self._drawn()
        if self.population is None:
            return np.full(stratum.max() + 1, np.inf)
        found: Vector = pd.Series(np.asarray(self.population, float)).groupby(stratum).min().to_numpy()
        return found


def survey_total(survey: Survey, values: Vector, *, term: str, alpha: float = 0.05) -> Estimate:
    """Return the estimated population total of `values`, (n,), with its linearised standard error."""
    scores = (survey.final * values)[:, None]
    return _row(term, float(scores.sum()), float(survey.variance(scores)[0, 0]), survey.df, alpha)


def survey_mean(
    survey: Survey, values: Vector, *, term: str, among: npt.NDArray[np.bool_] | None = None, alpha: float = 0.05
) -> Estimate:
    """Return the estimated population mean of `values`, (n,): of everybody, or `among` the rows of a domain.

    Rows outside a domain stay in the variance as zeros: the size of a domain is itself estimated.

    Raises
    ------
    Refused
        E-SVY-04: nobody is in the domain.
    """
    weights = survey.final if among is None else np.where(among, survey.final, 0.0)
    if not weights.any():
        raise refusal("E-SVY-04", term=term)
    mean = float(weights @ values / weights.sum())
    scores = (weights * (values - mean) / weights.sum())[:, None]
    return _row(term, mean, float(survey.variance(scores)[0, 0]), survey.df, alpha)


def survey_regression(
    survey: Survey, outcome: Vector, design: Matrix, *, terms: Sequence[str], alpha: float = 0.05
) -> list[Estimate]:
    """Return the coefficients of a weighted linear regression, (n, k) `design`, with design-based standard errors.

    The variance is the sandwich (X'WX)⁻¹ V (X'WX)⁻¹, V that of the estimated scores (Binder, 1983); df = clusters - strata
    - k + 1.

    Raises
    ------
    Refused
        E-EST-02: columns that cannot be told apart.
    """
    weights = survey.final
    if np.linalg.matrix_rank(design * np.sqrt(weights)[:, None]) < design.shape[1]:
        raise spec_refusal("E-EST-02", columns=", ".join(terms))
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    solved = bread @ (design.T @ (weights * outcome))
    scores = design * (weights * (outcome - design @ solved))[:, None]
    matrix = bread @ survey.variance(scores) @ bread
    df = survey.df - design.shape[1] + 1
    return [_row(*told, df, alpha) for told in zip(terms, solved.tolist(), np.diag(matrix).tolist(), strict=True)]


def design_effect(survey: Survey, values: Vector) -> float:
    """Return the variance of the mean of `values`, (n,), over that of a simple random sample of as many rows.

    Source: Kish (1965). The sample compared with is drawn without replacement where `population` is known, as in R's
    survey; its size is then the sum of the weights.
    """
    weights = survey.final
    mean, size, everybody = float(weights @ values / weights.sum()), len(values), float(weights.sum())
    spread = float(weights @ (values - mean) ** 2) / everybody * size / (size - 1)
    simple = spread / size * (1.0 if survey.population is None else 1 - size / everybody)
    return survey_mean(survey, values, term="mean").std_error ** 2 / simple


def _row(term: str, estimate: float, variance: float, df: float, alpha: float) -> Estimate:
    error = float(np.sqrt(variance))
    statistic = estimate / error if error else float("nan")
    reach = float(stats.t.ppf(1 - alpha / 2, df)) * error if df > 0 else float("nan")
    p_value = float(2 * stats.t.sf(abs(statistic), df)) if df > 0 else float("nan")
    return Estimate(
        term=term,
        estimate=estimate,
        std_error=error,
        statistic=statistic,
        df=df,
        p_value=p_value,
        conf_low=estimate - reach,
        conf_high=estimate + reach,
    )
